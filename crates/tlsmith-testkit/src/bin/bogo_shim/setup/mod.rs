//! From arguments to configurations.

mod credentials;
mod policy;
mod secrets;
mod verifier;

use std::{fs, path::Path, sync::Arc};

use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{ClientIdentities, ServerIdentities},
    config::{ClientAuth, ConfigError, KeyLog, Preference},
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{Certificate, DnsName, ServerName, pem};

pub(crate) use self::{credentials::Credentials, verifier::Verifier};
use self::{policy::Allowed, secrets::TrafficSecrets};
use crate::{Failure, Options};

/// Everything that a connection is made from.
pub(crate) struct Setup {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) secrets: Arc<TrafficSecrets>,
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let message = format!("{}: {error}", error.code);
        match error.code {
            // A group or scheme that does not exist here, or that TLS 1.3 does not sign with.
            "config.unsupported" | "config.no_common_scheme" => Self::Unimplemented(message),
            _ => Self::Setup(message),
        }
    }
}

/// Loads the files that the arguments name.
pub(crate) fn load(options: &Options) -> Result<Setup, Failure> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let credentials = Arc::new(Credentials::load(&*provider, options)?);
    Ok(Setup { provider, credentials, secrets: Arc::default() })
}

/// The certificates of a file.
pub(crate) fn load_certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    pem::certificates(&read(path)?).map_err(|error| Failure::Setup(format!("{}: {error}", path.display())))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::Setup(format!("{}: {error}", path.display())))
}

impl Setup {
    /// The client's configuration, and whom it means to reach.
    pub(crate) fn client(&self, options: &Options) -> Result<(Arc<ClientConfig>, ServerName), Failure> {
        check_versions(options)?;
        let mut builder = ClientConfig::builder(Arc::clone(&self.provider), Arc::new(Verifier::new(options)))
            .grease(options.enable_grease)
            .send_server_name(options.host_name.is_some())
            .ocsp_stapling(options.enable_ocsp_stapling)
            .signed_certificate_timestamps(options.enable_signed_cert_timestamps)
            .key_log(Arc::clone(&self.secrets) as Arc<dyn KeyLog>);
        let alpn: Vec<&[u8]> = options.advertise_alpn.iter().map(Vec::as_slice).collect();
        if !alpn.is_empty() {
            builder = builder.alpn(&alpn);
        }
        let wanted = Algorithms::of(options);
        if let Some(groups) = wanted.groups {
            builder = builder.groups(groups);
        }
        if let Some(shares) = options.key_shares.clone().or_else(|| default_shares(wanted.groups?)) {
            builder = builder.key_shares(&shares);
        }
        if let Some(suites) = wanted.suites {
            builder = builder.cipher_suites(suites);
        }
        if let Some(schemes) = wanted.schemes {
            builder = builder.signature_schemes(schemes);
        }
        builder = match self.credentials.0.as_slice() {
            [] => builder,
            [only] if self.credentials.are_plain() && !options.use_old_client_cert_callback => {
                builder.identity(Arc::clone(&only.identity))
            }
            _ => builder.identities(Arc::clone(&self.credentials) as Arc<dyn ClientIdentities>),
        };
        // A name is needed to judge certificates by; here they are not judged.
        let name = options.host_name.as_deref().unwrap_or("localhost");
        let name = DnsName::new(name).map_err(|error| Failure::Setup(format!("{name}: {error}")))?;
        Ok((builder.build()?, ServerName::Dns(name)))
    }

    /// The server's configuration.
    pub(crate) fn server(&self, options: &Options) -> Result<Arc<ServerConfig>, Failure> {
        check_versions(options)?;
        let verifier = Arc::new(Verifier::new(options));
        let mut builder = ServerConfig::builder(Arc::clone(&self.provider))
            .key_log(Arc::clone(&self.secrets) as Arc<dyn KeyLog>)
            .preference(match options.server_preference {
                true => Preference::Server,
                false => Preference::Client,
            })
            .client_auth(match (options.require_any_client_certificate, options.verify_peer) {
                (true, _) => ClientAuth::Require(verifier),
                (false, true) => ClientAuth::Request(verifier),
                (false, false) => ClientAuth::None,
            });
        let wanted = Algorithms::of(options);
        if let Some(groups) = wanted.groups {
            builder = builder.groups(groups);
        }
        if let Some(suites) = wanted.suites {
            builder = builder.cipher_suites(suites);
        }
        if let Some(schemes) = wanted.schemes {
            builder = builder.signature_schemes(schemes);
        }
        if options.reject_alpn {
            builder = builder.alpn(&[b"spoken by nobody"]);
        } else if let (Some(protocol), false) = (&options.select_alpn, options.decline_alpn) {
            builder = builder.alpn(&[protocol]);
        }
        builder = match self.credentials.are_plain() {
            true => self
                .credentials
                .0
                .iter()
                .fold(builder, |builder, credential| builder.identity(Arc::clone(&credential.identity))),
            false => builder.identities(Arc::clone(&self.credentials) as Arc<dyn ServerIdentities>),
        };
        Ok(builder.build()?)
    }
}

fn check_versions(options: &Options) -> Result<(), Failure> {
    let (_, max) = options.versions()?;
    match max {
        ProtocolVersion::TLS1_3 => Ok(()),
        older => Err(Failure::Unimplemented(format!("{older:?}"))),
    }
}

/// The algorithms that the arguments ask for; where they do not, the library's defaults stay.
struct Algorithms<'a> {
    suites: Option<&'a [CipherSuite]>,
    groups: Option<&'a [NamedGroup]>,
    schemes: Option<&'a [SignatureScheme]>,
}

impl<'a> Algorithms<'a> {
    fn of(options: &'a Options) -> Self {
        if let Some(policy) = options.policy {
            let Allowed { suites, groups, schemes } = policy.allowed();
            return Self { suites: Some(suites), groups: Some(groups), schemes: Some(schemes) };
        }
        Self {
            suites: None,
            groups: Some(options.curves.as_slice()).filter(|groups| !groups.is_empty()),
            schemes: Some(options.verify_prefs.as_slice()).filter(|schemes| !schemes.is_empty()),
        }
    }
}

/// The shares that the runner expects of a client that was given groups alone: of the first, and of the first of the
/// other kind (post-quantum or not), so that a server of either kind needs no retry.
fn default_shares(groups: &[NamedGroup]) -> Option<Vec<NamedGroup>> {
    let first = *groups.first()?;
    let other = groups.iter().copied().find(|group| group.is_post_quantum() != first.is_post_quantum());
    Some([first].into_iter().chain(other).collect())
}
