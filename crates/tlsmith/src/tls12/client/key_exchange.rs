//! WAIT_SKE: the server's share, and its proof that it holds the key of its certificate (RFC 5246 §7.4.3,
//! RFC 8422 §5.4); then the verifier is asked.

use tlsmith_crypto::{Curve, KeyType};
use tlsmith_x509::Certificate;

use super::{Common, ServerShare, State, VerifyPeer, WaitDone, WaitServerKeyExchange};
use crate::{
    auth::{
        Answer, PeerCertificates, Verdict,
        proofs::{PeerAuthentication, PeerVerified, SignatureVerified},
    },
    error::{Error, Rule},
    msg::tls12::{Exchange, ServerKeyExchange, ServerValues},
    registry::NamedGroup,
    session::trusted_until,
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
    pub(super) fn on_key_exchange(
        mut self,
        message: &ServerKeyExchange<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let handshake = &self.common.handshake;
        let params = message.read(handshake.suite.key_exchange.parameters())?;
        let share = self.common.server_share(params.values)?;
        let signature = params.signature.ok_or_else(|| Error::new(Rule::Internal, "a suite without signatures"))?;
        let verified = SignatureVerified::check_tls12(
            handshake.provider.as_ref(),
            &self.common.config.signature_schemes,
            &self.leaf,
            signature.scheme,
            &handshake.signed_params(params.bytes),
            signature.signature,
        )?;
        sink.facts().signature_scheme = Some(signature.scheme);
        sink.facts().group = Some(share.group);
        self.common.handshake.transcript.add(raw);
        Ok(State::VerifyPeer(Box::new(VerifyPeer { common: self.common, share, signature: verified })))
    }
}

impl Common {
    /// The server's share, of a group that was offered.
    fn server_share(&self, values: Option<ServerValues<'_>>) -> Result<ServerShare, Error> {
        let (group, public) = match values {
            Some(ServerValues::Ecdhe { group, public }) => (group, public),
            Some(ServerValues::Dhe { .. }) | None => return Err(Error::new(Rule::Internal, "a suite without a share")),
        };
        match self.config.groups.contains(&group) && Exchange::Ecdhe.allows(group) {
            true => Ok(ServerShare { group, public: public.to_vec() }),
            false => Err(Error::new(
                Rule::IllegalParameter,
                format!("the server's share is of {group}, which was not offered for TLSv1.2"),
            )),
        }
    }
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
        facts.trusted_until = Some(trusted_until(now, &verdict.report.path));
        let Self { common, share, signature } = self;
        let peer = PeerAuthentication::Certificate(PeerVerified::by(verdict)?, signature);
        Ok(State::WaitRequestOrDone(Box::new(WaitDone { common, share, peer, request: None })))
    }
}
