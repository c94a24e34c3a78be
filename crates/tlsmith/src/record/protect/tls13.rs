//! Protected records of TLS 1.3 (RFC 8446 §5.2, §5.4): content, its type, padding.

use super::{EXPLICIT_LEN, HEADER_LEN, Keyed, MAX_PLAINTEXT, RecordError, RecordType, header};
use crate::registry::ContentType;

/// The byte of the type after the content (§5.2).
pub(super) const TYPE_LEN: usize = 1;

/// The longest `TLSInnerPlaintext` (§5.4): content, its type, padding.
pub(super) const MAX_INNER: usize = MAX_PLAINTEXT + TYPE_LEN;

/// How much padding a record gets (§5.4). Never more than fits into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    /// None.
    None,
    /// To the next multiple of this length, of the content with its type; 0 and 1 are no padding.
    ToMultiple(usize),
    /// This many bytes.
    Bytes(usize),
}

impl Padding {
    /// Bytes of padding for so much content, where content, type and padding may be `max` bytes together.
    pub(super) fn of(self, content: usize, max: usize) -> usize {
        let inner = content + TYPE_LEN;
        let wanted = match self {
            Self::None | Self::ToMultiple(0) => 0,
            Self::ToMultiple(multiple) => (multiple - inner % multiple) % multiple,
            Self::Bytes(count) => count,
        };
        wanted.min(max.saturating_sub(inner))
    }
}

impl Keyed {
    /// Appends a record of TLS 1.3; on an error part of it.
    pub(super) fn seal_tls13(
        &self,
        record_type: RecordType,
        content: &[u8],
        padding: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        let fragment_len = content.len() + TYPE_LEN + padding + self.key.tag_len();
        // §5.2: `opaque_type` is always application_data.
        let header = header(RecordType::ApplicationData, fragment_len)?;
        out.reserve(HEADER_LEN + fragment_len);
        out.extend_from_slice(&header);
        let from = out.len();
        out.extend_from_slice(content);
        out.push(record_type.value().0);
        out.resize(out.len() + padding, 0);
        // §5.2: the additional data is the header.
        self.encrypt([0; EXPLICIT_LEN], &header, from, out)
    }

    /// The `TLSInnerPlaintext`; `None` if the record does not authenticate.
    pub(super) fn decrypt_tls13<'a>(&self, header: &[u8; HEADER_LEN], body: &'a mut [u8]) -> Option<&'a [u8]> {
        let len = self.key.open(&self.nonce([0; EXPLICIT_LEN]), header, body).ok()?;
        body.get(..len)
    }
}

/// §5.4: the last byte that is not zero is the content type. Gives the type, and the length of the content.
pub(super) fn strip_padding(inner: &[u8]) -> Result<(RecordType, usize), RecordError> {
    let at = inner.iter().rposition(|byte| *byte != 0).ok_or(RecordError::OnlyPadding)?;
    let value = inner.get(at).copied().ok_or(RecordError::OnlyPadding)?;
    Ok((RecordType::new(ContentType(value))?, at))
}
