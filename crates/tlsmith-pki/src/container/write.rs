//! Writing: PEM, and PKCS#12 in the modern way (PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, a MAC with HMAC-SHA256).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tlsmith_crypto::{CryptoError, Provider, aws_lc::AwsLc};
use tlsmith_x509::Certificate;
use zeroize::Zeroizing;

use crate::{
    PrivateKey,
    der::{self, Der, tag},
    encrypted::{
        self, ITERATIONS,
        kdf::{self, Hash, Use},
    },
    oid,
};

/// One PEM block (RFC 7468 §2): lines of 64 characters.
pub fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    const LINE: usize = 64;
    // Room for all of it at once: it may be a private key, and a string that grows leaves copies behind.
    let length = der.len().div_ceil(3) * 4;
    let mut base64 = Zeroizing::new(vec![0; length]);
    // It has just the room that it needs.
    let written = STANDARD.encode_slice(der, &mut base64).unwrap_or_default();
    let mut out = Zeroizing::new(String::with_capacity(length + length / LINE + 2 * label.len() + 40));
    for piece in ["-----BEGIN ", label, "-----\n"] {
        out.push_str(piece);
    }
    for line in base64.get(..written).unwrap_or_default().chunks(LINE) {
        line.iter().for_each(|character| out.push(char::from(*character)));
        out.push('\n');
    }
    for piece in ["-----END ", label, "-----\n"] {
        out.push_str(piece);
    }
    out
}

/// A key as PEM under a passphrase.
pub fn pem_encrypted_key(key: &PrivateKey, passphrase: &str) -> Result<Zeroizing<String>, CryptoError> {
    Ok(pem("ENCRYPTED PRIVATE KEY", &key.encrypted_pkcs8(passphrase)?))
}

/// A certificate that goes into a PKCS#12 file.
#[derive(Clone, Debug)]
pub struct NamedCertificate<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Its friendly name, Java's alias. Aliases have to differ, and Java knows no capital letters in them.
    pub name: Option<&'a str>,
    /// It is marked as trusted for Java, which sees no certificate without a key otherwise.
    pub trusted: bool,
}

/// A PKCS#12 file: the key, if there is one, with its certificate first among `certificates`; under `passphrase`. The key
/// has the name of its certificate.
pub fn pkcs12(
    key: Option<&PrivateKey>,
    certificates: &[NamedCertificate<'_>],
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let provider = AwsLc;
    let leaf = certificates.first().filter(|_| key.is_some());
    let key_id = leaf.map(|leaf| leaf.certificate.sha256(&provider));
    let mut bags = Vec::new();
    for (index, NamedCertificate { certificate, name, trusted }) in certificates.iter().enumerate() {
        let attributes = attributes(*name, key_id.as_ref().filter(|_| index == 0), *trusted);
        let value = der::element(tag::explicit(0), &[&der::element(tag::OCTET_STRING, &[certificate.der()])]);
        let certificate = der::sequence(&[&der::oid(&oid::X509_CERTIFICATE), &value]);
        bags.push(bag(&oid::CERT_BAG, &certificate, &attributes));
    }
    let mut parts = Vec::new();
    if !bags.is_empty() {
        let contents = der::sequence(&bags.iter().map(|bag| bag.as_slice()).collect::<Vec<_>>());
        parts.push(encrypted_data(&provider, passphrase, &contents)?);
    }
    if let Some(key) = key {
        let attributes = attributes(leaf.and_then(|leaf| leaf.name), key_id.as_ref(), false);
        let shrouded = bag(&oid::SHROUDED_KEY_BAG, &key.encrypted_pkcs8(passphrase)?, &attributes);
        parts.push(data(&der::sequence(&[&shrouded])));
    }
    let safe = der::sequence(&parts.iter().map(|part| part.as_slice()).collect::<Vec<_>>());
    let mac = mac(&provider, passphrase, &safe)?;
    Ok(der::sequence(&[&der::integer(3), &data(&safe), &mac]))
}

/// `SafeBag` (RFC 7292 §4.2).
fn bag(id: &asn1::ObjectIdentifier, value: &[u8], attributes: &[u8]) -> Der {
    der::sequence(&[&der::oid(id), &der::element(tag::explicit(0), &[value]), attributes])
}

/// `ContentInfo` of type `data` (RFC 2315 §8).
fn data(content: &[u8]) -> Der {
    let octets = der::element(tag::OCTET_STRING, &[content]);
    der::sequence(&[&der::oid(&oid::DATA), &der::element(tag::explicit(0), &[&octets])])
}

/// `ContentInfo` of type `encryptedData` (RFC 2315 §13).
fn encrypted_data(provider: &dyn Provider, passphrase: &str, content: &[u8]) -> Result<Der, CryptoError> {
    /// `[0] IMPLICIT OCTET STRING`.
    const ENCRYPTED_CONTENT: u8 = 0x80;
    let (algorithm, ciphertext) = encrypted::encrypt(provider, passphrase, content)?;
    let info = der::sequence(&[&der::oid(&oid::DATA), &algorithm, &der::element(ENCRYPTED_CONTENT, &[&ciphertext])]);
    let encrypted = der::sequence(&[&der::integer(0), &info]);
    Ok(der::sequence(&[&der::oid(&oid::ENCRYPTED_DATA), &der::element(tag::explicit(0), &[&encrypted])]))
}

/// `MacData` (RFC 7292 §4) over the authenticated safe.
fn mac(provider: &dyn Provider, passphrase: &str, safe: &[u8]) -> Result<Der, CryptoError> {
    let salt = encrypted::salt(provider)?;
    let hash = Hash::Sha256;
    let key = kdf::pkcs12(hash, Use::Mac, &kdf::utf16(passphrase), &salt, ITERATIONS, hash.output_len());
    let digest = der::element(tag::OCTET_STRING, &[&hash.hmac_of(&key, safe)]);
    let algorithm = der::sequence(&[&der::oid(&oid::SHA256), der::NULL]);
    let info = der::sequence(&[&algorithm, &digest]);
    Ok(der::sequence(&[&info, &der::element(tag::OCTET_STRING, &[&salt]), &der::integer(ITERATIONS)]))
}

/// The attributes of a bag, in the order that DER demands of a set (X.690 §11.6): by their encodings.
fn attributes(name: Option<&str>, key_id: Option<&[u8; 32]>, trusted: bool) -> Der {
    let mut set = Vec::new();
    if let Some(name) = name {
        let text: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
        set.push(attribute(&oid::FRIENDLY_NAME, &der::element(tag::BMP_STRING, &[&text])));
    }
    if let Some(id) = key_id {
        set.push(attribute(&oid::LOCAL_KEY_ID, &der::element(tag::OCTET_STRING, &[id])));
    }
    if trusted {
        set.push(attribute(&oid::JAVA_TRUSTED, &der::oid(&oid::ANY_EXTENDED_KEY_USAGE)));
    }
    if set.is_empty() {
        return Zeroizing::new(Vec::new());
    }
    set.sort_unstable_by(|one, other| one.as_slice().cmp(other));
    der::element(tag::SET, &set.iter().map(|attribute| attribute.as_slice()).collect::<Vec<_>>())
}

/// `PKCS12Attribute` with one value.
fn attribute(id: &asn1::ObjectIdentifier, value: &[u8]) -> Der {
    der::sequence(&[&der::oid(id), &der::element(tag::SET, &[value])])
}
