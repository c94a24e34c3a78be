//! WAIT_CKE: the client's share; the keys follow (RFC 5246 §7.4.7, RFC 8422 §5.7).

use std::sync::Arc;

use super::{Common, OwnShare, State, WaitCertificateVerify, WaitClientKeyExchange, WaitFinished};
use crate::{
    auth::proofs::{PeerAuthentication, PskAuthenticated},
    config::ServerConfig,
    error::{Error, Rule},
    hello::offer::bad_share,
    msg::tls12::ClientKeyExchange,
    session::ExternalPsk,
    tls12::flight,
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
        let suite = common.handshake.suite;
        let params = message.read(suite.key_exchange.parameters())?;
        let psk = params.identity.map(|identity| find_psk(&common.config, identity)).transpose()?;
        sink.facts().external_psk = psk.is_some();
        let agree = |(share, (_, public)): (OwnShare, (_, &[u8]))| {
            let agreed = share.private.complete(&flight::padded(share.group, public));
            agreed.map_err(|error| bad_share(share.group, public, &error))
        };
        let shared = share.zip(params.public).map(agree).transpose()?;
        let premaster = flight::premaster(suite, shared, psk.as_deref())?;
        common.handshake.transcript.add(raw);
        if leaf.is_none() {
            common.handshake.transcript = common.handshake.transcript.drop_messages();
        }
        let Common { config, issue, handshake } = common;
        let keyed = handshake.into_keyed(premaster, sink)?;
        Ok(match leaf {
            Some(leaf) => State::WaitCertificateVerify(Box::new(WaitCertificateVerify { config, keyed, issue, leaf })),
            None => {
                let peer = match psk {
                    Some(_) => PeerAuthentication::Psk(PskAuthenticated::by_finished()),
                    None => PeerAuthentication::Anonymous,
                };
                State::WaitChangeCipherSpec(Box::new(WaitFinished { config, keyed, peer, issue, resumed: false }))
            }
        })
    }
}

/// The key that the client names. One that was imported is bound to TLS 1.3 (RFC 9258 §5).
fn find_psk(config: &ServerConfig, identity: &[u8]) -> Result<Arc<ExternalPsk>, Error> {
    let psk = config.psks.as_ref().and_then(|psks| psks.find(identity)).filter(|psk| !psk.imported);
    psk.ok_or_else(|| {
        // Enough to recognise it; it has room for 64 KiB.
        let shown = identity.get(..64).unwrap_or(identity);
        Error::new(Rule::UnknownPskIdentity, format!("\"{}\"", shown.escape_ascii()))
    })
}
