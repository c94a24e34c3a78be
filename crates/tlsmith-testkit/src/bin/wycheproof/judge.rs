//! What tlsmith says of one case: which part of it is asked, and what is not asked at all.

use crate::suite::{Case, Group};
use crate::{agreement, keys, signatures, symmetric};
use tlsmith_crypto::HashAlgorithm;

/// What became of a case.
#[derive(Debug)]
pub(crate) enum Verdict {
    Accepted,
    /// Done without an error, but what came out is not what the case says.
    Differs(&'static str),
    /// With the reason.
    Refused(String),
}

/// Why there is no verdict.
#[derive(Debug)]
pub(crate) enum Stop {
    /// tlsmith does not speak this. Follows from what the file says of itself, never from what tlsmith says.
    Skipped(String),
    /// The file is not as its type of test has it.
    Malformed(String),
}

impl From<String> for Stop {
    fn from(why: String) -> Self {
        Self::Malformed(why)
    }
}

pub(crate) fn skip<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Skipped(why.into()))
}

/// `case` of `group`, in a file about `algorithm`.
pub(crate) fn judge(algorithm: &str, group: &Group, case: &Case) -> Result<Verdict, Stop> {
    match group.kind.as_str() {
        "EcdsaVerify" => signatures::ecdsa(group, case),
        "EddsaVerify" => signatures::eddsa(group, case),
        "MlDsaVerify" => signatures::ml_dsa(algorithm, group, case),
        "RsassaPkcs1Verify" => signatures::rsa_pkcs1(group, case),
        "RsassaPssVerify" | "RsassaPssWithParametersVerify" => signatures::rsa_pss(group, case),
        "MlDsaSign" => keys::ml_dsa(algorithm, group, case),
        "RsassaPkcs1Generate" => keys::rsa_pkcs1(group, case),
        "EcdhEcpointTest" => agreement::point(group, case),
        "EcdhTest" => agreement::public_key_info(group, case),
        "EcdhPemTest" => agreement::pem(group, case),
        "XdhComp" => agreement::xdh(group, case),
        "MLKEMEncapsTest" => agreement::encapsulation(group, case),
        "AeadTest" => symmetric::aead(algorithm, group, case),
        "HkdfTest" => symmetric::hkdf(algorithm, case),
        "MacTest" => symmetric::hmac(algorithm, group, case),
        other => skip(not_spoken(algorithm, other)),
    }
}

/// Why no case of this type is asked.
fn not_spoken(algorithm: &str, kind: &str) -> String {
    let why = match kind {
        "EcdsaP1363Verify" | "DsaP1363Verify" => "signatures as IEEE P1363 has them; those of TLS and X.509 are DER",
        "RsaesOaepDecrypt" | "RsaesPkcs1Decrypt" => "encryption by RSA",
        "XdhAsnComp" | "XdhPemComp" => "keys of X25519 and X448 in files; TLS has them as bare octets",
        "EcdsaBitcoinVerify" => "ECDSA as Bitcoin has it",
        "EcdhWebcryptoTest" | "XdhJwkComp" => "keys as JWK",
        "JsonWebCrypto" | "JsonWebEncryption" | "JsonWebKey" | "JsonWebSignature" => "JWK, JWS and JWE",
        "MLKEMTest" | "MLKEMKeyGen" | "MLKEMDecapsValidationTest" => {
            "ML-KEM by a decapsulation key that is given; tlsmith makes each of its own"
        }
        "PbeTest" | "PbkdfTest" => "PBES2 and PBKDF2 by themselves; tlsmith-pki has them inside of key files",
        _ => return algorithm.to_owned(),
    };
    why.to_owned()
}

/// One of the hash functions that TLS 1.2 and 1.3 sign with, by its name in the files.
pub(crate) fn hash(name: &str) -> Result<HashAlgorithm, Stop> {
    match name {
        "SHA-256" => Ok(HashAlgorithm::Sha256),
        "SHA-384" => Ok(HashAlgorithm::Sha384),
        "SHA-512" => Ok(HashAlgorithm::Sha512),
        other => skip(other),
    }
}
