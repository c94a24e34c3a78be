//! One key: its name, and what it seals.

use std::sync::atomic::{AtomicU32, Ordering};

use tlsmith_crypto::{AeadAlgorithm, AeadKey, CryptoError, NONCE_LEN, Provider, Secret};
use zeroize::Zeroizing;

use crate::session::ServerSession;

/// The name of a key (RFC 5077 §4 recommends 16 bytes).
pub(super) type Name = [u8; 16];

/// Length of a key: AES-256.
pub(super) const KEY_LEN: usize = 32;

/// Length of the tag of AES-GCM.
const TAG_LEN: usize = 16;

/// The format of a ticket, authenticated with it: it changes with the format.
const FORMAT: &[u8] = b"tlsmith ticket 1";

/// How many tickets one key seals in one process. Random nonces allow 2^32 in all (NIST SP 800-38D §8.3), and other servers
/// seal with the same key.
const MAX_SEALED: u32 = 1 << 30;

/// A key that is ready for use.
pub(super) struct TicketKey {
    name: Name,
    aead: Box<dyn AeadKey>,
    sealed: AtomicU32,
}

/// The name that a ticket says its key has.
pub(super) fn name_of(ticket: &[u8]) -> Option<&Name> {
    ticket.first_chunk()
}

impl TicketKey {
    pub(super) fn new(provider: &dyn Provider, name: Name, key: &Secret) -> Result<Self, CryptoError> {
        let aead = provider.aead(AeadAlgorithm::Aes256Gcm, key.expose())?;
        Ok(Self { name, aead, sealed: AtomicU32::new(0) })
    }

    pub(super) fn name(&self) -> &Name {
        &self.name
    }

    /// `None` when the key has sealed enough.
    pub(super) fn seal(&self, provider: &dyn Provider, session: &[u8]) -> Result<Option<Vec<u8>>, CryptoError> {
        let more = |sealed: u32| (sealed < MAX_SEALED).then_some(sealed + 1);
        if self.sealed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_err() {
            return Ok(None);
        }
        let mut nonce = [0; NONCE_LEN];
        provider.random(&mut nonce)?;
        let mut sealed = Zeroizing::new(session.to_vec());
        let tag = self.aead.seal(&nonce, &self.additional_data(), &mut sealed)?;
        Ok(Some([&self.name[..], &nonce, &sealed, tag.as_ref()].concat()))
    }

    pub(super) fn open(&self, ticket: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (name, rest) = ticket.split_first_chunk()?;
        let (nonce, sealed) = rest.split_first_chunk()?;
        if *name != self.name || sealed.len() > ServerSession::MAX_ENCODED + TAG_LEN {
            return None;
        }
        let mut session = Zeroizing::new(sealed.to_vec());
        let len = self.aead.open(nonce, &self.additional_data(), &mut session).ok()?;
        session.truncate(len);
        Some(session)
    }

    fn additional_data(&self) -> Vec<u8> {
        [FORMAT, &self.name].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlsmith_crypto::aws_lc::AwsLc;

    #[test]
    fn a_key_seals_so_often_and_no_more() {
        let key = TicketKey::new(&AwsLc, [1; 16], &Secret::new(&[2; KEY_LEN])).unwrap();
        key.sealed.store(MAX_SEALED - 1, Ordering::Relaxed);
        let last = key.seal(&AwsLc, b"session").unwrap().unwrap();
        assert_eq!(key.seal(&AwsLc, b"session"), Ok(None));
        assert_eq!(key.seal(&AwsLc, b"session"), Ok(None));
        assert_eq!(key.open(&last).unwrap().as_slice(), b"session");
    }

    #[test]
    fn the_same_session_never_gives_the_same_ticket() {
        let key = TicketKey::new(&AwsLc, [1; 16], &Secret::new(&[2; KEY_LEN])).unwrap();
        let ticket = || key.seal(&AwsLc, b"session").unwrap().unwrap();
        let (one, two) = (ticket(), ticket());
        assert_eq!(one[..16], two[..16]);
        assert_ne!(one[16..28], two[16..28]);
        assert_ne!(one[28..], two[28..]);
        assert_eq!(one.len(), 16 + NONCE_LEN + b"session".len() + TAG_LEN);
    }
}
