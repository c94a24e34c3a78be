//! Record protection: one key in one direction. What both versions share is here, the shapes of their records in
//! `tls13` (RFC 8446 §5.2 to §5.4) and `tls12` (RFC 5246 §6.2.3.3).

mod limits;
mod tls12;
mod tls13;

use std::ops::Range;

use tlsmith_crypto::{AeadKey, NONCE_LEN, TAG_LEN};
use zeroize::Zeroizing;

pub(crate) use self::{limits::KeyLimits, tls13::Padding};
use self::{limits::MAX_FORGERIES_CCM_8, tls12::EXPLICIT_LEN};
use super::{HEADER_LEN, LEGACY_VERSION, MAX_PLAINTEXT, RecordError, RecordType};

/// The shape of a record, and where its nonce comes from.
enum Form {
    /// RFC 8446 §5.2, §5.3: the type within, the nonce from the IV and the sequence number.
    Tls13([u8; NONCE_LEN]),
    /// RFC 7905 §2: as in TLS 1.3 the nonce is not sent, but the record is one of TLS 1.2.
    Tls12Implicit([u8; NONCE_LEN]),
    /// RFC 5288 §3, RFC 6655 §3: half of the nonce stands in the record.
    Tls12Explicit([u8; tls12::SALT_LEN]),
}

/// Key, IV and sequence number, for either direction.
struct Keyed {
    key: Box<dyn AeadKey>,
    form: Zeroizing<Form>,
    sequence: u64,
}

impl zeroize::Zeroize for Form {
    fn zeroize(&mut self) {
        match self {
            Self::Tls13(iv) | Self::Tls12Implicit(iv) => iv.zeroize(),
            Self::Tls12Explicit(salt) => salt.zeroize(),
        }
    }
}

impl Keyed {
    fn new(key: Box<dyn AeadKey>, form: Form) -> Self {
        Self { key, form: Zeroizing::new(form), sequence: 0 }
    }

    /// The nonce of the record at hand. `explicit` counts where a part of it is sent.
    fn nonce(&self, explicit: [u8; EXPLICIT_LEN]) -> [u8; NONCE_LEN] {
        match &*self.form {
            Form::Tls13(iv) | Form::Tls12Implicit(iv) => xored(iv, self.sequence),
            Form::Tls12Explicit(salt) => tls12::joined(*salt, explicit),
        }
    }

    /// How many bytes of nonce stand before the ciphertext.
    fn explicit_len(&self) -> usize {
        match *self.form {
            Form::Tls13(_) | Form::Tls12Implicit(_) => 0,
            Form::Tls12Explicit(_) => EXPLICIT_LEN,
        }
    }

    /// The longest plaintext of the AEAD that the version allows: in TLS 1.3 the type and padding count (RFC 8446 §5.4).
    fn max_plaintext(&self) -> usize {
        match *self.form {
            Form::Tls13(_) => tls13::MAX_INNER,
            Form::Tls12Implicit(_) | Form::Tls12Explicit(_) => MAX_PLAINTEXT,
        }
    }
}

/// RFC 8446 §5.3, RFC 7905 §2: the sequence number, padded on the left with zeros, XOR the IV.
fn xored(iv: &[u8; NONCE_LEN], sequence: u64) -> [u8; NONCE_LEN] {
    let mut nonce = *iv;
    let (_, low) = nonce.split_at_mut(NONCE_LEN - 8);
    for (byte, sequence) in low.iter_mut().zip(sequence.to_be_bytes()) {
        *byte ^= sequence;
    }
    nonce
}

/// Protects records to be sent.
pub(crate) struct Sealer {
    keyed: Keyed,
    limits: KeyLimits,
    /// The longest plaintext: the version's limit, or the peer's.
    max_plaintext: usize,
}

impl Sealer {
    /// Of TLS 1.3; starts with sequence number zero (RFC 8446 §5.3).
    pub(crate) fn new(key: Box<dyn AeadKey>, iv: [u8; NONCE_LEN], limits: KeyLimits) -> Self {
        Self::with(Keyed::new(key, Form::Tls13(iv)), limits)
    }

    /// Of TLS 1.2; starts with sequence number zero (RFC 5246 §6.1). The length of `fixed_iv` says how nonces are made:
    /// 4 bytes for AES (RFC 5288 §3, RFC 6655 §3), 12 for ChaCha20 (RFC 7905 §2); there is no other.
    pub(crate) fn tls12(key: Box<dyn AeadKey>, fixed_iv: &[u8], limits: KeyLimits) -> Result<Self, RecordError> {
        Ok(Self::with(Keyed::new(key, tls12::form(fixed_iv)?), limits))
    }

    fn with(keyed: Keyed, limits: KeyLimits) -> Self {
        let max_plaintext = keyed.max_plaintext();
        Self { keyed, limits, max_plaintext }
    }

    /// The peer's `record_size_limit` (RFC 8449 §4): in TLS 1.3 of content, type and padding together. Never more than the
    /// version allows, whatever the peer says.
    pub(crate) fn set_size_limit(&mut self, limit: usize) {
        self.max_plaintext = limit.min(self.keyed.max_plaintext());
    }

    /// The longest content of a record.
    pub(crate) fn max_content(&self) -> usize {
        match *self.keyed.form {
            Form::Tls13(_) => self.max_plaintext.saturating_sub(tls13::TYPE_LEN),
            Form::Tls12Implicit(_) | Form::Tls12Explicit(_) => self.max_plaintext,
        }
    }

    /// Other limits, to reach them in a test.
    #[cfg(test)]
    pub(crate) fn set_limits(&mut self, limits: KeyLimits) {
        self.limits = limits;
    }

    /// Whether a KeyUpdate (RFC 8446 §4.6.3) should come before more data. TLS 1.2 has none: there the connection ends
    /// when its key does (RFC 9325 §4.4).
    pub(crate) fn needs_key_update(&self) -> bool {
        matches!(*self.keyed.form, Form::Tls13(_)) && self.keyed.sequence >= self.limits.update_after
    }

    /// Appends one protected record to `out`. `content` is at most [`Sealer::max_content`] bytes; only application data may
    /// be empty. Padding counts in TLS 1.3 alone. On an error `out` is as it was.
    pub(crate) fn seal(
        &mut self,
        record_type: RecordType,
        content: &[u8],
        padding: Padding,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        let max = self.max_content();
        if content.len() > max {
            return Err(RecordError::Overflow { len: content.len(), max });
        }
        if content.is_empty() && record_type != RecordType::ApplicationData {
            return Err(RecordError::Empty(record_type));
        }
        // The sequence number is below `refuse_after`, so that it cannot overflow.
        if self.keyed.sequence >= self.limits.refuse_after {
            return Err(RecordError::KeyExhausted);
        }
        let start = out.len();
        let sealed = match *self.keyed.form {
            Form::Tls13(_) => {
                let padding = padding.of(content.len(), self.max_plaintext);
                self.keyed.seal_tls13(record_type, content, padding, out)
            }
            Form::Tls12Implicit(_) | Form::Tls12Explicit(_) => self.keyed.seal_tls12(record_type, content, out),
        };
        match sealed {
            Ok(()) => self.keyed.sequence = self.keyed.sequence.saturating_add(1),
            Err(_) => out.truncate(start),
        }
        sealed
    }
}

impl Keyed {
    /// Encrypts what stands in `out` from `from` on, and appends the tag.
    fn encrypt(
        &self,
        explicit: [u8; EXPLICIT_LEN],
        aad: &[u8],
        from: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordError> {
        let plaintext = out.get_mut(from..).ok_or(RecordError::SealFailed)?;
        let tag = self.key.seal(&self.nonce(explicit), aad, plaintext).map_err(|_| RecordError::SealFailed)?;
        // A tag of another length would make the header a lie.
        if tag.as_ref().len() != self.key.tag_len() {
            return Err(RecordError::SealFailed);
        }
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }
}

/// Type, version and length, as they stand before `fragment_len` bytes.
fn header(record_type: RecordType, fragment_len: usize) -> Result<[u8; HEADER_LEN], RecordError> {
    let [high, low] = u16::try_from(fragment_len).map_err(|_| RecordError::SealFailed)?.to_be_bytes();
    let [major, minor] = LEGACY_VERSION.to_be_bytes();
    Ok([record_type.value().0, major, minor, high, low])
}

/// What a record held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// The type that counts: in TLS 1.3 the inner one.
    pub(crate) record_type: RecordType,
    /// Where the content stands in the record's bytes.
    pub(crate) content: Range<usize>,
    /// What counts for `record_size_limit` (RFC 8449 §4): in TLS 1.3 the type and the padding as well.
    pub(crate) size: usize,
}

/// Opens records that were received.
pub(crate) struct Opener {
    keyed: Keyed,
    /// Records that did not authenticate.
    failed: u32,
}

impl Opener {
    /// Of TLS 1.3; starts with sequence number zero (RFC 8446 §5.3).
    pub(crate) fn new(key: Box<dyn AeadKey>, iv: [u8; NONCE_LEN]) -> Self {
        Self { keyed: Keyed::new(key, Form::Tls13(iv)), failed: 0 }
    }

    /// Of TLS 1.2, as [`Sealer::tls12`].
    pub(crate) fn tls12(key: Box<dyn AeadKey>, fixed_iv: &[u8]) -> Result<Self, RecordError> {
        Ok(Self { keyed: Keyed::new(key, tls12::form(fixed_iv)?), failed: 0 })
    }

    /// How long the tags are, for a test that measures records.
    #[cfg(test)]
    pub(crate) fn tag_len(&self) -> usize {
        self.keyed.key.tag_len()
    }

    /// Whether every record is protected, whatever its type: so it is in TLS 1.2. In TLS 1.3 only those of the outer type
    /// `application_data` are.
    pub(crate) fn covers_every_type(&self) -> bool {
        !matches!(*self.keyed.form, Form::Tls13(_))
    }

    /// Whether a record that did not authenticate may be followed by another (early data that is skipped).
    pub(crate) fn bears_failures(&self) -> bool {
        self.keyed.key.tag_len() == TAG_LEN || self.failed < MAX_FORGERIES_CCM_8
    }

    /// Opens `record`, whole and with its header, in place.
    ///
    /// The sequence number goes on only if the record authenticates: a server that skips early data it has no key for
    /// (RFC 8446 §4.2.10) tries records until one does. On an error the content of `record` is lost.
    pub(crate) fn open(&mut self, record: &mut [u8]) -> Result<Opened, RecordError> {
        let Some((header, body)) = record.split_first_chunk_mut::<HEADER_LEN>() else {
            return Err(RecordError::BadMac);
        };
        // A sequence number must not wrap (RFC 8446 §5.3, RFC 5246 §6.1). No peer sends 2^64 records.
        let next = self.keyed.sequence.checked_add(1).ok_or(RecordError::KeyExhausted)?;
        let decrypted = match self.covers_every_type() {
            false => self.keyed.decrypt_tls13(header, body),
            true => self.keyed.decrypt_tls12(header, body),
        };
        let Some(plaintext) = decrypted else {
            self.failed = self.failed.saturating_add(1);
            return Err(RecordError::BadMac);
        };
        self.keyed.sequence = next;

        let (size, max) = (plaintext.len(), self.keyed.max_plaintext());
        if size > max {
            return Err(RecordError::Overflow { len: size, max });
        }
        let (record_type, len) = match self.covers_every_type() {
            false => tls13::strip_padding(plaintext)?,
            true => (tls12::record_type(header)?, size),
        };
        if len == 0 && record_type != RecordType::ApplicationData {
            return Err(RecordError::Empty(record_type));
        }
        let start = HEADER_LEN + self.keyed.explicit_len();
        Ok(Opened { record_type, content: start..start + len, size })
    }
}

#[cfg(test)]
mod tests;
