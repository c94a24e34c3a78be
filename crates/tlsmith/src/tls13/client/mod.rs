//! The client (RFC 8446 §A.1).
//!
//! ```text
//!                               START
//!                                 | Send ClientHello                    [hello.rs]
//!                                 v
//!                              WAIT_SH  <----------+
//!                                 |                | Recv HelloRetryRequest, send ClientHello
//!                                 +----------------+
//!                Recv ServerHello |                                      [server_hello.rs]
//!                                 | TLS 1.2 chosen: on to tls12
//!              K_recv = handshake v
//!                              WAIT_EE
//!                                 | Recv EncryptedExtensions            [encrypted_extensions.rs]
//!                Using a PSK      |      Using certificates
//!               +-----------------+
//!               |                 v
//!               |            WAIT_CERT_CR
//!            Recv CertificateRequest |   | Recv Certificate             [certificate.rs]
//!                                 v   |
//!                           WAIT_CERT |
//!                Recv Certificate |   |
//!                                 v   v
//!                               WAIT_CV
//!                                 | Recv CertificateVerify
//!                                 v
//!                            (VerifyPeer)                    a pause, if the verifier says `Later`
//!                                 |
//!                                 v
//!                            WAIT_FINISHED
//!                                 | Recv Finished                       [finished.rs]
//!                                 v
//!                              (Sign)                        a pause, if the key is elsewhere
//!                                 | Send [Certificate, CertificateVerify], Finished
//!                                 v
//!                             CONNECTED <---+
//!                                 |           | Recv CertificateRequest     [post_handshake.rs]
//!                                 v           |   (if it was offered)
//!                              (Sign) --------+ Send Certificate, [CertificateVerify,] Finished
//! ```

mod certificate;
mod encrypted_extensions;
mod finished;
mod hello;
mod post_handshake;
pub(crate) mod psk;
mod server_hello;
mod tickets;

use std::sync::Arc;

use tlsmith_crypto::Provider;
use tlsmith_x509::ServerName;

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
        proofs::{FinishedVerified, PeerAuthentication, SignatureVerified},
    },
    config::ClientConfig,
    conn::CertificateRequestFacts,
    error::{Error, Rule},
    hello::offer::Offer,
    msg::Message,
    registry::{CertificateType, CipherSuite, ExtensionType, NamedGroup},
    session::ClientSession,
    tls12,
};

use psk::EarlyDataOffer;

#[cfg(test)]
pub(crate) use hello::recorded;
pub(crate) use hello::start;
pub(crate) use post_handshake::Answerer;
pub(crate) use psk::OfferedPsk;
pub(crate) use tickets::TicketReader;

/// Where the client stands.
pub(crate) enum State {
    WaitServerHello(Box<WaitServerHello>),
    WaitEncryptedExtensions(Box<WaitEncryptedExtensions>),
    WaitCertificateOrRequest(Box<WaitCertificate>),
    WaitCertificate(Box<WaitCertificate>),
    WaitCertificateVerify(Box<WaitCertificateVerify>),
    VerifyPeer(Box<VerifyPeer>),
    WaitFinished(Box<WaitFinished>),
    Sign(Box<Sign>),
    Connected(Box<Established>),
    /// The ServerHello chose TLS 1.2.
    Tls12(Box<tls12::client::State>),
}

impl State {
    /// The transitions that messages cause.
    pub(crate) fn handle(self, message: &Message<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<Self, Error> {
        match (self, message) {
            (Self::WaitServerHello(s), Message::ServerHello(m)) if m.is_retry() => s.on_retry(m, raw, sink),
            (Self::WaitServerHello(s), Message::ServerHello(m)) => s.on_server_hello(m, raw, sink),
            (Self::WaitEncryptedExtensions(s), Message::EncryptedExtensions(m)) => s.on_extensions(m, raw, sink),
            (Self::WaitCertificateOrRequest(s), Message::CertificateRequest(m)) => s.on_request(m, raw, sink),
            (Self::WaitCertificateOrRequest(s), Message::Certificate(m)) => s.on_certificate(m, raw, sink),
            (Self::WaitCertificateOrRequest(s), Message::CompressedCertificate(m)) => s.on_compressed(m, raw, sink),
            (Self::WaitCertificate(s), Message::Certificate(m)) => s.on_certificate(m, raw, sink),
            (Self::WaitCertificate(s), Message::CompressedCertificate(m)) => s.on_compressed(m, raw, sink),
            (Self::WaitCertificateVerify(s), Message::CertificateVerify(m)) => s.on_verify(m, raw, sink),
            (Self::WaitFinished(s), Message::Finished(m)) => s.on_finished(m, raw, sink),
            (state, message) => Err(state.unexpected(message)),
        }
    }

    fn unexpected(&self, message: &Message<'_>) -> Error {
        let detail = format!("{} while the client is in {}", message.handshake_type().message(), self.name());
        match message {
            Message::Unknown(kind, _) if *kind == crate::registry::HandshakeType::HELLO_REQUEST => {
                Error::new(Rule::Renegotiation, detail)
            }
            _ => Error::new(Rule::UnexpectedMessage, detail),
        }
    }

    /// The state's name in RFC 8446 §A.1.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::WaitServerHello(_) => "WAIT_SH",
            Self::WaitEncryptedExtensions(_) => "WAIT_EE",
            Self::WaitCertificateOrRequest(_) => "WAIT_CERT_CR",
            Self::WaitCertificate(_) => "WAIT_CERT",
            Self::WaitCertificateVerify(_) | Self::VerifyPeer(_) => "WAIT_CV",
            Self::WaitFinished(_) | Self::Sign(_) => "WAIT_FINISHED",
            Self::Connected(_) => "CONNECTED",
            Self::Tls12(state) => state.name(),
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
            Self::Connected(mut established) => {
                established.on_signature(signature, sink)?;
                Ok(Self::Connected(established))
            }
            _ => Err(Error::new(Rule::NothingNeeded, "a signature")),
        }
    }
}

/// What every state of the client owns until the end of the handshake.
pub(crate) struct Common {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName,
    /// The extensions that were offered; only they may be answered.
    pub(crate) offered: Vec<ExtensionType>,
    /// What EncryptedExtensions settled (RFC 7250).
    types: CertificateTypes,
}

/// What each side shows.
#[derive(Clone, Copy, Debug, Default)]
struct CertificateTypes {
    server: CertificateType,
    client: CertificateType,
}

impl Common {
    pub(crate) fn new(config: Arc<ClientConfig>, name: ServerName, offered: Vec<ExtensionType>) -> Self {
        Self { config, name, offered, types: CertificateTypes::default() }
    }

    fn provider(&self) -> &dyn Provider {
        self.config.provider.as_ref()
    }
}

pub(crate) struct WaitServerHello {
    common: Common,
    offer: Offer,
    transcript: Transcript,
    retry: Option<Retried>,
}

/// What a HelloRetryRequest fixed.
struct Retried {
    suite: CipherSuite,
    group: Option<NamedGroup>,
}

pub(crate) struct WaitEncryptedExtensions {
    common: Common,
    keys: Keys,
    secret: HandshakeSecret,
    /// The PSK that the server took.
    psk: Option<ChosenPsk>,
    /// What early data were sent under, if they were.
    early_data: Option<EarlyDataOffer>,
}

/// A PSK that the server took.
struct ChosenPsk {
    index: usize,
    /// The session that it is the ticket of; none: an external one.
    session: Option<Box<ClientSession>>,
}

pub(crate) struct WaitCertificate {
    common: Common,
    keys: Keys,
    secret: HandshakeSecret,
    request: Option<CertificateRequestFacts>,
}

pub(crate) struct WaitCertificateVerify {
    common: Common,
    keys: Keys,
    secret: HandshakeSecret,
    request: Option<CertificateRequestFacts>,
    key: PeerKey,
}

/// The pause for the verifier. The chain is in the connection's facts.
pub(crate) struct VerifyPeer {
    common: Common,
    keys: Keys,
    secret: HandshakeSecret,
    request: Option<CertificateRequestFacts>,
    signature: SignatureVerified,
}

impl VerifyPeer {
    pub(crate) fn common(&self) -> &Common {
        &self.common
    }
}

pub(crate) struct WaitFinished {
    common: Common,
    keys: Keys,
    secret: HandshakeSecret,
    request: Option<CertificateRequestFacts>,
    peer: PeerAuthentication,
    /// The server reads early data, up to the message that ends them.
    early_data: bool,
}

/// The pause for this side's signature.
pub(crate) struct Sign {
    common: Common,
    keys: Keys,
    application: Application,
    peer: PeerAuthentication,
    finished: FinishedVerified,
    pub(crate) pending: PendingSignature,
}
