//! `tlsmith explain`: what an error text, an alert, a code, a cipher suite, a group or a signature scheme means.

mod alert;
mod codes;
mod group;
mod lookup;
mod numbers;
mod openssl;
mod scheme;
mod suite;
mod table;
mod term;
#[cfg(test)]
mod tests;
mod texts;
mod version;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith explain CERTIFICATE_VERIFY_FAILED
  tlsmith explain 'PKIX path building failed'
  tlsmith explain SSL_ERROR_RX_RECORD_TOO_LONG
  tlsmith explain 'SSL alert number 48'          An alert, or unknown_ca
  tlsmith explain error:0A000416                 A packed code of OpenSSL's
  tlsmith explain ECDHE-RSA-AES128-GCM-SHA256    A suite, or 0xc02f
  tlsmith explain X25519MLKEM768                 A group, or a signature scheme
  tlsmith explain SNI                            A word, ALPN, mTLS, TLS 1.3
  tlsmith explain certificate.expired            A code of tlsmith's own
  tlsmith explain - < error.log                  A log, its last lines first

Exit codes: 0 explained, 1 nothing is known about it, 2 usage.";

/// The longest text that is looked at: a log fits, and it is held in memory.
const MAX_QUERY: usize = 16 << 20;

/// What an error message, alert, code, cipher suite, group, signature scheme or word of TLS means, and what to try.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// The text, code or name; several words count as one text; - reads standard input
    #[arg(value_name = "WHAT", required_unless_present = "list", allow_negative_numbers = true)]
    pub(crate) what: Vec<String>,
    /// List everything that can be explained
    #[arg(long, conflicts_with = "what")]
    pub(crate) list: bool,
}

/// The document of `--json`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// What was asked.
    pub(crate) query: String,
    /// What is known, the likeliest first.
    pub(crate) answers: Vec<Answer>,
    /// How many other meanings were found and are not among the answers.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) more: usize,
    /// What was not looked at, where something was left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unread: Option<String>,
    /// What may have been meant, where nothing is known.
    pub(crate) suggestions: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// One explanation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    /// `message`, `alert`, `code`, `cipher_suite`, `group`, `signature_scheme`, `protocol_version` or `term`.
    pub(crate) kind: &'static str,
    /// Its stable name.
    pub(crate) id: String,
    /// The matter in a line.
    pub(crate) title: String,
    /// The program that says so, for a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) program: Option<&'static str>,
    /// The words that were found in the query, for a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) matched: Option<&'static str>,
    /// The line in which they stand, from 1, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// What it means.
    pub(crate) means: String,
    /// What is peculiar to the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<&'static str>,
    /// Its parts, for a name that is taken apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<Part>,
    /// Likely causes, the likeliest first.
    pub(crate) causes: Vec<String>,
    /// What to do about it, where there is one thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<String>,
    /// Commands to try.
    pub(crate) commands: Vec<String>,
    /// Where it is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) section: Option<String>,
    /// What else to look up here.
    pub(crate) related: Vec<String>,
}

/// A part of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    /// `key_exchange`, `cipher`, ...
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) value: String,
}

impl Part {
    fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    if opts.list {
        let names = lookup::everything();
        let told = match globals.json {
            true => render::json(&serde_json::json!({ "known": names })),
            false => render::plain(|_| names.iter().map(|name| format!("{name}\n")).collect()),
        };
        return Ok(if told { Exit::Good } else { Exit::Failed });
    }
    let (query, unread) = match opts.what.as_slice() {
        [dash] if dash == "-" => from_stdin()?,
        words => (words.join(" "), None),
    };
    if query.trim().is_empty() {
        return Err(Usage::new("usage.arguments", "there is nothing to explain", "give a message, a code or a name"));
    }
    let report = Report { unread, ..lookup::look_up(&query) };
    let told = match globals.json {
        true => render::json(&report),
        false => render::explain_screen(&report, globals.verbose),
    };
    Ok(if told && !report.answers.is_empty() { Exit::Good } else { Exit::Failed })
}

/// What standard input holds, and what is said of the rest where it is too long.
fn from_stdin() -> Result<(String, Option<String>), Usage> {
    let fail = |what: String| Usage::new("usage.file", format!("standard input: {what}"), "");
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_QUERY).unwrap_or(u64::MAX).saturating_add(1);
    std::io::Read::read_to_end(&mut std::io::Read::take(std::io::stdin().lock(), limit), &mut bytes)
        .map_err(|error| fail(crate::files::describe(&error)))?;
    let unread = (bytes.len() > MAX_QUERY).then(|| {
        let mib = MAX_QUERY >> 20;
        format!("only the first {mib} MiB were read; what is newest in a log: tail -c {mib}M FILE | tlsmith explain -")
    });
    bytes.truncate(MAX_QUERY);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match text.trim().is_empty() {
        true => Err(fail(String::from("it is empty"))),
        false => Ok((text, unread)),
    }
}
