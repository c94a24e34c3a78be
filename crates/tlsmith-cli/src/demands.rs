//! What is demanded of a certificate besides a path to a root: the options that say it, for whoever judges one.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, ValueEnum};
use tlsmith::auth::{ChainVerifier, Crls, CtDemand};
use tlsmith_crypto::Provider;
use tlsmith_x509::{
    Pin, Profile,
    ct::{CtPolicy, LogList},
    revocation::{Crl, RevocationPolicy, RevocationScope},
};

use crate::{exit::Usage, files, input, profile};

/// What follows from revocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RevocationOption {
    /// Not trusted unless it is known not to be revoked
    Require,
    /// Not trusted if revoked; where nobody says, that is told
    Prefer,
    /// Nobody is asked
    Ignore,
}

/// What is demanded.
#[derive(Clone, Debug, Args)]
pub(crate) struct DemandOpts {
    /// A key that has to stand in the path: sha256/BASE64 or hexadecimal, as `tlsmith cert pin` says it; repeatable, one
    /// of them is enough
    #[arg(long, value_name = "PIN", help_heading = "Whom to trust")]
    pin: Vec<Pin>,
    /// How strict to be: `web` as browsers are with public CAs, `private` by RFC 5280 alone, or the rules of a file
    #[arg(long, value_name = "web|private|FILE", default_value = "private", help_heading = "How strictly")]
    profile: PathBuf,
    /// Demand timestamps of Certificate Transparency from the logs in this list (JSON, the public list's version 3)
    #[arg(long, value_name = "FILE", help_heading = "How strictly")]
    ct_log_list: Option<PathBuf>,
    /// What follows from revocations: `require` that each certificate is known not to be revoked, `prefer` to know, or
    /// `ignore` them [default: prefer where somebody is to be asked, as by --crl; else ignore]
    #[arg(long, value_name = "POLICY", hide_possible_values = true, help_heading = "How strictly")]
    revocation: Option<RevocationOption>,
    /// Certificate revocation lists (PEM or DER) of CAs in the path; repeatable
    #[arg(long, value_name = "FILE", help_heading = "How strictly")]
    crl: Vec<PathBuf>,
}

/// The same with the files loaded.
#[derive(Clone, Debug)]
pub(crate) struct Demands {
    pub(crate) pins: Vec<Pin>,
    pub(crate) profile: Profile,
    /// The logs that are known, and how many of them have to know the certificate.
    pub(crate) transparency: Option<(Arc<LogList>, CtPolicy)>,
    pub(crate) revocation: RevocationPolicy,
    pub(crate) crls: Vec<Crl>,
}

impl DemandOpts {
    /// Loads the files. `asks`: there is somebody else than a CRL to ask for revocations.
    pub(crate) fn load(&self, provider: &dyn Provider, asks: bool) -> Result<Demands, Usage> {
        let transparency = match &self.ct_log_list {
            Some(path) => {
                let logs = LogList::from_json(provider, &files::read("--ct-log-list", path)?).map_err(|error| {
                    Usage::new("usage.file", format!("--ct-log-list {}: {error}", path.display()), "")
                })?;
                Some((Arc::new(logs), CtPolicy::default()))
            }
            None => None,
        };
        let mut crls = Vec::new();
        for path in &self.crl {
            crls.extend(read_crls(path)?);
        }
        Ok(Demands {
            pins: self.pin.clone(),
            profile: profile::load(&self.profile)?,
            transparency,
            revocation: self.policy(asks)?,
            crls,
        })
    }

    fn policy(&self, asks: bool) -> Result<RevocationPolicy, Usage> {
        let asks = asks || !self.crl.is_empty();
        Ok(match self.revocation {
            Some(RevocationOption::Require) => RevocationPolicy::Require,
            Some(RevocationOption::Prefer) => RevocationPolicy::Prefer,
            Some(RevocationOption::Ignore) if asks => {
                let message = "--revocation ignore asks nobody, and other options say whom to ask";
                return Err(Usage::new("usage.arguments", message, "leave one of them out"));
            }
            None if asks => RevocationPolicy::Prefer,
            Some(RevocationOption::Ignore) | None => RevocationPolicy::Ignore,
        })
    }
}

/// All CRLs of the file of `--crl`.
fn read_crls(path: &Path) -> Result<Vec<Crl>, Usage> {
    let name = format!("--crl {}", path.display());
    let contents = input::contents(&name, &files::read("--crl", path)?)?;
    if contents.crls.is_empty() {
        return Err(Usage::new("usage.file", format!("{name}: it holds no CRL"), ""));
    }
    let crls = contents.crls.iter().map(|der| Crl::from_der(der));
    crls.collect::<Result<_, _>>().map_err(|error| Usage::new("usage.file", format!("{name}: {error}"), ""))
}

impl Demands {
    /// The verifier of a handshake that makes these demands.
    pub(crate) fn of_handshakes(self, verifier: ChainVerifier) -> ChainVerifier {
        let verifier = verifier
            .profile(self.profile)
            .pins(&self.pins)
            .revocation(self.revocation, RevocationScope::default())
            .crls(Arc::new(Crls::new(self.crls)));
        match self.transparency {
            Some((logs, policy)) => verifier.transparency(CtDemand { logs, policy, required: true }),
            None => verifier,
        }
    }
}
