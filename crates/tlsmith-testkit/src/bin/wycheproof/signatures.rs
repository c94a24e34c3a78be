//! Signatures, by the public key as a SubjectPublicKeyInfo, the way a certificate's key goes.

use crate::judge::{Stop, Verdict, hash, skip};
use crate::suite::{Case, Group};
use tlsmith_crypto::{Curve, KeyType, Provider, SignatureAlgorithm, aws_lc::AwsLc};
use tlsmith_x509::SubjectPublicKeyInfo;

/// Lengths of RSA keys that tlsmith takes, in bits.
const RSA_BITS: std::ops::RangeInclusive<u64> = 2048..=8192;

pub(crate) fn ecdsa(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let curve = match group.fields.text_in("publicKey", "curve")? {
        "secp256r1" => Curve::P256,
        "secp384r1" => Curve::P384,
        "secp521r1" => Curve::P521,
        other => return skip(format!("ECDSA on {other}")),
    };
    let hash = hash(group.fields.text("sha")?)?;
    verify(group, case, |key| {
        (key.key_type() == Some(KeyType::Ecdsa(curve))).then_some(SignatureAlgorithm::Ecdsa(curve, hash))
    })
}

pub(crate) fn eddsa(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    match group.fields.text_in("publicKey", "curve")? {
        "edwards25519" => {
            verify(group, case, |key| (key.key_type() == Some(KeyType::Ed25519)).then_some(SignatureAlgorithm::Ed25519))
        }
        other => skip(format!("EdDSA on {other}")),
    }
}

pub(crate) fn rsa_pkcs1(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let hash = hash(group.fields.text("sha")?)?;
    rsa_bits(group)?;
    verify(group, case, |key| {
        matches!(key.key_type(), Some(KeyType::Rsa { .. })).then_some(SignatureAlgorithm::RsaPkcs1(hash))
    })
}

/// PSS as TLS has it (RFC 8446 §4.2.3): MGF1 by the same hash, a salt as long as the digest. The key may say so itself (RFC 4055
/// §1.2), and then nothing else is taken.
pub(crate) fn rsa_pss(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let fields = &group.fields;
    let hash = hash(fields.text("sha")?)?;
    rsa_bits(group)?;
    let (mask, mask_hash, salt) = (fields.text("mgf")?, fields.text("mgfSha")?, fields.number("sLen")?);
    if mask != "MGF1" || mask_hash != fields.text("sha")? {
        return skip("PSS with a mask by another hash");
    }
    if usize::try_from(salt) != Ok(hash.output_len()) {
        return skip("PSS with a salt of another length than the digest");
    }
    verify(group, case, |key| match (key.key_type(), key.pss_hash()) {
        (Some(KeyType::Rsa { .. } | KeyType::RsaPss { .. }), None) => Some(SignatureAlgorithm::RsaPss(hash)),
        (Some(KeyType::RsaPss { .. }), Some(only)) if only == hash => Some(SignatureAlgorithm::RsaPss(hash)),
        _ => None,
    })
}

pub(crate) fn ml_dsa(name: &str, group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let (kind, algorithm) = ml_dsa_of(name)?;
    without_context(case)?;
    verify(group, case, |key| (key.key_type() == Some(kind)).then_some(algorithm))
}

/// A parameter set of ML-DSA.
pub(crate) fn ml_dsa_of(name: &str) -> Result<(KeyType, SignatureAlgorithm), Stop> {
    match name {
        "ML-DSA-44" => Ok((KeyType::MlDsa44, SignatureAlgorithm::MlDsa44)),
        "ML-DSA-65" => Ok((KeyType::MlDsa65, SignatureAlgorithm::MlDsa65)),
        "ML-DSA-87" => Ok((KeyType::MlDsa87, SignatureAlgorithm::MlDsa87)),
        other => skip(other),
    }
}

/// RFC 9881 §2: the context is empty, and the message is signed, not what represents it.
pub(crate) fn without_context(case: &Case) -> Result<(), Stop> {
    if !case.fields.octets_or_none("ctx")?.is_empty() {
        return skip("ML-DSA with a context");
    }
    if !case.fields.has("msg") {
        return skip("ML-DSA without the message");
    }
    Ok(())
}

pub(crate) fn rsa_bits(group: &Group) -> Result<(), Stop> {
    let bits = group.fields.number("keySize")?;
    if RSA_BITS.contains(&bits) { Ok(()) } else { skip(format!("RSA with {bits} bits")) }
}

/// `algorithm` is that of a key, or nothing if the key is of another type than the group says.
fn verify(
    group: &Group,
    case: &Case,
    algorithm: impl Fn(&SubjectPublicKeyInfo) -> Option<SignatureAlgorithm>,
) -> Result<Verdict, Stop> {
    let key = group.fields.octets("publicKeyDer")?;
    let (message, signature) = (case.fields.octets("msg")?, case.fields.octets("sig")?);
    Ok(match verified(&key, &message, &signature, algorithm) {
        Ok(()) => Verdict::Accepted,
        Err(why) => Verdict::Refused(why),
    })
}

fn verified(
    key: &[u8],
    message: &[u8],
    signature: &[u8],
    algorithm: impl Fn(&SubjectPublicKeyInfo) -> Option<SignatureAlgorithm>,
) -> Result<(), String> {
    let key = SubjectPublicKeyInfo::from_der(key).map_err(|error| error.to_string())?;
    let kind = key.usable()?;
    let algorithm = algorithm(&key).ok_or_else(|| format!("the key is {kind}"))?;
    AwsLc.verify(algorithm, key.public_key(), message, signature).map_err(|error| error.to_string())
}
