//! Protected records of TLS 1.2 with an AEAD (RFC 5246 §6.2.3.3): the type stands in the header, nothing is padded.

use tlsmith_crypto::NONCE_LEN;

use super::{Form, HEADER_LEN, Keyed, RecordError, RecordType, header};
use crate::registry::ContentType;

/// `GCMNonce.salt`, from the key block (RFC 5288 §3; the same in RFC 6655 §3).
pub(super) const SALT_LEN: usize = 4;

/// `GCMNonce.nonce_explicit`, sent with each record.
pub(super) const EXPLICIT_LEN: usize = NONCE_LEN - SALT_LEN;

/// `seq_num`, `TLSCompressed.type`, `.version` and `.length` (RFC 5246 §6.2.3.3).
const ADDITIONAL_LEN: usize = 8 + HEADER_LEN;

/// The form that the length of the fixed IV tells.
pub(super) fn form(fixed_iv: &[u8]) -> Result<Form, RecordError> {
    match (fixed_iv.try_into(), fixed_iv.try_into()) {
        (Ok(salt), _) => Ok(Form::Tls12Explicit(salt)),
        (_, Ok(iv)) => Ok(Form::Tls12Implicit(iv)),
        _ => Err(RecordError::SealFailed),
    }
}

/// Salt, then the explicit part (RFC 5288 §3).
pub(super) fn joined(salt: [u8; SALT_LEN], explicit: [u8; EXPLICIT_LEN]) -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    for (byte, from) in nonce.iter_mut().zip(salt.iter().chain(&explicit)) {
        *byte = *from;
    }
    nonce
}

/// RFC 5246 §6.2.3.3: the length is that of the plaintext; type and version are those of the header, so that whoever
/// alters it is noticed.
pub(super) fn additional_data(
    sequence: u64,
    header: [u8; HEADER_LEN],
    plaintext_len: usize,
) -> Option<[u8; ADDITIONAL_LEN]> {
    let [record_type, major, minor, ..] = header;
    let length = u16::try_from(plaintext_len).ok()?.to_be_bytes();
    let mut data = [0; ADDITIONAL_LEN];
    let parts = sequence.to_be_bytes().into_iter().chain([record_type, major, minor]).chain(length);
    for (byte, from) in data.iter_mut().zip(parts) {
        *byte = from;
    }
    Some(data)
}

/// The type in a record's header.
pub(super) fn record_type(header: &[u8; HEADER_LEN]) -> Result<RecordType, RecordError> {
    let [record_type, ..] = *header;
    RecordType::new(ContentType(record_type))
}

impl Keyed {
    /// Appends a record of TLS 1.2; on an error part of it.
    pub(super) fn seal_tls12(
        &self,
        record_type: RecordType,
        content: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        // Never the same under one key: the simplest counter there is (RFC 5288 §3, RFC 6655 §3).
        let explicit = self.sequence.to_be_bytes();
        let fragment_len = self.explicit_len() + content.len() + self.key.tag_len();
        let header = header(record_type, fragment_len)?;
        let aad = additional_data(self.sequence, header, content.len()).ok_or(RecordError::SealFailed)?;
        out.reserve(HEADER_LEN + fragment_len);
        out.extend_from_slice(&header);
        out.extend_from_slice(explicit.get(..self.explicit_len()).unwrap_or_default());
        let from = out.len();
        out.extend_from_slice(content);
        self.encrypt(explicit, &aad, from, out)
    }

    /// The plaintext; `None` if the record is too short or does not authenticate.
    ///
    /// The explicit part of the nonce is taken as it comes: it is the sender's choice, and need not be the sequence number
    /// (RFC 5246 §6.2.3.3). Order and completeness are secured by the sequence number in the additional data.
    pub(super) fn decrypt_tls12<'a>(&self, header: &[u8; HEADER_LEN], body: &'a mut [u8]) -> Option<&'a [u8]> {
        let (explicit, sealed) = body.split_at_mut_checked(self.explicit_len())?;
        let plaintext_len = sealed.len().checked_sub(self.key.tag_len())?;
        let explicit = explicit.first_chunk().copied().unwrap_or_default();
        let aad = additional_data(self.sequence, *header, plaintext_len)?;
        let len = self.key.open(&self.nonce(explicit), &aad, sealed).ok()?;
        sealed.get(..len)
    }
}
