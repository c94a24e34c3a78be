//! Both sides of a connection, fed with whatever a fuzzer makes up.

use std::sync::{Arc, OnceLock};

use tlsmith::{
    ClientConfig, Connection, ServerConfig,
    auth::{AcceptAnyway, Answer, ChainVerifier, Identity, PeerCertificates, PeerVerifier, Verdict},
    config::{ClientAuth, ClientConfigBuilder, ServerConfigBuilder},
    conn::{MAX_RECORD, Need, Reply},
    session::PolicyId,
};
use tlsmith_crypto::Provider;
use tlsmith_x509::Report;
use zeroize::Zeroizing;

use crate::{CHAIN_PEM, KEY_PEM, NOW, anchors, chain, null_crypto::NullCrypto};

/// A side at its start.
pub struct Start {
    /// The connection.
    pub connection: Connection,
    /// What it has sent already.
    pub sent: Vec<u8>,
    /// The configuration to bring when it asks for one.
    pub(crate) config: Option<Arc<ServerConfig>>,
}

/// Who answers a connection's questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// What the configuration holds, at once.
    AtOnce,
    /// The caller, after a pause: configuration, judgement, signature.
    Later,
}

/// What came out.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// Everything that was sent.
    sent: Vec<u8>,
    /// Everything that was received as application data.
    received: Vec<u8>,
    /// Everything that was received before the handshake was complete.
    early: Vec<u8>,
    /// The code of the error, if there was one.
    error: Option<&'static str>,
}

/// The first byte chooses the configuration, the second the cuts, the rest is what the peer sends.
///
/// However the bytes are cut, and whether the connection pauses for its answers or not, the outcome is the same.
pub fn fuzz(start: fn(u8, Answers) -> Start, data: &[u8]) {
    let Some(([options, cuts], stream)) = data.split_first_chunk::<2>().map(|(first, rest)| (*first, rest)) else {
        return;
    };
    let whole = drive(start(options, Answers::AtOnce), stream, || usize::MAX);
    let mut state = u32::from(cuts);
    let cut = drive(start(options, Answers::AtOnce), stream, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 + usize::try_from(state >> 24).unwrap_or_default() * usize::from(cuts) / 16
    });
    assert_eq!(whole, cut);
    let paused = drive(start(options, Answers::Later), stream, || usize::MAX);
    assert_eq!(whole, paused);
}

/// A side that is being driven.
struct Driven {
    start: Start,
    buffer: Vec<u8>,
    received: Vec<u8>,
    early: Vec<u8>,
    used: bool,
}

fn drive(start: Start, mut stream: &[u8], mut cut: impl FnMut() -> usize) -> Outcome {
    let most = 200_000 + 16 * stream.len();
    let mut driven = Driven { start, buffer: Vec::new(), received: Vec::new(), early: Vec::new(), used: false };
    let error = loop {
        let (now, later) = stream.split_at_checked(cut()).unwrap_or((stream, &[]));
        driven.buffer.extend_from_slice(now);
        stream = later;
        if let Err(error) = driven.feed() {
            break Some(error);
        }
        if stream.is_empty() {
            break driven.start.connection.handle_eof().err().map(|error| error.code());
        }
    };
    let Start { connection, sent, .. } = driven.start;
    assert!(sent.len() <= most, "{} bytes sent", sent.len());
    let facts = connection.facts();
    assert!(facts.messages.len() <= 64);
    if error.is_none() && !connection.is_handshaking() {
        assert!(facts.cipher_suite.is_some() && facts.version.is_some());
    }
    Outcome { sent, received: driven.received, early: driven.early, error }
}

impl Driven {
    /// Hands over whole records until more bytes are needed.
    fn feed(&mut self) -> Result<(), &'static str> {
        let Start { connection, sent, config } = &mut self.start;
        loop {
            let before = self.buffer.len();
            let (consumed, wants) = match connection.handle_input(&mut self.buffer, sent) {
                Ok(got) => {
                    assert!(got.data.len() <= got.consumed && got.consumed <= before);
                    self.received.extend_from_slice(got.data);
                    self.early.extend_from_slice(got.early_data);
                    (got.consumed, got.wants)
                }
                Err(error) => {
                    assert!(!error.message().is_empty() && !error.fix().is_empty());
                    return Err(failed_for_good(connection, error.code(), sent));
                }
            };
            let answered = answer(connection, config.as_ref(), sent)?;
            assert!(self.early.len() <= 1000);
            if !connection.is_handshaking() && !self.used {
                self.used = true;
                use_it(connection, sent);
            }
            if consumed == 0 && !answered {
                let more = connection.is_peer_closed() || wants > before && wants <= MAX_RECORD;
                assert!(more, "{before} bytes, wants {wants}");
                return Ok(());
            }
            self.buffer.drain(..consumed);
        }
    }
}

/// After an error every call fails alike, and nothing more is sent.
fn failed_for_good(connection: &mut Connection, code: &'static str, sent: &mut Vec<u8>) -> &'static str {
    let length = sent.len();
    let mut record = [22, 3, 3, 0, 1, 0];
    let again = connection.handle_input(&mut record, sent);
    assert_eq!(again.err().map(|again| again.code()), Some(code));
    assert!(connection.send(b"more", sent).is_err() && connection.need().is_none());
    connection.send_close(sent);
    assert_eq!(sent.len(), length);
    code
}

/// Gives the connection what it waits for besides bytes; says whether that was anything.
fn answer(
    connection: &mut Connection,
    config: Option<&Arc<ServerConfig>>,
    sent: &mut Vec<u8>,
) -> Result<bool, &'static str> {
    let mut answered = false;
    loop {
        let reply = match (connection.need(), config) {
            (None, _) => return Ok(answered),
            (Some(Need::ChooseConfig(_)), Some(config)) => Reply::Config(Arc::clone(config)),
            (Some(Need::ChooseConfig(_)), None) => unreachable!("only a server without a configuration asks for one"),
            (Some(Need::VerifyPeer(_)), _) => Reply::Verdict(Verdict::accept_anyway(Report::default())),
            (Some(Need::Sign { .. }), _) => Reply::Signature(Some(vec![0; 64])),
            (Some(Need::DecryptTicket(ticket)), _) => Reply::Ticket(Some(Zeroizing::new(ticket.to_vec()))),
        };
        answered = true;
        if let Err(error) = connection.reply(reply, sent) {
            return Err(failed_for_good(connection, error.code(), sent));
        }
    }
}

/// What an application does with a connection.
fn use_it(connection: &mut Connection, sent: &mut Vec<u8>) {
    let _ = connection.send(b"hello", sent);
    let _ = connection.update_keys(true, sent);
    let mut exported = [0; 48];
    let _ = connection.export(b"label", Some(b"context"), &mut exported);
    let _ = connection.send(&[7; 20_000], sent);
}

fn identity(answers: Answers) -> Arc<Identity> {
    static HERE: OnceLock<Arc<Identity>> = OnceLock::new();
    static ELSEWHERE: OnceLock<Arc<Identity>> = OnceLock::new();
    let identity = match answers {
        Answers::AtOnce => HERE.get_or_init(|| {
            Arc::new(Identity::from_pem(&NullCrypto::default(), CHAIN_PEM, KEY_PEM).expect("an identity"))
        }),
        Answers::Later => {
            ELSEWHERE.get_or_init(|| Arc::new(Identity::with_external_key(chain().to_vec()).expect("an identity")))
        }
    };
    Arc::clone(identity)
}

/// A verifier whose judgement comes later.
#[derive(Debug)]
struct Judge(AcceptAnyway<ChainVerifier>);

impl PeerVerifier for Judge {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Later
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.0.authorities()
    }

    fn policy(&self) -> Option<PolicyId> {
        self.0.policy()
    }
}

fn verifier(provider: &Arc<dyn Provider>, answers: Answers) -> Arc<dyn PeerVerifier> {
    let at_once = AcceptAnyway(ChainVerifier::new(Arc::clone(provider), Arc::new(anchors().clone())));
    match answers {
        Answers::AtOnce => Arc::new(at_once),
        Answers::Later => Arc::new(Judge(at_once)),
    }
}

/// What the options say of a client, and what it shows.
pub(crate) fn client_config(options: u8, answers: Answers) -> (ClientConfigBuilder, Option<Arc<Identity>>) {
    let provider: Arc<dyn Provider> = Arc::new(NullCrypto::default());
    let verifier = verifier(&provider, answers);
    let mut builder = ClientConfig::builder(Arc::clone(&provider), Arc::clone(&verifier))
        .grease(options & 1 != 0)
        .middlebox_compatibility(options & 2 == 0)
        .trace(options & 4 != 0);
    if options & 8 != 0 {
        builder = builder.alpn(&[b"h2", b"http/1.1"]);
    }
    let identity = (options & 16 != 0).then(|| identity(answers));
    if let Some(identity) = &identity {
        builder = builder.identity(Arc::clone(identity));
    }
    if options & 32 != 0 {
        builder = builder.key_shares(&[]);
    }
    (builder, identity)
}

/// A client of example.test.
pub fn client(options: u8, answers: Answers) -> Start {
    let config = client_config(options, answers).0.build().expect("a client's configuration");
    let mut sent = Vec::new();
    let name = "example.test".parse().expect("a name");
    let connection = Connection::client(config, name, NOW, &mut sent).expect("a client");
    Start { connection, sent, config: None }
}

/// What the options say of a server.
pub(crate) fn server_config(options: u8, answers: Answers) -> ServerConfigBuilder {
    let provider: Arc<dyn Provider> = Arc::new(NullCrypto::default());
    let verifier = verifier(&provider, answers);
    let auth = match options & 3 {
        1 => ClientAuth::Request(Arc::clone(&verifier)),
        2 => ClientAuth::Require(Arc::clone(&verifier)),
        _ => ClientAuth::None,
    };
    let mut builder = ServerConfig::builder(Arc::clone(&provider))
        .identity(identity(answers))
        .client_auth(auth)
        .trace(options & 4 != 0);
    if options & 8 != 0 {
        builder = builder.alpn(&[b"h2", b"http/1.1"]);
    }
    builder
}

/// A server of example.test.
pub fn server(options: u8, answers: Answers) -> Start {
    start_server(server_config(options, answers).build().expect("a server's configuration"), answers)
}

/// With its configuration from the beginning, or when it asks for one.
pub(crate) fn start_server(config: Arc<ServerConfig>, answers: Answers) -> Start {
    let connection = match answers {
        Answers::AtOnce => Connection::server(Arc::clone(&config), NOW).expect("a server"),
        Answers::Later => Connection::server_undecided(NOW),
    };
    Start { connection, sent: Vec::new(), config: Some(config) }
}
