//! `tlsmith csr new`: a request for a certificate, with a key that exists or a new one.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use tlsmith_pki::{
    PrivateKey, container,
    csr::NewRequest,
    names::{AlternativeName, Subject},
};

use super::Request;
use crate::{
    cert::tell,
    cli::Globals,
    exit::{Exit, Usage},
    input,
    key::{Form, KindOpts, encode, only_key},
    output::{Access, Output, Target, is_stdout},
    passphrase::{self, PassphraseOpts},
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith csr new --key key.pem example.com www.example.com --out request.csr
  tlsmith csr new --new-key key.pem '*.example.com' example.com \\
      --out request.csr
      With a new key, which is written to key.pem.
  tlsmith csr new --key key.pem --subject 'CN=vpn,O=Example Ltd,C=DE' 192.0.2.1
  tlsmith csr new --key key.pem me@example.com spiffe://example.org/service

A name is a host, an address, a mailbox or a URI: what it looks like. Say DNS:,
IP:, email: or URI: before it where that is not what is meant.

Exit codes: 0 good, 2 usage, or a file that cannot be read or written.";

/// Make a certificate request, to be sent to a CA
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// What the certificate is to be for: hosts, addresses, mailboxes, URIs
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// The same, as other programs have it
    #[arg(long = "san", value_name = "NAME", value_delimiter = ',', hide_short_help = true)]
    pub(crate) sans: Vec<String>,
    /// Who asks: CN=example.com,O=Example Ltd,C=DE, or /C=DE/O=... [default: CN= the first host]
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,
    /// Ask for a certificate that is refused without a stapled OCSP response (RFC 7633); few CAs still take part
    #[arg(long)]
    pub(crate) must_staple: bool,
    /// The private key; this or --new-key is needed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["new_key", "kind", "bits"], help_heading = "The key")]
    pub(crate) key: Option<PathBuf>,
    /// Make a new private key, and write it to this file; this or --key is needed
    #[arg(long, value_name = "FILE", help_heading = "The key")]
    pub(crate) new_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) kind: KindOpts,
    /// DER instead of PEM
    #[arg(long, help_heading = "Output")]
    pub(crate) der: bool,
    /// Where to; standard output without it
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite files that exist
    #[arg(long, help_heading = "Output")]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseOpts,
}

/// What was made.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// None: standard output.
    pub(crate) file: Option<String>,
    /// The file with the new key.
    pub(crate) key_file: Option<String>,
    pub(crate) request: Request,
}

/// Where the key comes from.
pub(crate) struct KeySource<'a> {
    pub(crate) existing: Option<&'a Path>,
    pub(crate) new: Option<&'a Path>,
    pub(crate) kind: KindOpts,
    pub(crate) passphrase: &'a PassphraseOpts,
}

impl KeySource<'_> {
    /// The key; a new one is added to what is to be written, under the passphrase if one was given.
    pub(crate) fn key(&self, output: &mut Output) -> Result<PrivateKey, Usage> {
        let source = self.passphrase.source()?;
        if let Some(path) = self.existing {
            let (name, content) = input::content(path)?;
            return only_key(&name, passphrase::open(&name, &content, &source)?);
        }
        if self.new.is_some_and(is_stdout) {
            let fix = "name a file: standard output is for what is made with it";
            return Err(Usage::new("usage.output", "--new-key -: a new key goes to a file", fix));
        }
        let key = PrivateKey::generate(self.kind.key()?)
            .map_err(|error| Usage::new("internal.crypto", format!("no key could be made: {error}"), ""))?;
        if let Some(path) = self.new {
            let passphrase = match source.is_known() {
                true => Some(source.get_new("the key")?),
                false => None,
            };
            let content = encode(&key, Form::Pkcs8, false, passphrase.as_ref().map(|text| text.as_str()))?;
            output.add(path, &content, Access::Private)?;
        }
        Ok(key)
    }
}

/// The host of an address as browsers show it; where `URI:` says that it is one, it is meant.
fn host_of_web_address(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let host = match rest.split_once(']') {
        // An IPv6 address.
        Some((address, _)) => address.strip_prefix('[')?,
        None => rest.split(['/', '?', '#', ':']).next()?,
    };
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    Some(host).filter(|host| is_web && !host.is_empty())
}

/// The names, in order, each once.
pub(crate) fn names<'a>(texts: impl Iterator<Item = &'a String>) -> Result<Vec<AlternativeName>, Usage> {
    let mut names = Vec::new();
    for text in texts {
        let name = AlternativeName::parse(text).map_err(|error| Usage::new("usage.name", error, ""))?;
        if let Some(host) = host_of_web_address(text) {
            render::note(&format!(
                "{text} is taken as a URI, which no browser looks at; a server's name is {host} alone"
            ));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The subject that is given, or the first host as common name.
pub(crate) fn subject(text: Option<&str>, names: &[AlternativeName]) -> Result<Subject, Usage> {
    if let Some(text) = text {
        return Subject::parse(text).map_err(|error| Usage::new("usage.subject", format!("--subject: {error}"), ""));
    }
    let host = names.iter().find_map(|name| if let AlternativeName::Dns(name) = name { Some(name) } else { None });
    Ok(host.map_or_else(Subject::default, |name| Subject::common_name(name)))
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let names = names(opts.names.iter().chain(&opts.sans))?;
    let subject = subject(opts.subject.as_deref(), &names)?;
    if names.is_empty() && subject.is_empty() {
        let fix = "name what it is to be for: tlsmith csr new --key key.pem example.com";
        return Err(Usage::new("usage.csr", "a request for nobody", fix));
    }
    if opts.key.is_none() && opts.new_key.is_none() {
        let fix = "give a file with one by --key, or a name for a new one by --new-key";
        return Err(Usage::new("usage.arguments", "a request is signed with a key, and there is none", fix));
    }
    let target = Target::new(opts.out.as_deref(), opts.der, globals.json)?;
    let mut output = Output::new(opts.force);
    opts.key.iter().for_each(|path| output.spare(path));
    target.check(&output)?;
    let source = KeySource {
        existing: opts.key.as_deref(),
        new: opts.new_key.as_deref(),
        kind: opts.kind,
        passphrase: &opts.passphrase,
    };
    let key = source.key(&mut output)?;
    let request = NewRequest { subject, names, must_staple: opts.must_staple }
        .sign(&key)
        .map_err(|error| Usage::new("usage.csr", error, ""))?;
    let content = match opts.der {
        true => request.der().to_vec(),
        false => container::pem("CERTIFICATE REQUEST", request.der()).as_bytes().to_vec(),
    };
    let report = Report {
        file: target.name(),
        key_file: opts.new_key.as_ref().map(|path| path.display().to_string()),
        request: Request::new(&request),
    };
    match target {
        // The key has to be there before the request goes out.
        Target::Stdout => {
            output.commit()?;
            Ok(target.write(&mut Output::new(false), &content, Access::Public)?.unwrap_or(Exit::Good))
        }
        Target::File(path) => {
            output.add(path, &content, Access::Public)?;
            output.commit()?;
            Ok(tell(&report, Exit::Good, globals, render::pki::csr_new))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_pages_are_told_from_other_uris() {
        for (text, host) in [
            ("https://example.com/", Some("example.com")),
            ("HTTP://example.com:8080?x", Some("example.com")),
            ("https://[2001:db8::1]:443/", Some("2001:db8::1")),
            ("spiffe://example.com/x", None),
            ("URI:https://example.com/", None),
            ("https:///x", None),
            ("example.com", None),
        ] {
            assert_eq!(host_of_web_address(text), host, "{text}");
        }
    }
}
