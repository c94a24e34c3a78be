//! Whom to trust: the options that every client command has.

use std::{path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use tlsmith::auth::{AcceptAnyway, ChainVerifier, PeerVerifier};
use tlsmith_crypto::Provider;
use tlsmith_x509::{ServerName, TrustAnchors};

use crate::{connect::Target, demands::DemandOpts, exit::Usage, files, input};

/// Where trust comes from when no file is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Roots {
    /// The system's store (SSL_CERT_FILE and SSL_CERT_DIR are respected)
    System,
    /// Mozilla's set, embedded in this program
    Mozilla,
}

/// Where trust comes from.
#[derive(Clone, Debug, Args)]
pub(crate) struct Anchors {
    /// Trust the certificates in this file (PEM, DER, PKCS#7; PKCS#12 without a passphrase) instead of the system's roots; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Whom to trust")]
    pub(crate) ca: Vec<PathBuf>,
    /// Which roots to trust; together with --ca, both [default: system]
    #[arg(long, value_name = "WHICH", help_heading = "Whom to trust")]
    pub(crate) roots: Option<Roots>,
}

/// The options of those who connect.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// The name to ask for (SNI) and to verify, instead of HOST
    #[arg(long, value_name = "NAME", help_heading = "Whom to trust")]
    pub(crate) servername: Option<String>,
    #[command(flatten)]
    anchors: Anchors,
    #[command(flatten)]
    demands: DemandOpts,
    /// Go on although the certificate is not trusted; says what is wrong with it and still exits with 3
    #[arg(long, help_heading = "Whom to trust")]
    pub(crate) insecure: bool,
}

impl Anchors {
    /// The files of `--ca` instead of the system's store, or together with what `--roots` names; and what they are.
    pub(crate) fn load(&self) -> Result<(TrustAnchors, String), Usage> {
        let mut anchors = TrustAnchors::new();
        let mut kinds = Vec::new();
        for path in &self.ca {
            let content = files::read("--ca", path)?;
            let certificates = match tlsmith_x509::pem::certificates(&content) {
                Ok(certificates) => certificates,
                // Truststores: PKCS#12 and PKCS#7.
                Err(error) => match input::contents("", &content) {
                    Ok(contents) if !contents.certificates.is_empty() => contents.certificates,
                    _ => return Err(Usage::new("usage.file", format!("--ca {}: {error}", path.display()), "")),
                },
            };
            certificates.into_iter().for_each(|certificate| anchors.add(certificate));
        }
        if !self.ca.is_empty() {
            kinds.push("file");
        }
        let chosen = match self.roots {
            None if self.ca.is_empty() => Some(Roots::System),
            chosen => chosen,
        };
        let more = match chosen {
            None => None,
            Some(Roots::Mozilla) => Some((TrustAnchors::mozilla(), "mozilla")),
            Some(Roots::System) => {
                let fix = "name a CA file with --ca, or use --roots mozilla";
                let system = TrustAnchors::system()
                    .map_err(|error| Usage::new("usage.roots", format!("the system's roots: {error}"), fix))?;
                if system.is_empty() {
                    return Err(Usage::new("usage.roots", "the system's store holds no roots", fix));
                }
                Some((system, "system"))
            }
        };
        if let Some((more, kind)) = more {
            more.certificates().iter().for_each(|certificate| anchors.add(certificate.clone()));
            kinds.push(kind);
        }
        Ok((anchors, kinds.join("+")))
    }
}

/// The name to ask for and to verify: `--servername`, or the target's host.
pub(crate) fn name(servername: Option<&str>, target: &Target) -> Result<ServerName, Usage> {
    match (servername, target.ip()) {
        (Some(name), _) => input::server_name("--servername", name),
        (None, Some(ip)) => Ok(ServerName::Ip(ip)),
        (None, None) => input::server_name("host", &target.host),
    }
}

impl Trust {
    /// The name to ask for and to verify.
    pub(crate) fn name(&self, target: &Target) -> Result<ServerName, Usage> {
        name(self.servername.as_deref(), target)
    }

    /// The roots, and what they are.
    pub(crate) fn anchors(&self) -> Result<(TrustAnchors, String), Usage> {
        self.anchors.load()
    }

    /// What judges the server's chain. Nothing is fetched: of revocations, CRLs and the staple tell.
    pub(crate) fn verifier(
        &self,
        provider: &Arc<dyn Provider>,
        anchors: TrustAnchors,
    ) -> Result<Arc<dyn PeerVerifier>, Usage> {
        let demands = self.demands.load(provider.as_ref(), false)?;
        let verifier = demands.of_handshakes(ChainVerifier::new(provider.clone(), Arc::new(anchors)));
        Ok(match self.insecure {
            true => Arc::new(AcceptAnyway(verifier)),
            false => Arc::new(verifier),
        })
    }
}
