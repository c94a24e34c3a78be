//! RECVD_CH: the ClientHello that chose TLS 1.2, and the ServerHello (RFC 5246 §7.4.1.2, §7.4.1.3).

use std::sync::Arc;

use super::{
    Common, DecryptTicket, State, choice, flight,
    sessions::{self, Issue},
};
use crate::{
    auth::{Answer, proofs::crypto},
    config::ServerConfig,
    conn::{ClientHelloFacts, Role},
    error::{Error, Rule},
    ext::{self, Extension},
    hello::{choice::alpn, downgrade, record_size},
    msg::{ClientHello, Message, ServerHello},
    registry::{CipherSuite, ExtensionType, ProtocolVersion},
    session::ServerSession,
    tls12::{flight::Handshake, key_schedule::Randoms, suite::Suite},
    tls13::{
        effects::{RecordSizeLimits, Sink},
        transcript::Transcript,
    },
};

/// Takes the ClientHello.
pub(crate) fn start(
    config: Arc<ServerConfig>,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    raw: &[u8],
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    check(hello)?;
    sink.end_of_flight()?;
    match sessions::offered(&config, hello, facts, sink)? {
        Answer::Now(session) => answer(config, hello, facts, raw, session, sink),
        Answer::Later => {
            let ticket = sessions::ticket(hello).unwrap_or_default().to_vec();
            let pause = DecryptTicket { config, raw: raw.to_vec(), facts: facts.clone(), ticket };
            Ok(State::DecryptTicket(Box::new(pause)))
        }
    }
}

/// Sends the ServerHello, and what follows it in a full handshake or in one that resumes a session.
pub(super) fn answer(
    config: Arc<ServerConfig>,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    raw: &[u8],
    session: Option<ServerSession>,
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let mut transcript = Transcript::new();
    transcript.add(raw);
    let alpn = alpn(&config, facts)?;
    let extended_main_secret = hello.find(ExtensionType::EXTENDED_MAIN_SECRET).is_some();
    let handshake = |config: &ServerConfig, suite, transcript| {
        let randoms = Randoms { client: hello.random, server: server_random(config)? };
        let provider = config.provider.clone();
        Ok::<_, Error>(Handshake { role: Role::Server, provider, suite, randoms, transcript, extended_main_secret })
    };
    let facts_now = sink.facts();
    facts_now.version = Some(ProtocolVersion::TLS1_2);
    facts_now.alpn.clone_from(&alpn);
    facts_now.extended_main_secret = extended_main_secret;
    let mut extensions = answers(hello, alpn.as_deref());
    if let Some(sent) = record_size::of_client(hello)? {
        let received = config.record_size_limit.min(record_size::MAX_TLS12);
        extensions.push(Extension::RecordSizeLimit(received));
        sink.limit_records(RecordSizeLimits { sent, received })?;
    }
    let promised = Issue::promise(&config, hello)?;
    if matches!(promised, Issue::Ticket) {
        extensions.push(Extension::SessionTicket(&[]));
    }

    let resumed = session.and_then(|session| Some((Suite::new(session.cipher_suite)?, session)));
    if let Some((suite, session)) = resumed {
        sink.facts().cipher_suite = Some(suite.code);
        transcript.choose_hash(config.provider.as_ref(), suite.hash);
        let mut handshake = handshake(&config, suite, transcript)?;
        // The ID that the client sent, its own one beside a ticket too, says that the session is resumed (RFC 5077 §3.4).
        send_server_hello(&mut handshake, hello.session_id, extensions, sink)?;
        let same = || Issue::Same(hello.session_id.to_vec());
        let issue = if matches!(promised, Issue::Ticket) { promised } else { same() };
        return sessions::resume(config, session, handshake, issue, sink);
    }
    let choice = choice::choose(&config, facts)?;
    (sink.facts().cipher_suite, sink.facts().group) = (Some(choice.suite.code), choice.group);
    match config.client_auth.verifier() {
        Some(_) => transcript.choose_hash_and_keep(config.provider.as_ref(), choice.suite.hash),
        None => transcript.choose_hash(config.provider.as_ref(), choice.suite.hash),
    }
    if facts.server_name.is_some() {
        extensions.push(Extension::ServerNameAck);
    }
    let staples = choice.identity.as_ref().map(|(identity, _)| identity.staples()).unwrap_or_default();
    let status = staples.ocsp_response().filter(|_| facts.wants_ocsp_response);
    extensions.extend(staples.sct_list().filter(|_| facts.wants_sct_list).map(Extension::Scts));
    extensions.extend(status.map(|_| Extension::StatusRequested));
    let mut handshake = handshake(&config, choice.suite, transcript)?;
    // A pre-shared key is named again as it is.
    let promised = if choice.identity.is_some() { promised } else { Issue::Nothing };
    if choice.identity.is_none() {
        extensions.retain(|extension| *extension != Extension::SessionTicket(&[]));
    }
    send_server_hello(&mut handshake, promised.session_id(), extensions, sink)?;
    flight::send(Common { config, issue: promised, handshake }, choice, status, sink)
}

/// The demands on a ClientHello of TLS 1.2.
fn check(hello: &ClientHello<'_>) -> Result<(), Error> {
    if !hello.compression_methods.contains(&0) {
        return Err(Error::new(Rule::CompressionOffered, "compression_methods lacks null"));
    }
    for extension in &hello.extensions {
        match extension {
            // RFC 8422 §5.1.2.
            Extension::EcPointFormats(formats) if !formats.contains(&ext::UNCOMPRESSED_POINTS) => {
                return Err(Error::new(Rule::IllegalParameter, "ec_point_formats without uncompressed"));
            }
            // RFC 5746 §3.6: in a first handshake there is nothing to be renegotiated.
            Extension::RenegotiationInfo(connection) if !connection.is_empty() => {
                return Err(Error::new(Rule::BadRenegotiationInfo, "in the ClientHello of a first handshake"));
            }
            _ => (),
        }
    }
    Ok(())
}

/// The server's random. A server that could have done better says so in it (RFC 8446 §4.1.3).
fn server_random(config: &ServerConfig) -> Result<[u8; 32], Error> {
    let mut random = [0; 32];
    config.provider.random(&mut random).map_err(|error| crypto(&error))?;
    if config.versions.contains(&ProtocolVersion::TLS1_3) {
        downgrade::mark(&mut random);
    }
    Ok(random)
}

/// The answers to the client's extensions.
fn answers<'a>(hello: &ClientHello<'_>, alpn: Option<&'a [u8]>) -> Vec<Extension<'a>> {
    let offered = |kind| hello.find(kind).is_some();
    let mut list = Vec::new();
    // RFC 5746 §3.6: to the extension and to the signal among the suites alike.
    let signal = hello.cipher_suites.contains(&CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV);
    if signal || offered(ExtensionType::RENEGOTIATION_INFO) {
        list.push(Extension::RenegotiationInfo(&[]));
    }
    if offered(ExtensionType::EXTENDED_MAIN_SECRET) {
        list.push(Extension::ExtendedMainSecret);
    }
    if offered(ExtensionType::EC_POINT_FORMATS) {
        list.push(Extension::EcPointFormats(&[ext::UNCOMPRESSED_POINTS]));
    }
    list.extend(alpn.map(|name| Extension::Alpn(vec![name])));
    list
}

fn send_server_hello(
    handshake: &mut Handshake,
    session_id: &[u8],
    extensions: Vec<Extension<'_>>,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let message = ServerHello {
        legacy_version: ProtocolVersion::TLS1_2,
        random: handshake.randoms.server,
        session_id,
        cipher_suite: handshake.suite.code,
        compression_method: 0,
        extensions,
    };
    sink.send(&Message::ServerHello(message), &mut handshake.transcript)
}
