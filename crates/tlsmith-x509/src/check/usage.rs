//! What a certificate and its key may be used for: key usage and extended key usage (RFC 5280 §4.2.1.3, §4.2.1.12).

use crate::Certificate;
use crate::der::oid;
use crate::path::Purpose;
use crate::report::{Code, Finding};
use asn1::ObjectIdentifier;

impl Purpose {
    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::ServerAuth => oid::SERVER_AUTH,
            Self::ClientAuth => oid::CLIENT_AUTH,
        }
    }
}

/// The extended key usage of a leaf, where present, names the purpose. `anyExtendedKeyUsage` is not enough: a leaf is issued
/// for something (CA/B Forum BR §7.1.2.7.10).
pub(crate) fn leaf_purpose(certificate: &Certificate, sent: Option<usize>, purpose: Purpose) -> Option<Finding> {
    let usage = certificate.extensions().extended_key_usage.as_ref()?;
    (!usage.contains(&purpose.oid())).then(|| purpose_finding(certificate, sent, purpose))
}

/// The extended key usage of a CA, where present, names the purpose or any. RFC 5280 gives it no meaning in CA
/// certificates; every client of the web takes it as a constraint on what the CA may issue for.
pub(crate) fn issuer_purpose(certificate: &Certificate, sent: Option<usize>, purpose: Purpose) -> Option<Finding> {
    let usage = certificate.extensions().extended_key_usage.as_ref()?;
    let allowed = usage.contains_any() || usage.contains(&purpose.oid());
    (!allowed).then(|| purpose_finding(certificate, sent, purpose))
}

fn purpose_finding(certificate: &Certificate, sent: Option<usize>, purpose: Purpose) -> Finding {
    let listed =
        certificate.extensions().extended_key_usage.as_ref().map_or_else(String::new, |usage| usage.describe());
    let wanted = oid::name(&purpose.oid());
    let message = format!("{} is for {listed}, not for {wanted}", certificate.label());
    let fix = format!("Have the certificate issued with the extended key usage {wanted}.");
    Finding::new(Code::ExtendedKeyUsage, sent, message).with_fix(fix)
}

/// The key usage of a leaf, where present, allows to sign: the key of every handshake here does (RFC 8446 §4.4.2.2).
pub(crate) fn leaf_key(certificate: &Certificate, sent: Option<usize>) -> Option<Finding> {
    let usage = certificate.extensions().key_usage?;
    if usage.digital_signature() {
        return None;
    }
    let message = format!("the key of {} is for {}, not for digitalSignature", certificate.label(), usage.describe());
    let fix = "Have the certificate issued with the key usage digitalSignature.";
    Some(Finding::new(Code::KeyUsage, sent, message).with_fix(fix))
}

/// The key usage of a CA, where present, allows to sign certificates (RFC 5280 §6.1.4 (n)).
pub(crate) fn issuer_key(certificate: &Certificate, sent: Option<usize>) -> Option<Finding> {
    let usage = certificate.extensions().key_usage?;
    if usage.key_cert_sign() {
        return None;
    }
    let message = format!("the key of {} is for {}, not for keyCertSign", certificate.label(), usage.describe());
    let fix = "Have the CA's certificate issued with the key usage keyCertSign.";
    Some(Finding::new(Code::KeyUsage, sent, message).with_fix(fix))
}
