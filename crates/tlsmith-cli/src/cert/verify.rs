//! `tlsmith cert verify`: is this chain trusted, and if not, why?

use std::{ffi::OsString, sync::Arc};

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::UnixTime;

use super::tell;
use crate::{
    cli::Globals,
    connect::Error,
    exit::{Exit, Usage},
    input::{self, InputOpts, SOURCES, Source},
    judge::{Evidence, JudgeOpts, Judgement},
    probe::Seen,
    profile, render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert verify fullchain.pem --name www.example.com
      As a browser would: the system's roots, now, for a server of this name.
  tlsmith cert verify server.pem --ca company-ca.pem --name api.internal
      By a private CA.
  tlsmith cert verify fullchain.pem --roots mozilla --at 2027-02-01
      Will it still be good then?
  tlsmith cert verify client.pem --ca client-ca.pem --purpose client
  tlsmith cert verify example.com
      The chain that a server sends; HOST is the name.
  tlsmith cert verify fullchain.pem --profile web --ct-log-list log_list.json
      With all that browsers demand of public CAs.
  tlsmith cert verify fullchain.pem --ca company-ca.pem --profile company.json
      With what the company demands of its own.
  tlsmith cert verify fullchain.pem --ca company-ca.pem --crl company.crl \\
      --revocation require
      Not revoked either.
  tlsmith cert verify leaf.pem --untrusted intermediate.pem
      With an intermediate that is not in the file.
  tlsmith cert verify example.com --aia --fetch
      With what the certificates name: missing intermediates, CRLs, OCSP
      responses.

The certificates of the source are taken as a server would send them: the leaf
first.

Exit codes: 0 trusted, 1 the server could not be asked, 2 usage, or a file that
cannot be read, 3 not trusted.";

/// Is a chain trusted, and if not, why? Against roots, name, time, purpose; all findings
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{SOURCES}\n\n{}\n\n{EXAMPLES}", profile::HELP))]
pub(crate) struct Opts {
    /// A file with leaf and intermediates (PEM, DER, PKCS#12, PKCS#7), a server, or - for standard input
    #[arg(value_name = "FILE|HOST[:PORT]|-")]
    pub(crate) source: OsString,
    #[command(flatten)]
    pub(crate) judge: JudgeOpts,
    #[command(flatten)]
    pub(crate) hosts: InputOpts,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) source: String,
    /// `file`, `stdin` or `host`.
    pub(crate) kind: &'static str,
    /// The certificates of the source, in its order.
    pub(crate) chain: Vec<super::Brief>,
    /// Null where there was nothing to judge.
    pub(crate) judgement: Option<Judgement>,
    /// What was fetched, and what could not be, a line each.
    pub(crate) fetching: Vec<String>,
    /// What the caller should know about how the source was read.
    pub(crate) notes: Vec<String>,
    /// Why there is nothing to judge.
    pub(crate) error: Option<Error>,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let report = run(opts, UnixTime::now)?;
    let exit = report.judgement.as_ref().map_or(Exit::Failed, Judgement::exit);
    Ok(tell(&report, exit, globals, render::cert::verify))
}

fn run(opts: &Opts, clock: fn() -> UnixTime) -> Result<Report, Usage> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let source = Source::parse(&opts.source, opts.hosts.starttls)?;
    opts.hosts.check(std::slice::from_ref(&source))?;
    let host = match &source {
        Source::Host(target) => Some(input::name_of(target, &opts.hosts)?),
        _ => None,
    };
    let mut judge = opts.judge.load(provider.as_ref(), host.as_ref(), clock())?;
    let mut report = Report {
        source: source.name(),
        kind: source.kind(),
        chain: Vec::new(),
        judgement: None,
        fetching: Vec::new(),
        notes: Vec::new(),
        error: None,
    };
    let input = match input::load_one(&source, &opts.hosts, &provider)? {
        Ok(input) => input,
        Err(error) => return Ok(Report { error: Some(error), ..report }),
    };
    let chain = &input.certificates;
    report.chain = chain.iter().map(|certificate| super::Brief::new(certificate, judge.now())).collect();
    report.notes = input.skipped;
    // A bundle that begins with its root is judged as it stands, and its owner asks why the leaf is a CA.
    if let (Some(first), Some(leaf)) = (chain.first(), chain.iter().position(|certificate| !certificate.is_ca()))
        && first.is_ca()
    {
        let note = format!(
            "the first certificate is a CA and is judged as the leaf; certificate {leaf} looks like the leaf: \
             `tlsmith cert chain` puts a bundle into order"
        );
        report.notes.push(note);
    }
    report.notes.extend(input.seen.as_deref().and_then(unproven));
    let fetched = judge.fetch(provider.as_ref(), chain, opts.hosts.timeout)?;
    report.fetching.clone_from(&fetched.notes);
    judge.goes_on(clock());
    let seen = input.seen.as_deref();
    let evidence = Evidence {
        sct_list: seen.and_then(|seen| seen.sct_list.as_deref()),
        ocsp_response: seen.and_then(|seen| seen.ocsp_response.as_deref()),
        handshake: seen.is_some(),
        fetched: Some(&fetched),
    };
    report.judgement = Some(judge.judge(provider.as_ref(), chain, &evidence));
    Ok(report)
}

/// The chain came, but the handshake broke before the server proved that it has the key.
fn unproven(seen: &Seen) -> Option<String> {
    let error = seen.outcome.as_ref().err().filter(|_| seen.signature_scheme.is_none())?;
    Some(format!(
        "the handshake broke after the certificates had come ({}): nothing proves that the server has the leaf's key",
        error.message
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_proof_of_its_key_is_told() {
        let error = Error::of_usage(&Usage::new("x", "it hung up", ""));
        let broken = Seen { outcome: Err(error), ..Seen::default() };
        assert!(unproven(&broken).is_some_and(|note| note.contains("(it hung up)")));
        let proven = Seen { signature_scheme: Some(tlsmith::registry::SignatureScheme::ED25519), ..broken };
        assert_eq!((unproven(&proven), unproven(&Seen::default())), (None, None));
    }
}
