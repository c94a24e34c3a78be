//! The transition tables of TLS 1.2 beside the drawings of `tls12/client` and `tls12/server`: in each state each handshake
//! message, and ChangeCipherSpec, is sent to the victim, and is taken up or is `unexpected_message`.

use std::{cell::Cell, fmt::Write, rc::Rc};

use super::{
    NOW, Peer, Play, World,
    peer::{Act, Script, raw_message},
};
use crate::{
    auth::Staples,
    config::ClientAuth,
    conn::Connection,
    record::RecordType,
    registry::{AlertDescription, HandshakeType, ProtocolVersion},
};

const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;
const CCS: &str = "ChangeCipherSpec";

/// The columns: a state, and what it waits for; of two that it waits for, the first. WAIT_SH and START are those of TLS 1.3.
const CLIENT_STATES: &[(&str, &str)] = &[
    ("WAIT_CERT", "Certificate"),
    ("WAIT_SKE, status announced", "CertificateStatus"),
    ("WAIT_SKE", "ServerKeyExchange"),
    ("WAIT_CR_SHD", "CertificateRequest"),
    ("WAIT_SHD", "ServerHelloDone"),
    ("WAIT_CCS", CCS),
    ("WAIT_FINISHED", "Finished"),
    ("CONNECTED", ""),
];
const SERVER_STATES: &[(&str, &str)] = &[
    ("WAIT_CERT", "Certificate"),
    ("WAIT_CKE", "ClientKeyExchange"),
    ("WAIT_CV", "CertificateVerify"),
    ("WAIT_CCS", CCS),
    ("WAIT_FINISHED", "Finished"),
    ("CONNECTED", ""),
];

/// `i`: ignored. In WAIT_CR_SHD a ServerHelloDone may follow the request that did not come; in WAIT_SKE the status is past.
const CLIENT: &str = "
                      1 2 3 4 5 6 7 8
HelloRequest          i i i i i i i -
ClientHello           - - - - - - - -
ServerHello           - - - - - - - -
HelloVerifyRequest    - - - - - - - -
NewSessionTicket      - - - - - - - -
EndOfEarlyData        - - - - - - - -
EncryptedExtensions   - - - - - - - -
Certificate           x - - - - - - -
ServerKeyExchange     - x x - - - - -
CertificateRequest    - - - x - - - -
ServerHelloDone       - - - x x - - -
CertificateVerify     - - - - - - - -
ClientKeyExchange     - - - - - - - -
Finished              - - - - - - x -
CertificateURL        - - - - - - - -
CertificateStatus     - x - - - - - -
SupplementalData      - - - - - - - -
KeyUpdate             - - - - - - - -
CompressedCertificate - - - - - - - -
message_hash          - - - - - - - -
unknown message       - - - - - - - -
ChangeCipherSpec      - - - - - x - -
1 WAIT_CERT
2 WAIT_SKE, status announced
3 WAIT_SKE
4 WAIT_CR_SHD
5 WAIT_SHD
6 WAIT_CCS
7 WAIT_FINISHED
8 CONNECTED
";

const SERVER: &str = "
                      1 2 3 4 5 6
HelloRequest          - - - - - -
ClientHello           - - - - - -
ServerHello           - - - - - -
HelloVerifyRequest    - - - - - -
NewSessionTicket      - - - - - -
EndOfEarlyData        - - - - - -
EncryptedExtensions   - - - - - -
Certificate           x - - - - -
ServerKeyExchange     - - - - - -
CertificateRequest    - - - - - -
ServerHelloDone       - - - - - -
CertificateVerify     - - x - - -
ClientKeyExchange     - x - - - -
Finished              - - - - x -
CertificateURL        - - - - - -
CertificateStatus     - - - - - -
SupplementalData      - - - - - -
KeyUpdate             - - - - - -
CompressedCertificate - - - - - -
message_hash          - - - - - -
unknown message       - - - - - -
ChangeCipherSpec      - - - x - -
1 WAIT_CERT
2 WAIT_CKE
3 WAIT_CV
4 WAIT_CCS
5 WAIT_FINISHED
6 CONNECTED
";

/// A well-formed message of each type; the rows. A ChangeCipherSpec stands among them as what is in it.
fn messages(world: &World) -> Vec<(&'static str, Vec<u8>)> {
    let mut hello = Vec::new();
    let client = world.client().versions(TLS12, TLS12).build().unwrap();
    Connection::client(client, "host.example".parse().unwrap(), NOW, &mut hello).unwrap();
    let mut rows = Vec::new();
    for kind in HandshakeType::KNOWN.iter().copied().chain([HandshakeType(99)]) {
        let body = match kind {
            HandshakeType::CLIENT_HELLO => hello[5 + 4..].to_vec(),
            HandshakeType::SERVER_HELLO => [&[3, 3][..], &[7; 32], &[0, 0xc0, 0x2b, 0]].concat(),
            HandshakeType::NEW_SESSION_TICKET => vec![0, 0, 0, 1, 0, 1, 5],
            HandshakeType::CERTIFICATE => vec![0, 0, 0],
            HandshakeType::CERTIFICATE_STATUS => vec![1, 0, 0, 1, 48],
            HandshakeType::CERTIFICATE_REQUEST => vec![1, 64, 0, 2, 4, 3, 0, 0],
            HandshakeType::CERTIFICATE_VERIFY => vec![4, 3, 0, 1, 0],
            HandshakeType::FINISHED => vec![0; 12],
            HandshakeType::KEY_UPDATE => vec![0],
            _ => Vec::new(),
        };
        rows.push((kind.message(), raw_message(kind, &body)));
    }
    rows.push((CCS, vec![1]));
    rows
}

/// Sends `wrong` in place of the message of this name, and nothing after it. Where it is the very message that is due, or
/// one that is ignored, the right one goes, or goes as well, and all that follows.
fn in_place_of(
    awaited: &'static str,
    (name, wrong): (&'static str, Vec<u8>),
    ignored: bool,
) -> (Script, Rc<Cell<bool>>) {
    let done = Rc::new(Cell::new(false));
    let reached = Rc::clone(&done);
    let stops = !ignored && name != awaited;
    let script: Script = Box::new(move |sent, bytes| {
        if reached.get() && stops {
            return Vec::new();
        }
        if sent != awaited || reached.get() {
            return vec![Act::Say(bytes)];
        }
        reached.set(true);
        let wrong = match (name, sent) {
            (CCS, CCS) => Act::Say(bytes.clone()),
            (CCS, _) => Act::Record(RecordType::ChangeCipherSpec, wrong.clone()),
            _ => Act::Whisper(wrong.clone()),
        };
        match (name == awaited, ignored) {
            (true, _) => vec![Act::Say(bytes)],
            (false, true) => vec![wrong, Act::Say(bytes)],
            (false, false) => vec![wrong],
        }
    });
    (script, done)
}

/// Brings the victim into the state and sends it the message.
fn play(
    world: &World,
    client: bool,
    (state, awaited): (&str, &'static str),
    message: (&'static str, Vec<u8>),
    ignored: bool,
) -> Play {
    let bytes = message.1.clone();
    let kind = if message.0 == CCS { RecordType::ChangeCipherSpec } else { RecordType::Handshake };
    let (script, reached) = in_place_of(awaited, message, ignored);
    let server = world.server().versions(TLS12, TLS12).client_auth(ClientAuth::Require(world.verifier()));
    let server = server.build().unwrap();
    let client_config = world.client().versions(TLS12, TLS12).identity(world.identity.clone()).build().unwrap();
    let mut play = match client {
        true => Play::client(client_config, Peer::server(server, script).scripting_change_cipher_spec()),
        false => Play::server(server, Peer::client(client_config, script).scripting_change_cipher_spec()),
    };
    play.go_on();
    if awaited.is_empty() {
        assert!(!play.victim.is_handshaking());
        play.peer.act(Act::Record(kind, bytes));
        play.go_on();
    } else {
        assert!(reached.get(), "{state} was not reached");
    }
    play
}

fn table(world: &World, client: bool, states: &[(&'static str, &'static str)]) -> String {
    let mut out = format!("\n{:21}", "");
    (1..=states.len()).for_each(|at| write!(out, " {at}").unwrap());
    for message in messages(world) {
        write!(out, "\n{:21}", message.0).unwrap();
        for state in states {
            let taken = play(world, client, *state, message.clone(), false).error.is_none_or(|error| {
                let alert = error.alert();
                alert != Some(AlertDescription::UNEXPECTED_MESSAGE) && alert != Some(AlertDescription::NO_RENEGOTIATION)
            });
            // What is ignored lets the handshake go on; what was due does as well.
            let ignored = taken && state.1 != message.0 && {
                let play = play(world, client, *state, message.clone(), true);
                play.error.is_none() && !play.victim.is_handshaking()
            };
            out.push_str(if ignored {
                " i"
            } else if taken {
                " x"
            } else {
                " -"
            });
        }
    }
    for (at, (state, _)) in states.iter().enumerate() {
        write!(out, "\n{} {state}", at + 1).unwrap();
    }
    out + "\n"
}

fn world() -> World {
    let world = World::new();
    world.identity.staple(Staples::new(Some(b"0 an OCSP response".to_vec()), None).unwrap());
    world
}

#[test]
fn the_client() {
    let table = table(&world(), true, CLIENT_STATES);
    assert!(table == CLIENT, "{table}");
}

#[test]
fn the_server() {
    let table = table(&world(), false, SERVER_STATES);
    assert!(table == SERVER, "{table}");
}
