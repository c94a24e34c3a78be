//! From arguments to configurations.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{
        Answer, ClientIdentities, Identity, IdentityChoice, PeerCertificates, PeerVerifier, ServerIdentities, Verdict,
    },
    config::{ClientAuth, ConfigError, KeyLog, Preference},
    conn::{CertificateRequestFacts, ClientHelloFacts},
    registry::{NamedGroup, SignatureScheme},
};
use tlsmith_crypto::{Curve, HashAlgorithm, Provider, SignatureAlgorithm, SigningKey, aws_lc::AwsLc};
use tlsmith_x509::{Certificate, DnsName, Report, ServerName, pem};

use crate::{Failure, Options, options};

/// Everything that a connection is made from.
pub(crate) struct Setup {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) secrets: Arc<TrafficSecrets>,
}

/// A credential, loaded.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) identity: Arc<Identity>,
    key: Arc<dyn SigningKey>,
    schemes: Vec<SignatureScheme>,
    /// Its place in the list; -1 for the one that is not in it.
    pub(crate) number: i64,
}

/// Credentials, most wanted first.
#[derive(Debug)]
pub(crate) struct Credentials(pub(crate) Vec<Credential>);

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
    let mut credentials = Vec::new();
    for (number, source) in (0..).zip(&options.credentials) {
        credentials.extend(load_credential(&*provider, source, number, options.is_async)?);
    }
    credentials.extend(load_credential(&*provider, &options.credential, -1, options.is_async)?);
    Ok(Setup { provider, credentials: Arc::new(Credentials(credentials)), secrets: Arc::default() })
}

fn load_credential(
    provider: &dyn Provider,
    source: &options::Credential,
    number: i64,
    external: bool,
) -> Result<Option<Credential>, Failure> {
    let (Some(certificates), Some(key)) = (&source.certificates, &source.key) else {
        return match (&source.certificates, &source.key) {
            (None, None) => Ok(None),
            _ => Err(Failure::Unimplemented(String::from("a certificate without its key, or the other way round"))),
        };
    };
    let chain = load_certificates(certificates)?;
    let key = pem::private_key(provider, &read(key)?)
        .map_err(|error| Failure::Setup(format!("{}: {error}", key.display())))?;
    let identity = match external {
        true => Identity::with_external_key(chain)?,
        false => Identity::new(chain, Arc::clone(&key))?,
    };
    Ok(Some(Credential { identity: Arc::new(identity), key, schemes: source.schemes.clone(), number }))
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
        let mut builder = ClientConfig::builder(Arc::clone(&self.provider), Arc::new(Verifier::new(options)))
            .grease(options.enable_grease)
            .send_server_name(options.host_name.is_some())
            .key_log(Arc::clone(&self.secrets) as Arc<dyn KeyLog>);
        let alpn: Vec<&[u8]> = options.advertise_alpn.iter().map(Vec::as_slice).collect();
        if !alpn.is_empty() {
            builder = builder.alpn(&alpn);
        }
        if !options.curves.is_empty() {
            builder = builder.groups(&options.curves);
        }
        if let Some(shares) = options.key_shares.clone().or_else(|| default_shares(&options.curves)) {
            builder = builder.key_shares(&shares);
        }
        if !options.verify_prefs.is_empty() {
            builder = builder.signature_schemes(&options.verify_prefs);
        }
        builder = match self.credentials.0.as_slice() {
            [] => builder,
            [only] if only.schemes.is_empty() && !options.use_old_client_cert_callback => {
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
        if !options.curves.is_empty() {
            builder = builder.groups(&options.curves);
        }
        if !options.verify_prefs.is_empty() {
            builder = builder.signature_schemes(&options.verify_prefs);
        }
        if options.reject_alpn {
            builder = builder.alpn(&[b"spoken by nobody"]);
        } else if let (Some(protocol), false) = (&options.select_alpn, options.decline_alpn) {
            builder = builder.alpn(&[protocol]);
        }
        builder = match self.credentials.0.iter().all(|credential| credential.schemes.is_empty()) {
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

/// The shares that the runner expects of a client that was given groups alone: of the first, and of the first of the
/// other kind (post-quantum or not), so that a server of either kind needs no retry.
fn default_shares(groups: &[NamedGroup]) -> Option<Vec<NamedGroup>> {
    let first = *groups.first()?;
    let other = groups.iter().copied().find(|group| group.is_post_quantum() != first.is_post_quantum());
    Some([first].into_iter().chain(other).collect())
}

impl Credentials {
    /// Signs with the key of `identity`, as an HSM would.
    pub(crate) fn sign(&self, identity: &Identity, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        let leaf = identity.chain().first()?.der();
        let owner = |credential: &&Credential| {
            credential.identity.chain().first().is_some_and(|certificate| certificate.der() == leaf)
        };
        self.0.iter().find(owner)?.key.sign(algorithm(scheme)?, message).ok()
    }

    /// The first credential that can sign with a scheme that the peer accepts.
    fn choose(&self, accepted: &[SignatureScheme]) -> Option<(Arc<Identity>, SignatureScheme)> {
        self.0.iter().find_map(|credential| {
            let wanted: &[SignatureScheme] = match credential.schemes.as_slice() {
                [] => SignatureScheme::KNOWN,
                schemes => schemes,
            };
            let fits = |scheme: &&SignatureScheme| {
                accepted.contains(scheme) && algorithm(**scheme).is_some_and(|a| credential.key.supports(a))
            };
            Some((Arc::clone(&credential.identity), *wanted.iter().find(fits)?))
        })
    }
}

impl ServerIdentities for Credentials {
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice {
        match Credentials::choose(self, &hello.signature_schemes) {
            Some((identity, scheme)) => IdentityChoice::Use(identity, scheme),
            None => IdentityChoice::NoCommonScheme,
        }
    }

    fn all(&self) -> Vec<Arc<Identity>> {
        self.0.iter().map(|credential| Arc::clone(&credential.identity)).collect()
    }
}

impl ClientIdentities for Credentials {
    fn choose(&self, request: &CertificateRequestFacts) -> Option<(Arc<Identity>, SignatureScheme)> {
        Credentials::choose(self, &request.signature_schemes)
    }
}

/// What a scheme signs with in TLS 1.3; none for those that CertificateVerify may not use (RFC 8446 §4.2.3).
fn algorithm(scheme: SignatureScheme) -> Option<SignatureAlgorithm> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    Some(match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => SignatureAlgorithm::Ecdsa(Curve::P256, Sha256),
        SignatureScheme::ECDSA_SECP384R1_SHA384 => SignatureAlgorithm::Ecdsa(Curve::P384, Sha384),
        SignatureScheme::ECDSA_SECP521R1_SHA512 => SignatureAlgorithm::Ecdsa(Curve::P521, Sha512),
        SignatureScheme::ED25519 => SignatureAlgorithm::Ed25519,
        SignatureScheme::RSA_PSS_RSAE_SHA256 | SignatureScheme::RSA_PSS_PSS_SHA256 => {
            SignatureAlgorithm::RsaPss(Sha256)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA384 | SignatureScheme::RSA_PSS_PSS_SHA384 => {
            SignatureAlgorithm::RsaPss(Sha384)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA512 | SignatureScheme::RSA_PSS_PSS_SHA512 => {
            SignatureAlgorithm::RsaPss(Sha512)
        }
        _ => return None,
    })
}

/// Accepts every certificate, or none: the runner's are made up.
#[derive(Debug)]
pub(crate) struct Verifier {
    refuse: bool,
    enforce: bool,
    later: bool,
    authorities: Vec<Vec<u8>>,
}

impl Verifier {
    fn new(options: &Options) -> Self {
        Self {
            refuse: options.verify_fail,
            // Without these BoringSSL judges as well, but goes on whatever comes of it.
            enforce: options.verify_peer || options.require_any_client_certificate,
            later: options.is_async,
            authorities: options.use_client_ca_list.clone(),
        }
    }

    /// The judgement; the caller brings it for an asynchronous test.
    pub(crate) fn judge(options: &Options, chain: &[Certificate]) -> Verdict {
        Self::new(options).verdict(chain)
    }

    fn verdict(&self, chain: &[Certificate]) -> Verdict {
        let report = match self.refuse {
            true => Report::default(),
            false => Report { path: chain.to_vec(), findings: Vec::new() },
        };
        match self.enforce {
            true => Verdict::judge(report),
            false => Verdict::accept_anyway(report),
        }
    }
}

impl PeerVerifier for Verifier {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        match self.later {
            true => Answer::Later,
            false => Answer::Now(self.verdict(peer.chain)),
        }
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.authorities.clone()
    }
}

/// Keeps the secrets that the runner wants to compare.
#[derive(Debug, Default)]
pub(crate) struct TrafficSecrets(Mutex<BTreeMap<String, Vec<u8>>>);

impl TrafficSecrets {
    /// The secret of this label.
    pub(crate) fn get(&self, label: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned()
    }
}

impl KeyLog for TrafficSecrets {
    fn log(&self, label: &str, _client_random: &[u8; 32], secret: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), secret.to_vec());
    }
}
