//! Key schedule and transcript against RFC 8448: every secret of the handshakes without a PSK, both Finished messages,
//! the first protected record of either side.

use std::sync::Arc;

use tlsmith_crypto::{HashAlgorithm, Provider, Secret, aws_lc::AwsLc};

use super::{
    key_schedule::{self, EarlySecret, HandshakeSecret, Kdf, MainSecret, TrafficSecrets},
    suite::Suite,
    transcript::Transcript,
};
use crate::{
    msg::RETRY_RANDOM,
    record::{RecordType, protect::Opener},
    registry::{CipherSuite, HandshakeType},
    rfc8448::{Side, Trace},
};

/// What a replay has got to.
struct Replay {
    trace: Trace,
    kdf: Kdf,
    transcript: Transcript,
    secret: Option<HandshakeSecret>,
    traffic: Option<TrafficSecrets>,
    main: Option<MainSecret>,
}

impl Replay {
    fn new(trace: Trace) -> Self {
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let kdf = Kdf::new(provider, HashAlgorithm::Sha256);
        Self { trace, kdf, transcript: Transcript::new(), secret: None, traffic: None, main: None }
    }

    fn run(mut self) {
        let messages: Vec<_> = self.trace.messages().into_iter().map(|(side, bytes)| (side, bytes.to_vec())).collect();
        for (side, bytes) in messages {
            match HandshakeType(bytes[0]) {
                HandshakeType::SERVER_HELLO if bytes[6..38] == RETRY_RANDOM => {
                    self.transcript.choose_hash(&AwsLc, HashAlgorithm::Sha256);
                    self.transcript.replace_by_message_hash(&AwsLc);
                    self.transcript.add(&bytes);
                }
                HandshakeType::SERVER_HELLO => {
                    self.transcript.add(&bytes);
                    self.after_server_hello();
                }
                HandshakeType::FINISHED => self.on_finished(side, &bytes),
                // Tickets are in no transcript.
                HandshakeType::NEW_SESSION_TICKET => (),
                _ => self.transcript.add(&bytes),
            }
        }
        assert!(self.main.is_some());
    }

    /// The secret that a step derives.
    fn check(&self, side: Side, label: &str, secret: &Secret) {
        let title = format!("derive secret \"tls13 {label}\"");
        assert_eq!(secret.expose(), self.trace.value(side, &title, "expanded"), "{label}");
    }

    fn after_server_hello(&mut self) {
        self.transcript.choose_hash(&AwsLc, HashAlgorithm::Sha256);
        let shared = Secret::new(self.trace.value(Side::Server, "extract secret \"handshake\"", "IKM"));
        let secret = EarlySecret::without_psk(self.kdf.clone()).into_handshake(Some(shared)).unwrap();
        let traffic = secret.traffic_secrets(&self.transcript.current()).unwrap();
        self.check(Side::Server, "c hs traffic", &traffic.client);
        self.check(Side::Server, "s hs traffic", &traffic.server);
        for (side, secret) in [(Side::Server, &traffic.server), (Side::Client, &traffic.client)] {
            let suite = Suite::new(CipherSuite::TLS_AES_128_GCM_SHA256).unwrap();
            let (key, iv) = key_schedule::traffic_keys(&self.kdf, suite, secret).unwrap();
            let records = self.trace.records(side);
            let (payload, record) = records.iter().find(|(_, record)| record[0] == 23).unwrap();
            let mut record = record.to_vec();
            let opened = Opener::new(key, iv).open(&mut record).unwrap();
            assert_eq!((opened.record_type, &record[opened.content]), (RecordType::Handshake, *payload));
        }
        (self.secret, self.traffic) = (Some(secret), Some(traffic));
    }

    fn on_finished(&mut self, side: Side, bytes: &[u8]) {
        let traffic = self.traffic.as_ref().unwrap();
        let base = if side == Side::Server { &traffic.server } else { &traffic.client };
        let data = key_schedule::verify_data(&self.kdf, base, &self.transcript.current()).unwrap();
        assert_eq!(data.as_ref(), &bytes[4..], "{side:?}");
        self.transcript.add(bytes);
        if side == Side::Client {
            let main = self.main.as_ref().unwrap();
            let resumption = main.resumption(&self.transcript.current()).unwrap();
            self.check(Side::Client, "res master", &resumption);
            return;
        }
        let main = self.secret.take().unwrap().into_main().unwrap();
        let transcript = self.transcript.current();
        let application = main.traffic_secrets(&transcript).unwrap();
        self.check(Side::Server, "c ap traffic", &application.client);
        self.check(Side::Server, "s ap traffic", &application.server);
        self.check(Side::Server, "exp master", &main.exporter(&transcript).unwrap().secret);
        self.main = Some(main);
    }
}

#[test]
fn a_simple_handshake() {
    Replay::new(Trace::simple()).run();
}

#[test]
fn a_handshake_with_a_retry() {
    Replay::new(Trace::retry()).run();
}

#[test]
fn a_handshake_with_client_authentication() {
    Replay::new(Trace::client_auth()).run();
}

#[test]
fn a_handshake_in_compatibility_mode() {
    Replay::new(Trace::compat()).run();
}

/// §4: the PSK of §3's ticket, its binder, the early data, and the handshake that follows.
#[test]
fn a_resumed_handshake_with_early_data() {
    let trace = Trace::resumed();
    let mut replay = Replay::new(Trace::resumed());
    let first = Trace::simple();
    let step = "generate resumption secret \"tls13 resumption\"";
    let resumption = Secret::new(first.value(Side::Server, step, "PRK"));
    let psk = key_schedule::ticket_psk(&replay.kdf, &resumption, &[0, 0]).unwrap();
    assert_eq!(psk.expose(), first.value(Side::Server, step, "expanded"));

    let early = EarlySecret::with_psk(replay.kdf.clone(), &psk);
    let prefix = trace.value(Side::Client, "calculate PSK binder", "ClientHello prefix");
    let bound = Transcript::new().hash_with(&AwsLc, HashAlgorithm::Sha256, prefix);
    assert_eq!(bound.as_ref(), trace.value(Side::Client, "calculate PSK binder", "binder hash"));
    let binder = early.binder(key_schedule::PskKind::Resumption, &bound).unwrap();
    assert_eq!(binder.as_ref(), trace.value(Side::Client, "calculate PSK binder", "finished"));

    let messages: Vec<_> = trace.messages().into_iter().map(|(side, bytes)| (side, bytes.to_vec())).collect();
    replay.transcript.add(&messages[0].1);
    let hello = replay.transcript.hash_with(&AwsLc, HashAlgorithm::Sha256, &[]);
    let early_traffic = early.client_traffic(&hello).unwrap();
    replay.check(Side::Client, "c e traffic", &early_traffic);
    let (payload, record) = trace.records(Side::Client)[1];
    let suite = Suite::new(CipherSuite::TLS_AES_128_GCM_SHA256).unwrap();
    let (key, iv) = key_schedule::traffic_keys(&replay.kdf, suite, &early_traffic).unwrap();
    let mut record = record.to_vec();
    let opened = Opener::new(key, iv).open(&mut record).unwrap();
    assert_eq!((opened.record_type, &record[opened.content]), (RecordType::ApplicationData, payload));

    replay.transcript.choose_hash(&AwsLc, HashAlgorithm::Sha256);
    replay.transcript.add(&messages[1].1);
    let shared = Secret::new(trace.value(Side::Server, "extract secret \"handshake\"", "IKM"));
    let secret = early.into_handshake(Some(shared)).unwrap();
    let traffic = secret.traffic_secrets(&replay.transcript.current()).unwrap();
    replay.check(Side::Server, "c hs traffic", &traffic.client);
    replay.check(Side::Server, "s hs traffic", &traffic.server);
    (replay.secret, replay.traffic) = (Some(secret), Some(traffic));
    for (side, bytes) in &messages[2..] {
        match HandshakeType(bytes[0]) {
            HandshakeType::FINISHED => replay.on_finished(*side, bytes),
            _ => replay.transcript.add(bytes),
        }
    }
    assert!(replay.main.is_some());
}
