//! PKCS#12 (RFC 7292), read: whoever wrote it, in the modern way or one of the old.

use asn1::{Asn1Read, Explicit, ObjectIdentifier, Parser, Sequence, Tlv};
use zeroize::Zeroizing;

use super::{Named, ber, pkcs7::ContentInfo, read::Reader};
use crate::{
    ContainerError, Problem,
    encrypted::{
        AlgorithmIdentifier, EncryptedPrivateKeyInfo, Scheme,
        kdf::{self, Hash, Use},
        scheme::{self, TwoAlgorithms},
    },
    oid,
};

/// How deep bags may stand in one another (`safeContentsBag`). Nobody is known to nest them at all.
const MAX_NESTING: usize = 4;

/// `PFX` (RFC 7292 §4).
#[derive(Asn1Read)]
struct Pfx<'a> {
    _version: u8,
    auth_safe: ContentInfo<'a>,
    mac: Option<MacData<'a>>,
}

/// `MacData` (RFC 7292 §4), with its `DigestInfo` taken apart.
#[derive(Asn1Read)]
struct MacData<'a> {
    mac: DigestInfo<'a>,
    salt: &'a [u8],
    /// DEFAULT 1, which BER may spell out: the vectors of RFC 9579 do.
    iterations: Option<u64>,
}

/// `DigestInfo` (RFC 2315 §9.4).
#[derive(Asn1Read)]
struct DigestInfo<'a> {
    algorithm: AlgorithmIdentifier<'a>,
    digest: &'a [u8],
}

/// `EncryptedData` (RFC 2315 §13).
#[derive(Asn1Read)]
struct EncryptedData<'a> {
    _version: u8,
    content: EncryptedContentInfo<'a>,
}

/// `EncryptedContentInfo` (RFC 2315 §10.1). The content is `[0] IMPLICIT OCTET STRING`, in BER perhaps in pieces.
#[derive(Asn1Read)]
struct EncryptedContentInfo<'a> {
    _content_type: ObjectIdentifier,
    algorithm: AlgorithmIdentifier<'a>,
    content: Option<Tlv<'a>>,
}

/// `CertBag` and `CRLBag` (RFC 7292 §4.2.3, §4.2.4).
#[derive(Asn1Read)]
struct ValueBag<'a> {
    id: ObjectIdentifier,
    value: Explicit<&'a [u8], 0>,
}

/// What is known about the passphrase.
enum Known {
    /// It opened the MAC.
    Verified(Zeroizing<String>),
    /// There is no MAC that would tell.
    Unverified,
}

/// Reads a file that is DER throughout.
pub(super) fn read(der: &[u8], reader: &mut Reader<'_>) -> Result<(), ContainerError> {
    let pfx = asn1::parse_single::<Pfx<'_>>(der).map_err(|_| malformed("its outer structure"))?;
    if pfx.auth_safe.content_type == oid::SIGNED_DATA {
        return Err(ContainerError::unsupported(
            "it is PKCS#12 under a signature instead of a passphrase, which is not read",
        ));
    }
    let safe = octets(&pfx.auth_safe)?;
    let known = match &pfx.mac {
        Some(mac) => Known::Verified(verify(mac, safe, reader)?),
        None => Known::Unverified,
    };
    // What stands in strings may be BER again.
    let safe = ber::to_der(safe)?;
    for info in sequence(&safe, "the authenticated safe")? {
        let info = info.parse::<ContentInfo<'_>>().map_err(|_| malformed("the authenticated safe"))?;
        match &info.content_type {
            id if *id == oid::DATA => bags(octets(&info)?, &known, reader, 0)?,
            id if *id == oid::ENCRYPTED_DATA => {
                let content = decrypt(&info, &known, reader)?;
                bags(&content, &known, reader, 0)?;
            }
            id if *id == oid::ENVELOPED_DATA => {
                let why = "it is encrypted for a public key instead of under a passphrase";
                reader.skip("a part of the PKCS#12 file", ContainerError::unsupported(why));
            }
            id => return Err(ContainerError::unsupported(format!("it is PKCS#12 with a part of type {id}"))),
        }
    }
    Ok(())
}

/// The passphrase that makes the MAC: none at all if that does, or the one that is asked for.
fn verify(mac: &MacData<'_>, content: &[u8], reader: &mut Reader<'_>) -> Result<Zeroizing<String>, ContainerError> {
    // Asking for a passphrase that is none would puzzle people: truststores often have none.
    if is_mac_of(mac, content, "", reader)? {
        return Ok(Zeroizing::new(String::new()));
    }
    let passphrase = Zeroizing::new(reader.passphrase.get("the PKCS#12 file")?.to_owned());
    match is_mac_of(mac, content, &passphrase, reader)? {
        true => Ok(passphrase),
        false => Err(ContainerError::wrong_passphrase("the PKCS#12 file's MAC does not fit")
            .with_fix("if you are sure of it, the file is damaged")),
    }
}

fn is_mac_of(
    mac: &MacData<'_>,
    content: &[u8],
    passphrase: &str,
    reader: &mut Reader<'_>,
) -> Result<bool, ContainerError> {
    let algorithm = &mac.mac.algorithm;
    if algorithm.algorithm == oid::PBMAC1 {
        // RFC 9579 §4: salt and iterations of MacData mean nothing.
        let parameters: TwoAlgorithms<'_> = algorithm.parse()?;
        let hash = scheme::hmac(&parameters.with_it.algorithm)?;
        let key = scheme::pbmac1_key(&parameters.key_derivation, passphrase, &mut reader.work)?;
        return Ok(hash.hmac_is(&key, content, mac.mac.digest));
    }
    let hash = match &algorithm.algorithm {
        id if *id == oid::SHA1 => Hash::Sha1,
        id if *id == oid::SHA256 => Hash::Sha256,
        id if *id == oid::SHA384 => Hash::Sha384,
        id if *id == oid::SHA512 => Hash::Sha512,
        id => return Err(ContainerError::unsupported(format!("its MAC is by {id}, which is not supported"))),
    };
    let iterations = scheme::iterations(mac.iterations.unwrap_or(1))?;
    let salt = scheme::salt(mac.salt)?;
    let mut fits = |passphrase: &[u8]| -> Result<bool, ContainerError> {
        reader.work.spend(u64::from(iterations))?;
        let key = kdf::pkcs12(hash, Use::Mac, passphrase, &salt, iterations, hash.output_len());
        Ok(hash.hmac_is(&key, content, mac.mac.digest))
    };
    // No passphrase is encoded as nothing at all by some, as an empty one by others.
    Ok(fits(&kdf::utf16(passphrase))? || (passphrase.is_empty() && fits(&[])?))
}

/// The content of an OCTET STRING in a ContentInfo of type `data`.
fn octets<'a>(info: &ContentInfo<'a>) -> Result<&'a [u8], ContainerError> {
    let content = info.content.as_ref().filter(|_| info.content_type == oid::DATA);
    content.and_then(|content| content.parse::<&'a [u8]>().ok()).ok_or_else(|| malformed("a part without content"))
}

/// Decrypts a ContentInfo of type `encryptedData`: a SafeContents.
fn decrypt(
    info: &ContentInfo<'_>,
    known: &Known,
    reader: &mut Reader<'_>,
) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
    let content = info.content.as_ref().and_then(|content| content.parse::<EncryptedData<'_>>().ok());
    let content = content.ok_or_else(|| malformed("an encrypted part"))?.content;
    let scheme = Scheme::parse(&content.algorithm)?;
    let ciphertext = content.content.ok_or_else(|| malformed("an encrypted part without content"))?;
    let ciphertext = match ciphertext.tag().as_u8() {
        Some(0x80) => Zeroizing::new(ciphertext.data().to_vec()),
        // In pieces.
        Some(0xa0) => in_pieces(ciphertext.data())?,
        _ => return Err(malformed("an encrypted part")),
    };
    decrypt_with(&scheme, &ciphertext, known, reader)
}

fn in_pieces(data: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
    let pieces = asn1::parse(data, |p: &mut Parser<'_>| {
        let mut pieces = Vec::new();
        while !p.is_empty() {
            pieces.push(p.read_element::<&[u8]>()?);
        }
        Ok::<_, asn1::ParseError>(pieces)
    });
    pieces.map(|pieces| Zeroizing::new(pieces.concat())).map_err(|_| malformed("an encrypted part in pieces"))
}

/// Decrypts what holds a SEQUENCE.
fn decrypt_with(
    scheme: &Scheme,
    ciphertext: &[u8],
    known: &Known,
    reader: &mut Reader<'_>,
) -> Result<Zeroizing<Vec<u8>>, ContainerError> {
    let plaintext = match known {
        Known::Verified(passphrase) => scheme.decrypt(passphrase, ciphertext, &mut reader.work),
        Known::Unverified => {
            let passphrase = reader.passphrase.get("the PKCS#12 file")?;
            scheme.decrypt(passphrase, ciphertext, &mut reader.work)
        }
    }?;
    // A wrong passphrase that the padding did not show.
    let plaintext = ber::to_der(&plaintext).map_err(|_| ContainerError::wrong_passphrase(""))?;
    match asn1::parse_single::<Sequence<'_>>(&plaintext) {
        Ok(_) => {
            reader.encrypted_with(scheme);
            Ok(plaintext)
        }
        Err(_) => Err(ContainerError::wrong_passphrase("")),
    }
}

/// The bags of a SafeContents (RFC 7292 §4.2).
fn bags(contents: &[u8], known: &Known, reader: &mut Reader<'_>, depth: usize) -> Result<(), ContainerError> {
    if depth > MAX_NESTING {
        return Err(malformed("bags inside of bags"));
    }
    let contents = ber::to_der(contents)?;
    for (number, bag) in sequence(&contents, "a bag")?.iter().enumerate() {
        let (id, value, attributes) =
            bag.parse::<Sequence<'_>>().and_then(|bag| bag.parse(safe_bag)).map_err(|_| malformed("a bag"))?;
        let Attributes { name, is_trusted } = Attributes::parse(attributes);
        let place = match &name {
            Some(name) => format!("{} {name:?} of the PKCS#12 file", described(&id)),
            None => format!("{} {} of the PKCS#12 file", described(&id), number + 1),
        };
        let named = one_bag(&id, value, &place, known, reader, depth)?;
        if let (Some(Named::Certificate(at)), true) = (named, is_trusted) {
            reader.contents.trusted.push(at);
        }
        if let (Some(of), Some(name)) = (named, name) {
            reader.contents.friendly_names.push(super::FriendlyName { of, name });
        }
    }
    Ok(())
}

/// `SafeBag`: type, value, attributes (the content of the set).
fn safe_bag<'a>(p: &mut Parser<'a>) -> Result<(ObjectIdentifier, &'a [u8], &'a [u8]), asn1::ParseError> {
    let id = p.read_element::<ObjectIdentifier>()?;
    let value = p.read_explicit_element::<Tlv<'a>>(0)?;
    // Some programs do not sort the set, as DER would have it.
    let attributes = p.read_element::<Option<Tlv<'a>>>()?;
    Ok((id, value.full_data(), attributes.map_or(&[], |attributes| attributes.data())))
}

fn one_bag(
    id: &ObjectIdentifier,
    value: &[u8],
    place: &str,
    known: &Known,
    reader: &mut Reader<'_>,
    depth: usize,
) -> Result<Option<Named>, ContainerError> {
    match id {
        id if *id == oid::KEY_BAG => reader.key(place, value),
        id if *id == oid::SHROUDED_KEY_BAG => shrouded_key(value, place, known, reader),
        id if *id == oid::CERT_BAG => match asn1::parse_single::<ValueBag<'_>>(value) {
            Ok(bag) if bag.id == oid::X509_CERTIFICATE => {
                let at = reader.contents.certificates.len();
                reader.certificate(place.to_owned(), bag.value.as_inner());
                Ok((reader.contents.certificates.len() > at).then_some(Named::Certificate(at)))
            }
            _ => {
                reader.skip(place, ContainerError::unsupported("a certificate that is not X.509, or malformed"));
                Ok(None)
            }
        },
        id if *id == oid::CRL_BAG => {
            match asn1::parse_single::<ValueBag<'_>>(value) {
                Ok(bag) if bag.id == oid::X509_CRL => reader.crl(bag.value.as_inner()),
                _ => reader.skip(place, ContainerError::unsupported("a CRL that is not X.509, or malformed")),
            }
            Ok(None)
        }
        id if *id == oid::SAFE_CONTENTS_BAG => bags(value, known, reader, depth + 1).map(|()| None),
        id if *id == oid::SECRET_BAG => {
            reader.skip(place, ContainerError::unsupported("a secret that is no private key"));
            Ok(None)
        }
        _ => {
            reader.skip(place, ContainerError::unsupported("a bag of a type that is not known"));
            Ok(None)
        }
    }
}

/// A key under a passphrase: that of the file, but Java may have given it one of its own.
fn shrouded_key(
    value: &[u8],
    place: &str,
    known: &Known,
    reader: &mut Reader<'_>,
) -> Result<Option<Named>, ContainerError> {
    let Ok(info) = asn1::parse_single::<EncryptedPrivateKeyInfo<'_>>(value) else {
        reader.skip(place, malformed("an encrypted private key"));
        return Ok(None);
    };
    let decrypted = Scheme::parse(&info.algorithm).and_then(|scheme| decrypt_with(&scheme, info.data, known, reader));
    match (decrypted, known) {
        (Ok(der), _) => reader.key(place, &der),
        (Err(why), Known::Verified(_)) if why.problem() == Problem::WrongPassphrase => {
            let why = ContainerError::wrong_passphrase("it has another than the file")
                .with_fix("give both the same with `keytool -importkeystore -destkeypass … -deststorepass …`");
            reader.skip(place, why);
            Ok(None)
        }
        (Err(why), _) if why.problem() == Problem::Unsupported => {
            reader.skip(place, why);
            Ok(None)
        }
        (Err(why), _) => Err(why),
    }
}

/// What the attributes of a bag say.
#[derive(Default)]
struct Attributes {
    /// `friendlyName` (RFC 2985 §5.5.1).
    name: Option<String>,
    /// Java's mark of a trusted certificate is there, whatever it is trusted for.
    is_trusted: bool,
}

impl Attributes {
    /// Reads the content of the set; what is broken says nothing.
    fn parse(attributes: &[u8]) -> Self {
        let mut found = Self::default();
        let mut rest = attributes;
        while let Ok((attribute, after)) = asn1::strip_tlv(rest) {
            rest = after;
            let parsed = attribute.parse::<Sequence<'_>>().and_then(|attribute| {
                attribute.parse(|p| {
                    Ok::<_, asn1::ParseError>((p.read_element::<ObjectIdentifier>()?, p.read_element::<Tlv<'_>>()?))
                })
            });
            match parsed {
                Ok((id, values)) if id == oid::FRIENDLY_NAME && found.name.is_none() => {
                    found.name = bmp_string(&values)
                }
                Ok((id, _)) if id == oid::JAVA_TRUSTED => found.is_trusted = true,
                _ => {}
            }
        }
        found
    }
}

/// The first of the values, which is a BMPString.
fn bmp_string(values: &Tlv<'_>) -> Option<String> {
    let (value, _) = asn1::strip_tlv(values.data()).ok()?;
    let (pairs, _) = value.data().as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    Some(String::from_utf16_lossy(&units))
}

/// The elements of a SEQUENCE.
fn sequence<'a>(der: &'a [u8], what: &str) -> Result<Vec<Tlv<'a>>, ContainerError> {
    let parsed = asn1::parse_single::<Sequence<'a>>(der).and_then(|sequence| {
        sequence.parse(|p| {
            let mut out = Vec::new();
            while !p.is_empty() {
                out.push(p.read_element::<Tlv<'a>>()?);
            }
            Ok::<_, asn1::ParseError>(out)
        })
    });
    parsed.map_err(|_| malformed(what))
}

fn described(id: &ObjectIdentifier) -> &'static str {
    match id {
        id if *id == oid::KEY_BAG || *id == oid::SHROUDED_KEY_BAG => "private key",
        id if *id == oid::CERT_BAG => "certificate",
        id if *id == oid::CRL_BAG => "CRL",
        _ => "bag",
    }
}

fn malformed(what: &str) -> ContainerError {
    ContainerError::malformed(format!("it is a malformed PKCS#12 file ({what})"))
}
