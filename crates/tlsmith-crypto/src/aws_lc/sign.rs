//! Private keys that sign.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::AsRawBytes,
    rand::SystemRandom,
    signature::{self as lc, EcdsaKeyPair, Ed25519KeyPair, KeyPair, PqdsaKeyPair, RsaEncoding, RsaKeyPair},
};
use subtle::ConstantTimeEq;

use super::{
    key_file::{self, KeyFile, MlDsaPrivate},
    verify::{RSA_BITS, bit_len},
};
use crate::{
    CryptoError, Curve, HashAlgorithm, KeyType, SignatureAlgorithm, SigningKey,
    der::{self, Reader, tag},
};

struct Key {
    pair: Pair,
    key_type: KeyType,
    public_key: Vec<u8>,
    spki: Vec<u8>,
}

enum Pair {
    /// With the hash that TLS 1.3 ties to the curve (RFC 8446 §4.2.3).
    Ecdsa(EcdsaKeyPair, Curve, HashAlgorithm),
    Ed25519(Ed25519KeyPair),
    /// With the algorithm that the key is for.
    MlDsa(PqdsaKeyPair, SignatureAlgorithm),
    Rsa(RsaKeyPair),
    /// PSS only, and with this hash only if there is one.
    RsaPss(RsaKeyPair, Option<HashAlgorithm>),
}

pub(super) fn load(file: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError> {
    Ok(Arc::new(match key_file::parse(file)? {
        KeyFile::Ec { curve, der, public } => ecdsa(curve, der, public)?,
        KeyFile::Ed25519 { seed, public } => ed25519(seed, public)?,
        KeyFile::MlDsa { key_type, private, public } => mldsa(key_type, &private, public)?,
        KeyFile::Rsa { der, public } => {
            let null: &[u8] = &[0x05, 0x00];
            let algorithm = algorithm_identifier(key_file::RSA_ENCRYPTION, null)?;
            let (pair, public_key, bits) = rsa(der, public)?;
            Key::new(Pair::Rsa(pair), KeyType::Rsa { bits }, public_key, &algorithm)?
        }
        KeyFile::RsaPss { der, public, algorithm, hash } => {
            let (pair, public_key, bits) = rsa(der, public)?;
            Key::new(Pair::RsaPss(pair, hash), KeyType::RsaPss { bits }, public_key, algorithm)?
        }
    }))
}

fn ecdsa(curve: Curve, der: &[u8], public: Option<&[u8]>) -> Result<Key, CryptoError> {
    let (backend, hash) = match curve {
        Curve::P256 => (&lc::ECDSA_P256_SHA256_ASN1_SIGNING, HashAlgorithm::Sha256),
        Curve::P384 => (&lc::ECDSA_P384_SHA384_ASN1_SIGNING, HashAlgorithm::Sha384),
        Curve::P521 => (&lc::ECDSA_P521_SHA512_ASN1_SIGNING, HashAlgorithm::Sha512),
    };
    // A public key inside must match, an absent one is computed.
    let pair = EcdsaKeyPair::from_private_key_der(backend, der).map_err(|_| CryptoError::InvalidInput)?;
    let public_key = pair.public_key().as_ref().to_vec();
    same_public_key(public, &public_key)?;
    let name = der::element(tag::OID, &[key_file::curve_oid(curve)])?;
    let algorithm = algorithm_identifier(key_file::EC_PUBLIC_KEY, &name)?;
    Key::new(Pair::Ecdsa(pair, curve, hash), KeyType::Ecdsa(curve), public_key, &algorithm)
}

fn ed25519(seed: &[u8], public: Option<&[u8]>) -> Result<Key, CryptoError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| CryptoError::InvalidInput)?;
    let public_key = pair.public_key().as_ref().to_vec();
    same_public_key(public, &public_key)?;
    let algorithm = algorithm_identifier(key_file::ED25519, &[])?;
    Key::new(Pair::Ed25519(pair), KeyType::Ed25519, public_key, &algorithm)
}

fn mldsa(key_type: KeyType, private: &MlDsaPrivate<'_>, public: Option<&[u8]>) -> Result<Key, CryptoError> {
    let (backend, algorithm, oid) = match key_type {
        KeyType::MlDsa44 => (&lc::ML_DSA_44_SIGNING, SignatureAlgorithm::MlDsa44, key_file::MLDSA44),
        KeyType::MlDsa65 => (&lc::ML_DSA_65_SIGNING, SignatureAlgorithm::MlDsa65, key_file::MLDSA65),
        KeyType::MlDsa87 => (&lc::ML_DSA_87_SIGNING, SignatureAlgorithm::MlDsa87, key_file::MLDSA87),
        _ => return Err(CryptoError::Unsupported),
    };
    let pair = match *private {
        MlDsaPrivate::Seed(seed) | MlDsaPrivate::Both { seed, .. } => PqdsaKeyPair::from_seed(backend, seed),
        MlDsaPrivate::Expanded(expanded) => PqdsaKeyPair::from_raw_private_key(backend, expanded),
    };
    let pair = pair.map_err(|_| CryptoError::InvalidInput)?;
    // RFC 9881 §6: where both are there, the expanded key has to be that of the seed.
    if let MlDsaPrivate::Both { expanded, .. } = private {
        let own = pair.private_key().as_raw_bytes().map_err(|_| CryptoError::Backend)?;
        if !bool::from(own.as_ref().ct_eq(expanded)) {
            return Err(CryptoError::InvalidInput);
        }
    }
    let public_key = pair.public_key().as_ref().to_vec();
    same_public_key(public, &public_key)?;
    let identifier = algorithm_identifier(oid, &[])?;
    Key::new(Pair::MlDsa(pair, algorithm), key_type, public_key, &identifier)
}

/// A pair from an `RSAPrivateKey`, its `RSAPublicKey`, and the length of the modulus.
fn rsa(der: &[u8], public: Option<&[u8]>) -> Result<(RsaKeyPair, Vec<u8>, u32), CryptoError> {
    // The length first, so that a key that is too short is named as that, not as malformed.
    let mut reader = Reader::of_sequence(der)?;
    // RFC 8017 §A.1.2: version 1 has more than two primes.
    if !reader.take_unsigned()?.is_empty() {
        return Err(CryptoError::Unsupported);
    }
    let bits = bit_len(reader.take_unsigned()?)?;
    if !RSA_BITS.contains(&bits) {
        return Err(CryptoError::Unsupported);
    }
    let pair = RsaKeyPair::from_der(der).map_err(|_| CryptoError::InvalidInput)?;
    let public_key = pair.public_key().as_ref().to_vec();
    same_public_key(public, &public_key)?;
    Ok((pair, public_key, bits))
}

/// A public key that the file says beside the private one must be its own.
fn same_public_key(said: Option<&[u8]>, own: &[u8]) -> Result<(), CryptoError> {
    if said.is_some_and(|said| said != own) { Err(CryptoError::InvalidInput) } else { Ok(()) }
}

/// `AlgorithmIdentifier` (RFC 5280 §4.1.1.2); `parameters` are DER, or empty for none.
fn algorithm_identifier(oid: &[u8], parameters: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let oid = der::element(tag::OID, &[oid])?;
    der::element(tag::SEQUENCE, &[&oid, parameters])
}

impl Key {
    fn new(pair: Pair, key_type: KeyType, public_key: Vec<u8>, algorithm: &[u8]) -> Result<Self, CryptoError> {
        let bits = der::element(tag::BIT_STRING, &[&[0], &public_key])?;
        let spki = der::element(tag::SEQUENCE, &[algorithm, &bits])?;
        Ok(Self { pair, key_type, public_key, spki })
    }
}

impl SigningKey for Key {
    fn key_type(&self) -> KeyType {
        self.key_type
    }

    fn spki(&self) -> &[u8] {
        &self.spki
    }

    fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    fn supports(&self, algorithm: SignatureAlgorithm) -> bool {
        match (&self.pair, algorithm) {
            (Pair::Ecdsa(_, curve, hash), SignatureAlgorithm::Ecdsa(c, h)) => *curve == c && *hash == h,
            (Pair::Ed25519(_), SignatureAlgorithm::Ed25519)
            | (Pair::Rsa(_), SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss(_)) => true,
            (Pair::MlDsa(_, own), algorithm) => *own == algorithm,
            (Pair::RsaPss(_, only), SignatureAlgorithm::RsaPss(hash)) => only.is_none_or(|only| only == hash),
            _ => false,
        }
    }

    fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if !self.supports(algorithm) {
            return Err(CryptoError::Unsupported);
        }
        match &self.pair {
            Pair::Ecdsa(pair, ..) => {
                let signature = pair.sign(&SystemRandom::new(), message).map_err(|_| CryptoError::Backend)?;
                Ok(signature.as_ref().to_vec())
            }
            Pair::Ed25519(pair) => Ok(pair.try_sign(message).map_err(|_| CryptoError::Backend)?.as_ref().to_vec()),
            Pair::MlDsa(pair, _) => {
                let mut signature = vec![0; pair.algorithm().signature_len()];
                let len = pair.sign(message, &mut signature).map_err(|_| CryptoError::Backend)?;
                signature.truncate(len);
                Ok(signature)
            }
            Pair::Rsa(pair) | Pair::RsaPss(pair, _) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(rsa_encoding(algorithm)?, &SystemRandom::new(), message, &mut signature)
                    .map_err(|_| CryptoError::Backend)?;
                Ok(signature)
            }
        }
    }
}

fn rsa_encoding(algorithm: SignatureAlgorithm) -> Result<&'static dyn RsaEncoding, CryptoError> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(Sha256) => Ok(&lc::RSA_PKCS1_SHA256),
        SignatureAlgorithm::RsaPkcs1(Sha384) => Ok(&lc::RSA_PKCS1_SHA384),
        SignatureAlgorithm::RsaPkcs1(Sha512) => Ok(&lc::RSA_PKCS1_SHA512),
        SignatureAlgorithm::RsaPss(Sha256) => Ok(&lc::RSA_PSS_SHA256),
        SignatureAlgorithm::RsaPss(Sha384) => Ok(&lc::RSA_PSS_SHA384),
        SignatureAlgorithm::RsaPss(Sha512) => Ok(&lc::RSA_PSS_SHA512),
        _ => Err(CryptoError::Unsupported),
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.key_type)
    }
}
