//! Certificate requests (PKCS#10, RFC 2986).

use rcgen::{CertificateParams, CustomExtension};
use tlsmith_x509::CertificateRequest;

use crate::{
    PrivateKey,
    names::{AlternativeName, Subject},
    signer::Signer,
};

/// id-pe-tlsfeature (RFC 7633 §6).
const TLS_FEATURE: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 24];
/// `SEQUENCE { INTEGER 5 }`: status_request (RFC 7633 §4.2.3.1).
const STATUS_REQUEST: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0x05];

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct NewRequest {
    /// Who asks.
    pub subject: Subject,
    /// The names that the certificate is for.
    pub names: Vec<AlternativeName>,
    /// The certificate is to demand a stapled OCSP response (RFC 7633).
    pub must_staple: bool,
}

impl NewRequest {
    /// Signs it with `key`, whose public key it is about. What is wrong, for people, if it cannot be.
    pub fn sign(&self, key: &PrivateKey) -> Result<CertificateRequest, String> {
        let parameters = parameters(&self.subject, &self.names, self.must_staple)?;
        let request = parameters.serialize_request(&Signer::new(key)?).map_err(|error| error.to_string())?;
        CertificateRequest::from_der(request.der()).map_err(|error| error.to_string())
    }
}

/// What requests and certificates have in common.
pub(crate) fn parameters(
    subject: &Subject,
    names: &[AlternativeName],
    must_staple: bool,
) -> Result<CertificateParams, String> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = subject.0.clone();
    parameters.subject_alt_names = names.iter().map(AlternativeName::to_rcgen).collect::<Result<_, _>>()?;
    if must_staple {
        let feature = CustomExtension::from_oid_content(TLS_FEATURE, STATUS_REQUEST.to_vec());
        parameters.custom_extensions.push(feature);
    }
    Ok(parameters)
}
