//! Certificates with their keys.

use std::sync::Arc;

use tlsmith::{
    auth::{ClientIdentities, Identity, IdentityChoice, ServerIdentities, Staples},
    conn::{CertificateRequestFacts, ClientHelloFacts},
    registry::SignatureScheme,
    session::IdentityId,
};
use tlsmith_crypto::{HashAlgorithm, Provider, SigningKey};
use tlsmith_x509::pem;

use super::{load_certificates, read};
use crate::{Failure, Options, options};

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
pub(crate) struct Credentials(pub(crate) Vec<Credential>);

impl Credentials {
    /// Loads the files that the arguments name.
    pub(super) fn load(provider: &dyn Provider, options: &Options) -> Result<Self, Failure> {
        let numbered = (0..).zip(&options.credentials);
        let all = numbered.chain([(-1, &options.credential)]);
        let loaded = all.map(|(number, source)| Credential::load(provider, options, source, number));
        Ok(Self(loaded.filter_map(Result::transpose).collect::<Result<_, _>>()?))
    }

    /// Whether nothing but the certificate and its key decides which is shown.
    pub(super) fn are_plain(&self) -> bool {
        self.0.iter().all(|credential| credential.schemes.is_empty() && !credential.must_match_issuer)
    }

    /// Signs with the key of `identity`, as an HSM would.
    pub(crate) fn sign(&self, identity: &Identity, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        let leaf = identity.chain().first()?.der();
        let owner = |credential: &&Credential| {
            credential.identity.chain().first().is_some_and(|certificate| certificate.der() == leaf)
        };
        self.0.iter().find(owner)?.key.sign(scheme.algorithm()?, message).ok()
    }

    /// The first credential that the peer can verify: by a scheme that it accepts, and below an authority that it names
    /// where the credential has to match one.
    fn choose(
        &self,
        accepted: &[SignatureScheme],
        authorities: &[Vec<u8>],
    ) -> Option<(Arc<Identity>, SignatureScheme)> {
        let matches = |credential: &&Credential| !credential.must_match_issuer || credential.is_below(authorities);
        self.0.iter().filter(matches).find_map(|credential| {
            let scheme = match credential.schemes.as_slice() {
                [] => credential.identity.choose_scheme(accepted)?,
                wanted => {
                    let common: Vec<SignatureScheme> =
                        wanted.iter().copied().filter(|scheme| accepted.contains(scheme)).collect();
                    credential.identity.choose_scheme(&common)?
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
        let (Some(certificates), Some(key)) = (&source.certificates, &source.key) else {
            return match (&source.certificates, &source.key) {
                (None, None) => Ok(None),
                _ => Err(Failure::Unimplemented(String::from("a certificate without its key, or the other way round"))),
            };
        };
        let chain = load_certificates(certificates)?;
        let key = pem::private_key(provider, &read(key)?)
            .map_err(|error| Failure::Setup(format!("{}: {error}", key.display())))?;
        let identity = match options.is_async {
            true => Identity::with_external_key(chain)?,
            false => Identity::new(chain, Arc::clone(&key))?,
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

    /// Whether one of the authorities issued a certificate of the chain.
    fn is_below(&self, authorities: &[Vec<u8>]) -> bool {
        let issuers = self.identity.chain().iter().map(|certificate| certificate.issuer_der());
        issuers.into_iter().any(|issuer| authorities.iter().any(|authority| authority == issuer))
    }
}

impl ServerIdentities for Credentials {
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice {
        match Credentials::choose(self, &hello.signature_schemes, &hello.authorities) {
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
        Credentials::choose(self, &request.signature_schemes, &request.authorities)
    }

    fn id(&self, provider: &dyn Provider) -> Option<IdentityId> {
        let mut hash = provider.hash(HashAlgorithm::Sha256);
        for certificate in self.0.iter().flat_map(|credential| credential.identity.chain()) {
            hash.update(certificate.der());
        }
        hash.current().as_ref().try_into().ok().map(IdentityId)
    }
}
