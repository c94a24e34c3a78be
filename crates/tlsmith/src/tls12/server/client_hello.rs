//! RECVD_CH: the ClientHello that chose TLS 1.2, and the ServerHello (RFC 5246 §7.4.1.2, §7.4.1.3).

use std::sync::Arc;

use super::{Common, State, choice, flight};
use crate::{
    auth::proofs::crypto,
    config::ServerConfig,
    conn::{ClientHelloFacts, Role},
    error::{Error, Rule},
    ext::{self, Extension},
    hello::{choice::alpn, downgrade, record_size},
    msg::{ClientHello, Message, ServerHello},
    registry::{CipherSuite, ExtensionType, ProtocolVersion},
    tls12::{flight::Handshake, key_schedule::Randoms},
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
    let choice = choice::choose(&config, facts)?;
    let alpn = alpn(&config, facts)?;
    let extended_main_secret = hello.find(ExtensionType::EXTENDED_MAIN_SECRET).is_some();
    let facts_now = sink.facts();
    (facts_now.version, facts_now.cipher_suite) = (Some(ProtocolVersion::TLS1_2), Some(choice.suite.code));
    facts_now.group = Some(choice.group);
    facts_now.alpn.clone_from(&alpn);
    facts_now.extended_main_secret = extended_main_secret;

    let mut transcript = Transcript::new();
    transcript.add(raw);
    match config.client_auth.verifier() {
        Some(_) => transcript.choose_hash_and_keep(config.provider.as_ref(), choice.suite.hash),
        None => transcript.choose_hash(config.provider.as_ref(), choice.suite.hash),
    }
    let randoms = Randoms { client: hello.random, server: server_random(&config)? };
    let handshake = Handshake {
        role: Role::Server,
        provider: config.provider.clone(),
        suite: choice.suite,
        randoms,
        transcript,
        extended_main_secret,
    };
    let mut common = Common { config, handshake };
    let staples = choice.identity.staples();
    let mut extensions = answers(hello, facts, alpn.as_deref());
    if let Some(sent) = record_size::of_client(hello)? {
        let received = common.config.record_size_limit.min(record_size::MAX_TLS12);
        extensions.push(Extension::RecordSizeLimit(received));
        sink.limit_records(RecordSizeLimits { sent, received })?;
    }
    let scts = staples.sct_list().filter(|_| facts.wants_sct_list);
    extensions.extend(scts.map(Extension::Scts));
    let status = staples.ocsp_response().filter(|_| facts.wants_ocsp_response);
    extensions.extend(status.map(|_| Extension::StatusRequested));
    send_server_hello(&mut common, extensions, sink)?;
    flight::send(common, choice, status, sink)
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
fn answers<'a>(hello: &ClientHello<'_>, facts: &ClientHelloFacts, alpn: Option<&'a [u8]>) -> Vec<Extension<'a>> {
    let offered = |kind| hello.find(kind).is_some();
    let mut list = Vec::new();
    if facts.server_name.is_some() {
        list.push(Extension::ServerNameAck);
    }
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

fn send_server_hello(common: &mut Common, extensions: Vec<Extension<'_>>, sink: &mut dyn Sink) -> Result<(), Error> {
    let handshake = &mut common.handshake;
    let message = ServerHello {
        legacy_version: ProtocolVersion::TLS1_2,
        random: handshake.randoms.server,
        session_id: &[],
        cipher_suite: handshake.suite.code,
        compression_method: 0,
        extensions,
    };
    sink.send(&Message::ServerHello(message), &mut handshake.transcript)
}
