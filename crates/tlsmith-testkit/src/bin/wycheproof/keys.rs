//! Private keys, by what they sign.

use crate::judge::{Stop, Verdict, hash, skip};
use crate::signatures::{ml_dsa_of, rsa_bits, without_context};
use crate::suite::{Case, Group};
use std::sync::Arc;
use tlsmith_crypto::{CryptoError, KeyType, Provider, SignatureAlgorithm, SigningKey, aws_lc::AwsLc};
use tlsmith_x509::pem;

/// PKCS#1 v1.5 is deterministic: every form of the key has to give the signature of the case.
pub(crate) fn rsa_pkcs1(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let algorithm = SignatureAlgorithm::RsaPkcs1(hash(group.fields.text("sha")?)?);
    rsa_bits(group)?;
    let pkcs8 = AwsLc.load_key(&group.fields.octets("privateKeyPkcs8")?);
    let pkcs1 = pem::private_key(&AwsLc, group.fields.text("privateKeyPem")?.as_bytes());
    let loaded: Result<Vec<Arc<dyn SigningKey>>, String> =
        [pkcs8.map_err(|error| error.to_string()), pkcs1.map_err(|error| error.to_string())].into_iter().collect();
    let (message, expected) = (case.fields.octets("msg")?, case.fields.octets("sig")?);
    let signatures = loaded.and_then(|keys| {
        let signed = keys.iter().map(|key| key.sign(algorithm, &message));
        signed.collect::<Result<Vec<_>, CryptoError>>().map_err(|error| error.to_string())
    });
    Ok(match signatures {
        Ok(all) if all.iter().all(|one| *one == expected) => Verdict::Accepted,
        Ok(_) => Verdict::Differs("another signature"),
        Err(why) => Verdict::Refused(why),
    })
}

/// ML-DSA is not deterministic here: the public key of the case has to verify what the private one signs.
pub(crate) fn ml_dsa(name: &str, group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let (kind, algorithm) = ml_dsa_of(name)?;
    without_context(case)?;
    let file = match group.fields.octets_or_none("privateKeyPkcs8")? {
        none if none.is_empty() => ml_dsa_file(kind, group)?,
        file => file,
    };
    let message = case.fields.octets("msg")?;
    let signed = AwsLc.load_key(&file).and_then(|key| key.sign(algorithm, &message));
    Ok(match signed {
        Ok(signature) => {
            let public = group.fields.octets_or_none("publicKey")?;
            match AwsLc.verify(algorithm, &public, &message, &signature) {
                Ok(()) => Verdict::Accepted,
                Err(_) => Verdict::Differs("a signature that the public key does not verify"),
            }
        }
        Err(error) => Verdict::Refused(error.to_string()),
    })
}

/// PKCS#8 (RFC 5958 §2) around a key that comes as bare octets, in the form that it has (RFC 9881 §6): the seed, or expanded.
fn ml_dsa_file(kind: KeyType, group: &Group) -> Result<Vec<u8>, Stop> {
    // The last arc of the identifier (RFC 9881 §2).
    let arc = match kind {
        KeyType::MlDsa44 => 17,
        KeyType::MlDsa65 => 18,
        KeyType::MlDsa87 => 19,
        _ => return skip(kind.to_string()),
    };
    let key = if group.fields.has("privateSeed") {
        der(0x80, &group.fields.octets("privateSeed")?)
    } else {
        der(0x04, &group.fields.octets("privateKey")?)
    };
    let algorithm = der(0x30, &der(0x06, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, arc]));
    let version = der(0x02, &[0]);
    Ok(der(0x30, &[version, algorithm, der(0x04, &key)].concat()))
}

/// Tag, length and content, which is shorter than 64 KiB; the shortest form of the length (X.690 §10.1).
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len().to_be_bytes() {
        [.., 0, low] if low < 0x80 => vec![low],
        [.., 0, low] => vec![0x81, low],
        [.., high, low] => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), content].concat()
}
