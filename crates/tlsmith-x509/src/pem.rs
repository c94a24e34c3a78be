//! PEM (RFC 7468) and the private key formats of files.

use crate::revocation::Crl;
use crate::{Certificate, der};
use asn1::{Sequence, Tlv};
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::fmt;
use std::sync::Arc;
use tlsmith_crypto::{CryptoError, Provider, SigningKey};
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// Padding where it belongs, nothing in the bits that are left over.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// What is wrong with a file's content: what, where (which block), what to do. `Display` says it in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemError {
    message: String,
    fix: Option<&'static str>,
}

impl PemError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), fix: None }
    }

    fn with_fix(mut self, fix: &'static str) -> Self {
        self.fix = Some(fix);
        self
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do, where that can be said.
    pub fn fix(&self) -> Option<&str> {
        self.fix
    }
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fix {
            Some(fix) => write!(f, "{}; {fix}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for PemError {}

/// All certificates of `data`: PEM blocks in order (text between them ignored), or one DER certificate.
/// None at all is an error that says what stands there instead (a key, a CSR, nothing).
///
/// Keys between certificates are passed over: many programs want both in one file.
pub fn certificates(data: &[u8]) -> Result<Vec<Certificate>, PemError> {
    if looks_like_der(data) {
        let parsed = Certificate::from_der(data).map(|certificate| vec![certificate]);
        return parsed.map_err(|error| not_a_der_certificate(data, &error.to_string()));
    }
    let blocks = blocks(data)?;
    let wanted = blocks.iter().filter(|block| block.is_certificate());
    let parsed = wanted.map(|block| {
        let der = block.decode()?;
        Certificate::from_der(&der).map_err(|error| PemError::new(format!("{}: {error}", block.place())))
    });
    let certificates = parsed.collect::<Result<Vec<_>, _>>()?;
    if certificates.is_empty() { Err(no_certificate(data, &blocks)) } else { Ok(certificates) }
}

/// All CRLs of `data`: PEM blocks `X509 CRL` in order, or one DER CRL. None at all is an error.
pub fn crls(data: &[u8]) -> Result<Vec<Crl>, PemError> {
    if looks_like_der(data) {
        let parsed = Crl::from_der(data).map(|crl| vec![crl]);
        return parsed.map_err(|error| PemError::new(format!("it is no PEM and not a DER CRL: {error}")));
    }
    let blocks = blocks(data)?;
    // RFC 7468 §7; the second is what OpenSSL reads as well.
    let wanted = blocks.iter().filter(|block| matches!(block.label.as_str(), "X509 CRL" | "CRL"));
    let parsed = wanted.map(|block| {
        let der = block.decode()?;
        Crl::from_der(&der).map_err(|error| PemError::new(format!("{}: {error}", block.place())))
    });
    let crls = parsed.collect::<Result<Vec<_>, _>>()?;
    if crls.is_empty() { Err(nothing(data, &blocks, "CRL")) } else { Ok(crls) }
}

/// The one CRL of `data`.
pub(crate) fn crl(data: &[u8]) -> Result<Crl, PemError> {
    let mut crls = crls(data)?;
    match (crls.pop(), crls.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(PemError::new("it holds more than one CRL")),
    }
}

/// The DER of one OCSP response: a PEM block `OCSP RESPONSE`, or DER as it is. Whether it is one is not looked at.
pub fn ocsp_response(data: &[u8]) -> Result<Vec<u8>, PemError> {
    if looks_like_der(data) {
        return Ok(data.to_vec());
    }
    let blocks = blocks(data)?;
    match blocks.iter().find(|block| block.label == "OCSP RESPONSE") {
        Some(block) => Ok(block.decode()?.to_vec()),
        None => Err(nothing(data, &blocks, "OCSP response")),
    }
}

/// As [`certificates`], for stores that hold what they hold: `None` for a certificate that does not parse.
pub(crate) fn certificates_leniently(data: &[u8]) -> Vec<Option<Certificate>> {
    if looks_like_der(data) {
        return vec![Certificate::from_der(data).ok()];
    }
    let blocks = blocks(data).unwrap_or_default();
    let wanted = blocks.iter().filter(|block| block.is_certificate());
    wanted.map(|block| Certificate::from_der(&block.decode().ok()?).ok()).collect()
}

/// The one private key of `data`: PEM (`PRIVATE KEY`, `EC PRIVATE KEY` with `EC PARAMETERS` before it, `RSA PRIVATE KEY`),
/// or DER. An encrypted key, two keys, a certificate instead of a key: each its own error with the mend
/// (`openssl pkey -in ... -out ...`).
///
/// Certificates beside the key are passed over.
pub fn private_key(provider: &dyn Provider, data: &[u8]) -> Result<Arc<dyn SigningKey>, PemError> {
    if looks_like_der(data) {
        return provider.load_key(data).map_err(|error| not_a_der_key(data, error));
    }
    let blocks = blocks(data)?;
    let mut keys = blocks.iter().filter(|block| block.label.ends_with("PRIVATE KEY"));
    let key = keys.next().ok_or_else(|| no_key(data, &blocks))?;
    if keys.next().is_some() {
        return Err(PemError::new("it holds more than one private key")
            .with_fix("leave the one that belongs to the certificate"));
    }
    if key.is_encrypted() {
        return Err(encrypted(&key.place()));
    }
    if key.label == "OPENSSH PRIVATE KEY" {
        let fix = "convert a copy of it with `ssh-keygen -p -m PKCS8 -f FILE`";
        return Err(PemError::new(format!("{}: the key is in OpenSSH's own format", key.place())).with_fix(fix));
    }
    let der = key.decode()?;
    provider.load_key(&der).map_err(|error| unusable(&key.place(), error))
}

/// One block: what stands between two boundaries.
pub struct Block<'a> {
    label: String,
    /// 1 is the first.
    number: usize,
    /// Line of its BEGIN, 1 is the first.
    line: usize,
    /// Lines of headers, as in RFC 1421.
    headers: Vec<&'a [u8]>,
    /// Base64, white space within.
    body: Vec<&'a [u8]>,
}

impl<'a> Block<'a> {
    /// What it says of itself: `CERTIFICATE`, `PRIVATE KEY`. Comes from the file, nothing in it is escaped.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Its headers, as older keys have them (RFC 1421 §4.6): `Proc-Type: 4,ENCRYPTED`.
    pub fn headers(&self) -> &[&'a [u8]] {
        &self.headers
    }

    fn is_certificate(&self) -> bool {
        // The second is what RFC 7468 §5.3 reports from old software.
        matches!(self.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE")
    }

    /// PKCS#8 (RFC 7468 §11), or the older way of OpenSSL by a header.
    fn is_encrypted(&self) -> bool {
        let header = |line: &&&[u8]| line.starts_with(b"Proc-Type:") && line.ends_with(b"ENCRYPTED");
        self.label == "ENCRYPTED PRIVATE KEY" || self.headers.iter().any(|line| header(&line))
    }

    /// Where it stands, for people: `block 2 ("CERTIFICATE", line 30)`.
    pub fn place(&self) -> String {
        format!("block {} ({}, line {})", self.number, crate::name::quoted(&self.label), self.line)
    }

    /// The bytes; it may be a private key, so every copy is wiped.
    pub fn decode(&self) -> Result<Zeroizing<Vec<u8>>, PemError> {
        let length = self.body.iter().map(|line| line.len()).sum();
        let mut text = Zeroizing::new(Vec::with_capacity(length));
        for line in &self.body {
            text.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
        let mut out = Zeroizing::new(vec![0; text.len() / 4 * 3 + 3]);
        match BASE64.decode_slice(text.as_slice(), out.as_mut_slice()) {
            Ok(0) => Err(PemError::new(format!("{}: it is empty", self.place()))),
            Ok(length) => {
                out.truncate(length);
                Ok(out)
            }
            // The error of the decoder names a byte of what may be a key: not repeated.
            Err(_) => Err(PemError::new(format!("{}: it is not base64", self.place()))),
        }
    }
}

/// The blocks of a file, in order. Boundaries stand on lines of their own (RFC 7468 §3); other text is passed over.
pub fn blocks(data: &[u8]) -> Result<Vec<Block<'_>>, PemError> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    for (index, line) in data.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        match (boundary(line, BEGIN), boundary(line, END), open.take()) {
            (Some(label), _, None) => {
                let (number, line) = (blocks.len() + 1, index + 1);
                open = Some(Block { label, number, line, headers: Vec::new(), body: Vec::new() });
            }
            (Some(_), _, Some(block)) => return Err(unended(&block)),
            (None, Some(label), Some(block)) if label == block.label => blocks.push(block),
            (None, Some(label), Some(block)) => {
                let label = crate::name::quoted(&label);
                return Err(PemError::new(format!("{} ends as {label}", block.place())));
            }
            (None, None, Some(mut block)) => {
                if line.contains(&b':') {
                    block.headers.push(line)
                } else {
                    block.body.push(line)
                }
                open = Some(block);
            }
            (None, _, None) => {}
        }
    }
    match open {
        Some(block) => Err(unended(&block)),
        None => Ok(blocks),
    }
}

fn boundary(line: &[u8], keyword: &[u8]) -> Option<String> {
    let label = line.strip_prefix(keyword)?.strip_suffix(DASHES)?;
    Some(String::from_utf8_lossy(label).into_owned())
}

fn unended(block: &Block<'_>) -> PemError {
    PemError::new(format!("{} has no end", block.place()))
        .with_fix("the file may have been cut off while it was copied")
}

/// DER of a certificate or a key is one SEQUENCE, and no text starts with its tag followed by a long length.
fn looks_like_der(data: &[u8]) -> bool {
    matches!(data, [0x30, 0x80..=0x84, ..]) || (data.first() == Some(&0x30) && !data.is_ascii())
}

fn no_certificate(data: &[u8], blocks: &[Block<'_>]) -> PemError {
    let has = |what: &str| blocks.iter().any(|block| block.label.ends_with(what));
    if has("PRIVATE KEY") {
        return PemError::new("it holds a private key and no certificate").with_fix("are the two files swapped?");
    }
    if has("CERTIFICATE REQUEST") {
        return PemError::new("it holds a certificate request, not a certificate")
            .with_fix("use the certificate that the CA answered the request with");
    }
    nothing(data, blocks, "certificate")
}

fn no_key(data: &[u8], blocks: &[Block<'_>]) -> PemError {
    if blocks.iter().any(Block::is_certificate) {
        return PemError::new("it holds a certificate and no private key").with_fix("are the two files swapped?");
    }
    if blocks.iter().any(|block| block.label.ends_with("PUBLIC KEY")) {
        return PemError::new("it holds a public key, not a private one");
    }
    nothing(data, blocks, "private key")
}

fn nothing(data: &[u8], blocks: &[Block<'_>], wanted: &str) -> PemError {
    if let Some(block) = blocks.first() {
        let error = PemError::new(format!("it holds no {wanted}, but {}", block.place()));
        return match block.label.as_str() {
            "TRUSTED CERTIFICATE" => error.with_fix("convert it with `openssl x509 -in FILE -out cert.pem`"),
            "PKCS7" | "CMS" => error.with_fix("convert it with `openssl pkcs7 -in FILE -print_certs -out cert.pem`"),
            _ => error,
        };
    }
    if data.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return PemError::new(format!("it holds no {wanted}: `-----BEGIN …-----` does not stand on a line of its own"))
            .with_fix("were the line breaks lost, or written as \\n?");
    }
    if data.trim_ascii().is_empty() {
        return PemError::new(format!("it is empty: no {wanted}"));
    }
    if data.starts_with(&[0xff, 0xfe]) || data.starts_with(&[0xfe, 0xff]) {
        return PemError::new("it is UTF-16 text").with_fix("save it as ASCII or UTF-8");
    }
    PemError::new(format!("it holds no {wanted}: neither PEM (-----BEGIN …) nor DER"))
}

fn not_a_der_certificate(data: &[u8], error: &str) -> PemError {
    if is_pkcs12(data) {
        return PemError::new("it is a PKCS#12 file").with_fix(
            "take the certificates out with `tlsmith convert FILE --to pem --only certificates --out certs.pem`",
        );
    }
    PemError::new(format!("it is no PEM and not a DER certificate: {error}"))
}

fn not_a_der_key(data: &[u8], error: CryptoError) -> PemError {
    if is_pkcs12(data) {
        return PemError::new("it is a PKCS#12 file")
            .with_fix("take the key out with `tlsmith convert FILE --to pem --only key --out key.pem`");
    }
    if is_encrypted_pkcs8(data) {
        return encrypted("the DER file");
    }
    if Certificate::from_der(data).is_ok() {
        return PemError::new("it holds a certificate and no private key").with_fix("are the two files swapped?");
    }
    unusable("the DER file", error)
}

fn encrypted(place: &str) -> PemError {
    PemError::new(format!("{place}: the private key is encrypted"))
        .with_fix("decrypt it with `openssl pkey -in FILE -out key.pem`, and keep the result private (chmod 600)")
}

fn unusable(place: &str, error: CryptoError) -> PemError {
    match error {
        CryptoError::Unsupported => {
            PemError::new(format!("{place}: a private key of this type or size is not supported"))
                .with_fix("use ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 to 8192 bits")
        }
        _ => PemError::new(format!("{place}: it is not a valid private key"))
            .with_fix("`openssl pkey -in FILE -check -noout` says more"),
    }
}

/// `PFX ::= SEQUENCE { version INTEGER (3), … }` (RFC 7292 §4).
fn is_pkcs12(data: &[u8]) -> bool {
    der::sequence(data, "PFX", |p| {
        let version = der::read::<u64>(p, "version")?;
        while !p.is_empty() {
            der::read::<Tlv<'_>>(p, "PFX")?;
        }
        Ok(version)
    }) == Ok(3)
}

/// `EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING }` (RFC 5958 §3).
fn is_encrypted_pkcs8(data: &[u8]) -> bool {
    der::sequence(data, "EncryptedPrivateKeyInfo", |p| {
        der::read::<Sequence<'_>>(p, "encryptionAlgorithm")?;
        der::read::<&[u8]>(p, "encryptedData").map(|_| ())
    })
    .is_ok()
}
