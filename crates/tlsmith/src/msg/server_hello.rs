//! ServerHello, and HelloRetryRequest in its shape (RFC 8446 §4.1.3, §4.1.4).

use crate::{
    ext::{self, Extension, KeyShareEntry, Place},
    registry::{CipherSuite, NamedGroup, ProtocolVersion},
    wire::{Malformed, Reader, Writer},
};

const VERSION: &str = "ServerHello.legacy_version";
const RANDOM: &str = "ServerHello.random";
const SESSION_ID: &str = "ServerHello.session_id";
const SUITE: &str = "ServerHello.cipher_suite";
const COMPRESSION: &str = "ServerHello.compression_method";

/// The random of a HelloRetryRequest: SHA-256 of "HelloRetryRequest".
pub(crate) const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What a server chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerHello<'a> {
    pub(crate) legacy_version: ProtocolVersion,
    pub(crate) random: [u8; 32],
    pub(crate) session_id: &'a [u8],
    pub(crate) cipher_suite: CipherSuite,
    pub(crate) compression_method: u8,
    pub(crate) extensions: Vec<Extension<'a>>,
}

impl<'a> ServerHello<'a> {
    /// Reads it without judging the version: extensions that TLS 1.3 does not allow here are kept unread, and
    /// [`ServerHello::check_places`] refuses them once the version is known. A HelloRetryRequest is TLS 1.3 by its
    /// random, and is judged at once.
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let legacy_version = ProtocolVersion(r.u16(VERSION)?);
        let random: [u8; 32] = r.array(RANDOM)?;
        let hello = Self {
            legacy_version,
            random,
            session_id: r.u8_prefixed(0..=32, SESSION_ID)?,
            cipher_suite: CipherSuite(r.u16(SUITE)?),
            compression_method: r.u8(COMPRESSION)?,
            extensions: super::hello_extensions(&mut r, place(&random))?,
        };
        r.finish("ServerHello")?;
        Ok(hello)
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u16(self.legacy_version.0);
        w.bytes(&self.random);
        w.u8_prefixed(SESSION_ID, |w| w.bytes(self.session_id));
        w.u16(self.cipher_suite.0);
        w.u8(self.compression_method);
        super::encode_hello_extensions(&self.extensions, place(&self.random), w);
    }

    /// Whether it is a HelloRetryRequest.
    pub(crate) fn is_retry(&self) -> bool {
        self.random == RETRY_RANDOM
    }

    /// Holds the extensions against the table of §4.2; for a hello that has chosen TLS 1.3.
    pub(crate) fn check_places(&self) -> Result<(), Malformed> {
        ext::check_places(&self.extensions, place(&self.random))
    }

    /// The choice of `supported_versions`; without it the version is `legacy_version`.
    pub(crate) fn supported_version(&self) -> Option<ProtocolVersion> {
        self.extensions.iter().find_map(|e| if let Extension::SupportedVersionsChoice(v) = e { Some(*v) } else { None })
    }

    /// The share of a ServerHello.
    pub(crate) fn key_share(&self) -> Option<KeyShareEntry<'a>> {
        self.extensions.iter().find_map(|e| if let Extension::KeyShareChoice(v) = e { Some(*v) } else { None })
    }

    /// The PSK that a ServerHello takes, by its place in the offer.
    pub(crate) fn selected_psk(&self) -> Option<u16> {
        self.extensions.iter().find_map(|e| if let Extension::PreSharedKeyChoice(v) = e { Some(*v) } else { None })
    }

    /// The group that a HelloRetryRequest asks for.
    pub(crate) fn retry_group(&self) -> Option<NamedGroup> {
        self.extensions.iter().find_map(|e| if let Extension::KeyShareRetry(v) = e { Some(*v) } else { None })
    }

    /// The cookie of a HelloRetryRequest.
    pub(crate) fn cookie(&self) -> Option<&'a [u8]> {
        self.extensions.iter().find_map(|e| if let Extension::Cookie(v) = e { Some(*v) } else { None })
    }
}

fn place(random: &[u8; 32]) -> Place {
    if *random == RETRY_RANDOM { Place::HelloRetryRequest } else { Place::ServerHello }
}
