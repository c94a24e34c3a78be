//! Whether a session may be resumed: one function a side, for both versions.
//!
//! The rule behind all of them: a resumed connection has no right that its first handshake did not have. What was proved
//! there counts for the same name, the same scope, the same demands on the peer, the same own identity, as long as the proof
//! is trusted; where anything differs, the session is left alone and the handshake is a full one.

use std::{fmt, ops::RangeInclusive};

use tlsmith_crypto::HashAlgorithm;
use tlsmith_x509::ServerName;

use super::{ClientSession, IdentityId, PolicyId, ServerSession, UnixMillis, server::is_over};
use crate::{
    config::ClientAuth,
    registry::{CipherSuite, ProtocolVersion},
    tls13::suite::Suite,
};

/// Why a session is not resumed, or its early data not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WhyNot {
    /// It is of another version.
    Version,
    /// TLS 1.2: it is of another suite. Early data: likewise.
    CipherSuite,
    /// TLS 1.3: its suite has another hash.
    Hash,
    /// Its lifetime is over, or a certificate that it rests on has expired, or the full handshake is too long ago.
    Expired,
    /// It was issued later than now: the clocks do not agree.
    FromTheFuture,
    /// It was made under another server name.
    ServerName,
    /// It was made in another scope of the application.
    Context,
    /// The peer was judged by other demands, or by none.
    Policy,
    /// The verifier has no policy that sessions could be held to.
    NoPolicy,
    /// A client certificate is required, and it was made without one.
    NoClientCertificate,
    /// The client showed, or could have shown, another identity.
    Identity,
    /// TLS 1.2: it was made without `extended_master_secret` (RFC 7627 §5.3).
    NoExtendedMainSecret,
    /// TLS 1.2: it was made with `extended_master_secret`, and the ClientHello has it no more: the handshake must be aborted
    /// (RFC 7627 §5.3).
    ExtendedMainSecretDropped,
    /// Its ticket is too long for a ClientHello.
    TicketTooLong,
    /// It allows no early data.
    NoEarlyData,
    /// Early data: the application protocol differs.
    Alpn,
    /// Early data: the age that the client claims is not that of the ticket (RFC 8446 §8.3).
    Age,
}

impl WhyNot {
    /// Not even a full handshake may follow.
    pub const fn is_fatal(self) -> bool {
        matches!(self, Self::ExtendedMainSecretDropped)
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "the session is of another version",
            Self::CipherSuite => "the session is of another cipher suite",
            Self::Hash => "the session's cipher suite has another hash",
            Self::Expired => "the session has expired",
            Self::FromTheFuture => "the session is from the future",
            Self::ServerName => "the session was made under another server name",
            Self::Context => "the session was made in another scope",
            Self::Policy => "the peer was verified by other demands",
            Self::NoPolicy => "the verifier has no policy to hold a session to",
            Self::NoClientCertificate => "the session was made without the client certificate that is required now",
            Self::Identity => "the client has another identity now",
            Self::NoExtendedMainSecret => "the session was made without extended_master_secret",
            Self::ExtendedMainSecretDropped => {
                "the session was made with extended_master_secret, the ClientHello lacks it"
            }
            Self::TicketTooLong => "the ticket is too long for a ClientHello",
            Self::NoEarlyData => "the session allows no early data",
            Self::Alpn => "the application protocol is not that of the session",
            Self::Age => "the age of the ticket is not what the client says",
        })
    }
}

/// How far the clocks of servers that share ticket keys may disagree, in milliseconds.
const CLOCK_SKEW: i64 = 60_000;

/// How far the age that a client claims may be from the truth for early data, in milliseconds, to both sides: "windows on
/// the order of ten seconds" (RFC 8446 §8.3).
pub(crate) const AGE_TOLERANCE: i64 = 10_000;

/// What a server is about to do, as far as the rights of a session hang on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerNow<'a> {
    pub(crate) version: ProtocolVersion,
    /// The suite that would be used.
    pub(crate) cipher_suite: CipherSuite,
    /// The name in the ClientHello.
    pub(crate) server_name: Option<&'a str>,
    /// The application's scope.
    pub(crate) context: &'a [u8],
    pub(crate) client_auth: &'a ClientAuth,
    /// What a client would be judged by: [`ServerConfig::client_policy`](crate::ServerConfig).
    pub(crate) policy: Option<PolicyId>,
    /// TLS 1.2: the ClientHello has `extended_master_secret`.
    pub(crate) extended_main_secret: bool,
    pub(crate) now: UnixMillis,
}

/// Whether a server may resume a session.
pub(crate) fn server(session: &ServerSession, now: &ServerNow<'_>) -> Result<(), WhyNot> {
    version_and_suite(session.version, session.cipher_suite, now.version, |suite| suite == now.cipher_suite)?;
    hash_fits(session.version, session.cipher_suite, &[now.cipher_suite])?;
    if now.now.since(session.issued_at) < -CLOCK_SKEW {
        return Err(WhyNot::FromTheFuture);
    }
    if is_over(session.issued_at, session.lifetime, session.trusted_until, now.now) {
        return Err(WhyNot::Expired);
    }
    if !same_name(session.server_name.as_deref(), now.server_name) {
        return Err(WhyNot::ServerName);
    }
    if session.context != now.context {
        return Err(WhyNot::Context);
    }
    client_auth(session, now.client_auth, now.policy)?;
    match (session.version, session.extended_main_secret, now.extended_main_secret) {
        (ProtocolVersion::TLS1_3, _, _) | (_, true, true) => Ok(()),
        (_, true, false) => Err(WhyNot::ExtendedMainSecretDropped),
        (_, false, _) => Err(WhyNot::NoExtendedMainSecret),
    }
}

/// The client counts as who it was only where it would be judged by the same demands today.
fn client_auth(session: &ServerSession, demand: &ClientAuth, policy: Option<PolicyId>) -> Result<(), WhyNot> {
    if demand.verifier().is_some() && policy.is_none() {
        return Err(WhyNot::NoPolicy);
    }
    let anonymous = session.peer_certificates.is_empty();
    match demand {
        _ if session.policy != policy => Err(WhyNot::Policy),
        // Nobody judged them.
        ClientAuth::None if !anonymous => Err(WhyNot::Policy),
        ClientAuth::Require(_) if anonymous => Err(WhyNot::NoClientCertificate),
        ClientAuth::None | ClientAuth::Request(_) | ClientAuth::Require(_) => Ok(()),
    }
}

/// Whether a server that resumes a session may accept its early data, as far as the session says; whether it is a replay
/// is still to be asked. `alpn` is what was agreed now, `obfuscated_age` is that of the identity (RFC 8446 §4.2.10).
pub(crate) fn server_early_data(
    session: &ServerSession,
    cipher_suite: CipherSuite,
    alpn: Option<&[u8]>,
    obfuscated_age: u32,
    now: UnixMillis,
) -> Result<(), WhyNot> {
    if session.version != ProtocolVersion::TLS1_3 || session.max_early_data == 0 {
        return Err(WhyNot::NoEarlyData);
    }
    if session.cipher_suite != cipher_suite {
        return Err(WhyNot::CipherSuite);
    }
    if session.alpn.as_deref() != alpn {
        return Err(WhyNot::Alpn);
    }
    match now.since(session.expected_arrival(obfuscated_age)).saturating_abs() <= AGE_TOLERANCE {
        true => Ok(()),
        false => Err(WhyNot::Age),
    }
}

/// The longest ticket that a client offers: half of what the extensions of a ClientHello may take in all.
const MAX_TICKET: usize = 1 << 15;

/// What a client is about to do, as far as the rights of a session hang on it.
#[derive(Clone, Debug)]
pub(crate) struct ClientNow<'a> {
    pub(crate) name: &'a ServerName,
    /// What the server would be judged by: [`ClientConfig::policy`](crate::ClientConfig).
    pub(crate) policy: Option<PolicyId>,
    /// Who the client can say it is.
    pub(crate) own_identity: Option<IdentityId>,
    /// The versions that it would offer.
    pub(crate) versions: RangeInclusive<ProtocolVersion>,
    /// The suites that it would offer.
    pub(crate) cipher_suites: &'a [CipherSuite],
    pub(crate) now: UnixMillis,
}

/// Whether a client may offer a session.
pub(crate) fn client(session: &ClientSession, now: &ClientNow<'_>) -> Result<(), WhyNot> {
    if !now.versions.contains(&session.version) {
        return Err(WhyNot::Version);
    }
    version_and_suite(session.version, session.cipher_suite, session.version, |suite| {
        now.cipher_suites.contains(&suite)
    })?;
    hash_fits(session.version, session.cipher_suite, now.cipher_suites)?;
    if !session.is_alive(now.now) {
        let from_the_future = now.now < session.received_at;
        return Err(if from_the_future { WhyNot::FromTheFuture } else { WhyNot::Expired });
    }
    if session.ticket.len() > MAX_TICKET {
        return Err(WhyNot::TicketTooLong);
    }
    if session.server_name != *now.name {
        return Err(WhyNot::ServerName);
    }
    match now.policy {
        None => return Err(WhyNot::NoPolicy),
        policy if session.policy != policy => return Err(WhyNot::Policy),
        Some(_) => (),
    }
    if now.own_identity.is_none() || session.own_identity != now.own_identity {
        return Err(WhyNot::Identity);
    }
    match session.version == ProtocolVersion::TLS1_3 || session.extended_main_secret {
        true => Ok(()),
        false => Err(WhyNot::NoExtendedMainSecret),
    }
}

/// Whether a client that offers a session may send early data with it: under its suite and its protocol, or not at all
/// (RFC 8446 §4.2.10). A server that agreed on no protocol may do so again, whatever is offered.
pub(crate) fn client_early_data(
    session: &ClientSession,
    suites: &[CipherSuite],
    alpn: &[Vec<u8>],
) -> Result<(), WhyNot> {
    if session.version != ProtocolVersion::TLS1_3 || session.max_early_data == 0 {
        return Err(WhyNot::NoEarlyData);
    }
    if !suites.contains(&session.cipher_suite) {
        return Err(WhyNot::CipherSuite);
    }
    match session.alpn.as_ref().is_none_or(|protocol| alpn.contains(protocol)) {
        true => Ok(()),
        false => Err(WhyNot::Alpn),
    }
}

/// The version is that of the session, and of the two that have sessions. TLS 1.2: so is the suite (RFC 5246 §7.4.1.2).
fn version_and_suite(
    version: ProtocolVersion,
    suite: CipherSuite,
    now: ProtocolVersion,
    usable: impl Fn(CipherSuite) -> bool,
) -> Result<(), WhyNot> {
    match version {
        _ if version != now => Err(WhyNot::Version),
        ProtocolVersion::TLS1_3 => Ok(()),
        ProtocolVersion::TLS1_2 if usable(suite) => Ok(()),
        ProtocolVersion::TLS1_2 => Err(WhyNot::CipherSuite),
        _ => Err(WhyNot::Version),
    }
}

/// TLS 1.3: "Any ticket MUST only be resumed with a cipher suite that has the same KDF hash algorithm" (RFC 8446 §4.6.1).
fn hash_fits(version: ProtocolVersion, suite: CipherSuite, usable: &[CipherSuite]) -> Result<(), WhyNot> {
    if version != ProtocolVersion::TLS1_3 {
        return Ok(());
    }
    let hash = hash_of(suite).ok_or(WhyNot::Hash)?;
    match usable.iter().any(|suite| hash_of(*suite) == Some(hash)) {
        true => Ok(()),
        false => Err(WhyNot::Hash),
    }
}

fn hash_of(suite: CipherSuite) -> Option<HashAlgorithm> {
    Suite::new(suite).map(|suite| suite.hash)
}

/// "DNS hostnames are case-insensitive" (RFC 6066 §3). No name is a name of its own: who asks for none gets the default host,
/// who asks for one gets that.
fn same_name(session: Option<&str>, now: Option<&str>) -> bool {
    match (session, now) {
        (Some(session), Some(now)) => session.eq_ignore_ascii_case(now),
        (None, None) => true,
        _ => false,
    }
}
