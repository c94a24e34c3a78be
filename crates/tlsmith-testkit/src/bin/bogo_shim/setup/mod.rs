//! From arguments to configurations.

mod credentials;
mod policy;
mod secrets;
mod sessions;
mod verifier;

use std::{fs, path::Path, sync::Arc};

use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{ClientIdentities, ServerIdentities},
    config::{ClientAuth, ConfigError, KeyLog, Preference},
    registry::{CipherSuite, NamedGroup, SignatureScheme},
    session::{ClientSessions, SessionStore},
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{Certificate, DnsName, ServerName, pem};

pub(crate) use self::{
    credentials::{Credentials, Psks},
    sessions::Kept,
    verifier::Verifier,
};
use self::{policy::Allowed, secrets::TrafficSecrets};
use crate::{Failure, Options, options::Policy};

/// How much early data a server takes: what BoringSSL takes.
const MAX_EARLY_DATA: u32 = 14_336;

/// Everything that a connection is made from.
pub(crate) struct Setup {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) psks: Vec<(i64, Psks)>,
    pub(crate) secrets: Arc<TrafficSecrets>,
    pub(crate) kept: Arc<Kept>,
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let message = format!("{}: {error}", error.code);
        match error.code {
            // A group or scheme that does not exist here, or that nothing is signed with.
            "config.unsupported" | "config.no_common_scheme" => Self::Unimplemented(message),
            _ => Self::Setup(message),
        }
    }
}

/// Loads the files that the arguments name.
pub(crate) fn load(options: &Options, kept: &Arc<Kept>) -> Result<Setup, Failure> {
    let provider = provider();
    let credentials = Arc::new(Credentials::load(&*provider, options)?);
    let psks = credentials::load_psks(&provider, options)?;
    Ok(Setup { provider, credentials, psks, secrets: Arc::default(), kept: Arc::clone(kept) })
}

/// The cryptographic provider.
pub(crate) fn provider() -> Arc<dyn Provider> {
    Arc::new(AwsLc)
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
        let (min, max) = options.versions()?;
        let verifier = Arc::new(Verifier::new(options, Arc::clone(&self.provider)));
        let mut builder = ClientConfig::builder(Arc::clone(&self.provider), verifier)
            .versions(min, max)
            .grease(options.enable_grease)
            .send_server_name(options.host_name.is_some())
            .ocsp_stapling(options.enable_ocsp_stapling)
            .signed_certificate_timestamps(options.enable_signed_cert_timestamps)
            .sessions(Arc::clone(&self.kept.client) as Arc<dyn ClientSessions>)
            .early_data(options.enable_early_data)
            .psks(self.all_psks())
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
        builder = match self.credentials.all.as_slice() {
            [] if options.available_client_cert_types.is_empty() => builder,
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

    fn all_psks(&self) -> Psks {
        self.psks.iter().flat_map(|(_, psks)| psks.iter().cloned()).collect()
    }

    /// The server's configuration.
    pub(crate) fn server(&self, options: &Options) -> Result<Arc<ServerConfig>, Failure> {
        let (min, max) = options.versions()?;
        let verifier = Arc::new(Verifier::new(options, Arc::clone(&self.provider)));
        let mut builder = ServerConfig::builder(Arc::clone(&self.provider))
            .versions(min, max)
            .key_log(Arc::clone(&self.secrets) as Arc<dyn KeyLog>)
            .preference(match options.server_preference || options.policy == Some(Policy::Cnsa1202603) {
                true => Preference::Server,
                false => Preference::Client,
            })
            .client_auth(match (options.require_any_client_certificate, options.verify_peer) {
                (true, _) => ClientAuth::Require(verifier),
                (false, true) => ClientAuth::Request(verifier),
                (false, false) => ClientAuth::None,
            });
        builder = builder.session_store(Arc::clone(&self.kept.store) as Arc<dyn SessionStore>);
        if !options.no_ticket {
            builder = builder.ticketer(self.kept.ticketer(options));
        }
        if !self.psks.is_empty() {
            builder = builder.psks(Arc::new(self.all_psks()));
        }
        if options.enable_early_data {
            builder = builder.early_data(MAX_EARLY_DATA, Arc::clone(&self.kept.anti_replay));
        }
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
                .all
                .iter()
                .fold(builder, |builder, credential| builder.identity(Arc::clone(&credential.identity))),
            false => builder.identities(Arc::clone(&self.credentials) as Arc<dyn ServerIdentities>),
        };
        Ok(builder.build()?)
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
