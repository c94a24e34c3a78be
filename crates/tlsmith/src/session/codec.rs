//! A server's session as bytes: what is sealed into a ticket or kept in a store. The format is our own (RFC 5077 §4 leaves it
//! to the server), versioned, and canonical: every session has one encoding, and what decodes encodes to the same bytes.

use tlsmith_crypto::Secret;
use tlsmith_x509::{Certificate, UnixTime};
use zeroize::Zeroizing;

use super::{PolicyId, ServerSession, UnixMillis};
use crate::{
    registry::{CipherSuite, NamedGroup, ProtocolVersion},
    wire::{Malformed, Problem, Reader, Writer},
};

/// The format below. Another one is no session: a server that is updated makes full handshakes once.
const FORMAT: u8 = 1;

/// Certificates that are looked at, as in a Certificate message.
const MAX_CERTIFICATES: usize = 100;

// What stands there, and what is said.
const HAS_SERVER_NAME: u8 = 1 << 0;
const HAS_ALPN: u8 = 1 << 1;
const HAS_GROUP: u8 = 1 << 2;
const HAS_POLICY: u8 = 1 << 3;
const EXTENDED_MAIN_SECRET: u8 = 1 << 4;
const FLAGS: u8 = (1 << 5) - 1;

impl ServerSession {
    /// The longest encoding that is taken back: 16 KiB, four times what a session with a client's chain usually takes. A
    /// ticket comes back in a ClientHello, and nobody wants to parse more before a client is known. A client with a longer
    /// chain makes full handshakes; nothing is left out of a session to make it fit.
    pub const MAX_ENCODED: usize = 1 << 14;

    /// As bytes; wiped when dropped. More than [`ServerSession::MAX_ENCODED`] of them are not worth keeping.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        // All room at once: a vector that grows leaves copies of the secret behind.
        let mut out = Zeroizing::new(Vec::with_capacity(self.encoded_bound()));
        let mut w = Writer::new(&mut out);
        self.write(&mut w);
        // A field that is too long for its prefix: nothing is left, and nothing resumes.
        let _ = w.finish();
        out
    }

    fn encoded_bound(&self) -> usize {
        const FIXED: usize = 128;
        let certificates: usize = self.peer_certificates.iter().map(|certificate| 3 + certificate.der().len()).sum();
        FIXED
            + self.secret.expose().len()
            + self.server_name.as_ref().map_or(0, String::len)
            + self.alpn.as_ref().map_or(0, Vec::len)
            + self.context.len()
            + certificates
    }

    fn write(&self, w: &mut Writer<'_>) {
        w.u8(FORMAT);
        w.u16(self.version.0);
        w.u16(self.cipher_suite.0);
        w.u8_prefixed("session.secret", |w| w.bytes(self.secret.expose()));
        w.bytes(&self.issued_at.0.to_be_bytes());
        w.u32(self.lifetime);
        w.u32(self.age_add);
        w.bytes(&self.trusted_until.0.to_be_bytes());
        w.u32(self.max_early_data);
        w.u8(self.flags());
        if let Some(name) = &self.server_name {
            w.u16_prefixed("session.server_name", |w| w.bytes(name.as_bytes()));
        }
        if let Some(alpn) = &self.alpn {
            w.u8_prefixed("session.alpn", |w| w.bytes(alpn));
        }
        if let Some(group) = self.group {
            w.u16(group.0);
        }
        if let Some(policy) = &self.policy {
            w.bytes(&policy.0);
        }
        w.u16_prefixed("session.context", |w| w.bytes(&self.context));
        w.u24_prefixed("session.peer_certificates", |w| {
            for certificate in &self.peer_certificates {
                w.u24_prefixed("session.certificate", |w| w.bytes(certificate.der()));
            }
        });
    }

    fn flags(&self) -> u8 {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        flag(self.server_name.is_some(), HAS_SERVER_NAME)
            | flag(self.alpn.is_some(), HAS_ALPN)
            | flag(self.group.is_some(), HAS_GROUP)
            | flag(self.policy.is_some(), HAS_POLICY)
            | flag(self.extended_main_secret, EXTENDED_MAIN_SECRET)
    }

    /// Reads an encoding back. `None` for whatever is none, of another format, or too long.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > Self::MAX_ENCODED {
            return None;
        }
        let mut r = Reader::new(bytes);
        let session = Self::read(&mut r).ok()?;
        r.finish("session").ok()?;
        Some(session)
    }

    fn read(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        if r.u8("session.format")? != FORMAT {
            return Err(Malformed::new("session.format", Problem::BadValue));
        }
        let version = ProtocolVersion(r.u16("session.version")?);
        let cipher_suite = CipherSuite(r.u16("session.cipher_suite")?);
        let secret = Secret::new(r.u8_prefixed(1..=255, "session.secret")?);
        let issued_at = UnixMillis(i64::from_be_bytes(r.array("session.issued_at")?));
        let lifetime = r.u32("session.lifetime")?;
        let age_add = r.u32("session.age_add")?;
        let trusted_until = UnixTime(i64::from_be_bytes(r.array("session.trusted_until")?));
        let max_early_data = r.u32("session.max_early_data")?;
        let flags = r.u8("session.flags")?;
        if flags & !FLAGS != 0 {
            return Err(Malformed::new("session.flags", Problem::BadValue));
        }
        let has = |flag: u8| flags & flag != 0;
        let server_name = has(HAS_SERVER_NAME).then(|| read_name(r)).transpose()?;
        let alpn = has(HAS_ALPN).then(|| r.u8_prefixed(1..=255, "session.alpn").map(<[u8]>::to_vec)).transpose()?;
        let group = has(HAS_GROUP).then(|| r.u16("session.group").map(NamedGroup)).transpose()?;
        let policy = has(HAS_POLICY).then(|| r.array("session.policy").map(PolicyId)).transpose()?;
        let context = r.u16_prefixed(0..=0xffff, "session.context")?.to_vec();
        let peer_certificates = read_certificates(r.u24_prefixed(0..=Self::MAX_ENCODED, "session.peer_certificates")?)?;
        Ok(Self {
            version,
            cipher_suite,
            secret,
            issued_at,
            lifetime,
            age_add,
            trusted_until,
            server_name,
            alpn,
            extended_main_secret: has(EXTENDED_MAIN_SECRET),
            group,
            peer_certificates,
            policy,
            max_early_data,
            context,
        })
    }
}

fn read_name(r: &mut Reader<'_>) -> Result<String, Malformed> {
    let bytes = r.u16_prefixed(0..=0xffff, "session.server_name")?;
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed::new("session.server_name", Problem::BadValue))?;
    Ok(String::from(text))
}

fn read_certificates(list: &[u8]) -> Result<Vec<Certificate>, Malformed> {
    let mut count = 0;
    Reader::new(list).list(|r| {
        count += 1;
        if count > MAX_CERTIFICATES {
            return Err(Malformed::new("session.peer_certificates", Problem::TooMany));
        }
        let der = r.u24_prefixed(1..=ServerSession::MAX_ENCODED, "session.certificate")?;
        Certificate::from_der(der).map_err(|_| Malformed::new("session.certificate", Problem::BadValue))
    })
}
