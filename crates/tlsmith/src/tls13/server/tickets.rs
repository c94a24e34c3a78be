//! Sends NewSessionTicket (RFC 8446 §4.6.1).

use tlsmith_crypto::Secret;
use tlsmith_x509::Report;

use crate::{
    auth::proofs::crypto,
    config::ServerConfig,
    conn::Facts,
    error::Error,
    ext::Extension,
    hello::offer::{PSK_DHE_KE, PSK_KE},
    msg::{Message, NewSessionTicket},
    registry::ProtocolVersion,
    session::{MAX_LIFETIME, ServerSession, Ticketer, trusted_until},
    tls13::{
        effects::Sink,
        flight::Keys,
        key_schedule::{self, MainSecret},
        transcript::Transcript,
    },
};

/// As many tickets as the configuration says. A provider or a ticketer that fails costs the client a full handshake the
/// next time, not its connection.
pub(super) fn send(config: &ServerConfig, keys: &Keys, main: &MainSecret, sink: &mut dyn Sink) -> Result<(), Error> {
    let Some(ticketer) = &config.ticketer else { return Ok(()) };
    // An external PSK is offered again as it is; and a client that was judged by what cannot be named cannot come back.
    let unnamed = config.client_auth.verifier().is_some() && config.client_policy().is_none();
    // What a ticket says of the client is its certificates.
    let raw = sink.facts().peer_raw_key.is_some();
    if sink.facts().external_psk || unnamed || raw || ticketer.lifetime() == 0 || !usable(config, sink.facts()) {
        return Ok(());
    }
    let resumption = main.resumption(&keys.transcript.current()).map_err(|error| crypto(&error))?;
    for nonce in 0..config.tickets {
        send_one(config, ticketer.as_ref(), keys, &resumption, nonce, sink)?;
    }
    Ok(())
}

/// Whether the client could use a ticket in a way that this server takes (§4.2.9).
fn usable(config: &ServerConfig, facts: &Facts) -> bool {
    let modes = facts.client_hello.as_ref().map(|hello| hello.psk_key_exchange_modes.as_slice()).unwrap_or_default();
    modes.contains(&PSK_DHE_KE) || (config.psk_without_dhe && modes.contains(&PSK_KE))
}

fn send_one(
    config: &ServerConfig,
    ticketer: &dyn Ticketer,
    keys: &Keys,
    resumption: &Secret,
    nonce: u8,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let provider = config.provider.as_ref();
    let now = sink.now();
    let secret = key_schedule::ticket_psk(&keys.kdf, resumption, &[nonce]).map_err(|error| crypto(&error))?;
    let mut age_add = [0; 4];
    provider.random(&mut age_add).map_err(|error| crypto(&error))?;
    let facts = sink.facts();
    let session = ServerSession {
        version: ProtocolVersion::TLS1_3,
        cipher_suite: keys.suite.code,
        secret,
        issued_at: now,
        lifetime: ticketer.lifetime().min(MAX_LIFETIME),
        age_add: u32::from_be_bytes(age_add),
        trusted_until: facts.trusted_until.unwrap_or_else(|| trusted_until(now.seconds(), &Report::default())),
        server_name: facts.server_name.clone(),
        alpn: facts.alpn.clone(),
        extended_main_secret: true,
        group: facts.group,
        peer_certificates: facts.peer_certificates.clone(),
        policy: config.client_policy(),
        max_early_data: config.early_data.as_ref().map_or(0, |early_data| early_data.max),
        context: config.session_context.clone(),
    };
    let encoded = session.encode();
    if encoded.len() > ServerSession::MAX_ENCODED {
        return Ok(());
    }
    let Ok(Some(ticket)) = ticketer.seal(provider, &encoded, now.seconds()) else { return Ok(()) };
    let limit = Some(session.max_early_data).filter(|limit| *limit > 0);
    let message = NewSessionTicket {
        lifetime: session.lifetime,
        age_add: session.age_add,
        nonce: &[nonce],
        ticket: &ticket,
        extensions: limit.map(Extension::EarlyDataLimit).into_iter().collect(),
    };
    // Post-handshake messages are in nobody's transcript.
    sink.send(&Message::NewSessionTicket(message), &mut Transcript::new())
}
