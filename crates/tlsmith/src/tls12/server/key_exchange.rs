//! WAIT_CKE: the client's share; the keys follow (RFC 5246 §7.4.7, RFC 8422 §5.7).

use super::{Common, State, WaitCertificateVerify, WaitClientKeyExchange, WaitFinished};
use crate::{
    auth::proofs::PeerAuthentication,
    error::{Error, Rule},
    hello::offer::bad_share,
    msg::tls12::ClientKeyExchange,
    tls12::key_schedule::PremasterSecret,
    tls13::effects::Sink,
};

impl WaitClientKeyExchange {
    pub(super) fn on_key_exchange(
        self,
        message: &ClientKeyExchange<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let Self { mut common, share, leaf } = self;
        let params = message.read(common.handshake.suite.key_exchange.parameters())?;
        let (_, public) = params.public.ok_or_else(|| Error::new(Rule::Internal, "a suite without a share"))?;
        let shared = share.private.complete(public).map_err(|error| bad_share(share.group, public, &error))?;
        common.handshake.transcript.add(raw);
        if leaf.is_none() {
            common.handshake.transcript = common.handshake.transcript.drop_messages();
        }
        let Common { config, issue, handshake } = common;
        let keyed = handshake.into_keyed(PremasterSecret::ecdhe(shared), sink)?;
        Ok(match leaf {
            Some(leaf) => State::WaitCertificateVerify(Box::new(WaitCertificateVerify { config, keyed, issue, leaf })),
            None => {
                let peer = PeerAuthentication::Anonymous;
                State::WaitChangeCipherSpec(Box::new(WaitFinished { config, keyed, peer, issue, resumed: false }))
            }
        })
    }
}
