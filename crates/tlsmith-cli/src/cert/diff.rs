//! `tlsmith cert diff`: what differs between two certificates.

use std::{collections::BTreeSet, ffi::OsString, sync::Arc};

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{Certificate, UnixTime};

use super::{Entry, Extension, tell};
use crate::{
    cli::Globals,
    connect::Error,
    exit::{Exit, Usage},
    input::{self, Input, InputOpts, SOURCES},
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert diff old.pem new.pem
      What did the renewal change? Are all names still there?
  tlsmith cert diff server.pem example.com
      Does the server show the certificate that lies on the disk?
  tlsmith cert diff example.com:443 example.com:8443

The first certificate of each source is compared field by field, the others as a
whole.

Exit codes: 0 the same, 1 different, or a server that could not be asked, 2
usage, or a file that cannot be read.";

/// What differs between two certificates, field by field
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{SOURCES}\n\n{EXAMPLES}"))]
pub(crate) struct Opts {
    /// A file (PEM, DER, PKCS#12, PKCS#7), a server, or - for standard input
    #[arg(value_name = "A")]
    pub(crate) a: OsString,
    /// What to compare it with
    #[arg(value_name = "B")]
    pub(crate) b: OsString,
    #[command(flatten)]
    pub(crate) input: InputOpts,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) a: String,
    pub(crate) b: String,
    /// All certificates are the same, byte by byte, in the same order. Null where a source could not be had.
    pub(crate) same: Option<bool>,
    /// The first certificates have the same public key.
    pub(crate) same_key: Option<bool>,
    /// The fields of the first certificates that differ.
    pub(crate) fields: Vec<Field>,
    /// Those that do not.
    pub(crate) same_fields: Vec<String>,
    /// The other certificates: subject, end and serial number of those that B has not, and of those that A has not.
    pub(crate) chain: Field,
    /// The others are the same, but in another order.
    pub(crate) chain_reordered: bool,
    /// Why a source could not be had.
    pub(crate) error: Option<Error>,
}

/// What differs in one field.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Field {
    /// `subject`, `serial`, or an extension by name or OID.
    pub(crate) field: String,
    /// What A has and B has not.
    pub(crate) removed: Vec<String>,
    /// What B has and A has not.
    pub(crate) added: Vec<String>,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let report = run(opts, UnixTime::now())?;
    let exit = if report.same == Some(true) { Exit::Good } else { Exit::Failed };
    Ok(tell(&report, exit, globals, render::cert::diff))
}

fn run(opts: &Opts, now: UnixTime) -> Result<Report, Usage> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let texts = [opts.a.clone(), opts.b.clone()];
    let sources = input::sources(&texts, &opts.input)?;
    let mut inputs: Vec<Input> = Vec::new();
    let mut report = Report {
        a: opts.a.to_string_lossy().into_owned(),
        b: opts.b.to_string_lossy().into_owned(),
        same: None,
        same_key: None,
        fields: Vec::new(),
        same_fields: Vec::new(),
        chain: Field::default(),
        chain_reordered: false,
        error: None,
    };
    for source in &sources {
        match input::load_one(source, &opts.input, &provider)? {
            Ok(input) => inputs.push(input),
            Err(error) => return Ok(Report { error: Some(error), ..report }),
        }
    }
    if let [a, b] = inputs.as_slice() {
        report.compare(&a.certificates, &b.certificates, provider.as_ref(), now);
    }
    Ok(report)
}

impl Report {
    fn compare(&mut self, a: &[Certificate], b: &[Certificate], provider: &dyn Provider, now: UnixTime) {
        self.same = Some(a == b);
        let (Some((a, a_others)), Some((b, b_others))) = (a.split_first(), b.split_first()) else { return };
        self.same_key = Some(a.spki() == b.spki());
        let (one, two) = (Entry::new(a, provider, now), Entry::new(b, provider, now));
        for (field, removed, added) in scalars(&one, &two) {
            self.take(field, vec![removed], vec![added]);
        }
        for id in ids(&one.extensions, &two.extensions) {
            let find = |entry: &Entry| entry.extensions.iter().find(|extension| extension.oid == id).cloned();
            let (in_a, in_b) = (find(&one), find(&two));
            let name = in_a.as_ref().or(in_b.as_ref()).and_then(|extension| extension.name);
            self.take(name.unwrap_or(&id), lines(in_a.as_ref()), lines(in_b.as_ref()));
        }
        let missing = |from: &[Certificate], other: &[Certificate]| {
            from.iter().filter(|certificate| !other.contains(certificate)).map(in_line).collect()
        };
        self.chain = Field {
            field: String::from("chain"),
            removed: missing(a_others, b_others),
            added: missing(b_others, a_others),
        };
        self.chain_reordered = self.chain.removed.is_empty() && self.chain.added.is_empty() && a_others != b_others;
    }

    /// Notes what is on one side only.
    fn take(&mut self, field: &str, a: Vec<String>, b: Vec<String>) {
        let only = |from: &[String], other: &[String]| -> Vec<String> {
            from.iter().filter(|line| !other.contains(line)).cloned().collect()
        };
        let (removed, added) = (only(&a, &b), only(&b, &a));
        match removed.is_empty() && added.is_empty() {
            true => self.same_fields.push(field.to_owned()),
            false => self.fields.push(Field { field: field.to_owned(), removed, added }),
        }
    }
}

/// A certificate in a line that no other one has: those of one CA differ in little.
fn in_line(certificate: &Certificate) -> String {
    let serial = crate::connect::hex(certificate.serial());
    format!("{}, until {}, serial {serial}", certificate.subject(), certificate.not_after())
}

/// The fields that are not extensions.
fn scalars(a: &Entry, b: &Entry) -> Vec<(&'static str, String, String)> {
    let both = |field, text: fn(&Entry) -> String| (field, text(a), text(b));
    vec![
        both("subject", |entry| entry.subject.clone()),
        both("issuer", |entry| entry.issuer.clone()),
        both("not before", |entry| entry.not_before.clone()),
        both("not after", |entry| entry.not_after.clone()),
        both("key", |entry| entry.key.clone()),
        both("SPKI pin", |entry| entry.spki_pin.clone()),
        both("signed with", |entry| entry.signature.clone()),
        both("serial", |entry| entry.serial.clone()),
        both("version", |entry| entry.version.to_string()),
    ]
}

/// The extensions of both, each once, in order.
fn ids(a: &[Extension], b: &[Extension]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    a.iter().chain(b).filter(|extension| seen.insert(&extension.oid)).map(|one| one.oid.clone()).collect()
}

/// An extension as lines: what it says, and whether it is critical.
fn lines(extension: Option<&Extension>) -> Vec<String> {
    let Some(extension) = extension else { return Vec::new() };
    let mut lines = extension.lines.clone();
    if extension.critical {
        lines.push(String::from("critical"));
    }
    lines
}
