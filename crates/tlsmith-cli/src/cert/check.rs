//! `tlsmith cert check`: what ends soon, of many files, directories and servers at once.

use std::{collections::VecDeque, ffi::OsString, path::Path, sync::Arc};

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{Certificate, UnixTime};
use tokio::task::JoinSet;

use super::{Brief, tell};
use crate::{
    cli::Globals,
    connect::Error,
    exit::{Exit, Usage},
    input::{self, Input, InputOpts, NoInput, SOURCES, Source, Watch},
    passphrase::PassphraseOpts,
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert check example.com www.example.com:8443
  tlsmith cert check --days 14 /etc/letsencrypt/live /etc/nginx/ssl
      Directories stand for the files below that hold certificates.
  tlsmith cert check --starttls smtp mx1.example.com mx2.example.com
  xargs tlsmith cert check --json <hosts.txt |
      jq -r '.rows[] | select(.status != \"ok\") | .source'
      For monitoring.
  tlsmith cert check --at 2027-01-31 server.pem
      As if it were then.

All certificates of a source count, not the leaf alone: a row tells which one
ends first.

Exit codes: 0 all is well, 1 something ends sooner, has ended, or could not be
checked, 2 usage.";

/// A day in seconds.
const DAY: i64 = 86_400;
/// So many servers are asked at the same time.
const AT_ONCE: usize = 32;

/// What ends soon? Many files, directories and servers at once, what ends first on top
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{SOURCES}\n\n{EXAMPLES}"))]
pub(crate) struct Opts {
    /// Files (PEM, DER, PKCS#12, PKCS#7), directories, servers, or - for standard input
    #[arg(value_name = "FILE|DIR|HOST[:PORT]|-", required = true)]
    pub(crate) sources: Vec<OsString>,
    /// Exit with 1 when something ends sooner than in so many days
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(u32).range(0..=36_500))]
    pub(crate) days: u32,
    /// The time to judge by: 2026-11-21T00:00:00Z, or 2026-11-21 [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<UnixTime>,
    #[command(flatten)]
    pub(crate) input: InputOpts,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// By which it was judged, RFC 3339.
    pub(crate) time: String,
    /// What ends in less than so many days is too soon.
    pub(crate) days: u32,
    /// Every row is `ok`.
    pub(crate) ok: bool,
    /// What could not be checked first, then what ends first.
    pub(crate) rows: Vec<Row>,
    /// How many files of directories hold no certificates.
    pub(crate) passed_over: usize,
}

/// One source.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) source: String,
    /// `file`, `directory`, `stdin` or `host`.
    pub(crate) kind: &'static str,
    /// `ok`, `soon`, `expired`, `not_yet_valid`, or `failed`: it could not be checked.
    pub(crate) status: &'static str,
    /// When the first of its certificates ends, RFC 3339.
    pub(crate) not_after: Option<String>,
    /// Whole days until then; negative once it is past.
    pub(crate) days_left: Option<i64>,
    /// Which one that is, from 0.
    pub(crate) certificate: Option<usize>,
    /// Its subject.
    pub(crate) subject: Option<String>,
    /// All of its certificates.
    pub(crate) certificates: Vec<Brief>,
    /// Why it could not be checked.
    pub(crate) error: Option<Error>,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let report = run(opts, opts.at.unwrap_or_else(UnixTime::now))?;
    let exit = if report.ok { Exit::Good } else { Exit::Failed };
    Ok(tell(&report, exit, globals, render::cert::check))
}

fn run(opts: &Opts, now: UnixTime) -> Result<Report, Usage> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let mut rows = Vec::new();
    let mut waiting = VecDeque::new();
    let mut passed_over = 0;
    let soon = UnixTime(now.0.saturating_add(i64::from(opts.days) * DAY));
    for source in named(&opts.sources, &opts.input, &mut rows)? {
        match &source {
            Source::Directory(path) => match directory(path, &opts.input.passphrase, now, soon) {
                Ok((of_files, without)) => {
                    rows.extend(of_files);
                    passed_over += without;
                }
                Err(usage) => rows.push(Row::failed(&source.name(), source.kind(), Error::of_usage(&usage))),
            },
            _ => waiting.push_back(source),
        }
    }
    let loaded = input::block_on(load_all(waiting, &opts.input, &provider))?;
    rows.extend(loaded.into_iter().map(|(name, kind, result)| match result {
        Ok(input) => Row::new(name, kind, &input.certificates, now, soon),
        Err(error) => Row::failed(&name, kind, error.error()),
    }));
    // What could not be checked has no end, and none comes before every time.
    rows.sort_by(|one, other| (&one.not_after, &one.source).cmp(&(&other.not_after, &other.source)));
    let ok = rows.iter().all(|row| row.status == "ok");
    Ok(Report { time: now.to_string(), days: opts.days, ok, rows, passed_over })
}

/// The sources. One that is neither a file nor a host is a row: it must not hide the others.
fn named(texts: &[OsString], opts: &InputOpts, rows: &mut Vec<Row>) -> Result<Vec<Source>, Usage> {
    opts.passphrase.check()?;
    let mut sources = Vec::new();
    for text in texts {
        match Source::parse(text, opts.starttls) {
            Ok(Source::Stdin) if sources.contains(&Source::Stdin) => {
                return Err(Usage::new("usage.arguments", "- stands there twice", "standard input can be read once"));
            }
            Ok(source) => sources.push(source),
            Err(usage) if texts.len() == 1 => return Err(usage),
            Err(usage) => rows.push(Row::failed(&text.to_string_lossy(), "file", Error::of_usage(&usage))),
        }
    }
    opts.check(&sources)?;
    Ok(sources)
}

type Loaded = (String, &'static str, Result<Input, NoInput>);

/// Asks many at once, and says how far it is when that takes a while.
async fn load_all(mut waiting: VecDeque<Source>, opts: &InputOpts, provider: &Arc<dyn Provider>) -> Vec<Loaded> {
    let mut watch = Watch::new("checking", waiting.len());
    let mut running = JoinSet::new();
    let mut loaded = Vec::new();
    loop {
        while running.len() < AT_ONCE
            && let Some(source) = waiting.pop_front()
        {
            let (opts, provider) = (opts.clone(), provider.clone());
            running.spawn(async move {
                let result = input::load(&source, &opts, &provider).await;
                (source.name(), source.kind(), result)
            });
        }
        match watch.until(running.join_next()).await {
            Some(Ok(one)) => loaded.push(one),
            // None was cancelled; a table that lacks a row must not pass for a whole one.
            Some(Err(error)) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
            None => return loaded,
        }
        watch.done(loaded.len());
    }
}

/// The files below that hold certificates, and how many hold none.
fn directory(
    path: &Path,
    passphrase: &PassphraseOpts,
    now: UnixTime,
    soon: UnixTime,
) -> Result<(Vec<Row>, usize), Usage> {
    let mut rows = Vec::new();
    let mut without = 0;
    for file in input::in_directory(path)? {
        match of_file(&file, passphrase) {
            Some(Ok(certificates)) => rows.push(Row::new(file.display().to_string(), "file", &certificates, now, soon)),
            Some(Err(usage)) => rows.push(Row::failed(&file.display().to_string(), "file", Error::of_usage(&usage))),
            None => without += 1,
        }
    }
    match rows.is_empty() {
        // To find nothing where certificates are expected is no good news.
        true => Err(Usage::new("usage.file", format!("{}: no file in it holds a certificate", path.display()), "")),
        false => Ok((rows, without)),
    }
}

/// None for a file that does not look as if it held certificates. Nobody is asked for the passphrases of a whole directory.
fn of_file(path: &Path, passphrase: &PassphraseOpts) -> Option<Result<Vec<Certificate>, Usage>> {
    let bytes = match input::read_file(path) {
        Ok(bytes) => bytes,
        // A key that only root may read is nobody's matter here.
        Err(usage) => return input::is_named_like_a_certificate(path).then_some(Err(usage)),
    };
    let name = path.display().to_string();
    let contents = match passphrase.is_given() {
        true => input::opened(&name, &bytes, passphrase),
        false => input::contents(&name, &bytes),
    };
    match contents {
        Ok(contents) if !contents.certificates.is_empty() => Some(Ok(contents.certificates)),
        // Somebody was about to write a certificate here.
        Ok(_) if bytes.is_empty() => input::is_named_like_a_certificate(path)
            .then(|| Err(Usage::new("usage.file", format!("{name}: the file is empty"), ""))),
        Ok(contents) => {
            let broken = contents.skipped.iter().find(|skipped| skipped.what.contains("CERTIFICATE\""))?;
            let what = format!("{}: {}: {}", path.display(), broken.what, broken.why.message());
            Some(Err(Usage::new("usage.file", what, broken.why.fix())))
        }
        // Of DER, that there is a passphrase to it tells a key.
        Err(usage)
            if usage.code == "usage.passphrase"
                && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("der")) =>
        {
            None
        }
        Err(usage) => input::is_named_like_a_certificate(path).then_some(Err(usage)),
    }
}

impl Row {
    fn new(source: String, kind: &'static str, certificates: &[Certificate], now: UnixTime, soon: UnixTime) -> Self {
        let first = certificates.iter().enumerate().min_by_key(|(_, certificate)| certificate.not_after());
        let not_yet = certificates.iter().enumerate().find(|(_, certificate)| certificate.not_before() > now);
        let status = match first {
            Some((_, first)) if first.not_after() < now => "expired",
            _ if not_yet.is_some() => "not_yet_valid",
            Some((_, first)) if first.not_after() < soon => "soon",
            _ => "ok",
        };
        let told = if status == "not_yet_valid" { not_yet } else { first };
        Self {
            source,
            kind,
            status,
            not_after: told.map(|(_, certificate)| certificate.not_after().to_string()),
            days_left: told.map(|(_, certificate)| now.days_until(certificate.not_after())),
            certificate: told.map(|(index, _)| index),
            subject: told.map(|(_, certificate)| certificate.subject()),
            certificates: certificates.iter().map(|certificate| Brief::new(certificate, now)).collect(),
            error: None,
        }
    }

    fn failed(source: &str, kind: &'static str, error: Error) -> Self {
        Self {
            source: source.to_owned(),
            kind,
            status: "failed",
            not_after: None,
            days_left: None,
            certificate: None,
            subject: None,
            certificates: Vec::new(),
            error: Some(error),
        }
    }
}
