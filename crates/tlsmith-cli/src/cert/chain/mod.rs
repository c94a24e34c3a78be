//! `tlsmith cert chain`: a bundle as servers want it.

mod order;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use serde::Serialize;
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_pki::container::{Format, pem};
use tlsmith_x509::{Certificate, TrustAnchors, UnixTime};

use super::tell;
use crate::{
    cli::Globals,
    connect::Error,
    exit::{Exit, Usage},
    fetching::FetchOpts,
    input::{self, InputOpts, SOURCES, Source},
    judge::is_named_as_issuer,
    output::{Access, Output, Target, is_stdout},
    render,
    trust::Anchors,
};
use order::{leaf, order};

const EXAMPLES: &str = "\
Examples:
  tlsmith cert chain bundle.pem
      What belongs to the chain, in which order, and what does not?
  tlsmith cert chain leaf.pem intermediates.pem root.pem --out fullchain.pem
      Writes the leaf, then each issuer, without the root: what nginx,
      Apache, HAProxy and Caddy take.
  tlsmith cert chain example.com --out fullchain.pem --force
      From what a server sends.
  tlsmith cert chain leaf.pem --aia --out fullchain.pem
      Fetches the intermediates that are missing.

Clients have the roots that they trust: the root is left out unless --with-root
asks for it.

Exit codes: 0 the chain reaches a root, 1 an issuer is missing, 2 usage, or a
file that cannot be read.";

/// Put a bundle into order for a server: leaf first, no root, nothing else
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{SOURCES}\n\n{EXAMPLES}"))]
pub(crate) struct Opts {
    /// Files (PEM, DER, PKCS#12, PKCS#7), servers, or - for standard input: all of their certificates together
    #[arg(value_name = "FILE|HOST[:PORT]|-", required = true)]
    pub(crate) sources: Vec<OsString>,
    /// Write the chain to this file (PEM); - is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite the file of --out
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
    /// Keep the root, if it is there
    #[arg(long)]
    pub(crate) with_root: bool,
    #[command(flatten)]
    pub(crate) anchors: Anchors,
    #[command(flatten)]
    pub(crate) fetching: FetchOpts,
    #[command(flatten)]
    pub(crate) input: InputOpts,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) sources: Vec<String>,
    /// It reaches a root: one that is trusted, or one that was in the bundle.
    pub(crate) complete: bool,
    /// The chain, leaf first.
    pub(crate) chain: Vec<Link>,
    /// What is not a part of it.
    pub(crate) dropped: Vec<Dropped>,
    /// The root that it reaches.
    pub(crate) root: Option<String>,
    /// That root is among the trusted ones.
    pub(crate) root_trusted: bool,
    /// The issuer that nobody has.
    pub(crate) missing: Option<Missing>,
    /// What was fetched, and what could not be, a line each.
    pub(crate) fetching: Vec<String>,
    /// The file that was written.
    pub(crate) out: Option<String>,
    /// The chain as PEM.
    pub(crate) pem: String,
    /// Why a source could not be had.
    pub(crate) error: Option<Error>,
}

/// A certificate of the chain.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) subject: String,
    /// The source that it came from.
    pub(crate) source: String,
    /// Its place there, from 0.
    pub(crate) certificate: usize,
    /// It was missing, and fetched.
    pub(crate) fetched: bool,
    /// RFC 3339.
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) days_left: i64,
    pub(crate) not_yet_valid: bool,
}

/// A certificate that was left out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Dropped {
    pub(crate) subject: String,
    /// The source that it came from.
    pub(crate) source: String,
    /// Its place there, from 0.
    pub(crate) certificate: usize,
    pub(crate) why: String,
}

/// An issuer that is not there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Missing {
    pub(crate) subject: String,
    /// Where the CA says that it can be found.
    pub(crate) locations: Vec<String>,
}

/// A certificate, and where it came from.
struct Origin {
    source: String,
    place: usize,
    fetched: bool,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let to_stdout = match &opts.out {
        Some(path) => matches!(Target::new(Some(path), false, globals.json)?, Target::Stdout),
        None => false,
    };
    let report = run(opts, UnixTime::now())?;
    if to_stdout {
        return written_out(&report);
    }
    let exit = if report.complete { Exit::Good } else { Exit::Failed };
    Ok(tell(&report, exit, globals, render::cert::chain))
}

/// The chain on standard output, and nothing else there.
fn written_out(report: &Report) -> Result<Exit, Usage> {
    if report.complete {
        return render::bytes(report.pem.as_bytes()).map(|()| Exit::Good);
    }
    let why = match (&report.error, &report.missing) {
        (Some(error), _) => error.message.clone(),
        (None, Some(missing)) => format!("the certificate of the issuer {} is missing", missing.subject),
        (None, None) => String::from("it reaches no root"),
    };
    render::warn(&format!("the chain is not written: {why}"));
    Ok(Exit::Failed)
}

fn run(opts: &Opts, now: UnixTime) -> Result<Report, Usage> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let (anchors, _) = opts.anchors.load()?;
    let mut output = Output::new(opts.force);
    let file = opts.out.as_deref().filter(|path| !is_stdout(path));
    if let Some(path) = file {
        output.check(path)?;
    }
    let mut report = Report {
        sources: opts.sources.iter().map(|text| text.to_string_lossy().into_owned()).collect(),
        complete: false,
        chain: Vec::new(),
        dropped: Vec::new(),
        root: None,
        root_trusted: false,
        missing: None,
        fetching: Vec::new(),
        out: None,
        pem: String::new(),
        error: None,
    };
    let (mut bundle, mut origins) = (Vec::new(), Vec::new());
    let mut keystores = Vec::new();
    for source in input::sources(&opts.sources, &opts.input)? {
        match input::load_one(&source, &opts.input, &provider)? {
            Ok(input) => {
                if input.has_private_key {
                    spare(&source, &mut output);
                }
                if input.format == Some(Format::Pkcs12) {
                    keystores.push(input.name.clone());
                }
                let origin = |place| Origin { source: input.name.clone(), place, fetched: false };
                origins.extend((0..input.certificates.len()).map(origin));
                bundle.extend(input.certificates);
            }
            Err(error) => return Ok(Report { error: Some(error), ..report }),
        }
    }
    // Before anything is fetched for it.
    if let Some(path) = file {
        output.check(path)?;
    }
    if opts.fetching.aia {
        let leaf = place_of_leaf(&Bundle { certificates: &bundle, origins: &origins, keystores: &keystores })?;
        let (before, after) = bundle.split_at(leaf);
        // The leaf first: from it the issuers are looked for.
        let near = [after, before].concat();
        let fetched = opts.fetching.gather(provider.as_ref(), &near, &anchors, false, (now, opts.input.timeout))?;
        let origin = |place| Origin { source: String::from(FETCHED), place, fetched: true };
        origins.extend((0..fetched.certificates.len()).map(origin));
        bundle.extend(fetched.certificates);
        report.fetching = fetched.notes;
    }
    report.order(
        provider.as_ref(),
        &Bundle { certificates: &bundle, origins: &origins, keystores: &keystores },
        opts.with_root,
        &anchors,
        now,
    )?;
    if let (Some(path), true) = (file, report.complete) {
        output.add(path, report.pem.as_bytes(), Access::Public)?;
        output.commit()?;
        report.out = Some(path.display().to_string());
    }
    Ok(report)
}

/// A key that stands beside the certificates is not written into the chain: what it is read from is kept.
fn spare(source: &Source, output: &mut Output) {
    match source {
        Source::File(path) => output.spare(path),
        Source::Stdin => output.spare(Path::new("-")),
        Source::Directory(_) | Source::Host(_) => {}
    }
}

/// All certificates, and where each came from.
struct Bundle<'a> {
    certificates: &'a [Certificate],
    origins: &'a [Origin],
    /// The sources that are PKCS#12, in which several chains may stand.
    keystores: &'a [String],
}

impl<'a> Bundle<'a> {
    fn get(&self, place: usize) -> Option<(&'a Certificate, &'a Origin)> {
        Some((self.certificates.get(place)?, self.origins.get(place)?))
    }
}

impl Report {
    fn order(
        &mut self,
        provider: &dyn Provider,
        bundle: &Bundle<'_>,
        with_root: bool,
        anchors: &TrustAnchors,
        now: UnixTime,
    ) -> Result<(), Usage> {
        let leaf = place_of_leaf(bundle)?;
        let ordered = order(provider, bundle.certificates, leaf, now);
        let mut chain: Vec<(&Certificate, &Origin)> =
            ordered.chain.iter().filter_map(|place| bundle.get(*place)).collect();
        for (place, why) in &ordered.dropped {
            let Some((certificate, origin)) = bundle.get(*place) else { continue };
            // What was left over and is above the chain is a root that clients have.
            let is_root = certificate.is_self_issued()
                && chain.iter().any(|(one, _)| {
                    one.subject_der() == certificate.subject_der() || is_named_as_issuer(certificate, one)
                });
            let why = if is_root && *why == order::Why::NotPart { ROOT } else { why.text() };
            self.dropped.push(Dropped::new(certificate, origin, why));
        }
        self.find_root(provider, &chain, anchors);
        if let (false, [_, .., (last, origin)]) = (with_root, chain.as_slice())
            && last.is_self_issued()
        {
            self.dropped.push(Dropped::new(last, origin, ROOT));
            chain.pop();
        }
        self.complete = self.root.is_some();
        for (certificate, origin) in &chain {
            self.pem.push_str(&pem("CERTIFICATE", certificate.der()));
            self.chain.push(Link {
                subject: certificate.subject(),
                source: origin.source.clone(),
                certificate: origin.place,
                fetched: origin.fetched,
                not_before: certificate.not_before().to_string(),
                not_after: certificate.not_after().to_string(),
                days_left: now.days_until(certificate.not_after()),
                not_yet_valid: now < certificate.not_before(),
            });
        }
        Ok(())
    }

    /// Where the chain ends: at a root of the bundle, at one that is trusted, or nowhere.
    fn find_root(&mut self, provider: &dyn Provider, chain: &[(&Certificate, &Origin)], anchors: &TrustAnchors) {
        let Some((last, _)) = chain.last() else { return };
        let trusted = anchors.certificates().iter().find(|anchor| {
            let is_above = is_named_as_issuer(anchor, last) && last.is_signed_by(anchor, provider);
            // The same CA as one of the chain, in another certificate.
            let is_same = |one: &Certificate| one.subject_der() == anchor.subject_der() && one.spki() == anchor.spki();
            is_above || chain.iter().any(|(one, _)| is_same(one))
        });
        match trusted {
            Some(anchor) => {
                self.root = Some(anchor.subject());
                self.root_trusted = true;
            }
            None if last.is_self_issued() => self.root = Some(last.subject()),
            None => {
                let locations = last.ca_issuers_urls().to_vec();
                self.missing = Some(Missing { subject: last.issuer(), locations });
            }
        }
    }
}

/// The source of certificates that were in none.
const FETCHED: &str = "authorityInfoAccess";

/// Why a root is left out.
const ROOT: &str = "it is a root: who trusts it has it";

impl Dropped {
    fn new(certificate: &Certificate, origin: &Origin, why: &str) -> Self {
        Self {
            subject: certificate.subject(),
            source: origin.source.clone(),
            certificate: origin.place,
            why: why.to_owned(),
        }
    }
}

fn place_of_leaf(bundle: &Bundle<'_>) -> Result<usize, Usage> {
    leaf(bundle.certificates).map_err(|several| several_leaves(bundle, &several))
}

fn several_leaves(bundle: &Bundle<'_>, places: &[usize]) -> Usage {
    // Of old and new, the names are the same.
    let describe = |(certificate, origin): (&Certificate, &Origin)| {
        let (subject, end) = (certificate.subject(), certificate.not_after());
        format!("{subject}, certificate {} of {}, until {end}", origin.place, origin.source)
    };
    let names: Vec<String> = places.iter().take(4).filter_map(|place| bundle.get(*place).map(describe)).collect();
    let message = format!("{} certificates could be the leaf: {}", places.len(), names.join("; "));
    let origins: Vec<&Origin> = places.iter().filter_map(|place| bundle.origins.get(*place)).collect();
    let of_one = origins.first().filter(|first| origins.iter().all(|origin| origin.source == first.source));
    let fix = match of_one.filter(|origin| bundle.keystores.contains(&origin.source)) {
        Some(origin) => format!(
            "take one entry out of it: `tlsmith convert {} --alias NAME --to pem --out NAME.pem`",
            origin.source
        ),
        None => String::from("name the files of one chain only"),
    };
    Usage::new("usage.file", message, fix)
}

#[cfg(test)]
mod tests;
