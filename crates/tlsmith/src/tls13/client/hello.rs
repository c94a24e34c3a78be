//! START: sends the ClientHello (RFC 8446 §4.1.2).

use std::sync::Arc;

use tlsmith_x509::ServerName;

use super::{Common, State, WaitServerHello, psk};
use crate::{
    config::ClientConfig,
    error::Error,
    ext::Extension,
    hello::{client_hello_facts, offer::Offer},
    msg::{ClientHello, Message},
    registry::ExtensionType,
    tls13::{effects::Sink, transcript::Transcript},
};

/// Sends the first ClientHello.
pub(crate) fn start(config: Arc<ClientConfig>, name: ServerName, sink: &mut dyn Sink) -> Result<State, Error> {
    let mut offer = Offer::new(&config, &name)?;
    offer.add_psks(&config, &name, sink);
    let mut transcript = Transcript::new();
    sink.facts().server_name.clone_from(&offer.server_name);
    let offered = send_client_hello(&offer, &config, &mut transcript, sink)?;
    if offer.early_data {
        psk::install_early_keys(&offer, &config, &transcript, sink)?;
    }
    let common = Common::new(config, name, offered);
    Ok(State::WaitServerHello(Box::new(WaitServerHello { common, offer, transcript, retry: None })))
}

/// Sends the offer; the extensions that it holds are returned.
pub(super) fn send_client_hello(
    offer: &Offer,
    config: &ClientConfig,
    transcript: &mut Transcript,
    sink: &mut dyn Sink,
) -> Result<Vec<ExtensionType>, Error> {
    let mut binders = Vec::new();
    if !offer.psks.is_empty() {
        binders = psk::binders(offer, config, transcript)?;
    }
    let mut hello: ClientHello<'_> = offer.client_hello(config);
    if !offer.psks.is_empty() {
        hello.extensions.push(Extension::PreSharedKeyOffer(psk::pre_shared_key(&offer.psks, &binders)));
    }
    let facts = client_hello_facts(&hello);
    let offered = facts.extensions.iter().copied().filter(|extension| !extension.is_grease()).collect();
    sink.facts().client_hello = Some(facts);
    sink.send(&Message::ClientHello(hello), transcript)?;
    Ok(offered)
}

/// WAIT_SH as if `client_hello` had been sent: for replaying recorded handshakes.
#[cfg(test)]
pub(crate) fn recorded(
    config: Arc<ClientConfig>,
    name: ServerName,
    client_hello: &[u8],
    share: Box<dyn tlsmith_crypto::KeyExchange>,
) -> State {
    use crate::registry::HandshakeType;

    let Ok(Message::ClientHello(hello)) = Message::decode(HandshakeType::CLIENT_HELLO, &client_hello[4..]) else {
        panic!("a ClientHello")
    };
    let common = Common::new(config, name, client_hello_facts(&hello).extensions);
    let mut transcript = Transcript::new();
    transcript.add(client_hello);
    let offer = Offer::recorded(&hello, share);
    State::WaitServerHello(Box::new(WaitServerHello { common, offer, transcript, retry: None }))
}
