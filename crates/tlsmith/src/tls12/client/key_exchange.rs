//! WAIT_SKE: the server's share, and its proof that it holds the key of its certificate (RFC 5246 §7.4.3,
//! RFC 8422 §5.4); then the verifier is asked.

use tlsmith_crypto::{Curve, Group, KeyType};
use tlsmith_x509::Certificate;

use super::{Common, ServerShare, State, VerifyPeer, WaitDone, WaitServerKeyExchange};
use crate::{
    auth::{
        Answer, PeerCertificates, Verdict,
        proofs::{PeerAuthentication, PeerVerified, PskAuthenticated, SignatureVerified},
    },
    error::{Error, Rule},
    msg::tls12::{Exchange, ServerKeyExchange, ServerValues},
    registry::NamedGroup,
    session::trusted_until,
    tls12::suite::KeyExchange,
    tls13::effects::Sink,
};

impl Common {
    /// The certificate's key has to be of the kind that the suite signs with, and on a curve that was offered
    /// (RFC 8422 §5.3).
    pub(super) fn check_key(&self, leaf: &Certificate) -> Result<(), Error> {
        let (Some(key), Some(signer)) = (leaf.key_type(), self.handshake.suite.key_exchange.signer()) else {
            return Ok(());
        };
        if !signer.is(key) {
            let suite = self.handshake.suite.code;
            return Err(Error::new(Rule::IllegalParameter, format!("the server's key is {key}, its suite {suite}")));
        }
        match curve_group(key).is_none_or(|group| self.config.groups.contains(&group)) {
            true => Ok(()),
            false => Err(Error::new(
                Rule::IllegalParameter,
                format!("the server's key is {key}, whose curve supported_groups does not list"),
            )),
        }
    }
}

/// The group that stands for the curve of an ECDSA key in supported_groups (RFC 8422 §5.1.1).
pub(crate) fn curve_group(key: KeyType) -> Option<NamedGroup> {
    match key {
        KeyType::Ecdsa(Curve::P256) => Some(NamedGroup::SECP256R1),
        KeyType::Ecdsa(Curve::P384) => Some(NamedGroup::SECP384R1),
        KeyType::Ecdsa(Curve::P521) => Some(NamedGroup::SECP521R1),
        _ => None,
    }
}

impl WaitServerKeyExchange {
    /// A server without an identity hint leaves the message out where it would hold nothing else (RFC 4279 §2).
    pub(super) fn may_be_left_out(&self) -> bool {
        self.common.handshake.suite.key_exchange == KeyExchange::Psk
    }

    /// It was left out.
    pub(super) fn without_key_exchange(self) -> WaitDone {
        let peer = PeerAuthentication::Psk(PskAuthenticated::by_finished());
        WaitDone { common: self.common, share: None, peer, request: None }
    }

    pub(super) fn on_key_exchange(
        mut self,
        message: &ServerKeyExchange<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let handshake = &self.common.handshake;
        let params = message.read(handshake.suite.key_exchange.parameters())?;
        let share = params.values.map(|values| self.common.server_share(values)).transpose()?;
        sink.facts().group = share.as_ref().map(|share| share.group);
        let (Some(leaf), Some(signature)) = (&self.leaf, params.signature) else {
            self.common.handshake.transcript.add(raw);
            let done = WaitDone { share, ..self.without_key_exchange() };
            return Ok(State::WaitDone(Box::new(done)));
        };
        let verified = SignatureVerified::check_tls12(
            handshake.provider.as_ref(),
            &self.common.config.signature_schemes,
            leaf,
            signature.scheme,
            &handshake.signed_params(params.bytes),
            signature.signature,
        )?;
        sink.facts().signature_scheme = Some(signature.scheme);
        self.common.handshake.transcript.add(raw);
        Ok(State::VerifyPeer(Box::new(VerifyPeer { common: self.common, share, signature: verified })))
    }
}

impl Common {
    /// The server's share, of a group that was offered.
    fn server_share(&self, values: ServerValues<'_>) -> Result<ServerShare, Error> {
        let (exchange, group, public) = match values {
            ServerValues::Ecdhe { group, public } => (Exchange::Ecdhe, group, public),
            ServerValues::Dhe { prime, generator, public } => (Exchange::Dhe, field(prime, generator)?, public),
        };
        match self.config.groups.contains(&group) && exchange.allows(group) {
            true => Ok(ServerShare { group, public: public.to_vec() }),
            false => Err(Error::new(
                Rule::IllegalParameter,
                format!("the server's share is of {group}, which was not offered for TLSv1.2"),
            )),
        }
    }
}

/// The group of RFC 7919 that a server describes; its generator is 2 (§A.1, §A.2).
fn field(prime: &[u8], generator: &[u8]) -> Result<NamedGroup, Error> {
    let known = [NamedGroup::FFDHE2048, NamedGroup::FFDHE3072];
    let is = |group: &NamedGroup| group.to_group().and_then(Group::prime) == Some(prime);
    let group = known.into_iter().find(is).filter(|_| generator == [2]);
    group.ok_or_else(|| Error::new(Rule::UnknownDhGroup, format!("a prime of {} bits", 8 * prime.len())))
}

impl VerifyPeer {
    /// Asks the verifier of the configuration.
    pub(crate) fn ask(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        self.common.config.verifier.verify(peer)
    }

    pub(super) fn on_verdict(self, verdict: Verdict, sink: &mut dyn Sink) -> Result<State, Error> {
        let now = sink.now().seconds();
        let facts = sink.facts();
        facts.verification = Some(verdict.report.clone());
        facts.trusted_until = Some(trusted_until(now, &verdict.report));
        let Self { common, share, signature } = self;
        let peer = PeerAuthentication::Certificate(PeerVerified::by(verdict)?, signature);
        Ok(State::WaitRequestOrDone(Box::new(WaitDone { common, share, peer, request: None })))
    }
}
