//! One key: its name, and what it seals.

use tlsmith_crypto::{AeadAlgorithm, AeadKey, CryptoError, NONCE_LEN, Provider, Secret, TAG_LEN};
use zeroize::Zeroizing;

use crate::session::ServerSession;

/// Length of a key's name (RFC 5077 §4 recommends 16 bytes).
pub(super) const NAME_LEN: usize = 16;

/// Length of a key: AES-256.
pub(super) const KEY_LEN: usize = 32;

/// The format of a ticket, authenticated with it: `name || nonce || AES-256-GCM(session) || tag`, the additional data being
/// this and the name. It changes with the format.
const FORMAT: &[u8] = b"tlsmith ticket 1";

/// A key that is ready for use.
pub(super) struct TicketKey {
    name: [u8; NAME_LEN],
    aead: Box<dyn AeadKey>,
}

/// The name that a ticket says its key has.
pub(super) fn name_of(ticket: &[u8]) -> Option<&[u8; NAME_LEN]> {
    ticket.first_chunk()
}

impl TicketKey {
    pub(super) fn new(provider: &dyn Provider, name: [u8; NAME_LEN], key: &Secret) -> Result<Self, CryptoError> {
        Ok(Self { name, aead: provider.aead(AeadAlgorithm::Aes256Gcm, key.expose())? })
    }

    pub(super) fn name(&self) -> &[u8; NAME_LEN] {
        &self.name
    }

    pub(super) fn seal(&self, provider: &dyn Provider, session: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let mut nonce = [0; NONCE_LEN];
        provider.random(&mut nonce)?;
        let mut sealed = Zeroizing::new(session.to_vec());
        let tag = self.aead.seal(&nonce, &self.additional_data(), &mut sealed)?;
        Ok([&self.name[..], &nonce, &sealed, tag.as_ref()].concat())
    }

    pub(super) fn open(&self, ticket: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if ticket.len() > NAME_LEN + NONCE_LEN + ServerSession::MAX_ENCODED + TAG_LEN {
            return None;
        }
        let (name, rest) = ticket.split_first_chunk::<NAME_LEN>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        if *name != self.name {
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
