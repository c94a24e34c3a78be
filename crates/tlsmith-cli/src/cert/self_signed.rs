//! `tlsmith cert self-signed`: a certificate that is its own issuer, and what it is not good for.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_pki::{container, self_signed::NewCertificate};
use tlsmith_x509::UnixTime;

use super::{Entry, tell};
use crate::{
    cli::Globals,
    csr::{self, KeySource},
    exit::{Exit, Usage},
    key::KindOpts,
    output::{Access, Output, Target},
    passphrase::PassphraseOpts,
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert self-signed localhost 127.0.0.1 ::1
      Writes cert.pem and key.pem.
  tlsmith cert self-signed --key key.pem --out cert.pem --days 30 db.internal
  tlsmith cert self-signed --key key.pem --out - localhost
      On standard output.
  curl --cacert cert.pem https://localhost:8443/

Whoever connects has to be given this very certificate, or to look away. For
more than one machine, a CA of one's own is less trouble: `tlsmith serve --demo`
makes one.

Exit codes: 0 good, 2 usage, or a file that cannot be read or written.";

const DAY: i64 = 86_400;

/// What is said of every one of them.
const NOT_GOOD_FOR: [&str; 3] = [
    "browsers and other programs that know nothing of it: they refuse it, as they should",
    "being revoked: nobody is there who could take it back; who has the key keeps the name until it expires",
    "more than a few peers: each has to be given it, and again when it is renewed",
];

/// Make a certificate that is its own issuer, for tests and for peers that were told of it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// What it is for: hosts, addresses, mailboxes, URIs
    #[arg(value_name = "NAME", required_unless_present = "sans")]
    pub(crate) names: Vec<String>,
    /// The same, as other programs have it
    #[arg(long = "san", value_name = "NAME", value_delimiter = ',', hide_short_help = true)]
    pub(crate) sans: Vec<String>,
    /// Holder and issuer: CN=example.com,O=Example Ltd [default: CN= the first host]
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Option<String>,
    /// How long it is valid, from now
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) days: u32,
    /// It may identify clients, too
    #[arg(long)]
    pub(crate) client: bool,
    /// The private key, instead of a new one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["new_key", "kind", "bits"], help_heading = "The key")]
    pub(crate) key: Option<PathBuf>,
    /// Where the new private key goes
    #[arg(long, value_name = "FILE", default_value = "key.pem", help_heading = "The key")]
    pub(crate) new_key: PathBuf,
    #[command(flatten)]
    pub(crate) kind: KindOpts,
    /// Where the certificate goes; - is standard output
    #[arg(long, value_name = "FILE", default_value = "cert.pem", help_heading = "Output")]
    pub(crate) out: PathBuf,
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
    /// By which validity is told, RFC 3339.
    pub(crate) time: String,
    pub(crate) certificate: Entry,
    pub(crate) not_good_for: [&'static str; 3],
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let names = csr::names(opts.names.iter().chain(&opts.sans))?;
    let subject = csr::subject(opts.subject.as_deref(), &names)?;
    let target = Target::new(Some(&opts.out), false, globals.json)?;
    let mut output = Output::new(opts.force);
    opts.key.iter().for_each(|path| output.spare(path));
    target.check(&output)?;
    let new_key = opts.key.is_none().then_some(opts.new_key.as_path());
    let source =
        KeySource { existing: opts.key.as_deref(), new: new_key, kind: opts.kind, passphrase: &opts.passphrase };
    let key = source.key(&mut output)?;
    let now = UnixTime::now();
    // The last second is part of it (RFC 5280 §4.1.2.5).
    let not_after = UnixTime(now.0.saturating_add(i64::from(opts.days) * DAY - 1));
    let certificate = NewCertificate { subject, names, not_before: now, not_after, client: opts.client }
        .sign(&key)
        .map_err(|error| Usage::new("usage.cert", error, ""))?;
    let content = container::pem("CERTIFICATE", certificate.der());
    if let Target::File(path) = target {
        output.add(path, content.as_bytes(), Access::Public)?;
    }
    // The key has to be there before the certificate goes out.
    output.commit()?;
    if let Target::Stdout = target {
        if let Some(path) = new_key {
            render::note(&format!("the new key is in {}", path.display()));
        }
        return render::bytes(content.as_bytes()).map(|()| Exit::Good);
    }
    let report = Report {
        file: target.name(),
        key_file: new_key.map(|path| path.display().to_string()),
        time: now.to_string(),
        certificate: Entry::new(&certificate, &AwsLc, now),
        not_good_for: NOT_GOOD_FOR,
    };
    Ok(tell(&report, Exit::Good, globals, render::pki::self_signed))
}
