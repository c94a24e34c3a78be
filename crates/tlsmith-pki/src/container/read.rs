//! The way in: which form it is, and what its pieces are.

use tlsmith_x509::{Certificate, CertificateRequest, pem};
use zeroize::Zeroizing;

use super::{Contents, Format, Named, Passphrase, Skipped, ber, kind, kind::Kind, pkcs7, pkcs12};
use crate::{
    ContainerError, PrivateKey, Problem,
    encrypted::{self, EncryptedPrivateKeyInfo, Scheme, Work},
    key,
};

/// The private keys that a file may hold: to check one takes time. A file with more is refused.
pub const MAX_KEYS: usize = 256;

/// Everything that a file holds, whatever its form.
///
/// `passphrase` is asked when something turns out to be encrypted, once. If it has none, encrypted PKCS#12 is an error,
/// and an encrypted key among other things is [skipped](Contents::skipped); a wrong passphrase is always an error.
///
/// The work is bounded by the length of `bytes`, by [`encrypted::MAX_ITERATIONS`] and by [`MAX_KEYS`].
pub fn read(
    bytes: &[u8],
    passphrase: &mut dyn FnMut() -> Option<Zeroizing<String>>,
) -> Result<Contents, ContainerError> {
    if let Some(error) = another_format(bytes) {
        return Err(error);
    }
    let is_der = is_der(bytes);
    let format = if is_der { Format::Der } else { Format::Pem };
    let mut reader =
        Reader { contents: Contents::new(format), passphrase: Passphrase::new(passphrase), work: Work::of_a_file() };
    match is_der {
        true => reader.der(bytes)?,
        false => reader.pem(bytes)?,
    }
    if reader.contents.is_empty() && reader.contents.skipped.is_empty() {
        return Err(nothing(bytes));
    }
    Ok(reader.contents)
}

/// The certificates of what a stranger sent: PEM, one in DER, or PKCS#7 (RFC 5280 §4.2.2.1). Nothing else is looked at: to
/// open PKCS#12 and to check keys takes work, and how much would be his choice. None at all is an error.
pub fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, ContainerError> {
    let mut nobody = || None;
    let passphrase = Passphrase::new(&mut nobody);
    let mut reader = Reader { contents: Contents::new(Format::Der), passphrase, work: Work::of_a_file() };
    match is_der(bytes) {
        true => reader.public_der(bytes)?,
        false => reader.public_pem(bytes)?,
    }
    let Contents { certificates, skipped, .. } = reader.contents;
    match (certificates.is_empty(), skipped.into_iter().next()) {
        (false, _) => Ok(certificates),
        (true, Some(skipped)) => Err(skipped.why),
        (true, None) => Err(ContainerError::new(Problem::Nothing, "it holds no certificate")),
    }
}

/// One SEQUENCE, and no text starts with its tag followed by a long length.
fn is_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, 0x80..=0x84, ..]) || (bytes.first() == Some(&0x30) && !bytes.is_ascii())
}

/// What is read so far, and what reading may cost.
pub(super) struct Reader<'a> {
    pub(super) contents: Contents,
    pub(super) passphrase: Passphrase<'a>,
    pub(super) work: Work,
}

impl Reader<'_> {
    /// A file that is one piece: what keeps that from being read is an error.
    fn der(&mut self, bytes: &[u8]) -> Result<(), ContainerError> {
        let converted;
        let bytes = match bytes.get(1) {
            Some(0x80) => {
                converted = ber::to_der(bytes)?;
                converted.as_slice()
            }
            _ => bytes,
        };
        if let Ok((first, after)) = asn1::strip_tlv(bytes)
            && !after.is_empty()
            && kind::of(first.full_data()) == Kind::Certificate
        {
            return self.certificates(bytes);
        }
        let kind = kind::of(bytes);
        match kind {
            Kind::Pkcs12 => self.contents.format = Format::Pkcs12,
            Kind::Pkcs7 => self.contents.format = Format::Pkcs7,
            _ => {}
        }
        self.piece(kind, "the file", bytes)?;
        match self.contents.skipped.pop_if(|_| matches!(self.contents.format, Format::Der)) {
            Some(skipped) => Err(skipped.why),
            None => Ok(()),
        }
    }

    /// Certificates in DER, one after the other: what Java's `keytool -gencert` and `cat` write. What cannot be read of them
    /// is an error, as it is of one.
    fn certificates(&mut self, bytes: &[u8]) -> Result<(), ContainerError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let number = self.contents.certificates.len();
            let next = asn1::strip_tlv(rest).ok().filter(|(next, _)| kind::of(next.full_data()) == Kind::Certificate);
            let Some((next, after)) = next else {
                return Err(followed(number, rest.len()));
            };
            self.certificate(format!("certificate {}", number + 1), next.full_data());
            if let Some(Skipped { what, why }) = self.contents.skipped.pop() {
                return Err(
                    ContainerError::malformed(format!("{what}: {}", why.message())).with_fix(why.fix().to_owned())
                );
            }
            rest = after;
        }
        Ok(())
    }

    fn pem(&mut self, bytes: &[u8]) -> Result<(), ContainerError> {
        let blocks = pem::blocks(bytes).map_err(|error| malformed(&error, ""))?;
        let mut parameters = None;
        for block in &blocks {
            let place = block.place();
            if matches!(block.label(), "EC PARAMETERS" | "DSA PARAMETERS") {
                // OpenSSL writes them before the key, which holds them again.
                parameters = Some(block);
                continue;
            }
            let der = match block.decode() {
                Ok(der) => der,
                Err(error) => {
                    self.skip(&place, malformed(&error, &place));
                    continue;
                }
            };
            match encrypted::traditional_scheme(block.headers()) {
                Err(why) => self.skip(&place, why),
                Ok(Some(scheme)) => self.encrypted_key(&place, &scheme, &der)?,
                Ok(None) => self.block(block.label(), &place, &der)?,
            }
        }
        if let Some(block) = parameters.filter(|_| self.contents.is_empty() && self.contents.skipped.is_empty()) {
            self.skip(&block.place(), unknown(block.label()));
        }
        Ok(())
    }

    /// See [`certificates`].
    fn public_der(&mut self, bytes: &[u8]) -> Result<(), ContainerError> {
        match kind::of(&ber::to_der(bytes)?) {
            Kind::Certificate => self.certificate("the file".to_owned(), bytes),
            Kind::Pkcs7 => self.piece(Kind::Pkcs7, "the file", bytes)?,
            _ => self.skip("the file", ContainerError::unsupported("it is neither a certificate nor PKCS#7")),
        }
        Ok(())
    }

    /// See [`certificates`].
    fn public_pem(&mut self, bytes: &[u8]) -> Result<(), ContainerError> {
        let blocks = pem::blocks(bytes).map_err(|error| malformed(&error, ""))?;
        let is_public = |label: &str| matches!(label, "CERTIFICATE" | "X509 CERTIFICATE" | "PKCS7" | "CMS");
        for block in blocks.iter().filter(|block| is_public(block.label())) {
            let place = block.place();
            match block.decode() {
                Ok(der) => self.block(block.label(), &place, &der)?,
                Err(error) => self.skip(&place, malformed(&error, &place)),
            }
        }
        Ok(())
    }

    /// One block by its label.
    fn block(&mut self, label: &str, place: &str, der: &[u8]) -> Result<(), ContainerError> {
        let kind = match label {
            // RFC 7468 §5.3 reports the second from old software.
            "CERTIFICATE" | "X509 CERTIFICATE" => Kind::Certificate,
            "TRUSTED CERTIFICATE" => {
                // OpenSSL's: the certificate, and behind it what it is trusted for.
                let certificate = asn1::strip_tlv(der).map_or(der, |(certificate, _)| certificate.full_data());
                return self.piece(Kind::Certificate, place, certificate);
            }
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Kind::Request,
            "X509 CRL" => Kind::Crl,
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Kind::Key,
            "ENCRYPTED PRIVATE KEY" => Kind::EncryptedKey,
            "PKCS7" | "CMS" => Kind::Pkcs7,
            "PKCS12" => Kind::Pkcs12,
            other => {
                self.skip(place, unknown(other));
                return Ok(());
            }
        };
        self.piece(kind, place, der)
    }

    fn piece(&mut self, kind: Kind, place: &str, der: &[u8]) -> Result<(), ContainerError> {
        match kind {
            Kind::Certificate => self.certificate(place.to_owned(), der),
            Kind::Request => match CertificateRequest::from_der(der) {
                Ok(request) => self.contents.requests.push(request),
                Err(error) => self.skip(place, ContainerError::malformed(format!("a certificate request: {error}"))),
            },
            Kind::Crl => self.crl(der),
            Kind::Key => {
                self.key(place, der)?;
            }
            Kind::EncryptedKey => match asn1::parse_single::<EncryptedPrivateKeyInfo<'_>>(der) {
                Ok(info) => match Scheme::parse(&info.algorithm) {
                    Ok(scheme) => self.encrypted_key(place, &scheme, info.data)?,
                    Err(why) if why.problem() == Problem::TooMuchWork => return Err(why),
                    Err(why) => self.skip(place, why),
                },
                Err(_) => self.skip(place, ContainerError::malformed("a malformed encrypted private key")),
            },
            Kind::Pkcs7 => pkcs7::read(&ber::to_der(der)?, self)?,
            Kind::Pkcs12 => pkcs12::read(&ber::to_der(der)?, self)?,
            Kind::Other => {
                let what = "neither a certificate, a key, a certificate request, a CRL, PKCS#12 nor PKCS#7";
                self.skip(place, ContainerError::unsupported(format!("it is {what}")));
            }
        }
        Ok(())
    }

    /// Takes a certificate, or notes why not.
    pub(super) fn certificate(&mut self, place: String, der: &[u8]) {
        match Certificate::from_der(der) {
            Ok(certificate) => self.contents.certificates.push(certificate),
            Err(error) => self.skip(&place, ContainerError::malformed(error.to_string())),
        }
    }

    /// Takes a CRL as it is.
    pub(super) fn crl(&mut self, der: &[u8]) {
        self.contents.crls.push(der.to_vec());
    }

    /// Takes a key, or notes why not; where it stands among the keys.
    pub(super) fn key(&mut self, place: &str, der: &[u8]) -> Result<Option<Named>, ContainerError> {
        let at = self.contents.keys.len();
        if at + self.contents.skipped.len() >= MAX_KEYS {
            let message = format!("it holds more than {MAX_KEYS} private keys: it is no key file");
            return Err(ContainerError::new(Problem::TooMuchWork, message));
        }
        match PrivateKey::from_der(der) {
            Ok(key) => {
                self.contents.keys.push(key);
                Ok(Some(Named::Key(at)))
            }
            Err(why) => {
                self.skip(place, why);
                Ok(None)
            }
        }
    }

    /// Decrypts a key that stands by itself. Without a passphrase it is skipped; a wrong one is an error.
    fn encrypted_key(&mut self, place: &str, scheme: &Scheme, ciphertext: &[u8]) -> Result<(), ContainerError> {
        let passphrase = match self.passphrase.get("the private key") {
            Ok(passphrase) => passphrase,
            Err(why) => {
                self.skip(place, why);
                return Ok(());
            }
        };
        let der = scheme.decrypt(passphrase, ciphertext, &mut self.work)?;
        // A wrong passphrase that the padding did not show.
        if asn1::parse_single::<asn1::Sequence<'_>>(&der).is_err() {
            return Err(ContainerError::wrong_passphrase(""));
        }
        self.encrypted_with(scheme);
        self.key(place, &der).map(|_| ())
    }

    /// Notes how something was encrypted.
    pub(super) fn encrypted_with(&mut self, scheme: &Scheme) {
        let known = self.contents.encryption.iter().any(|known| known.to_string() == scheme.to_string());
        if !known {
            self.contents.encryption.push(scheme.clone());
        }
    }

    pub(super) fn skip(&mut self, place: &str, why: ContainerError) {
        self.contents.skipped.push(Skipped { what: place.to_owned(), why });
    }
}

/// The error of the PEM reader, whose message may begin with the place.
fn malformed(error: &tlsmith_x509::PemError, place: &str) -> ContainerError {
    let message =
        error.message().strip_prefix(place).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(error.message());
    ContainerError::malformed(message.to_owned()).with_fix(error.fix().unwrap_or_default().to_owned())
}

/// A block that is not read here.
fn unknown(label: &str) -> ContainerError {
    match label {
        "OPENSSH PRIVATE KEY" => ContainerError::unsupported("a key in OpenSSH's own format is not read")
            .with_fix("convert a copy of it with `ssh-keygen -p -m PKCS8 -f FILE`"),
        "DSA PRIVATE KEY" => ContainerError::unsupported(key::NO_DSA).with_fix(key::NEW_KEY),
        "EC PARAMETERS" | "DSA PARAMETERS" => ContainerError::unsupported("the parameters of a key, and not the key"),
        "DH PARAMETERS" | "X9.42 DH PARAMETERS" => {
            ContainerError::unsupported("parameters for DHE; `tlsmith dhparam` says why nobody needs them")
        }
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {
            ContainerError::unsupported("a public key: neither a certificate nor a private key")
        }
        "OCSP RESPONSE" => ContainerError::unsupported("an OCSP response: neither a certificate nor a key"),
        _ => ContainerError::unsupported("a block of this type is not read here"),
    }
}

/// Formats that are told by their first bytes, and not read.
fn another_format(bytes: &[u8]) -> Option<ContainerError> {
    // Magic numbers of sun.security.provider.JavaKeyStore and com.sun.crypto.provider.JceKeyStore.
    let java = |name: &str| {
        ContainerError::unsupported(format!("it is a Java keystore in the old format {name}")).with_fix(
            "convert it with `keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 -deststoretype pkcs12`",
        )
    };
    match bytes {
        [0xfe, 0xed, 0xfe, 0xed, ..] => Some(java("JKS")),
        [0xce, 0xce, 0xce, 0xce, ..] => Some(java("JCEKS")),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Some(ContainerError::unsupported("it is UTF-16 text").with_fix("save it as ASCII or UTF-8"))
        }
        [b'P', b'u', b'T', b'T', b'Y', b'-', ..] => Some(
            ContainerError::unsupported("it is a key in PuTTY's own format")
                .with_fix("write it as OpenSSH key with `puttygen FILE -O private-openssh -o key`, then convert that"),
        ),
        _ if bytes.trim_ascii().is_empty() => Some(ContainerError::new(Problem::Nothing, "it is empty")),
        _ => None,
    }
}

/// DER of which only the beginning is certificates.
fn followed(certificates: usize, octets: usize) -> ContainerError {
    let (before, them) = match certificates {
        1 => (String::from("a certificate"), "it"),
        many => (format!("{many} certificates"), "them"),
    };
    let after = match octets {
        1 => format!("1 octet after {them} that is none"),
        many => format!("{many} octets after {them} that are none"),
    };
    ContainerError::malformed(format!("it is {before}, and {after}"))
}

/// Neither PEM nor DER, or nothing in it.
fn nothing(bytes: &[u8]) -> ContainerError {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let error = |message: &'static str| ContainerError::new(Problem::Nothing, message);
    if bytes.windows(BEGIN.len()).any(|window| window == BEGIN) {
        return error("`-----BEGIN …-----` does not stand on a line of its own")
            .with_fix("were the line breaks lost, or written as \\n?");
    }
    error("it holds neither certificates nor keys: it is neither PEM (-----BEGIN …), DER, PKCS#12 nor PKCS#7")
}
