//! `tlsmith dhparam`: why nobody has to make parameters for DHE any more, and what to write instead.

use std::{ffi::OsString, path::PathBuf};

use clap::Args;
use serde::Serialize;

use crate::{
    cert::tell,
    cli::Globals,
    exit::{Exit, Usage},
    render,
};

const EXAMPLES: &str = "\
Nothing is made here: the answer is an explanation.

Exit codes: 0 always, but 2 for arguments that are none.";

/// Why `openssl dhparam` is not needed any more, and what to configure instead
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// The size that was to be made, as in `openssl dhparam 2048`
    #[arg(value_name = "BITS", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) bits: Option<u32>,
    #[command(flatten)]
    pub(crate) openssl: OpensslOpts,
}

/// The arguments of `openssl dhparam`, for whoever types them out of habit: taken, and answered.
#[derive(Debug, Args)]
pub(crate) struct OpensslOpts {
    /// The file that was to be written
    #[arg(long, short, value_name = "FILE", hide = true)]
    pub(crate) out: Option<PathBuf>,
    /// The file that was to be read
    #[arg(long = "in", value_name = "FILE", hide = true)]
    pub(crate) input: Option<PathBuf>,
    /// PEM or DER
    #[arg(long, value_name = "FORM", hide = true)]
    pub(crate) inform: Option<String>,
    /// PEM or DER
    #[arg(long, value_name = "FORM", hide = true)]
    pub(crate) outform: Option<String>,
    /// Random numbers
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) rand: Option<PathBuf>,
    /// To show them
    #[arg(long, hide = true)]
    pub(crate) text: bool,
    /// Not to write them
    #[arg(long, hide = true)]
    pub(crate) noout: bool,
    /// To check them
    #[arg(long, hide = true)]
    pub(crate) check: bool,
    /// Of the kind of DSA
    #[arg(long, hide = true)]
    pub(crate) dsaparam: bool,
    /// The generator
    #[arg(short = '2', hide = true)]
    pub(crate) two: bool,
    /// The generator
    #[arg(short = '3', hide = true)]
    pub(crate) three: bool,
    /// The generator
    #[arg(short = '5', hide = true)]
    pub(crate) five: bool,
}

/// OpenSSL's options of several letters have one hyphen. Those of `dhparam` get another.
pub(crate) fn openssl_style(arguments: &mut [OsString]) {
    const OPTIONS: [&str; 9] =
        ["-out", "-in", "-inform", "-outform", "-rand", "-text", "-noout", "-check", "-dsaparam"];
    let is_word = |argument: &OsString| !argument.to_string_lossy().starts_with('-');
    let mut rest = arguments.iter_mut().skip(1).skip_while(|argument| !is_word(argument));
    if rest.next().is_none_or(|command| command != "dhparam") {
        return;
    }
    for argument in rest.filter(|argument| OPTIONS.iter().any(|option| argument == option)) {
        *argument = format!("-{}", argument.to_string_lossy()).into();
    }
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) bits: Option<u32>,
    /// In one sentence or two.
    pub(crate) answer: String,
    pub(crate) reasons: Vec<&'static str>,
    /// The group of RFC 7919 that takes its place.
    pub(crate) group: Group,
    /// All groups of it, the weakest first.
    pub(crate) groups: [Group; 5],
    pub(crate) instead: Vec<Instead>,
}

/// A group of RFC 7919.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) bits: u32,
    /// Bits of security (RFC 7919 §A).
    pub(crate) strength: u32,
    pub(crate) code_point: u16,
}

/// What to write where.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Instead {
    pub(crate) product: &'static str,
    pub(crate) lines: &'static [&'static str],
    pub(crate) note: &'static str,
}

/// RFC 7919 §A and §7, the estimates of strength at the end of each section.
const GROUPS: [Group; 5] = [
    Group { name: "ffdhe2048", bits: 2048, strength: 103, code_point: 256 },
    Group { name: "ffdhe3072", bits: 3072, strength: 125, code_point: 257 },
    Group { name: "ffdhe4096", bits: 4096, strength: 150, code_point: 258 },
    Group { name: "ffdhe6144", bits: 6144, strength: 175, code_point: 259 },
    Group { name: "ffdhe8192", bits: 8192, strength: 192, code_point: 260 },
];

const REASONS: [&str; 4] = [
    "TLS 1.3 has no parameters of one's own: client and server name a group, X25519 or P-256 most often, or one of the \
     groups ffdhe2048 to ffdhe8192 (RFC 8446 §4.2.7).",
    "In TLS 1.2 a client cannot say which parameters it takes, nor see whether they are good: what a server makes up has \
     to be believed. The groups of RFC 7919 are known by name, were made in the open, and are safe primes that everybody \
     can check.",
    "Clients have left DHE behind: Chrome in 2016, Firefox in 2020. What still comes has ECDHE as well, which is faster \
     by far and has nothing to be configured.",
    "Parameters that are made in a minute were a defence against primes of 1024 bits that everybody shared (Logjam, 2015). \
     A named prime of 2048 bits or more does not need it.",
];

const INSTEAD: [Instead; 6] = [
    Instead {
        product: "nginx",
        lines: &["ssl_protocols TLSv1.2 TLSv1.3;", "ssl_ecdh_curve X25519:prime256v1:secp384r1;"],
        note: "Remove ssl_dhparam. Without it nginx offers no DHE in TLS 1.2, which is what you want.",
    },
    Instead {
        product: "Apache",
        lines: &[
            "SSLProtocol -all +TLSv1.2 +TLSv1.3",
            "SSLOpenSSLConfCmd Groups X25519:P-256:P-384",
            "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20",
        ],
        note: "Remove SSLOpenSSLConfCmd DHParameters.",
    },
    Instead {
        product: "HAProxy",
        lines: &[
            "ssl-default-bind-curves X25519:P-256:P-384",
            "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20",
            "ssl-default-bind-options ssl-min-ver TLSv1.2",
        ],
        note: "In the section global. Remove ssl-dh-param-file and tune.ssl.default-dh-param.",
    },
    Instead {
        product: "Postfix",
        lines: &["smtpd_tls_eecdh_grade = auto"],
        note: "Remove smtpd_tls_dh1024_param_file: since 3.7 it is auto, a group as those of RFC 7919.",
    },
    Instead {
        product: "Dovecot",
        lines: &["ssl_min_protocol = TLSv1.2", "ssl_cipher_list = ECDHE+AESGCM:ECDHE+CHACHA20"],
        note: "Remove ssl_dh, which only DHE needs.",
    },
    Instead {
        product: "tlsmith serve",
        lines: &["tlsmith serve --groups X25519MLKEM768,X25519,P-256,ffdhe3072 ..."],
        note: "Only for clients that have nothing but DHE; ffdhe groups are off unless they are named.",
    },
];

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let mut report = answer(opts.bits);
    let OpensslOpts { out, input, .. } = &opts.openssl;
    let untouched = out.iter().map(|path| (path, "written")).chain(input.iter().map(|path| (path, "read")));
    for (path, done) in untouched {
        report.answer.push_str(&format!(" The file {} was not {done}.", path.display()));
    }
    Ok(tell(&report, Exit::Good, globals, render::pki::dhparam))
}

fn answer(bits: Option<u32>) -> Report {
    let wanted = bits.unwrap_or(2048);
    // The next that is not weaker; the strongest if none is.
    let [first, .., last] = GROUPS;
    let group = GROUPS.into_iter().find(|group| group.bits >= wanted).unwrap_or(last);
    let answer = match bits {
        Some(bits) if bits < first.bits => format!(
            "Nothing was made. DH parameters of {bits} bits are too weak today, and clients refuse them; none of your own \
             are needed in any size."
        ),
        Some(bits) => format!(
            "Nothing was made. DH parameters of {bits} bits are not needed: {} (RFC 7919) takes their place where DHE is \
             used at all.",
            group.name
        ),
        None => String::from("Nothing was made. DH parameters of one's own are not needed any more."),
    };
    Report { bits, answer, reasons: REASONS.to_vec(), group, groups: GROUPS, instead: INSTEAD.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[test]
    fn the_size_that_people_type_is_answered() {
        assert_eq!(answer(None).group.name, "ffdhe2048");
        assert_eq!(answer(Some(2048)).group.name, "ffdhe2048");
        assert_eq!(answer(Some(2049)).group.name, "ffdhe3072");
        assert_eq!(answer(Some(16_384)).group.name, "ffdhe8192");
        assert!(answer(Some(1024)).answer.contains("too weak"));
    }

    #[test]
    fn the_arguments_of_openssl_are_taken() {
        let styled = |line: &str| {
            let mut arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            openssl_style(&mut arguments);
            arguments.join(&OsString::from(" ")).into_string().unwrap()
        };
        assert_eq!(styled("tlsmith dhparam -out dh.pem 2048"), "tlsmith dhparam --out dh.pem 2048");
        assert_eq!(styled("tlsmith --json dhparam -2 -noout"), "tlsmith --json dhparam -2 --noout");
        assert_eq!(styled("tlsmith key new -out x"), "tlsmith key new -out x");
        for line in [
            "tlsmith dhparam -out dh.pem 2048",
            "tlsmith dhparam -dsaparam -outform der 4096 -out x",
            "tlsmith dhparam -in dh.pem -inform pem -check -text -noout -5",
        ] {
            let arguments = styled(line);
            assert!(crate::cli::Cli::try_parse_from(arguments.split(' ')).is_ok(), "{line}");
        }
    }

    #[test]
    fn the_groups_are_those_of_the_registry() {
        // The two that are spoken here; the others have no name in it.
        for group in GROUPS.into_iter().take(2) {
            let named = tlsmith::registry::NamedGroup(group.code_point);
            assert_eq!(named.to_string(), group.name);
        }
    }
}
