//! What a log signed when the timestamp came before the certificate (RFC 6962 §3.1, §3.2): the TBSCertificate without the
//! timestamps, rebuilt from the certificate.
//!
//! Who signed the precertificate makes no difference. Where that was a Precertificate Signing Certificate, the log put the
//! name and the key identifier of the CA above it into the TBSCertificate, the one that issues the certificate itself; so
//! what is rebuilt is the same, and the key whose hash is signed is that of the certificate's issuer.

use crate::ParseError;
use crate::cert::Certificate;
use crate::der::{oid, read, sequence, single};
use asn1::{Explicit, ObjectIdentifier, Parser, SequenceOf, SequenceOfWriter, SequenceWriter, Tlv, WriteError};

const FIELD: &str = "tbsCertificate";
/// `extensions [3] EXPLICIT`.
const EXTENSIONS: u8 = 0xa3;

/// TBSCertificate without the extension that lists timestamps; everything else stays byte for byte.
pub(super) fn without_timestamps(certificate: &Certificate) -> Result<Vec<u8>, ParseError> {
    let (fields, extensions) = sequence(certificate.signed_part(), FIELD, fields)?;
    let written = asn1::write_single(&SequenceWriter::new(&|w| {
        fields.iter().try_for_each(|field| w.write_element(field))?;
        // Extensions has at least one (RFC 5280 §4.1): if the timestamps were the only one, there is none.
        if extensions.is_empty() {
            return Ok(());
        }
        w.write_element(&Explicit::<_, 3>::new(SequenceOfWriter::new(extensions.as_slice())))
    }));
    written.map_err(|_: WriteError| ParseError::new(FIELD, "it cannot be written again"))
}

/// The fields before the extensions, which stand last, and the extensions but for the one.
fn fields<'a>(p: &mut Parser<'a>) -> Result<(Vec<Tlv<'a>>, Vec<Tlv<'a>>), ParseError> {
    let (mut fields, mut kept) = (Vec::new(), Vec::new());
    while !p.is_empty() {
        let field = read::<Tlv<'a>>(p, FIELD)?;
        if field.tag().as_u8() != Some(EXTENSIONS) {
            fields.push(field);
            continue;
        }
        let all = single::<Explicit<SequenceOf<'a, Tlv<'a>, 1>, 3>>(field.full_data(), FIELD)?;
        for extension in all.into_inner() {
            if sequence(extension.full_data(), FIELD, identifier)? != oid::SIGNED_CERTIFICATE_TIMESTAMPS {
                kept.push(extension);
            }
        }
    }
    Ok((fields, kept))
}

fn identifier(p: &mut Parser<'_>) -> Result<ObjectIdentifier, ParseError> {
    let id = read::<ObjectIdentifier>(p, FIELD)?;
    while !p.is_empty() {
        read::<Tlv<'_>>(p, FIELD)?;
    }
    Ok(id)
}
