//! The handshakes of RFC 8448, replayed through the client byte for byte: fed with the server's records, it sends exactly
//! the client's, from ChangeCipherSpec and Certificate to Finished, data and close_notify.
//!
//! The client's private key share is the recorded one, its signature too; everything else comes out of the code. The
//! recorded certificates have RSA keys of 1024 bits, which the real provider refuses: here it takes their signatures on trust.

use std::sync::Arc;

use tlsmith_crypto::{
    AeadAlgorithm, AeadKey, CryptoError, Digest, Group, HashAlgorithm, HashContext, KeyExchange, Provider, Secret,
    SignatureAlgorithm, SigningKey,
    aws_lc::{AwsLc, x25519_from_private},
};
use tlsmith_x509::{Certificate, Report};

use super::*;
use crate::{
    auth::{Answer, Identity, PeerCertificates, PeerVerifier, Verdict},
    msg::Message,
    registry::HandshakeType,
    rfc8448::{Side, Trace},
};

/// AWS-LC, but for signatures: every one verifies.
#[derive(Debug)]
struct Credulous;

impl Provider for Credulous {
    fn random(&self, out: &mut [u8]) -> Result<(), CryptoError> {
        AwsLc.random(out)
    }
    fn hash(&self, algorithm: HashAlgorithm) -> Box<dyn HashContext> {
        AwsLc.hash(algorithm)
    }
    fn hmac(&self, algorithm: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
        AwsLc.hmac(algorithm, key, parts)
    }
    fn aead(&self, algorithm: AeadAlgorithm, key: &[u8]) -> Result<Box<dyn AeadKey>, CryptoError> {
        AwsLc.aead(algorithm, key)
    }
    fn groups(&self) -> &[Group] {
        AwsLc.groups()
    }
    fn start_key_exchange(&self, group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
        AwsLc.start_key_exchange(group)
    }
    fn accept_key_exchange(&self, group: Group, share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
        AwsLc.accept_key_exchange(group, share)
    }
    fn verify(&self, _: SignatureAlgorithm, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), CryptoError> {
        Ok(())
    }
    fn load_key(&self, der: &[u8]) -> Result<Arc<dyn SigningKey>, CryptoError> {
        AwsLc.load_key(der)
    }
}

#[derive(Debug)]
struct AnybodyIsFine;

impl PeerVerifier for AnybodyIsFine {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Now(Verdict::accept_anyway(Report::default()))
    }
}

/// The client's Certificate and CertificateVerify, where it sent them.
fn client_identity(trace: &Trace) -> Option<(Arc<Identity>, Vec<u8>)> {
    let messages = trace.messages();
    let sent = |wanted: HandshakeType| {
        let found = messages.iter().find(|(side, bytes)| *side == Side::Client && bytes[0] == wanted.0);
        found.map(|(_, bytes)| Message::decode(wanted, &bytes[4..]).unwrap())
    };
    let (Message::Certificate(certificate), Message::CertificateVerify(verify)) =
        (sent(HandshakeType::CERTIFICATE)?, sent(HandshakeType::CERTIFICATE_VERIFY)?)
    else {
        panic!("other messages")
    };
    let chain = certificate.entries.iter().map(|entry| Certificate::from_der(entry.data).unwrap()).collect();
    Some((Arc::new(Identity::with_external_key(chain).unwrap()), verify.signature.to_vec()))
}

fn client(trace: &Trace) -> (Connection, Option<Vec<u8>>) {
    let hello = trace.messages()[0].1;
    let compatible = hello[38] != 0;
    let mut builder =
        ClientConfig::builder(Arc::new(Credulous), Arc::new(AnybodyIsFine)).middlebox_compatibility(compatible);
    let (identity, signature) = client_identity(trace).unzip();
    if let Some(identity) = identity {
        builder = builder.identity(identity);
    }
    let private = trace.value(Side::Client, "create an ephemeral x25519 key pair", "private key");
    let share = x25519_from_private(private.try_into().unwrap()).unwrap();
    let state = client::recorded(builder.build().unwrap(), "server".parse().unwrap(), hello, share);
    let mut connection = Connection::new(Role::Client, Machine::Client(state), NOW.into());
    connection.write.initial = false;
    (connection, signature)
}

fn feed(connection: &mut Connection, record: &[u8], out: &mut Vec<u8>) -> Vec<u8> {
    let mut input = record.to_vec();
    let received = connection.handle_input(&mut input, out).unwrap();
    assert_eq!(received.consumed, record.len());
    received.data.to_vec()
}

fn replay(trace: &Trace) {
    let (mut connection, signature) = client(trace);
    let mut out = Vec::new();
    let mut from_server = trace.records(Side::Server).into_iter();
    while connection.is_handshaking() {
        let (_, record) = from_server.next().unwrap();
        feed(&mut connection, record, &mut out);
        if let Some(Need::Sign { .. }) = connection.need() {
            connection.reply(Reply::Signature(signature.clone()), &mut out).unwrap();
        }
    }
    // Whatever the client sends besides its ClientHello, in order.
    for (payload, record) in trace.records(Side::Client).into_iter().skip(1) {
        match payload {
            // ChangeCipherSpec and the flight with Finished have come out by themselves.
            [1] | [11 | 20, 0, ..] => (),
            [1, 0] => connection.send_close(&mut out),
            data => connection.send(data, &mut out).unwrap(),
        }
        assert!(out.starts_with(record), "{payload:02x?}");
        out.drain(..record.len());
    }
    assert_eq!(out, b"");
    for (payload, record) in from_server {
        let data = feed(&mut connection, record, &mut out);
        // A ticket and an alert are no data.
        assert!(data == payload || data.is_empty() && matches!(payload, [4, 0, ..] | [1, 0]), "{payload:02x?}");
    }
    assert!(connection.is_peer_closed());
    connection.handle_eof().unwrap();
}

#[test]
fn a_simple_handshake() {
    replay(&Trace::simple());
}

#[test]
fn client_authentication() {
    replay(&Trace::client_auth());
}

#[test]
fn compatibility_mode() {
    replay(&Trace::compat());
}
