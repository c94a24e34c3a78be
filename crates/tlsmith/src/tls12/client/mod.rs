//! The client (RFC 5246 §7.3, figures 1 and 2).
//!
//! ```text
//!                        WAIT_SH                              of tls13: both versions are offered
//!                           | Recv ServerHello                          [server_hello.rs]
//!                           | (session resumed: on to WAIT_NST or WAIT_CCS)
//!                           v
//!                       WAIT_CERT
//!                           | Recv Certificate                          [certificate.rs]
//!                           v
//!                        WAIT_SKE  <---------+
//!                           |                | Recv CertificateStatus, once, if it was announced
//!                           +----------------+
//!                           | Recv ServerKeyExchange                    [key_exchange.rs]
//!                           v
//!                      (VerifyPeer)                    a pause, if the verifier says `Later`
//!                           |
//!                           v
//!                       WAIT_CR_SHD                   (with a pre-shared key no certificates: WAIT_SKE, then WAIT_SHD)
//!   Recv CertificateRequest |   | Recv ServerHelloDone                  [hello_done.rs]
//!                           v   |
//!                       WAIT_SHD|
//!     Recv ServerHelloDone  |   |
//!                           v   v
//!                           | Send [Certificate], ClientKeyExchange
//!                           v
//!                         (Sign)                       a pause, if the key is elsewhere
//!                           | Send [CertificateVerify]
//!                           | Send ChangeCipherSpec; K_send
//!                           | Send Finished
//!                           v
//!                        WAIT_NST                      if the server promised a ticket
//!                           | Recv NewSessionTicket                     [finished.rs]
//!                           v
//!                        WAIT_CCS
//!                           | Recv ChangeCipherSpec; K_recv             [finished.rs]
//!                           v
//!                      WAIT_FINISHED
//!                           | Recv Finished
//!                           | (session resumed: Send ChangeCipherSpec, Finished)
//!                           v
//!                       CONNECTED
//! ```

mod certificate;
mod finished;
mod hello_done;
mod key_exchange;
mod server_hello;
mod sessions;

use std::sync::Arc;

use tlsmith_x509::{Certificate, ServerName};

use super::{
    established::Established,
    flight::{Handshake, Keyed},
};
use crate::{
    auth::{
        Verdict,
        proofs::{PeerAuthentication, SignatureVerified},
    },
    config::ClientConfig,
    conn::CertificateRequestFacts,
    error::{Error, Rule},
    msg::Message,
    registry::NamedGroup,
    tls13::{effects::Sink, flight::PendingSignature},
};

pub(crate) use key_exchange::curve_group;
pub(crate) use server_hello::{Start, start};
use sessions::Memory;

/// Where the client stands.
pub(crate) enum State {
    WaitCertificate(Box<WaitCertificate>),
    WaitServerKeyExchange(Box<WaitServerKeyExchange>),
    VerifyPeer(Box<VerifyPeer>),
    WaitRequestOrDone(Box<WaitDone>),
    WaitDone(Box<WaitDone>),
    Sign(Box<Sign>),
    WaitTicket(Box<WaitFinished>),
    WaitChangeCipherSpec(Box<WaitFinished>),
    WaitFinished(Box<WaitFinished>),
    Connected(Box<Established>),
}

impl State {
    /// The transitions that messages cause.
    pub(crate) fn handle(self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<Self, Error> {
        match (self, message) {
            (Self::WaitCertificate(s), Message::CertificateTls12(m)) => s.on_certificate(m, raw, sink),
            (Self::WaitServerKeyExchange(s), Message::CertificateStatus(m)) => s.on_status(m, raw, sink),
            (Self::WaitServerKeyExchange(s), Message::ServerKeyExchange(m)) => s.on_key_exchange(m, raw, sink),
            (Self::WaitServerKeyExchange(s), Message::ServerHelloDone) if s.may_be_left_out() => {
                s.without_key_exchange().on_done(raw, sink)
            }
            (Self::WaitRequestOrDone(s), Message::CertificateRequestTls12(m)) => s.on_request(m, raw, sink),
            (Self::WaitRequestOrDone(s), Message::ServerHelloDone) => s.on_done(raw, sink),
            (Self::WaitDone(s), Message::ServerHelloDone) => s.on_done(raw, sink),
            (Self::WaitTicket(s), Message::NewSessionTicketTls12(m)) => s.on_ticket(m, raw),
            (Self::WaitFinished(s), Message::Finished(m)) => s.on_finished(m, raw, sink),
            // "This message will be ignored by the client if the client is currently negotiating" (RFC 5246 §7.4.1.1),
            // and stands in no transcript.
            (state, Message::HelloRequest) => Ok(state),
            (state, message) => Err(state.unexpected(message)),
        }
    }

    fn unexpected(&self, message: &Message<'_>) -> Error {
        let detail = format!("{} while the client is in {}", message.handshake_type().message(), self.name());
        Error::new(Rule::UnexpectedMessage, detail)
    }

    /// The server's ChangeCipherSpec.
    pub(crate) fn change_cipher_spec(self, sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::WaitChangeCipherSpec(s) => s.on_change_cipher_spec(sink),
            other => {
                Err(Error::new(Rule::UnexpectedChangeCipherSpec, format!("while the client is in {}", other.name())))
            }
        }
    }

    /// The state's name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::WaitCertificate(_) => "WAIT_CERT",
            Self::WaitServerKeyExchange(_) | Self::VerifyPeer(_) => "WAIT_SKE",
            Self::WaitRequestOrDone(_) => "WAIT_CR_SHD",
            Self::WaitDone(_) | Self::Sign(_) => "WAIT_SHD",
            Self::WaitTicket(_) => "WAIT_NST",
            Self::WaitChangeCipherSpec(_) => "WAIT_CCS",
            Self::WaitFinished(_) => "WAIT_FINISHED",
            Self::Connected(_) => "CONNECTED",
        }
    }

    /// The verifier's answer to the pause `VerifyPeer`.
    pub(crate) fn verdict(self, verdict: Verdict, sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::VerifyPeer(state) => state.on_verdict(verdict, sink),
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

/// What every state of the client owns until it needs no more of it.
pub(crate) struct Common {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName,
    memory: Memory,
    handshake: Handshake,
}

pub(crate) struct WaitCertificate {
    common: Common,
    /// The server announced a CertificateStatus.
    status: bool,
}

pub(crate) struct WaitServerKeyExchange {
    common: Common,
    /// None where a pre-shared key takes its place.
    leaf: Option<Certificate>,
    /// A CertificateStatus may still come.
    status: bool,
}

/// The server's public value.
struct ServerShare {
    group: NamedGroup,
    public: Vec<u8>,
}

/// The pause for the verifier. The chain is in the connection's facts.
pub(crate) struct VerifyPeer {
    common: Common,
    share: Option<ServerShare>,
    signature: SignatureVerified,
}

impl VerifyPeer {
    pub(crate) fn common(&self) -> &Common {
        &self.common
    }
}

pub(crate) struct WaitDone {
    common: Common,
    /// None where keys come of a pre-shared key alone.
    share: Option<ServerShare>,
    peer: PeerAuthentication,
    request: Option<CertificateRequestFacts>,
}

/// The pause for this side's signature.
pub(crate) struct Sign {
    memory: Memory,
    keyed: Keyed,
    peer: PeerAuthentication,
    pub(crate) pending: PendingSignature,
}

pub(crate) struct WaitFinished {
    memory: Memory,
    keyed: Keyed,
    peer: PeerAuthentication,
    /// A session is resumed: the server finishes first.
    resumed: bool,
}
