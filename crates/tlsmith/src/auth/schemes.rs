//! Signature schemes: which algorithm each stands for, and which keys it suits (RFC 8446 §4.2.3).

use tlsmith_crypto::{Curve, HashAlgorithm, KeyType, SignatureAlgorithm};
use tlsmith_x509::Certificate;

use super::HoldsKey;
use crate::registry::SignatureScheme;

/// What is implemented, most wanted first. ML-DSA stands behind what has small certificates: a signature need not outlive
/// the handshake. RSA-PKCS#1 stands last: in TLS 1.3 it counts for certificates only (§4.2.3).
pub(crate) const SUPPORTED: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_SECP256R1_SHA256,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_RSAE_SHA256,
    SignatureScheme::ECDSA_SECP384R1_SHA384,
    SignatureScheme::ECDSA_SECP521R1_SHA512,
    SignatureScheme::RSA_PSS_RSAE_SHA384,
    SignatureScheme::RSA_PSS_RSAE_SHA512,
    SignatureScheme::RSA_PSS_PSS_SHA256,
    SignatureScheme::RSA_PSS_PSS_SHA384,
    SignatureScheme::RSA_PSS_PSS_SHA512,
    SignatureScheme::MLDSA65,
    SignatureScheme::MLDSA87,
    SignatureScheme::MLDSA44,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// The algorithm of a scheme, if it is implemented.
pub(crate) const fn algorithm(scheme: SignatureScheme) -> Option<SignatureAlgorithm> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    Some(match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => SignatureAlgorithm::Ecdsa(Curve::P256, Sha256),
        SignatureScheme::ECDSA_SECP384R1_SHA384 => SignatureAlgorithm::Ecdsa(Curve::P384, Sha384),
        SignatureScheme::ECDSA_SECP521R1_SHA512 => SignatureAlgorithm::Ecdsa(Curve::P521, Sha512),
        SignatureScheme::ED25519 => SignatureAlgorithm::Ed25519,
        SignatureScheme::MLDSA44 => SignatureAlgorithm::MlDsa44,
        SignatureScheme::MLDSA65 => SignatureAlgorithm::MlDsa65,
        SignatureScheme::MLDSA87 => SignatureAlgorithm::MlDsa87,
        SignatureScheme::RSA_PSS_RSAE_SHA256 | SignatureScheme::RSA_PSS_PSS_SHA256 => {
            SignatureAlgorithm::RsaPss(Sha256)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA384 | SignatureScheme::RSA_PSS_PSS_SHA384 => {
            SignatureAlgorithm::RsaPss(Sha384)
        }
        SignatureScheme::RSA_PSS_RSAE_SHA512 | SignatureScheme::RSA_PSS_PSS_SHA512 => {
            SignatureAlgorithm::RsaPss(Sha512)
        }
        SignatureScheme::RSA_PKCS1_SHA256 => SignatureAlgorithm::RsaPkcs1(Sha256),
        SignatureScheme::RSA_PKCS1_SHA384 => SignatureAlgorithm::RsaPkcs1(Sha384),
        SignatureScheme::RSA_PKCS1_SHA512 => SignatureAlgorithm::RsaPkcs1(Sha512),
        _ => return None,
    })
}

impl SignatureScheme {
    /// The algorithm that the scheme stands for, if it is implemented: what a key that is elsewhere has to sign with.
    pub const fn algorithm(self) -> Option<SignatureAlgorithm> {
        algorithm(self)
    }
}

/// Whether a CertificateVerify of TLS 1.3 may be made with this scheme by a key of this type.
pub(crate) const fn suits(scheme: SignatureScheme, key: KeyType) -> bool {
    match scheme {
        SignatureScheme::ECDSA_SECP256R1_SHA256 => matches!(key, KeyType::Ecdsa(Curve::P256)),
        SignatureScheme::ECDSA_SECP384R1_SHA384 => matches!(key, KeyType::Ecdsa(Curve::P384)),
        SignatureScheme::ECDSA_SECP521R1_SHA512 => matches!(key, KeyType::Ecdsa(Curve::P521)),
        SignatureScheme::ED25519 => matches!(key, KeyType::Ed25519),
        SignatureScheme::MLDSA44 => matches!(key, KeyType::MlDsa44),
        SignatureScheme::MLDSA65 => matches!(key, KeyType::MlDsa65),
        SignatureScheme::MLDSA87 => matches!(key, KeyType::MlDsa87),
        SignatureScheme::RSA_PSS_RSAE_SHA256
        | SignatureScheme::RSA_PSS_RSAE_SHA384
        | SignatureScheme::RSA_PSS_RSAE_SHA512 => matches!(key, KeyType::Rsa { .. }),
        SignatureScheme::RSA_PSS_PSS_SHA256
        | SignatureScheme::RSA_PSS_PSS_SHA384
        | SignatureScheme::RSA_PSS_PSS_SHA512 => matches!(key, KeyType::RsaPss { .. }),
        _ => false,
    }
}

/// The algorithm of a scheme, if a CertificateVerify of this leaf's key may be made with it. Where the key's own
/// parameters name a hash for PSS, it is the only one (RFC 8446 §4.2.3).
pub(crate) fn of_leaf(scheme: SignatureScheme, leaf: &impl HoldsKey) -> Option<SignatureAlgorithm> {
    let suited = leaf.key_type().is_some_and(|key| suits(scheme, key));
    let unrestricted =
        |made: &SignatureAlgorithm| leaf.pss_hash().is_none_or(|hash| *made == SignatureAlgorithm::RsaPss(hash));
    algorithm(scheme).filter(|made| suited && unrestricted(made))
}

/// The same for TLS 1.2, in a ServerKeyExchange or CertificateVerify: RSA-PKCS#1 counts as well, and the name of a curve
/// in a scheme means nothing, only its hash does (RFC 5246 §7.4.1.4.1, RFC 8446 §4.2.3).
pub(crate) fn of_leaf_tls12(scheme: SignatureScheme, leaf: &Certificate) -> Option<SignatureAlgorithm> {
    match (algorithm(scheme)?, leaf.key_type()?) {
        (SignatureAlgorithm::Ecdsa(_, hash), KeyType::Ecdsa(curve)) => Some(SignatureAlgorithm::Ecdsa(curve, hash)),
        (made @ SignatureAlgorithm::RsaPkcs1(_), KeyType::Rsa { .. }) => Some(made),
        _ if is_of_tls13(scheme) => None,
        _ => of_leaf(scheme, leaf),
    }
}

/// ML-DSA signs no handshake of TLS 1.2 (draft-ietf-tls-mldsa §3).
pub(crate) const fn is_of_tls13(scheme: SignatureScheme) -> bool {
    matches!(scheme, SignatureScheme::MLDSA44 | SignatureScheme::MLDSA65 | SignatureScheme::MLDSA87)
}

/// The algorithm of a scheme, if a key that is this leaf's makes signatures of TLS 1.2 with it. With ECDSA this side keeps
/// to the hash of the curve: nothing is gained by another, and a key that is elsewhere is asked by the scheme.
pub(crate) fn of_own_leaf_tls12(scheme: SignatureScheme, leaf: &Certificate) -> Option<SignatureAlgorithm> {
    match (algorithm(scheme)?, leaf.key_type()?) {
        (made @ SignatureAlgorithm::RsaPkcs1(_), KeyType::Rsa { .. }) => Some(made),
        _ if is_of_tls13(scheme) => None,
        _ => of_leaf(scheme, leaf),
    }
}

/// Whether a peer that accepts `schemes` in certificates can verify every signature of `chain` (§4.4.2.2). A
/// self-issued certificate at the end is a trust anchor or nothing; its signature does not count.
pub(crate) fn covers_chain(schemes: &[SignatureScheme], chain: &[Certificate]) -> bool {
    chain.iter().filter(|certificate| !certificate.is_self_issued()).all(|certificate| {
        certificate.signature_algorithm().is_some_and(|made| schemes.iter().any(|scheme| covers(*scheme, made)))
    })
}

/// In certificates TLS 1.3 binds ECDSA's curve to its hash as well, but chains that mix them exist, and a peer that
/// verifies the hash verifies them: the hash decides.
fn covers(scheme: SignatureScheme, made: SignatureAlgorithm) -> bool {
    match (algorithm(scheme), made) {
        (Some(SignatureAlgorithm::Ecdsa(_, hash)), SignatureAlgorithm::Ecdsa(_, made)) => hash == made,
        (Some(scheme), made) => scheme == made,
        (None, _) => false,
    }
}
