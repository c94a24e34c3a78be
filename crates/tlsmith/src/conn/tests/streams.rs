//! However a stream of bytes is cut, the outcome is one; however it is altered, nothing panics and nothing gets through.

use std::sync::{Arc, OnceLock};

use proptest::prelude::*;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_x509::TrustAnchors;

use super::{NOW, Pair, provider::Repeating, pump, self_signed};
use crate::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, Identity},
    config::{ClientAuth, Padding},
    conn::Connection,
};

/// An identity whose signatures repeat (Ed25519), its own anchor. One for all connections: what is compressed of it is
/// compressed once.
fn own() -> &'static (Arc<Identity>, Arc<TrustAnchors>) {
    static OWN: OnceLock<(Arc<Identity>, Arc<TrustAnchors>)> = OnceLock::new();
    OWN.get_or_init(|| {
        let (chain, key) = self_signed(&["host.example"], &rcgen::PKCS_ED25519);
        let anchors = TrustAnchors::from_pem(chain.as_bytes()).unwrap();
        (Arc::new(Identity::from_pem(&AwsLc, chain.as_bytes(), key.as_bytes()).unwrap()), Arc::new(anchors))
    })
}

/// A client that repeats: the same bytes each time it is made.
fn client(out: &mut Vec<u8>, retry: bool) -> Connection {
    let provider = Arc::new(Repeating::new(1));
    let (identity, anchors) = own();
    let verifier = Arc::new(ChainVerifier::new(provider.clone(), anchors.clone()));
    let mut config = ClientConfig::builder(provider, verifier).identity(identity.clone()).alpn(&[b"h2"]).trace(true);
    if retry {
        config = config.key_shares(&[]);
    }
    Connection::client(config.build().unwrap(), "host.example".parse().unwrap(), NOW, out).unwrap()
}

fn server() -> Connection {
    let provider = Arc::new(Repeating::new(2));
    let (identity, anchors) = own();
    let verifier = Arc::new(ChainVerifier::new(provider.clone(), anchors.clone()));
    let config = ServerConfig::builder(provider).identity(identity.clone()).alpn(&[b"h2"]).trace(true);
    let config = config.client_auth(ClientAuth::Require(verifier)).retry_with_cookie(true);
    Connection::server(config.padding(Padding::MultipleOf(32)).build().unwrap(), NOW).unwrap()
}

/// What each side sent in a whole conversation, which is the other's input.
struct Recorded {
    to_server: Vec<u8>,
    to_client: Vec<u8>,
}

fn recorded(retry: bool) -> &'static Recorded {
    static RECORDED: [OnceLock<Recorded>; 2] = [OnceLock::new(), OnceLock::new()];
    RECORDED[usize::from(retry)].get_or_init(|| {
        let mut to_server = Vec::new();
        let client = client(&mut to_server, retry);
        let mut pair = Pair { client, server: server(), to_server, to_client: Vec::new() };
        let mut record = Recorded { to_server: Vec::new(), to_client: Vec::new() };
        let mut turn = |pair: &mut Pair| {
            while !pair.to_server.is_empty() || !pair.to_client.is_empty() {
                record.to_server.extend_from_slice(&pair.to_server);
                pump(&mut pair.server, &mut pair.to_server, &mut pair.to_client, &mut Vec::new()).unwrap();
                record.to_client.extend_from_slice(&pair.to_client);
                pump(&mut pair.client, &mut pair.to_client, &mut pair.to_server, &mut Vec::new()).unwrap();
            }
        };
        turn(&mut pair);
        for (client_first, len) in [(true, 10), (false, 40), (true, 20_000), (false, 0)] {
            let Pair { client, server, to_server, to_client } = &mut pair;
            let (side, out) = if client_first { (client, to_server) } else { (server, to_client) };
            side.send(&vec![b'd'; len], out).unwrap();
            side.update_keys(true, out).unwrap();
            side.send(b"more", out).unwrap();
            turn(&mut pair);
        }
        pair.client.send_close(&mut pair.to_server);
        pair.server.send_close(&mut pair.to_client);
        turn(&mut pair);
        record
    })
}

/// How it went: data, what was sent, what is known, or the error. Without the error's place in the stream.
#[derive(Debug, PartialEq)]
struct Outcome {
    result: Result<(), String>,
    data: Vec<u8>,
    sent: Vec<u8>,
    facts: String,
}

/// Gives a fresh side the input in pieces of these sizes, over and over.
fn feed(is_client: bool, retry: bool, input: &[u8], sizes: &[usize]) -> Outcome {
    let mut sent = Vec::new();
    let mut side = if is_client { client(&mut sent, retry) } else { server() };
    let (mut held, mut data, mut rest) = (Vec::new(), Vec::new(), input);
    let mut sizes = sizes.iter().cycle();
    let mut result = Ok(());
    while !rest.is_empty() && result.is_ok() {
        let (piece, after) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
        held.extend_from_slice(piece);
        rest = after;
        result = pump(&mut side, &mut held, &mut sent, &mut data).map(drop);
    }
    let result = result.and_then(|()| side.handle_eof()).map_err(|error| format!("{error:?}"));
    // Nothing is left to be asked for, whatever happened.
    assert!(side.need().is_none());
    Outcome { result, data, sent, facts: format!("{:?}", side.facts()) }
}

fn input(is_client: bool, retry: bool) -> &'static [u8] {
    let recorded = recorded(retry);
    if is_client { &recorded.to_client } else { &recorded.to_server }
}

/// The whole stream in one piece.
fn reference(is_client: bool, retry: bool) -> &'static Outcome {
    static REFERENCE: [OnceLock<Outcome>; 4] = [const { OnceLock::new() }; 4];
    REFERENCE[usize::from(is_client) + 2 * usize::from(retry)].get_or_init(|| {
        let input = input(is_client, retry);
        let outcome = feed(is_client, retry, input, &[input.len()]);
        assert_eq!(outcome.result, Ok(()));
        assert!(outcome.data.len() > 40 && outcome.facts.contains("CertificateVerify"));
        outcome
    })
}

#[test]
fn byte_by_byte() {
    for (is_client, retry) in [(true, false), (false, false), (true, true), (false, true)] {
        let outcome = feed(is_client, retry, input(is_client, retry), &[1]);
        assert!(outcome == *reference(is_client, retry), "{:?}", outcome.result);
    }
}

/// A stream that ends early, anywhere: an error, and never more data than there were.
#[test]
fn cut_off() {
    for is_client in [true, false] {
        let (whole, input) = (reference(is_client, false), input(is_client, false));
        // Each place in the handshake, then some.
        let places = (0..3000.min(input.len())).chain((3000..input.len()).step_by(997));
        for end in places {
            let outcome = feed(is_client, false, &input[..end], &[end.max(1)]);
            assert!(outcome.result.is_err() && whole.data.starts_with(&outcome.data), "{end}");
            assert!(outcome.result.unwrap_err().contains("transport."), "{end}");
        }
    }
}

/// Both sides really repeat: else the tests here would compare noise.
#[test]
fn the_sides_repeat() {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    client(&mut first, false);
    client(&mut second, false);
    assert_eq!(first, second);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cut_anywhere(is_client: bool, retry: bool, sizes in proptest::collection::vec(1..700_usize, 1..40)) {
        let outcome = feed(is_client, retry, input(is_client, retry), &sizes);
        prop_assert!(outcome == *reference(is_client, retry), "{:?}", outcome.result);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// One bit, anywhere: an error, or exactly what would have come without it (the version in a record's header may
    /// change, RFC 8446 §5.1).
    #[test]
    fn a_flipped_bit(is_client: bool, retry: bool, at in any::<proptest::sample::Index>(), bit in 0..8_u32) {
        let mut altered = input(is_client, retry).to_vec();
        // The handshake is where it is interesting: half of the time.
        let place = at.index(if bit % 2 == 0 { 3000.min(altered.len()) } else { altered.len() });
        altered[place] ^= 1 << bit;
        let outcome = feed(is_client, retry, &altered, &[altered.len()]);
        let whole = reference(is_client, retry);
        prop_assert!(whole.data.starts_with(&outcome.data), "data that were never sent");
        if outcome.result.is_ok() {
            prop_assert!(outcome == *whole, "{place}");
        }
    }

    /// A few bytes replaced, removed or inserted anywhere.
    #[test]
    fn a_stream_that_was_tampered_with(
        is_client: bool, retry: bool, at in any::<proptest::sample::Index>(), removed in 0..40_usize,
        inserted in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut altered = input(is_client, retry).to_vec();
        let start = at.index(altered.len());
        let end = (start + removed).min(altered.len());
        altered.splice(start..end, inserted);
        let outcome = feed(is_client, retry, &altered, &[altered.len()]);
        let whole = reference(is_client, retry);
        prop_assert!(whole.data.starts_with(&outcome.data));
        if outcome.result.is_ok() {
            prop_assert_eq!(&outcome.data, &whole.data);
        }
    }
}
