//! The server (RFC 8446 §A.2).
//!
//! ```text
//!                               START
//!                                 | Recv ClientHello                          [client_hello.rs]
//!                                 v
//!                           (ChooseConfig)                  a pause, if none was given
//!                                 | TLS 1.2 chosen: on to tls12
//!                                 v
//!                             RECVD_CH
//!                                 | Send HelloRetryRequest, if a share is missing
//!                                 |   and go through it a second time
//!                                 v
//!                          (DecryptTicket)                  a pause, if tickets are opened elsewhere  [psk.rs]
//!                                 |
//!                                 v
//!                                 | Send ServerHello                          [flight.rs]
//!                                 | K_send = handshake
//!                                 | Send EncryptedExtensions
//!                                 | Without a PSK: [Send CertificateRequest]
//!                                 |                Send Certificate
//!                                 v
//!                              (Sign)                       a pause, if the key is elsewhere
//!                                 | Without a PSK: Send CertificateVerify
//!                                 | Send Finished
//!                                 | K_send = application
//!                        No 0-RTT |   0-RTT: K_recv = early data
//!                        +--------+--------+
//!                        |                 v
//!                        |             WAIT_EOED                              [finished.rs]
//!                        |                 | Recv EndOfEarlyData
//!                        +--------+--------+
//!                                 v
//!                            WAIT_FLIGHT2
//!                                 | K_recv = handshake
//!                        No auth  |   Client auth
//!                        +--------+--------+
//!                        |                 v
//!                        |             WAIT_CERT                              [client_certificate.rs]
//!                        |       Recv empty|   | Recv Certificate
//!                        |       Certificate   v
//!                        |                 | WAIT_CV
//!                        |                 |   | Recv CertificateVerify
//!                        |                 |   v
//!                        |                 | (VerifyPeer)   a pause, if the verifier says `Later`
//!                        v                 v   v
//!                        +-> WAIT_FINISHED <---+
//!                                 | Recv Finished                             [finished.rs]
//!                                 | K_recv = application
//!                                 | Send NewSessionTicket                     [tickets.rs]
//!                                 v
//!                             CONNECTED
//! ```

mod client_certificate;
mod client_hello;
mod finished;
mod flight;
mod post_handshake;
mod psk;
mod tickets;

pub(crate) use client_hello::decode;
pub(crate) use flight::authorities;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{
    effects::Sink,
    established::Established,
    flight::{Application, Keys, PendingSignature},
    key_schedule::HandshakeSecret,
    transcript::Transcript,
};
use crate::{
    auth::{
        PeerKey, Verdict,
        proofs::{PeerAuthentication, SignatureVerified},
    },
    config::ServerConfig,
    conn::ClientHelloFacts,
    error::{Error, Rule},
    msg::Message,
    registry::{CertificateType, HandshakeType, NamedGroup},
    tls12,
};

pub(crate) use post_handshake::Asker;

/// Where the server stands.
pub(crate) enum State {
    WaitClientHello(Box<WaitClientHello>),
    ChooseConfig(Box<ChooseConfig>),
    WaitSecondClientHello(Box<WaitSecondClientHello>),
    DecryptTicket(Box<DecryptTicket>),
    Sign(Box<Sign>),
    WaitCertificate(Box<WaitCertificate>),
    WaitCertificateVerify(Box<WaitCertificateVerify>),
    VerifyPeer(Box<VerifyPeer>),
    WaitEndOfEarlyData(Box<WaitFinished>),
    WaitFinished(Box<WaitFinished>),
    Connected(Box<Established>),
    /// The ClientHello led to TLS 1.2.
    Tls12(Box<tls12::server::State>),
}

impl State {
    /// The transitions that messages cause.
    pub(crate) fn handle(self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<Self, Error> {
        match (self, message) {
            (Self::WaitClientHello(s), Message::ClientHello(m)) => s.on_client_hello(m, raw, sink),
            (Self::WaitSecondClientHello(s), Message::ClientHello(m)) => s.on_client_hello(m, raw, sink),
            (Self::WaitCertificate(s), Message::Certificate(m)) => s.on_certificate(m, raw, sink),
            (Self::WaitCertificate(s), Message::CompressedCertificate(m)) => s.on_compressed(m, raw, sink),
            (Self::WaitCertificateVerify(s), Message::CertificateVerify(m)) => s.on_verify(m, raw, sink),
            (Self::WaitEndOfEarlyData(s), Message::EndOfEarlyData) => s.on_end_of_early_data(raw, sink),
            (Self::WaitFinished(s), Message::Finished(m)) => s.on_finished(m, raw, sink),
            (state, message) => Err(state.unexpected(message.handshake_type())),
        }
    }

    fn unexpected(&self, kind: HandshakeType) -> Error {
        let detail = format!("{} while the server is in {}", kind.message(), self.name());
        Error::new(Rule::UnexpectedMessage, detail)
    }

    /// The state's name in RFC 8446 §A.2.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::WaitClientHello(_) => "START",
            Self::ChooseConfig(_) | Self::WaitSecondClientHello(_) | Self::DecryptTicket(_) | Self::Sign(_) => {
                "RECVD_CH"
            }
            Self::WaitEndOfEarlyData(_) => "WAIT_EOED",
            Self::WaitCertificate(_) => "WAIT_CERT",
            Self::WaitCertificateVerify(_) | Self::VerifyPeer(_) => "WAIT_CV",
            Self::WaitFinished(_) => "WAIT_FINISHED",
            Self::Connected(_) => "CONNECTED",
            Self::Tls12(state) => state.name(),
        }
    }

    /// The answer to the pause `ChooseConfig`.
    pub(crate) fn config(self, config: Arc<ServerConfig>, sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::ChooseConfig(state) => state.on_config(config, sink),
            _ => Err(Error::new(Rule::NothingNeeded, "a configuration")),
        }
    }

    /// The answer to the pause `DecryptTicket`.
    pub(crate) fn ticket(self, opened: Option<Zeroizing<Vec<u8>>>, sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::DecryptTicket(state) => state.on_ticket(opened, sink),
            _ => Err(Error::new(Rule::NothingNeeded, "a ticket")),
        }
    }

    /// The verifier's answer to the pause `VerifyPeer`.
    pub(crate) fn verdict(self, verdict: Verdict, sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::VerifyPeer(state) => state.on_verdict(verdict, sink),
            Self::Connected(mut established) => {
                established.on_verdict(verdict, sink)?;
                Ok(Self::Connected(established))
            }
            _ => Err(Error::new(Rule::NothingNeeded, "a verdict")),
        }
    }

    /// The signature that the pause `Sign` waits for.
    pub(crate) fn signature(self, signature: &[u8], sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::Sign(state) => state.on_signature(signature, sink),
            _ => Err(Error::new(Rule::NothingNeeded, "a signature")),
        }
    }
}

/// START. Without a configuration the first ClientHello leads to the pause `ChooseConfig`.
pub(crate) struct WaitClientHello {
    pub(crate) config: Option<Arc<ServerConfig>>,
}

/// The pause for the configuration; the ClientHello waits with it.
pub(crate) struct ChooseConfig {
    raw: Vec<u8>,
    pub(crate) facts: ClientHelloFacts,
}

/// The pause for a ticket that is opened elsewhere; the ClientHello waits with it.
pub(crate) struct DecryptTicket {
    pending: psk::Pending,
    hello: ChooseConfig,
    index: usize,
    pub(crate) ticket: Vec<u8>,
}

pub(crate) struct WaitSecondClientHello {
    config: Arc<ServerConfig>,
    first: Vec<u8>,
    suite: super::suite::Suite,
    group: NamedGroup,
    cookie: Option<[u8; client_hello::COOKIE_LEN]>,
    transcript: Transcript,
}

/// The pause for this side's signature.
pub(crate) struct Sign {
    config: Arc<ServerConfig>,
    keys: Keys,
    secret: HandshakeSecret,
    /// The client was asked for this.
    asked: Option<CertificateType>,
    pub(crate) pending: PendingSignature,
}

pub(crate) struct WaitCertificate {
    config: Arc<ServerConfig>,
    keys: Keys,
    application: Application,
    asked: CertificateType,
}

pub(crate) struct WaitCertificateVerify {
    config: Arc<ServerConfig>,
    keys: Keys,
    application: Application,
    key: PeerKey,
}

/// The pause for the verifier. The chain is in the connection's facts.
pub(crate) struct VerifyPeer {
    config: Arc<ServerConfig>,
    keys: Keys,
    application: Application,
    signature: SignatureVerified,
}

pub(crate) struct WaitFinished {
    config: Arc<ServerConfig>,
    keys: Keys,
    application: Application,
    peer: PeerAuthentication,
}
