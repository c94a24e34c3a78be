//! The transition tables beside the drawings of RFC 8446 §A.1 and §A.2: in each state each handshake message is sent to
//! the victim, and is taken up or is `unexpected_message`.

use std::{cell::Cell, fmt::Write, rc::Rc};

use super::{
    NOW, Peer, Play, World,
    peer::{Act, Script, raw_message},
    resumption::{Resuming, connect},
};
use crate::{
    config::ClientAuth,
    conn::Connection,
    record::RecordType,
    registry::{AlertDescription, HandshakeType},
    tls13::compress::Compressions,
};

/// A client is brought into each of its states, and a server into each of its own, by the name of the message that the
/// state waits for; the columns.
const CLIENT_STATES: &[(&str, &str)] = &[
    ("WAIT_SH", "ServerHello"),
    ("WAIT_SH after retry", "ServerHello"),
    ("WAIT_EE", "EncryptedExtensions"),
    ("WAIT_CERT_CR", "Certificate"),
    ("WAIT_CERT", "Certificate"),
    ("WAIT_CV", "CertificateVerify"),
    ("WAIT_FINISHED", "Finished"),
    ("CONNECTED", ""),
];
const SERVER_STATES: &[(&str, &str)] = &[
    ("START", "ClientHello"),
    ("START after retry", "ClientHello"),
    ("WAIT_CERT", "Certificate"),
    ("WAIT_CV", "CertificateVerify"),
    ("WAIT_FINISHED", "Finished"),
    ("CONNECTED", ""),
    ("WAIT_EOED", "EndOfEarlyData"),
];

/// RFC 8446 §A.1.
const CLIENT: &str = "
                      1 2 3 4 5 6 7 8
HelloRequest          - - - - - - - -
ClientHello           - - - - - - - -
ServerHello           x x - - - - - -
HelloRetryRequest     x - - - - - - -
HelloVerifyRequest    - - - - - - - -
NewSessionTicket      - - - - - - - x
EndOfEarlyData        - - - - - - - -
EncryptedExtensions   - - x - - - - -
Certificate           - - - x x - - -
ServerKeyExchange     - - - - - - - -
CertificateRequest    - - - x - - - -
ServerHelloDone       - - - - - - - -
CertificateVerify     - - - - - x - -
ClientKeyExchange     - - - - - - - -
Finished              - - - - - - x -
CertificateURL        - - - - - - - -
CertificateStatus     - - - - - - - -
SupplementalData      - - - - - - - -
KeyUpdate             - - - - - - - x
CompressedCertificate - - - x x - - -
message_hash          - - - - - - - -
unknown message       - - - - - - - -
1 WAIT_SH
2 WAIT_SH after retry
3 WAIT_EE
4 WAIT_CERT_CR
5 WAIT_CERT
6 WAIT_CV
7 WAIT_FINISHED
8 CONNECTED
";

/// RFC 8446 §A.2.
const SERVER: &str = "
                      1 2 3 4 5 6 7
HelloRequest          - - - - - - -
ClientHello           x x - - - - -
ServerHello           - - - - - - -
HelloRetryRequest     - - - - - - -
HelloVerifyRequest    - - - - - - -
NewSessionTicket      - - - - - - -
EndOfEarlyData        - - - - - - x
EncryptedExtensions   - - - - - - -
Certificate           - - x - - - -
ServerKeyExchange     - - - - - - -
CertificateRequest    - - - - - - -
ServerHelloDone       - - - - - - -
CertificateVerify     - - - x - - -
ClientKeyExchange     - - - - - - -
Finished              - - - - x - -
CertificateURL        - - - - - - -
CertificateStatus     - - - - - - -
SupplementalData      - - - - - - -
KeyUpdate             - - - - - x -
CompressedCertificate - - x - - - -
message_hash          - - - - - - -
unknown message       - - - - - - -
1 START
2 START after retry
3 WAIT_CERT
4 WAIT_CV
5 WAIT_FINISHED
6 CONNECTED
7 WAIT_EOED
";

/// A well-formed message of each type; the rows.
fn messages(world: &World) -> Vec<(&'static str, Vec<u8>)> {
    let mut hello = Vec::new();
    let client = world.client().build().unwrap();
    Connection::client(client, "host.example".parse().unwrap(), NOW, &mut hello).unwrap();
    let hello_body = &hello[5 + 4..];
    let retry = [
        &[3, 3][..],
        &crate::msg::RETRY_RANDOM,
        // No session id, a suite, no compression; supported_versions, and key_share for P-256.
        &[0, 0x13, 1, 0, 0, 12, 0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0, 23],
    ]
    .concat();
    let mut rows = Vec::new();
    for kind in HandshakeType::KNOWN.iter().copied().chain([HandshakeType(99)]) {
        let body = match kind {
            HandshakeType::CLIENT_HELLO => hello_body,
            HandshakeType::SERVER_HELLO => &[&[3, 3][..], &[7; 32], &retry[34..]].concat()[..],
            HandshakeType::NEW_SESSION_TICKET => &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0],
            HandshakeType::ENCRYPTED_EXTENSIONS => &[0, 0],
            HandshakeType::CERTIFICATE => &[0, 0, 0, 0],
            HandshakeType::COMPRESSED_CERTIFICATE => &[0, 1, 0, 0, 4, 0, 0, 1, 7],
            HandshakeType::CERTIFICATE_REQUEST => &[0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3],
            HandshakeType::CERTIFICATE_VERIFY => &[4, 3, 0, 1, 0],
            HandshakeType::FINISHED => &[0; 32],
            HandshakeType::KEY_UPDATE => &[0],
            _ => &[],
        };
        let body = match kind {
            // key_share of a ServerHello: a whole entry.
            HandshakeType::SERVER_HELLO => {
                let mut body = body[..38 + 2].to_vec();
                body.extend_from_slice(&[0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32]);
                body.extend_from_slice(&[9; 32]);
                let length = u16::try_from(body.len() - 40).unwrap().to_be_bytes();
                body[38..40].copy_from_slice(&length);
                body
            }
            _ => body.to_vec(),
        };
        rows.push((kind.message(), raw_message(kind, &body)));
        if kind == HandshakeType::SERVER_HELLO {
            rows.push(("HelloRetryRequest", raw_message(kind, &retry)));
        }
    }
    rows
}

/// Sends `wrong` in place of the `nth` message of this name, and nothing after it. Where it is the very message that is
/// due, the right one goes.
fn in_place_of(awaited: &'static str, nth: usize, name: &'static str, wrong: Vec<u8>) -> (Script, Rc<Cell<bool>>) {
    let done = Rc::new(Cell::new(false));
    let (mut seen, reached) = (0, Rc::clone(&done));
    let script: Script = Box::new(move |sent, bytes| {
        if reached.get() {
            return Vec::new();
        }
        seen += usize::from(sent == awaited);
        if sent != awaited || seen != nth {
            return vec![Act::Say(bytes)];
        }
        reached.set(true);
        vec![Act::Say(if sent == name { bytes } else { wrong.clone() })]
    });
    (script, done)
}

/// Brings the victim into the state and sends it the message; says whether it was taken up.
fn takes(
    world: &World,
    client: bool,
    (state, awaited): (&str, &'static str),
    message: &(&'static str, Vec<u8>),
) -> bool {
    let (name, bytes) = message;
    let retry = state.ends_with("after retry");
    let nth = if retry && !client { 2 } else { 1 };
    let (script, reached) = in_place_of(awaited, nth, name, bytes.clone());
    if state == "WAIT_EOED" {
        // The one state that only a session with early data leads to.
        let world = Resuming::new();
        let (client, server) = world.early();
        connect(&client, &server);
        let mut play = Play::server(server, Peer::client(client, script));
        play.go_on();
        assert!(reached.get(), "{state} was not reached");
        return play.error.is_none_or(|error| error.alert() != Some(AlertDescription::UNEXPECTED_MESSAGE));
    }
    let mut client_config = world.client().identity(world.identity.clone());
    if retry {
        client_config = client_config.key_shares(&[]);
    }
    let mut server_config = world.server();
    // The one state of a client that only stands open without, and one of a server where both ways end.
    let anonymous = state == "WAIT_CERT_CR" || (state == "WAIT_FINISHED" && !client);
    if !anonymous {
        server_config = server_config.client_auth(ClientAuth::Require(world.verifier()));
    }
    // The victim takes compressed certificates, the peer sends none but for the row.
    match client {
        true => client_config = client_config.certificate_compression(&Compressions::default().0),
        false => server_config = server_config.certificate_compression(&Compressions::default().0),
    }
    let server_config = server_config.build().unwrap();
    let client_config = client_config.build().unwrap();
    let mut play = match client {
        true => Play::client(client_config, Peer::server(server_config, script)),
        false => Play::server(server_config, Peer::client(client_config, script)),
    };
    play.go_on();
    if awaited.is_empty() {
        assert!(!play.victim.is_handshaking());
        play.peer.act(Act::Record(RecordType::Handshake, bytes.clone()));
        play.go_on();
    } else {
        assert!(reached.get(), "{state} was not reached");
    }
    play.error.is_none_or(|error| error.alert() != Some(AlertDescription::UNEXPECTED_MESSAGE))
}

fn table(world: &World, client: bool, states: &[(&'static str, &'static str)]) -> String {
    let mut out = format!("\n{:21}", "");
    (1..=states.len()).for_each(|at| write!(out, " {at}").unwrap());
    for message in messages(world) {
        write!(out, "\n{:21}", message.0).unwrap();
        for state in states {
            out.push_str(if takes(world, client, *state, &message) { " x" } else { " -" });
        }
    }
    for (at, (state, _)) in states.iter().enumerate() {
        write!(out, "\n{} {state}", at + 1).unwrap();
    }
    out + "\n"
}

#[test]
fn the_client() {
    let table = table(&World::new(), true, CLIENT_STATES);
    assert!(table == CLIENT, "{table}");
}

#[test]
fn the_server() {
    let table = table(&World::new(), false, SERVER_STATES);
    assert!(table == SERVER, "{table}");
}
