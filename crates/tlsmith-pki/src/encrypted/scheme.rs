//! How something is encrypted under a passphrase, read from its AlgorithmIdentifier: PBES2 (RFC 8018 §6.2), PBES1
//! (§6.1), and the schemes of PKCS#12 (RFC 7292 §C).

use std::fmt;

use asn1::{Asn1Read, ObjectIdentifier, Tlv};
use zeroize::Zeroizing;

use super::{
    cipher::Cipher,
    kdf::{self, Hash, Use},
    work::{self, MAX_SALT, Work},
};
use crate::{ContainerError, der::Der, oid};

/// `AlgorithmIdentifier` (RFC 5280 §4.1.1.2).
#[derive(Asn1Read)]
pub(crate) struct AlgorithmIdentifier<'a> {
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) parameters: Option<Tlv<'a>>,
}

impl<'a> AlgorithmIdentifier<'a> {
    pub(crate) fn parse<T: asn1::Asn1Readable<'a>>(&self) -> Result<T, ContainerError> {
        let parsed = self.parameters.as_ref().and_then(|parameters| parameters.parse().ok());
        let malformed = || format!("the parameters of {} are malformed", named(&self.algorithm));
        parsed.ok_or_else(|| ContainerError::malformed(malformed()))
    }
}

/// The name of a scheme of PKCS#12 (RFC 7292 §C) with its number, and the number alone of any other.
fn named(id: &ObjectIdentifier) -> String {
    let schemes = [
        (oid::PBE_SHA1_RC4_128, "pbeWithSHAAnd128BitRC4"),
        (oid::PBE_SHA1_RC4_40, "pbeWithSHAAnd40BitRC4"),
        (oid::PBE_SHA1_3DES, "pbeWithSHAAnd3-KeyTripleDES-CBC"),
        (oid::PBE_SHA1_2KEY_3DES, "pbeWithSHAAnd2-KeyTripleDES-CBC"),
        (oid::PBE_SHA1_RC2_128, "pbeWithSHAAnd128BitRC2-CBC"),
        (oid::PBE_SHA1_RC2_40, "pbewithSHAAnd40BitRC2-CBC"),
    ];
    match schemes.iter().find(|(known, _)| known == id) {
        Some((_, name)) => format!("{name} ({id})"),
        None => id.to_string(),
    }
}

/// `PBES2-params` and `PBMAC1-params` (RFC 8018 §A.4, §A.5).
#[derive(Asn1Read)]
pub(crate) struct TwoAlgorithms<'a> {
    pub(crate) key_derivation: AlgorithmIdentifier<'a>,
    pub(crate) with_it: AlgorithmIdentifier<'a>,
}

/// `PBKDF2-params` (RFC 8018 §A.2); the salt of another source is not in use.
#[derive(Asn1Read)]
struct Pbkdf2Params<'a> {
    salt: &'a [u8],
    iterations: u64,
    key_length: Option<u64>,
    prf: Option<AlgorithmIdentifier<'a>>,
}

/// `scrypt-params` (RFC 7914 §7).
#[derive(Asn1Read)]
struct ScryptParams<'a> {
    salt: &'a [u8],
    n: u64,
    r: u64,
    p: u64,
    key_length: Option<u64>,
}

/// `PBEParameter` (RFC 8018 §A.3), `pkcs-12PbeParams` (RFC 7292 §C).
#[derive(Asn1Read)]
struct PbeParams<'a> {
    salt: &'a [u8],
    iterations: u64,
}

/// How the key comes out of the passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Derivation {
    Pbkdf2 { hash: Hash, salt: Vec<u8>, iterations: u32 },
    Scrypt { salt: Vec<u8>, n: u64, r: u32, p: u32 },
    Pbkdf1 { md5: bool, salt: Vec<u8>, iterations: u32 },
    Pkcs12 { salt: Vec<u8>, iterations: u32 },
    OpenSsl { salt: Vec<u8> },
}

/// How something is encrypted under a passphrase. `Display` says it for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    derivation: Derivation,
    cipher: Cipher,
    /// Empty where it comes out of the passphrase as well.
    iv: Vec<u8>,
}

impl Scheme {
    /// Reads what an AlgorithmIdentifier says.
    pub(crate) fn parse(identifier: &AlgorithmIdentifier<'_>) -> Result<Self, ContainerError> {
        let id = &identifier.algorithm;
        if *id == oid::PBES2 {
            return Self::pbes2(&identifier.parse()?);
        }
        let pbe = || -> Result<(Vec<u8>, u32), ContainerError> {
            let parameters: PbeParams<'_> = identifier.parse()?;
            Ok((salt(parameters.salt)?, iterations(parameters.iterations)?))
        };
        let pkcs12 = |cipher| {
            let (salt, iterations) = pbe()?;
            Ok(Self { derivation: Derivation::Pkcs12 { salt, iterations }, cipher, iv: Vec::new() })
        };
        match id {
            id if *id == oid::PBE_SHA1_3DES => pkcs12(Cipher::TripleDes),
            id if *id == oid::PBE_SHA1_2KEY_3DES => pkcs12(Cipher::TwoKeyTripleDes),
            id if *id == oid::PBE_SHA1_RC2_128 => pkcs12(Cipher::Rc2With128),
            id if *id == oid::PBE_SHA1_RC2_40 => pkcs12(Cipher::Rc2With40),
            id if *id == oid::PBE_MD5_DES || *id == oid::PBE_SHA1_DES => {
                let (salt, iterations) = pbe()?;
                let derivation = Derivation::Pbkdf1 { md5: *id == oid::PBE_MD5_DES, salt, iterations };
                Ok(Self { derivation, cipher: Cipher::Des, iv: Vec::new() })
            }
            id => {
                let fix = match *id == oid::PBE_SHA1_RC4_128 || *id == oid::PBE_SHA1_RC4_40 {
                    true => {
                        "OpenSSL still opens it: `openssl pkcs12 -legacy -in FILE -noenc -out NEW.pem`, or for a key alone \
                         `openssl pkcs8 -provider legacy -provider default -in FILE -out NEW.pem`"
                    }
                    false => "`openssl pkcs8 -topk8 -v2 aes-256-cbc` writes a key that is",
                };
                let message = format!("it is encrypted with {}, which is not supported", named(id));
                Err(ContainerError::unsupported(message).with_fix(fix))
            }
        }
    }

    fn pbes2(parameters: &TwoAlgorithms<'_>) -> Result<Self, ContainerError> {
        let cipher = match &parameters.with_it.algorithm {
            id if *id == oid::AES256_CBC => Cipher::Aes256,
            id if *id == oid::AES192_CBC => Cipher::Aes192,
            id if *id == oid::AES128_CBC => Cipher::Aes128,
            id if *id == oid::TRIPLE_DES_CBC => Cipher::TripleDes,
            id if *id == oid::DES_CBC => Cipher::Des,
            id => {
                return Err(ContainerError::unsupported(format!("it is encrypted with {id}, which is not supported")));
            }
        };
        let iv: &[u8] = parameters.with_it.parse()?;
        if iv.len() != cipher.block_len() {
            return Err(ContainerError::malformed(format!(
                "an IV of {} bytes does not fit {}",
                iv.len(),
                cipher.name()
            )));
        }
        let (derivation, length) = Derivation::parse(&parameters.key_derivation)?;
        if length.is_some_and(|length| length != cipher.key_len()) {
            return Err(ContainerError::malformed(format!("the length of its key does not fit {}", cipher.name())));
        }
        Ok(Self { derivation, cipher, iv: iv.to_vec() })
    }

    /// OpenSSL's older way: `DEK-Info: AES-256-CBC,<IV in hexadecimal>`.
    pub(super) fn openssl(cipher: Cipher, iv: Vec<u8>) -> Self {
        // The first eight bytes of the IV are the salt too.
        let salt = iv.get(..8).unwrap_or_default().to_vec();
        Self { derivation: Derivation::OpenSsl { salt }, cipher, iv }
    }

    /// A new file had better not be encrypted this way.
    pub fn is_legacy(&self) -> bool {
        self.cipher.is_legacy() || !matches!(self.derivation, Derivation::Pbkdf2 { .. } | Derivation::Scrypt { .. })
    }

    /// The plaintext. A wrong passphrase shows in the padding, but once in 256 times it does not.
    pub(crate) fn decrypt(
        &self,
        passphrase: &str,
        ciphertext: &[u8],
        work: &mut Work,
    ) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(self.cipher.block_len()) {
            return Err(ContainerError::malformed("what is encrypted is not a whole number of blocks: it is cut off"));
        }
        let (key, iv) = self.key(passphrase, work)?;
        let plaintext = self.cipher.decrypt(&key, &iv, ciphertext);
        plaintext.ok_or_else(|| ContainerError::wrong_passphrase(""))
    }

    fn key(&self, passphrase: &str, work: &mut Work) -> Result<(Der, Der), ContainerError> {
        let length = self.cipher.key_len();
        let iv = Zeroizing::new(self.iv.clone());
        let bytes = passphrase.as_bytes();
        match &self.derivation {
            Derivation::Pkcs12 { salt, iterations } => {
                work.spend(u64::from(*iterations) * 2 * length.div_ceil(Hash::Sha1.output_len()) as u64)?;
                let passphrase = kdf::utf16(passphrase);
                let make = |id, length| kdf::pkcs12(Hash::Sha1, id, &passphrase, salt, *iterations, length);
                Ok((make(Use::Key, length), make(Use::Iv, self.cipher.block_len())))
            }
            Derivation::Pbkdf1 { md5, salt, iterations } => {
                work.spend(u64::from(*iterations))?;
                let both = kdf::pbkdf1(*md5, bytes, salt, *iterations);
                let (key, iv) = both.split_at_checked(length).unwrap_or_default();
                Ok((Zeroizing::new(key.to_vec()), Zeroizing::new(iv.to_vec())))
            }
            Derivation::OpenSsl { salt } => Ok((kdf::bytes_to_key(bytes, salt, length), iv)),
            other => Ok((other.derive(bytes, length, work)?, iv)),
        }
    }
}

impl Derivation {
    /// PBKDF2 or scrypt, and the length of the key if it is said.
    fn parse(identifier: &AlgorithmIdentifier<'_>) -> Result<(Self, Option<usize>), ContainerError> {
        let id = &identifier.algorithm;
        // A length that fits no cipher is as good as none that does.
        let length = |length: Option<u64>| length.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if *id == oid::PBKDF2 {
            let parameters: Pbkdf2Params<'_> = identifier.parse()?;
            let hash = match parameters.prf.map(|prf| prf.algorithm) {
                // RFC 8018 §A.2: DEFAULT algid-hmacWithSHA1.
                None => Hash::Sha1,
                Some(prf) => hmac(&prf)?,
            };
            let (salt, iterations) = (salt(parameters.salt)?, iterations(parameters.iterations)?);
            return Ok((Self::Pbkdf2 { hash, salt, iterations }, length(parameters.key_length)));
        }
        if *id == oid::SCRYPT {
            let ScryptParams { salt: given, n, r, p, key_length } = identifier.parse()?;
            // Whether it may have so much is asked again when it is used, with what is left.
            work::scrypt(&mut Work::of_a_file(), n, r, p)?;
            let small = |value: u64| u32::try_from(value).map_err(|_| ContainerError::malformed("scrypt's parameters"));
            return Ok((Self::Scrypt { salt: salt(given)?, n, r: small(r)?, p: small(p)? }, length(key_length)));
        }
        Err(ContainerError::unsupported(format!("its key is derived with {id}, which is not supported")))
    }

    /// A key of `length` bytes, by PBKDF2 or scrypt.
    fn derive(&self, passphrase: &[u8], length: usize, work: &mut Work) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
        match self {
            Self::Pbkdf2 { hash, salt, iterations } => {
                let blocks = length.div_ceil(hash.output_len()) as u64;
                work.spend(u64::from(*iterations).saturating_mul(blocks))?;
                Ok(kdf::pbkdf2(*hash, passphrase, salt, *iterations, length))
            }
            Self::Scrypt { salt, n, r, p } => {
                work::scrypt(work, *n, u64::from(*r), u64::from(*p))?;
                kdf::scrypt(passphrase, salt, (*n, *r, *p), length)
            }
            _ => Err(ContainerError::unsupported("its key is derived in a way that does not belong there")),
        }
    }
}

/// The key of a PBMAC1 (RFC 9579 §2, §5): the length is said, and not shorter than 20 bytes (§9).
pub(crate) fn pbmac1_key(
    identifier: &AlgorithmIdentifier<'_>,
    passphrase: &str,
    work: &mut Work,
) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
    let (derivation, length) = Derivation::parse(identifier)?;
    match length {
        Some(length @ 20..=64) => derivation.derive(passphrase.as_bytes(), length, work),
        _ => Err(ContainerError::malformed("PBMAC1 says no length of its key from 20 to 64 bytes (RFC 9579 §9)")),
    }
}

/// HMAC with a hash function.
pub(crate) fn hmac(id: &ObjectIdentifier) -> Result<Hash, ContainerError> {
    match id {
        id if *id == oid::HMAC_SHA1 => Ok(Hash::Sha1),
        id if *id == oid::HMAC_SHA256 => Ok(Hash::Sha256),
        id if *id == oid::HMAC_SHA384 => Ok(Hash::Sha384),
        id if *id == oid::HMAC_SHA512 => Ok(Hash::Sha512),
        id => Err(ContainerError::unsupported(format!("its key is derived with {id}, which is not supported"))),
    }
}

pub(crate) fn salt(salt: &[u8]) -> Result<Vec<u8>, ContainerError> {
    match salt.len() {
        ..=MAX_SALT => Ok(salt.to_vec()),
        long => Err(ContainerError::malformed(format!("a salt of {long} bytes: more than {MAX_SALT} are not taken"))),
    }
}

/// At least one; the bound on many is that of all the work together.
pub(crate) fn iterations(count: u64) -> Result<u32, ContainerError> {
    match u32::try_from(count) {
        Ok(0) => Err(ContainerError::malformed("a count of no iterations")),
        Ok(count) => Ok(count),
        // Says how many, and how many may be.
        Err(_) => Work::of_a_file().spend(count).map(|()| u32::MAX),
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cipher = self.cipher.name();
        match &self.derivation {
            Derivation::Pbkdf2 { hash, iterations, .. } => {
                write!(f, "{cipher}, PBKDF2 with HMAC-{}, {iterations} iterations", hash.name())
            }
            Derivation::Scrypt { n, r, p, .. } => write!(f, "{cipher}, scrypt with N = {n}, r = {r}, p = {p}"),
            Derivation::Pbkdf1 { md5, iterations, .. } => {
                write!(f, "{cipher}, PBKDF1 with {}, {iterations} iterations", if *md5 { "MD5" } else { "SHA-1" })
            }
            Derivation::Pkcs12 { iterations, .. } => {
                write!(f, "{cipher}, PKCS#12's key derivation with SHA-1, {iterations} iterations")
            }
            Derivation::OpenSsl { .. } => write!(f, "{cipher}, OpenSSL's old key derivation with MD5, one iteration"),
        }
    }
}
