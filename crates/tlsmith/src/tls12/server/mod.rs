//! The server (RFC 5246 §7.3, figures 1 and 2).
//!
//! ```text
//!                         START                               of tls13: the ClientHello brings the version
//!                           | Recv ClientHello
//!                           v
//!                       RECVD_CH                       (DecryptTicket): a pause, if tickets are opened elsewhere
//!                           | Send ServerHello                          [client_hello.rs, choice.rs]
//!                           | (session resumed: Send [NewSessionTicket], ChangeCipherSpec, Finished;
//!                           |  on to WAIT_CCS)                          [sessions.rs]
//!                           | Send Certificate, [CertificateStatus]     [flight.rs]
//!                           v
//!                         (Sign)                       a pause, if the key is elsewhere
//!                           | Send ServerKeyExchange
//!                           | [Send CertificateRequest]
//!                           | Send ServerHelloDone
//!            No auth        |   Client auth
//!              +------------+------------+
//!              |                         v
//!              |                     WAIT_CERT
//!              |                         | Recv Certificate            [client_certificate.rs]
//!              +--> WAIT_CKE <-----------+
//!                      | Recv ClientKeyExchange                        [key_exchange.rs]
//!   No certificate     |   Certificate
//!              +-------+-----------------+
//!              |                         v
//!              |                      WAIT_CV
//!              |                         | Recv CertificateVerify      [client_certificate.rs]
//!              |                         v
//!              |                    (VerifyPeer)       a pause, if the verifier says `Later`
//!              +--> WAIT_CCS <-----------+
//!                      | Recv ChangeCipherSpec; K_recv                 [finished.rs]
//!                      v
//!                 WAIT_FINISHED
//!                      | Recv Finished
//!                      | (no session resumed: Send [NewSessionTicket], ChangeCipherSpec; K_send
//!                      |  Send Finished)
//!                      v
//!                  CONNECTED
//! ```

mod choice;
mod client_certificate;
mod client_hello;
mod finished;
mod flight;
mod key_exchange;
mod sessions;

use std::sync::Arc;

use tlsmith_crypto::KeyExchange;
use tlsmith_x509::Certificate;
use zeroize::Zeroizing;

use super::{
    established::Established,
    flight::{Handshake, Keyed},
};
use crate::{
    auth::{
        Verdict,
        proofs::{PeerAuthentication, SignatureVerified},
    },
    config::ServerConfig,
    conn::ClientHelloFacts,
    error::{Error, Rule},
    msg::Message,
    registry::NamedGroup,
    tls13::{effects::Sink, flight::PendingSignature},
};

pub(crate) use client_hello::start;
use sessions::Issue;

/// Where the server stands.
pub(crate) enum State {
    DecryptTicket(Box<DecryptTicket>),
    Sign(Box<Sign>),
    WaitCertificate(Box<WaitCertificate>),
    WaitClientKeyExchange(Box<WaitClientKeyExchange>),
    WaitCertificateVerify(Box<WaitCertificateVerify>),
    VerifyPeer(Box<VerifyPeer>),
    WaitChangeCipherSpec(Box<WaitFinished>),
    WaitFinished(Box<WaitFinished>),
    Connected(Box<Established>),
}

impl State {
    /// The transitions that messages cause.
    pub(crate) fn handle(self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<Self, Error> {
        match (self, message) {
            (Self::WaitCertificate(s), Message::CertificateTls12(m)) => s.on_certificate(m, raw, sink),
            (Self::WaitClientKeyExchange(s), Message::ClientKeyExchange(m)) => s.on_key_exchange(m, raw, sink),
            (Self::WaitCertificateVerify(s), Message::CertificateVerify(m)) => s.on_verify(m, raw, sink),
            (Self::WaitFinished(s), Message::Finished(m)) => s.on_finished(m, raw, sink),
            (state, message) => Err(state.unexpected(message)),
        }
    }

    fn unexpected(&self, message: &Message<'_>) -> Error {
        let detail = format!("{} while the server is in {}", message.handshake_type().message(), self.name());
        Error::new(Rule::UnexpectedMessage, detail)
    }

    /// The client's ChangeCipherSpec.
    pub(crate) fn change_cipher_spec(self, sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::WaitChangeCipherSpec(s) => s.on_change_cipher_spec(sink),
            other => {
                Err(Error::new(Rule::UnexpectedChangeCipherSpec, format!("while the server is in {}", other.name())))
            }
        }
    }

    /// The state's name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::DecryptTicket(_) | Self::Sign(_) => "RECVD_CH",
            Self::WaitCertificate(_) => "WAIT_CERT",
            Self::WaitClientKeyExchange(_) => "WAIT_CKE",
            Self::WaitCertificateVerify(_) | Self::VerifyPeer(_) => "WAIT_CV",
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

    /// The answer to the pause `DecryptTicket`.
    pub(crate) fn ticket(self, opened: Option<Zeroizing<Vec<u8>>>, sink: &mut dyn Sink) -> Result<Self, Error> {
        match self {
            Self::DecryptTicket(state) => state.on_ticket(opened, sink),
            _ => Err(Error::new(Rule::NothingNeeded, "a ticket")),
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

/// What every state of the server owns until it needs no more of it.
pub(crate) struct Common {
    config: Arc<ServerConfig>,
    issue: Issue,
    handshake: Handshake,
}

/// The pause for a ticket that is opened elsewhere; the ClientHello waits with it.
pub(crate) struct DecryptTicket {
    config: Arc<ServerConfig>,
    raw: Vec<u8>,
    facts: ClientHelloFacts,
    pub(crate) ticket: Vec<u8>,
}

/// The private half of this side's share.
struct OwnShare {
    group: NamedGroup,
    private: Box<dyn KeyExchange>,
}

/// The pause for this side's signature.
pub(crate) struct Sign {
    common: Common,
    share: OwnShare,
    /// What is signed besides the randoms: the ServerKeyExchange up to its signature.
    params: Vec<u8>,
    pub(crate) pending: PendingSignature,
}

pub(crate) struct WaitCertificate {
    common: Common,
    share: OwnShare,
}

pub(crate) struct WaitClientKeyExchange {
    common: Common,
    /// None where keys come of a pre-shared key alone.
    share: Option<OwnShare>,
    /// The leaf that the client showed.
    leaf: Option<Certificate>,
}

pub(crate) struct WaitCertificateVerify {
    config: Arc<ServerConfig>,
    keyed: Keyed,
    issue: Issue,
    leaf: Certificate,
}

/// The pause for the verifier. The chain is in the connection's facts.
pub(crate) struct VerifyPeer {
    config: Arc<ServerConfig>,
    keyed: Keyed,
    issue: Issue,
    signature: SignatureVerified,
}

pub(crate) struct WaitFinished {
    config: Arc<ServerConfig>,
    keyed: Keyed,
    peer: PeerAuthentication,
    issue: Issue,
    /// A session is resumed: this side has finished already.
    resumed: bool,
}
