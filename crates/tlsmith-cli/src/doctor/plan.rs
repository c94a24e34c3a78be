//! From arguments to a plan: every mistake that can be found without the network is found here.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tlsmith::auth::Identity;
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{
    Certificate, ServerName, TrustAnchors, UnixTime,
    revocation::{Crl, RevocationPolicy},
};

use super::opts::{Opts, Revocations};
use crate::{
    connect::{HTTPS, Target, starttls::Protocol},
    exit::Usage,
    files, trust,
};

/// Everything that the examination needs, checked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) target: Target,
    pub(crate) name: ServerName,
    pub(crate) starttls: Option<Protocol>,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) anchors: TrustAnchors,
    /// Which roots these are.
    pub(crate) roots: String,
    pub(crate) identity: Option<Arc<Identity>>,
    /// The certificates of `identity`'s file, its own first.
    pub(crate) client: Vec<Certificate>,
    /// The first certificate of the file of `--expect`, and the file's name.
    pub(crate) expected: Option<(String, Certificate)>,
    pub(crate) revocation: RevocationPolicy,
    /// Those of `--crl`.
    pub(crate) crls: Vec<Crl>,
    /// Nothing is fetched that certificates name.
    pub(crate) offline: bool,
    /// The time to judge by, if the caller named one.
    pub(crate) at: Option<UnixTime>,
    /// The addresses to ask; empty: those of the name.
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) timeout: Duration,
    /// What the caller should know about how the arguments were read.
    pub(crate) notes: Vec<String>,
}

impl Plan {
    /// The time to judge by. It goes on: what is stapled or fetched may be newer than the beginning.
    pub(crate) fn now(&self) -> UnixTime {
        self.at.unwrap_or_else(UnixTime::now)
    }

    /// Checks the arguments and loads the files.
    pub(crate) fn new(opts: &Opts) -> Result<Self, Usage> {
        let (target, hint) = Target::parse(&opts.target, opts.starttls.map_or(HTTPS, Protocol::port))?;
        let name = trust::name(opts.servername.as_deref(), &target)?;
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let (anchors, roots) = opts.anchors.load()?;
        let (identity, client) = match &opts.cert {
            Some(path) => {
                let identity = files::identity(provider.as_ref(), path, opts.key.as_deref())?;
                (Some(Arc::new(identity)), certificates("--cert", path)?)
            }
            None => (None, Vec::new()),
        };
        let expected = match &opts.expect {
            Some(path) => Some((path.display().to_string(), first_certificate("--expect", path)?)),
            None => None,
        };
        let addresses = opts.address.iter().map(|ip| SocketAddr::new(*ip, target.port)).collect();
        Ok(Self {
            target,
            name,
            starttls: opts.starttls,
            provider,
            anchors,
            roots,
            identity,
            client,
            expected,
            revocation: match opts.revocation {
                Revocations::Ignore => RevocationPolicy::Ignore,
                Revocations::Prefer => RevocationPolicy::Prefer,
                Revocations::Require => RevocationPolicy::Require,
            },
            crls: opts.crl.iter().map(|path| crl(path)).collect::<Result<_, _>>()?,
            offline: opts.offline,
            at: opts.at,
            addresses,
            timeout: opts.timeout,
            notes: hint.into_iter().collect(),
        })
    }
}

fn crl(path: &std::path::Path) -> Result<Crl, Usage> {
    let wrong = |what: String| Usage::new("usage.file", format!("--crl {}: {what}", path.display()), "");
    Crl::from_pem(&files::read("--crl", path)?).map_err(|error| wrong(error.to_string()))
}

fn certificates(option: &str, path: &std::path::Path) -> Result<Vec<Certificate>, Usage> {
    tlsmith_x509::pem::certificates(&files::read(option, path)?)
        .map_err(|error| Usage::new("usage.file", format!("{option} {}: {error}", path.display()), ""))
}

fn first_certificate(option: &str, path: &std::path::Path) -> Result<Certificate, Usage> {
    let nothing = || Usage::new("usage.file", format!("{option} {}: no certificate in it", path.display()), "");
    certificates(option, path)?.into_iter().next().ok_or_else(nothing)
}
