//! Pauses: what a connection may wait for besides bytes.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::ClientHelloFacts;
use crate::{
    ServerConfig,
    auth::{Identity, PeerCertificates, Verdict},
    registry::SignatureScheme,
};

/// What a connection waits for.
#[derive(Debug)]
pub enum Need<'a> {
    /// A server without a configuration has read the ClientHello. Answer: [`Reply::Config`].
    ChooseConfig(&'a ClientHelloFacts),
    /// The ticketer said `Later` of this ticket. Answer: [`Reply::Ticket`].
    DecryptTicket(&'a [u8]),
    /// The verifier said `Later`. Answer: [`Reply::Verdict`].
    VerifyPeer(PeerCertificates<'a>),
    /// The identity's key is elsewhere. Answer: [`Reply::Signature`].
    Sign {
        /// Whose key.
        identity: &'a Identity,
        /// The scheme to sign with.
        scheme: SignatureScheme,
        /// What to sign (not its digest).
        message: &'a [u8],
    },
}

/// The answer to a [`Need`].
#[derive(Debug)]
pub enum Reply {
    /// To [`Need::ChooseConfig`].
    Config(Arc<ServerConfig>),
    /// To [`Need::DecryptTicket`]: what was sealed into it, or that it is no ticket that counts: a full handshake then.
    Ticket(Option<Zeroizing<Vec<u8>>>),
    /// To [`Need::VerifyPeer`].
    Verdict(Verdict),
    /// To [`Need::Sign`]: the signature, or none if it could not be made.
    Signature(Option<Vec<u8>>),
}
