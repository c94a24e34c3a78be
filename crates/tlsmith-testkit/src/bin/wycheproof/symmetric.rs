//! Ciphers, HMAC and HKDF, in the sizes that TLS has.

use crate::judge::{Stop, Verdict, hash, skip};
use crate::suite::{Case, Group};
use tlsmith_crypto::{AeadAlgorithm, NONCE_LEN, Provider, aws_lc::AwsLc, hkdf as kdf};

/// What opens has to be the message, and the message has to seal to the same again.
pub(crate) fn aead(name: &str, group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let bits = |field| group.fields.number(field);
    let algorithm = match (name, bits("keySize")?, bits("ivSize")?, bits("tagSize")?) {
        ("AES-GCM", 128, 96, 128) => AeadAlgorithm::Aes128Gcm,
        ("AES-GCM", 256, 96, 128) => AeadAlgorithm::Aes256Gcm,
        ("CHACHA20-POLY1305", 256, 96, 128) => AeadAlgorithm::ChaCha20Poly1305,
        ("AES-CCM", 128, 96, 128) => AeadAlgorithm::Aes128Ccm,
        ("AES-CCM", 256, 96, 128) => AeadAlgorithm::Aes256Ccm,
        ("AES-CCM", 128, 96, 64) => AeadAlgorithm::Aes128Ccm8,
        ("AES-CCM", 256, 96, 64) => AeadAlgorithm::Aes256Ccm8,
        ("AES-GCM" | "AES-CCM" | "CHACHA20-POLY1305", ..) => return skip(format!("{name} in sizes that TLS has not")),
        _ => return skip(name),
    };
    let of = |field| case.fields.octets(field);
    let (aad, message, sealed) = (of("aad")?, of("msg")?, [of("ct")?, of("tag")?].concat());
    let nonce: [u8; NONCE_LEN] = of("iv")?.try_into().map_err(|_| "its iv is of another length".to_owned())?;
    let key = AwsLc.aead(algorithm, &of("key")?).map_err(|error| format!("its key: {error}"))?;

    let mut buffer = sealed.clone();
    let opened = match key.open(&nonce, &aad, &mut buffer) {
        Ok(length) => buffer.get(..length).unwrap_or_default(),
        Err(error) => return Ok(Verdict::Refused(error.to_string())),
    };
    if opened != message {
        return Ok(Verdict::Differs("another message"));
    }
    let mut again = message;
    let tag = key.seal(&nonce, &aad, &mut again).map_err(|error| format!("it does not seal: {error}"))?;
    again.extend(tag.as_ref());
    Ok(if again == sealed { Verdict::Accepted } else { Verdict::Differs("another ciphertext") })
}

pub(crate) fn hkdf(name: &str, case: &Case) -> Result<Verdict, Stop> {
    let Some(hash_name) = name.strip_prefix("HKDF-") else { return skip(name) };
    let Ok(hash) = hash(hash_name) else { return skip(name) };
    let of = |field| case.fields.octets(field);
    let size = usize::try_from(case.fields.number("size")?).map_err(|_| "its size is too large".to_owned())?;
    let secret = kdf::extract(&AwsLc, hash, &of("salt")?, &of("ikm")?);
    let mut out = vec![0; size];
    Ok(match kdf::expand(&AwsLc, hash, &secret, &[&of("info")?], &mut out) {
        Ok(()) if out == of("okm")? => Verdict::Accepted,
        Ok(()) => Verdict::Differs("another output"),
        Err(error) => Verdict::Refused(error.to_string()),
    })
}

/// A tag may be cut short; it is what HMAC gives, or it is not.
pub(crate) fn hmac(name: &str, group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let hash = match name {
        "HMACSHA256" => hash("SHA-256")?,
        "HMACSHA384" => hash("SHA-384")?,
        "HMACSHA512" => hash("SHA-512")?,
        other => return skip(other),
    };
    let of = |field| case.fields.octets(field);
    let length = usize::try_from(group.fields.number("tagSize")? / 8).unwrap_or(usize::MAX);
    let digest = AwsLc.hmac(hash, &of("key")?, &[&of("msg")?]);
    Ok(match digest.as_ref().get(..length) {
        Some(tag) if tag == of("tag")? => Verdict::Accepted,
        _ => Verdict::Refused("another tag".to_owned()),
    })
}
