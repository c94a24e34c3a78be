//! The transcript hash (RFC 8446 §4.4.1).

use tlsmith_crypto::{Digest, HashAlgorithm, HashContext, Provider};

use crate::registry::HandshakeType;

/// The handshake messages so far: kept as bytes until the suite names the hash, then hashed.
pub(crate) enum Transcript {
    /// No hash chosen yet.
    Buffered(Vec<u8>),
    /// Running.
    Hashed(Box<dyn HashContext>),
    /// Running, and the messages kept: a client's signature of TLS 1.2 covers themselves (RFC 5246 §7.4.8).
    HashedAndKept(Box<dyn HashContext>, Vec<u8>),
}

impl Transcript {
    pub(crate) fn new() -> Self {
        Self::Buffered(Vec::new())
    }

    /// Adds a whole message, header included.
    pub(crate) fn add(&mut self, message: &[u8]) {
        match self {
            Self::Buffered(bytes) => bytes.extend_from_slice(message),
            Self::Hashed(context) => context.update(message),
            Self::HashedAndKept(context, bytes) => {
                context.update(message);
                bytes.extend_from_slice(message);
            }
        }
    }

    /// The suite is chosen: hashes what was kept. A second call changes nothing.
    pub(crate) fn choose_hash(&mut self, provider: &dyn Provider, hash: HashAlgorithm) {
        if let Self::Buffered(bytes) = self {
            let mut context = provider.hash(hash);
            context.update(bytes);
            *self = Self::Hashed(context);
        }
    }

    /// The same, and the messages are kept.
    pub(crate) fn choose_hash_and_keep(&mut self, provider: &dyn Provider, hash: HashAlgorithm) {
        if let Self::Buffered(bytes) = self {
            let bytes = std::mem::take(bytes);
            let mut context = provider.hash(hash);
            context.update(&bytes);
            *self = Self::HashedAndKept(context, bytes);
        }
    }

    /// The messages that were kept.
    pub(crate) fn messages(&self) -> &[u8] {
        match self {
            Self::Buffered(bytes) | Self::HashedAndKept(_, bytes) => bytes,
            Self::Hashed(_) => &[],
        }
    }

    /// Keeps messages no longer.
    pub(crate) fn drop_messages(self) -> Self {
        match self {
            Self::HashedAndKept(context, _) => Self::Hashed(context),
            other => other,
        }
    }

    /// A HelloRetryRequest replaces the first ClientHello by a synthetic `message_hash` (RFC 8446 §4.4.1).
    /// The hash must be chosen before.
    pub(crate) fn replace_by_message_hash(&mut self, provider: &dyn Provider) {
        if let Self::Hashed(context) = self {
            let digest = context.current();
            let mut fresh = provider.hash(context.algorithm());
            // Digests are at most 64 bytes long.
            let length = u8::try_from(digest.as_ref().len()).unwrap_or(u8::MAX);
            fresh.update(&[HandshakeType::MESSAGE_HASH.0, 0, 0, length]);
            fresh.update(digest.as_ref());
            *self = Self::Hashed(fresh);
        }
    }

    /// The hash of everything so far and of `tail`, by a hash that may not be chosen yet: what binders and early data need
    /// of a ClientHello (RFC 8446 §4.2.11.2). Once another one is chosen there is no such hash.
    pub(crate) fn hash_with(&self, provider: &dyn Provider, hash: HashAlgorithm, tail: &[u8]) -> Digest {
        let mut context = match self {
            Self::Buffered(bytes) => {
                let mut context = provider.hash(hash);
                context.update(bytes);
                context
            }
            Self::Hashed(context) | Self::HashedAndKept(context, _) => context.fork(),
        };
        context.update(tail);
        context.current()
    }

    /// A second transcript with the same messages so far.
    pub(crate) fn fork(&self) -> Self {
        match self {
            Self::Buffered(bytes) => Self::Buffered(bytes.clone()),
            Self::Hashed(context) | Self::HashedAndKept(context, _) => Self::Hashed(context.fork()),
        }
    }

    /// The hash of everything so far; empty before a hash is chosen.
    pub(crate) fn current(&self) -> Digest {
        match self {
            Self::Buffered(_) => Digest::new(&[]),
            Self::Hashed(context) | Self::HashedAndKept(context, _) => context.current(),
        }
    }
}
