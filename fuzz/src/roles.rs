//! Both sides of a connection, fed with whatever a fuzzer makes up.

use std::sync::{Arc, OnceLock};

use tlsmith::{
    ClientConfig, Connection, ServerConfig,
    auth::{AcceptAnyway, ChainVerifier, Identity, PeerVerifier},
    config::ClientAuth,
    conn::MAX_RECORD,
};
use tlsmith_crypto::Provider;

use crate::{CHAIN_PEM, KEY_PEM, NOW, anchors, null_crypto::NullCrypto};

/// A connection, and what it has sent already.
pub type Start = (Connection, Vec<u8>);

/// What came out.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// Everything that was sent.
    sent: Vec<u8>,
    /// Everything that was received as application data.
    received: Vec<u8>,
    /// The code of the error, if there was one.
    error: Option<&'static str>,
}

/// The first byte chooses the configuration, the second the cuts, the rest is what the peer sends.
///
/// However the bytes are cut, the outcome is the same.
pub fn fuzz(start: fn(u8) -> Start, data: &[u8]) {
    let Some(([options, cuts], stream)) = data.split_first_chunk::<2>().map(|(first, rest)| (*first, rest)) else {
        return;
    };
    let whole = drive(start(options), stream, || usize::MAX);
    let mut state = u32::from(cuts);
    let cut = drive(start(options), stream, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 + usize::try_from(state >> 24).unwrap_or_default() * usize::from(cuts) / 16
    });
    assert_eq!(whole, cut);
}

fn drive((mut connection, mut sent): Start, mut stream: &[u8], mut cut: impl FnMut() -> usize) -> Outcome {
    let mut received = Vec::new();
    let mut buffer = Vec::new();
    let mut greeted = false;
    let most = 200_000 + 16 * stream.len();
    let error = loop {
        let (now, later) = stream.split_at_checked(cut()).unwrap_or((stream, &[]));
        buffer.extend_from_slice(now);
        stream = later;
        if let Err(error) = feed(&mut connection, &mut buffer, &mut sent, &mut received, &mut greeted) {
            break Some(error);
        }
        if stream.is_empty() {
            break connection.handle_eof().err().map(|error| error.code());
        }
    };
    assert!(sent.len() <= most, "{} bytes sent", sent.len());
    let facts = connection.facts();
    assert!(facts.messages.len() <= 64);
    if error.is_none() && !connection.is_handshaking() {
        assert!(facts.cipher_suite.is_some() && facts.version.is_some());
    }
    Outcome { sent, received, error }
}

/// Hands over whole records until more bytes are needed.
fn feed(
    connection: &mut Connection,
    buffer: &mut Vec<u8>,
    sent: &mut Vec<u8>,
    received: &mut Vec<u8>,
    greeted: &mut bool,
) -> Result<(), &'static str> {
    loop {
        let before = buffer.len();
        let (consumed, wants) = match connection.handle_input(buffer, sent) {
            Ok(got) => {
                assert!(got.data.len() <= got.consumed && got.consumed <= before);
                received.extend_from_slice(got.data);
                (got.consumed, got.wants)
            }
            Err(error) => {
                // After an error every call fails alike, and nothing more is sent.
                let length = sent.len();
                assert_eq!(connection.handle_input(buffer, sent).err().map(|again| again.code()), Some(error.code()));
                assert_eq!(sent.len(), length);
                assert!(!error.message().is_empty() && !error.fix().is_empty());
                return Err(error.code());
            }
        };
        if consumed == 0 {
            let more = connection.is_peer_closed() || wants > before && wants <= MAX_RECORD;
            assert!(more, "{before} bytes, wants {wants}");
            return Ok(());
        }
        buffer.drain(..consumed);
        if !connection.is_handshaking() && !*greeted {
            *greeted = true;
            use_it(connection, sent);
        }
    }
}

/// What an application does with a connection.
fn use_it(connection: &mut Connection, sent: &mut Vec<u8>) {
    let _ = connection.send(b"hello", sent);
    let _ = connection.update_keys(true, sent);
    let mut exported = [0; 48];
    let _ = connection.export(b"label", b"context", &mut exported);
    let _ = connection.send(&[7; 20_000], sent);
}

fn identity() -> Arc<Identity> {
    static IDENTITY: OnceLock<Arc<Identity>> = OnceLock::new();
    let make = || Arc::new(Identity::from_pem(&NullCrypto::default(), CHAIN_PEM, KEY_PEM).expect("an identity"));
    Arc::clone(IDENTITY.get_or_init(make))
}

fn verifier(provider: &Arc<dyn Provider>) -> Arc<dyn PeerVerifier> {
    Arc::new(AcceptAnyway(ChainVerifier::new(Arc::clone(provider), Arc::new(anchors().clone()))))
}

/// A client of example.test.
pub fn client(options: u8) -> Start {
    let provider: Arc<dyn Provider> = Arc::new(NullCrypto::default());
    let mut builder = ClientConfig::builder(Arc::clone(&provider), verifier(&provider))
        .grease(options & 1 != 0)
        .middlebox_compatibility(options & 2 == 0)
        .trace(options & 4 != 0);
    if options & 8 != 0 {
        builder = builder.alpn(&[b"h2", b"http/1.1"]);
    }
    if options & 16 != 0 {
        builder = builder.identity(identity());
    }
    if options & 32 != 0 {
        builder = builder.key_shares(&[]);
    }
    let config = builder.build().expect("a client's configuration");
    let mut sent = Vec::new();
    let name = "example.test".parse().expect("a name");
    let connection = Connection::client(config, name, NOW, &mut sent).expect("a client");
    (connection, sent)
}

/// A server of example.test.
pub fn server(options: u8) -> Start {
    let provider: Arc<dyn Provider> = Arc::new(NullCrypto::default());
    let auth = match options & 3 {
        1 => ClientAuth::Request(verifier(&provider)),
        2 => ClientAuth::Require(verifier(&provider)),
        _ => ClientAuth::None,
    };
    let mut builder =
        ServerConfig::builder(Arc::clone(&provider)).identity(identity()).client_auth(auth).trace(options & 4 != 0);
    if options & 8 != 0 {
        builder = builder.alpn(&[b"h2", b"http/1.1"]);
    }
    let config = builder.build().expect("a server's configuration");
    (Connection::server(config, NOW).expect("a server"), Vec::new())
}
