//! Certificates with their keys.

use std::sync::Arc;

use tlsmith::{
    Facts,
    auth::{ClientIdentities, Identity, IdentityChoice, ServerIdentities, Staples},
    conn::{CertificateRequestFacts, ClientHelloFacts},
    registry::{CertificateType, ProtocolVersion, SignatureScheme},
    session::{ExternalPsk, IdentityId},
};
use tlsmith_crypto::{HashAlgorithm, Provider, Secret, SigningKey};
use tlsmith_x509::{Certificate, SubjectPublicKeyInfo, pem};

use super::{load_certificates, read};
use crate::{
    Failure, Options,
    options::{self, CredentialKind},
};

/// A credential, loaded.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) identity: Arc<Identity>,
    key: Arc<dyn SigningKey>,
    schemes: Vec<SignatureScheme>,
    must_match_issuer: bool,
    /// Its place in the list; -1 for the one that is not in it.
    pub(crate) number: i64,
}

/// Credentials, most wanted first.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) all: Vec<Credential>,
    /// The types that a client offers to show.
    types: Vec<CertificateType>,
}

/// The keys that both sides have: each with its place in the list, and what was imported of it.
pub(super) fn load_psks(provider: &Arc<dyn Provider>, options: &Options) -> Result<Vec<(i64, Psks)>, Failure> {
    let numbered = (0..).zip(&options.credentials).filter(|(_, source)| source.kind == CredentialKind::Psk);
    numbered
        .map(|(number, source)| {
            let options::Credential { psk, psk_identity, psk_context, psk_hash, .. } = source;
            let hash = psk_hash.unwrap_or(HashAlgorithm::Sha256);
            Ok((number, ExternalPsk::import(provider, psk_identity, &Secret::new(psk), hash, psk_context)?))
        })
        .collect()
}

/// What was imported of a key.
pub(crate) type Psks = Vec<Arc<ExternalPsk>>;

impl Credentials {
    /// Loads the files that the arguments name.
    pub(super) fn load(provider: &dyn Provider, options: &Options) -> Result<Self, Failure> {
        let numbered = (0..).zip(&options.credentials).filter(|(_, source)| source.kind != CredentialKind::Psk);
        let all = numbered.chain([(-1, &options.credential)]);
        let loaded = all.map(|(number, source)| Credential::load(provider, options, source, number));
        let all: Vec<Credential> = loaded.filter_map(Result::transpose).collect::<Result<_, _>>()?;
        let mut types = options.available_client_cert_types.clone();
        if types.is_empty() {
            for kind in all.iter().map(|credential| credential.identity.certificate_type()) {
                if !types.contains(&kind) {
                    types.push(kind);
                }
            }
        }
        if types.is_empty() {
            types.push(CertificateType::X509);
        }
        Ok(Self { all, types })
    }

    /// Whether nothing but the certificate and its key decides which is shown.
    pub(super) fn are_plain(&self) -> bool {
        self.all.iter().all(|credential| {
            let kind = credential.identity.certificate_type();
            credential.schemes.is_empty() && !credential.must_match_issuer && kind == CertificateType::X509
        })
    }

    /// Signs with the key of `identity`, as an HSM would.
    pub(crate) fn sign(&self, identity: &Identity, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        let owner = |credential: &&Credential| credential.shows(identity.chain(), identity.shown_key());
        self.all.iter().find(owner)?.key.sign(scheme.algorithm()?, message).ok()
    }

    /// The place of the credential that was shown; -1 for the one that is not in the list, and for none.
    pub(crate) fn number(&self, facts: &Facts) -> i64 {
        let signs = |credential: &&Credential| {
            credential.schemes.is_empty()
                || facts.own_signature_scheme.is_none_or(|scheme| credential.schemes.contains(&scheme))
        };
        let shows = |credential: &&Credential| credential.shows(&facts.own_certificates, facts.own_raw_key.as_ref());
        self.all.iter().filter(signs).find(shows).map_or(-1, |credential| credential.number)
    }

    /// The first credential that the peer can verify: of a type and by a scheme that it accepts, and below an authority
    /// that it names where the credential has to match one.
    fn choose(
        &self,
        version: ProtocolVersion,
        types: &[CertificateType],
        accepted: &[SignatureScheme],
        authorities: &[Vec<u8>],
    ) -> Option<(Arc<Identity>, SignatureScheme)> {
        let matches = |credential: &&Credential| {
            types.contains(&credential.identity.certificate_type())
                && (!credential.must_match_issuer || credential.is_below(authorities))
        };
        self.all.iter().filter(matches).find_map(|credential| {
            let scheme = match credential.schemes.as_slice() {
                [] => credential.identity.choose_scheme_for(version, accepted)?,
                wanted => {
                    let common: Vec<SignatureScheme> =
                        wanted.iter().copied().filter(|scheme| accepted.contains(scheme)).collect();
                    credential.identity.choose_scheme_for(version, &common)?
                }
            };
            Some((Arc::clone(&credential.identity), scheme))
        })
    }
}

impl Credential {
    fn load(
        provider: &dyn Provider,
        options: &Options,
        source: &options::Credential,
        number: i64,
    ) -> Result<Option<Self>, Failure> {
        let Some(key) = &source.key else {
            return match &source.certificates {
                None => Ok(None),
                Some(_) => Err(Failure::Unimplemented(String::from("a certificate without its key"))),
            };
        };
        let key = pem::private_key(provider, &read(key)?)
            .map_err(|error| Failure::Setup(format!("{}: {error}", key.display())))?;
        let identity = match (&source.certificates, source.kind, options.is_async) {
            (_, CredentialKind::RawKey, false) => Identity::raw_public_key(Arc::clone(&key))?,
            (_, CredentialKind::RawKey, true) => {
                let public = SubjectPublicKeyInfo::from_der(key.spki());
                Identity::external_raw_public_key(public.map_err(|error| Failure::Setup(error.to_string()))?)?
            }
            (Some(chain), _, true) => Identity::with_external_key(load_certificates(chain)?)?,
            (Some(chain), _, false) => Identity::new(load_certificates(chain)?, Arc::clone(&key))?,
            (None, _, _) => return Err(Failure::Unimplemented(String::from("a key without its certificate"))),
        };
        // A callback that declines staples nothing.
        let ocsp_response = source.ocsp_response.clone().filter(|_| !options.decline_ocsp_callback);
        identity.staple(Staples::new(ocsp_response, source.sct_list.clone())?);
        Ok(Some(Self {
            identity: Arc::new(identity),
            key,
            schemes: match options.policy {
                Some(policy) => policy.allowed().schemes.to_vec(),
                None => source.schemes.clone(),
            },
            must_match_issuer: source.must_match_issuer,
            number,
        }))
    }

    /// Whether it is what was shown.
    fn shows(&self, chain: &[Certificate], key: Option<&SubjectPublicKeyInfo>) -> bool {
        let der =
            |chain: &[Certificate]| chain.iter().map(|certificate| certificate.der().to_vec()).collect::<Vec<_>>();
        der(chain) == der(self.identity.chain()) && key == self.identity.shown_key()
    }

    /// Whether one of the authorities issued a certificate of the chain.
    fn is_below(&self, authorities: &[Vec<u8>]) -> bool {
        let issuers = self.identity.chain().iter().map(|certificate| certificate.issuer_der());
        issuers.into_iter().any(|issuer| authorities.iter().any(|authority| authority == issuer))
    }
}

impl ServerIdentities for Credentials {
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice {
        match Credentials::choose(
            self,
            hello.version,
            &hello.server_certificate_types,
            &hello.signature_schemes,
            &hello.authorities,
        ) {
            Some((identity, scheme)) => IdentityChoice::Use(identity, scheme),
            None => IdentityChoice::NoCommonScheme,
        }
    }

    fn all(&self) -> Vec<Arc<Identity>> {
        self.all.iter().map(|credential| Arc::clone(&credential.identity)).collect()
    }
}

impl ClientIdentities for Credentials {
    fn choose(&self, request: &CertificateRequestFacts) -> Option<(Arc<Identity>, SignatureScheme)> {
        Credentials::choose(
            self,
            request.version,
            &[request.certificate_type],
            &request.signature_schemes,
            &request.authorities,
        )
    }

    fn certificate_types(&self) -> Vec<CertificateType> {
        self.types.clone()
    }

    fn id(&self, provider: &dyn Provider) -> Option<IdentityId> {
        let mut hash = provider.hash(HashAlgorithm::Sha256);
        for certificate in self.all.iter().flat_map(|credential| credential.identity.chain()) {
            hash.update(certificate.der());
        }
        hash.current().as_ref().try_into().ok().map(IdentityId)
    }
}
