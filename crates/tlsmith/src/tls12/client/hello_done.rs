//! WAIT_CR_SHD and WAIT_SHD: CertificateRequest, ServerHelloDone, and the client's flight (RFC 5246 §7.4.4 to §7.4.8).

use std::sync::Arc;

use tlsmith_crypto::{Provider, Secret};

use super::{Common, Memory, ServerShare, Sign, State, WaitDone, WaitFinished};
use crate::{
    auth::{Identity, proofs::PeerAuthentication},
    config::ClientConfig,
    conn::CertificateRequestFacts,
    error::{Error, Rule},
    hello::{keep_names, offer::bad_share},
    msg::{
        Message,
        tls12::{CertificateRequestTls12, ClientCertificateType, ClientKeyExchange, ClientParams},
    },
    registry::{ProtocolVersion, SignatureScheme},
    session::ExternalPsk,
    tls12::flight::{self, Handshake, Keyed},
    tls13::{effects::Sink, flight::PendingSignature},
};

impl WaitDone {
    /// The server wants a certificate of the client.
    pub(super) fn on_request(
        mut self,
        message: &CertificateRequestTls12<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let facts = request_facts(message);
        sink.facts().client_auth_requested = true;
        sink.facts().certificate_request = Some(facts.clone());
        self.common.handshake.transcript.add(raw);
        self.request = Some(facts);
        Ok(State::WaitDone(Box::new(self)))
    }

    /// The server has said everything.
    pub(super) fn on_done(mut self, raw: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        sink.end_of_flight()?;
        self.common.handshake.transcript.add(raw);
        let Self { mut common, share, peer, request } = self;
        let identity = request.as_ref().and_then(|request| {
            let identities = common.config.identities.as_ref()?;
            identities.choose(request).filter(|(identity, _)| !identity.chain().is_empty())
        });
        if request.is_some() {
            let chain = identity.as_ref().map(|(identity, _)| identity.chain()).unwrap_or_default();
            // "If no suitable certificate is available, the client MUST send a certificate message containing no
            // certificates" (§7.4.6).
            flight::send_certificate(chain, &mut common.handshake.transcript, sink)?;
        }
        if identity.is_none() {
            common.handshake.transcript = common.handshake.transcript.drop_messages();
        }
        let Common { config, memory, handshake, .. } = common;
        let psk = handshake.suite.key_exchange.is_psk().then(|| chosen_psk(&config)).transpose()?;
        sink.facts().external_psk = psk.is_some();
        let keyed = exchange_keys(handshake, share.as_ref(), psk.as_deref(), sink)?;
        match identity {
            Some((identity, scheme)) => Ok(sign((memory, keyed), peer, identity, scheme, sink)),
            None => finish((memory, keyed), peer, sink),
        }
    }
}

/// What the request says; the types of certificates narrow the schemes.
fn request_facts(message: &CertificateRequestTls12<'_>) -> CertificateRequestFacts {
    let accepted = |scheme: &SignatureScheme| {
        ClientCertificateType::of_scheme(*scheme).is_none_or(|kind| message.types.contains(&kind))
    };
    CertificateRequestFacts {
        version: ProtocolVersion::TLS1_2,
        signature_schemes: message.schemes.iter().copied().filter(accepted).collect(),
        signature_schemes_cert: message.schemes.clone(),
        authorities: keep_names(&message.authorities),
        ..CertificateRequestFacts::default()
    }
}

/// Sends this side's share, and names the pre-shared key; the keys follow.
fn exchange_keys(
    mut handshake: Handshake,
    share: Option<&ServerShare>,
    psk: Option<&ExternalPsk>,
    sink: &mut dyn Sink,
) -> Result<Keyed, Error> {
    let parameters = handshake.suite.key_exchange.parameters();
    let agreed = share.map(|share| agree(handshake.provider.as_ref(), share)).transpose()?;
    let public = agreed.as_ref().map(|(own, _)| own.as_slice());
    let params = ClientParams { identity: psk.map(ExternalPsk::identity), public: parameters.exchange.zip(public) };
    let body = params.encode().map_err(|error| Error::new(Rule::Internal, format!("{} is too long", error.what)))?;
    let message = Message::ClientKeyExchange(ClientKeyExchange { body: &body });
    sink.send(&message, &mut handshake.transcript)?;
    let premaster = flight::premaster(handshake.suite, agreed.map(|(_, shared)| shared), psk)?;
    handshake.into_keyed(premaster, sink)
}

/// This side's public value, and the secret that follows from both.
fn agree(provider: &dyn Provider, share: &ServerShare) -> Result<(Vec<u8>, Secret), Error> {
    let ServerShare { group, public } = share;
    let known = group.to_group().ok_or_else(|| Error::new(Rule::Internal, format!("{group} was offered")))?;
    provider
        .accept_key_exchange(known, &flight::padded(*group, public))
        .map_err(|error| bad_share(*group, public, &error))
}

/// The pre-shared key that is used: the first of the configuration. One that was imported is bound to TLS 1.3 (RFC 9258 §5).
fn chosen_psk(config: &ClientConfig) -> Result<Arc<ExternalPsk>, Error> {
    let psk = config.psks.iter().find(|psk| !psk.imported).cloned();
    psk.ok_or_else(|| Error::new(Rule::Internal, "a suite with a pre-shared key, and none to use"))
}

/// The pause for the signature over everything so far (§7.4.8).
fn sign(
    (memory, keyed): (Memory, Keyed),
    peer: PeerAuthentication,
    identity: Arc<Identity>,
    scheme: SignatureScheme,
    sink: &mut dyn Sink,
) -> State {
    sink.facts().own_certificates = identity.chain().to_vec();
    sink.facts().own_signature_scheme = Some(scheme);
    let content = keyed.handshake.transcript.messages().to_vec();
    State::Sign(Box::new(Sign { memory, keyed, peer, pending: PendingSignature { identity, scheme, content } }))
}

impl Sign {
    pub(super) fn on_signature(mut self, signature: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        let transcript = &mut self.keyed.handshake.transcript;
        flight::send_certificate_verify(self.pending.scheme, signature, transcript, sink)?;
        finish((self.memory, self.keyed), self.peer, sink)
    }
}

fn finish((memory, mut keyed): (Memory, Keyed), peer: PeerAuthentication, sink: &mut dyn Sink) -> Result<State, Error> {
    keyed.handshake.transcript = keyed.handshake.transcript.drop_messages();
    keyed.send_finished(sink)?;
    Ok(WaitFinished { memory, keyed, peer, resumed: false }.await_ticket())
}
