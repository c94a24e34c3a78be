//! A hostile peer: a correct handshake in either role, of which a test alters, drops, repeats, reorders, splits or
//! inserts any message and any record, in any epoch.
//!
//! It runs on this crate's states with a sink of its own. What a script makes of a message goes into its transcript, so
//! that its signatures and its Finished agree with what it really said.

use tlsmith_crypto::{AeadKey, NONCE_LEN, Secret};

use super::super::{Direction, Facts, Role, machine::Machine, trace};
use super::NOW;
use crate::{
    ClientConfig, Error, ServerConfig,
    msg::{ClientHello, KeyUpdate, Message, ServerHello},
    record::{
        HEADER_LEN, RecordType,
        deframe::{Deframed, Stage, deframe},
        join::{Joiner, MESSAGE_HEADER_LEN, MessageLimits},
        protect::Opener,
    },
    registry::{AlertDescription, HandshakeType},
    session::UnixMillis,
    tls13::{
        client,
        effects::{EarlyData, InstallKeys, InstallTls12Keys, RecordSizeLimits, Sink},
        key_schedule, server,
        transcript::Transcript,
    },
};

use std::sync::Arc;

/// What a script does in place of sending a message.
pub(crate) enum Act {
    /// Sends this handshake message; it counts in the transcript.
    Say(Vec<u8>),
    /// Sends these handshake bytes behind the transcript's back.
    Whisper(Vec<u8>),
    /// Counts a message in the transcript that is not sent.
    Pretend(Vec<u8>),
    /// Sends a record of this type with the keys in place.
    Record(RecordType, Vec<u8>),
    /// Sends an inner plaintext (RFC 8446 §5.2) of any shape under the keys in place.
    Inner(Vec<u8>),
    /// Sends bytes as they are.
    Wire(Vec<u8>),
}

/// From a message's name and bytes to what is really done.
pub(crate) type Script = Box<dyn FnMut(&'static str, Vec<u8>) -> Vec<Act>>;

/// More handshake bytes in the record that the message ends in.
pub(crate) fn with_tail(name: &'static str, tail: &'static [u8]) -> Script {
    instead(name, move |bytes| {
        let longer = [&bytes[..], tail].concat();
        vec![Act::Pretend(bytes), Act::Whisper(longer)]
    })
}

/// Leaves everything as it is.
pub(crate) fn honest() -> Script {
    Box::new(|_, bytes| vec![Act::Say(bytes)])
}

/// Does something else instead of the message of this name.
pub(crate) fn instead(name: &'static str, mut act: impl FnMut(Vec<u8>) -> Vec<Act> + 'static) -> Script {
    Box::new(move |sent, bytes| if sent == name { act(bytes) } else { vec![Act::Say(bytes)] })
}

/// Alters the message of this name.
pub(crate) fn alter(name: &'static str, mut change: impl FnMut(&mut Message<'_>) + 'static) -> Script {
    instead(name, move |bytes| vec![Act::Say(altered(&bytes, &mut change))])
}

/// Alters every ClientHello.
pub(crate) fn alter_hello(mut change: impl FnMut(&mut ClientHello<'_>) + 'static) -> Script {
    alter("ClientHello", move |message| match message {
        Message::ClientHello(hello) => change(hello),
        _ => unreachable!(),
    })
}

/// Alters every ServerHello, or every HelloRetryRequest.
pub(crate) fn alter_answer(name: &'static str, mut change: impl FnMut(&mut ServerHello<'_>) + 'static) -> Script {
    alter(name, move |message| match message {
        Message::ServerHello(hello) => change(hello),
        _ => unreachable!(),
    })
}

/// Does something before the message of this name.
pub(crate) fn before(name: &'static str, mut act: impl FnMut() -> Act + 'static) -> Script {
    instead(name, move |bytes| vec![act(), Act::Say(bytes)])
}

/// Does something after the message of this name.
pub(crate) fn after(name: &'static str, mut act: impl FnMut() -> Act + 'static) -> Script {
    instead(name, move |bytes| vec![Act::Say(bytes), act()])
}

/// The message with a change.
pub(crate) fn altered(bytes: &[u8], change: &mut dyn FnMut(&mut Message<'_>)) -> Vec<u8> {
    let mut message = Message::decode(HandshakeType(bytes[0]), &bytes[MESSAGE_HEADER_LEN..]).unwrap();
    change(&mut message);
    encoded(&message)
}

/// Alters the message of TLS 1.2 of this name.
pub(crate) fn alter_tls12(name: &'static str, mut change: impl FnMut(&mut Message<'_>) + 'static) -> Script {
    instead(name, move |bytes| {
        let mut message = Message::decode_tls12(HandshakeType(bytes[0]), &bytes[MESSAGE_HEADER_LEN..]).unwrap();
        change(&mut message);
        vec![Act::Say(encoded(&message))]
    })
}

/// The message's bytes, header included.
pub(crate) fn encoded(message: &Message<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    message.encode(&mut out).unwrap();
    out
}

/// A handshake message of any type and body.
pub(crate) fn raw_message(kind: HandshakeType, body: &[u8]) -> Vec<u8> {
    encoded(&Message::Unknown(kind, body))
}

/// A record in the clear.
pub(crate) fn plain_record(content_type: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[content_type, 3, 3][..], &length, content].concat()
}

/// The peer's own writing key. Not the record layer's: it seals what that would refuse to.
struct WriteKey {
    key: Box<dyn AeadKey>,
    /// 4 bytes in TLS 1.2 where the rest of the nonce is explicit.
    iv: Vec<u8>,
    tls12: bool,
    sequence: u64,
}

/// The peer's sink.
struct Hand {
    facts: Facts,
    write: Option<WriteKey>,
    opener: Option<Opener>,
    script: Script,
    pending: Vec<u8>,
    out: Vec<u8>,
    coalesce: bool,
    fragment: usize,
    scripts_change_cipher_spec: bool,
}

impl Hand {
    fn act(&mut self, act: Act, transcript: &mut Transcript) {
        match act {
            Act::Say(bytes) => {
                transcript.add(&bytes);
                self.hold(&bytes);
            }
            Act::Whisper(bytes) => self.hold(&bytes),
            Act::Pretend(bytes) => transcript.add(&bytes),
            Act::Record(kind, content) => {
                self.flush();
                self.record(kind, &content);
            }
            Act::Inner(inner) => {
                self.flush();
                self.seal(&inner);
            }
            Act::Wire(bytes) => {
                self.flush();
                self.out.extend(bytes);
            }
        }
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        if !self.coalesce {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        for piece in pending.chunks(self.fragment) {
            self.record(RecordType::Handshake, piece);
        }
    }

    fn record(&mut self, kind: RecordType, content: &[u8]) {
        match &self.write {
            Some(write) if write.tls12 => self.seal_tls12(kind, content),
            Some(_) => self.seal(&[content, &[kind.value().0]].concat()),
            None => self.out.extend(plain_record(kind.value().0, content)),
        }
    }

    fn seal(&mut self, inner: &[u8]) {
        let write = self.write.as_mut().expect("no keys to seal with");
        let length = u16::try_from(inner.len() + write.key.tag_len()).unwrap().to_be_bytes();
        let header = [23, 3, 3, length[0], length[1]];
        let mut nonce: [u8; NONCE_LEN] = write.iv.as_slice().try_into().unwrap();
        for (byte, sequence) in nonce[4..].iter_mut().zip(write.sequence.to_be_bytes()) {
            *byte ^= sequence;
        }
        write.sequence += 1;
        let mut body = inner.to_vec();
        let tag = write.key.seal(&nonce, &header, &mut body).unwrap();
        self.out.extend([&header[..], &body, tag.as_ref()].concat());
    }

    /// RFC 5246 §6.2.3.3, with an explicit part of the nonce where the IV is short (RFC 5288 §3).
    fn seal_tls12(&mut self, kind: RecordType, content: &[u8]) {
        let write = self.write.as_mut().expect("no keys to seal with");
        let sequence = write.sequence.to_be_bytes();
        write.sequence += 1;
        let explicit: &[u8] = if write.iv.len() == NONCE_LEN { &[] } else { &sequence };
        let mut nonce: [u8; NONCE_LEN] = [&write.iv[..], explicit].concat().try_into().unwrap();
        if explicit.is_empty() {
            nonce[4..].iter_mut().zip(sequence).for_each(|(byte, sequence)| *byte ^= sequence);
        }
        let kind = kind.value().0;
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        let aad = [&sequence[..], &[kind, 3, 3], &length].concat();
        let mut body = content.to_vec();
        let tag = write.key.seal(&nonce, &aad, &mut body).unwrap();
        self.out.extend(plain_record(kind, &[explicit, &body, tag.as_ref()].concat()));
    }
}

impl Sink for Hand {
    fn send(&mut self, message: &Message<'_>, transcript: &mut Transcript) -> Result<(), Error> {
        for act in (self.script)(trace::name(message), encoded(message)) {
            self.act(act, transcript);
        }
        Ok(())
    }

    fn send_change_cipher_spec(&mut self) {
        self.flush();
        if !self.scripts_change_cipher_spec {
            return self.out.extend(plain_record(20, &[1]));
        }
        for act in (self.script)("ChangeCipherSpec", vec![1]) {
            match act {
                Act::Say(bytes) => self.out.extend(plain_record(20, &bytes)),
                other => self.act(other, &mut Transcript::new()),
            }
        }
        self.flush();
    }

    fn install_keys(&mut self, keys: InstallKeys<'_>) -> Result<(), Error> {
        let (key, iv) = key_schedule::traffic_keys(keys.kdf, keys.suite, keys.secret).unwrap();
        match keys.direction {
            Direction::Sent => {
                self.flush();
                self.write = Some(WriteKey { key, iv: iv.to_vec(), tls12: false, sequence: 0 });
            }
            Direction::Received => self.opener = Some(Opener::new(key, iv)),
        }
        Ok(())
    }

    fn install_tls12_keys(&mut self, keys: InstallTls12Keys<'_>) -> Result<(), Error> {
        match keys.direction {
            Direction::Sent => {
                self.flush();
                self.write = Some(WriteKey { key: keys.key, iv: keys.fixed_iv.to_vec(), tls12: true, sequence: 0 });
            }
            Direction::Received => self.opener = Some(Opener::tls12(keys.key, keys.fixed_iv).unwrap()),
        }
        Ok(())
    }

    fn limit_records(&mut self, limits: RecordSizeLimits) -> Result<(), Error> {
        // Heard, and not kept to: what the peer sends is the script's matter.
        self.facts.record_size_limit = Some(limits.sent);
        Ok(())
    }

    fn end_of_flight(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn key_log(&mut self, _: &str, _: &[u8; 32], _: &Secret) {}

    fn early_data(&mut self, change: EarlyData) {
        if change == EarlyData::Rejected {
            self.write = None;
        }
    }

    fn facts(&mut self) -> &mut Facts {
        &mut self.facts
    }

    fn now(&self) -> UnixMillis {
        NOW.into()
    }
}

/// The hostile peer.
pub(crate) struct Peer {
    machine: Machine,
    hand: Hand,
    joiner: Joiner,
    inbox: Vec<u8>,
    config: Option<Arc<ClientConfig>>,
    /// Alerts that came: level and description, and whether they were protected.
    pub(crate) alerts: Vec<(u8, AlertDescription, bool)>,
    /// Data that came.
    pub(crate) data: Vec<u8>,
    /// Handshake messages that came, in order.
    pub(crate) heard: Vec<&'static str>,
    /// Length of each protected record's inner plaintext that came.
    pub(crate) inner_lengths: Vec<usize>,
    /// Where the peer itself failed.
    pub(crate) error: Option<Error>,
    speaks_tls12: bool,
    deaf: bool,
}

impl Peer {
    fn new(role: Role, script: Script) -> Self {
        let hand = Hand {
            facts: Facts::new(role),
            write: None,
            opener: None,
            script,
            pending: Vec::new(),
            out: Vec::new(),
            coalesce: false,
            fragment: 1 << 14,
            scripts_change_cipher_spec: false,
        };
        Self {
            machine: Machine::Gone,
            hand,
            joiner: Joiner::new(MessageLimits { certificate: 1 << 20, general: 1 << 20 }),
            inbox: Vec::new(),
            config: None,
            alerts: Vec::new(),
            data: Vec::new(),
            heard: Vec::new(),
            inner_lengths: Vec::new(),
            error: None,
            speaks_tls12: false,
            deaf: false,
        }
    }

    /// A server.
    pub(crate) fn server(config: Arc<ServerConfig>, script: Script) -> Self {
        let mut peer = Self::new(Role::Server, script);
        let start = server::WaitClientHello { config: Some(config) };
        peer.machine = Machine::Server(server::State::WaitClientHello(Box::new(start)));
        peer
    }

    /// A client; it begins when it is told to.
    pub(crate) fn client(config: Arc<ClientConfig>, script: Script) -> Self {
        let mut peer = Self::new(Role::Client, script);
        peer.config = Some(config);
        peer
    }

    /// A client says hello; a server waits.
    pub(super) fn start(&mut self) {
        if let Some(config) = self.config.take() {
            let name = "host.example".parse().unwrap();
            self.machine = Machine::Client(client::start(config, name, &mut self.hand).unwrap());
            self.hand.flush();
        }
    }

    /// Messages of one flight share records.
    pub(crate) fn coalescing(mut self) -> Self {
        self.hand.coalesce = true;
        self
    }

    /// Handshake records hold at most this many bytes.
    pub(crate) fn in_fragments(mut self, fragment: usize) -> Self {
        self.hand.fragment = fragment;
        self
    }

    /// The script is asked about a ChangeCipherSpec as well; what it says goes into one.
    pub(crate) fn scripting_change_cipher_spec(mut self) -> Self {
        self.hand.scripts_change_cipher_spec = true;
        self
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.machine.is_established()
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.hand.facts
    }

    pub(crate) fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.hand.out)
    }

    /// Does something of its own accord.
    pub(crate) fn act(&mut self, act: Act) {
        self.hand.act(act, &mut Transcript::new());
        self.hand.flush();
    }

    /// Sends data.
    pub(crate) fn send(&mut self, data: &[u8]) {
        self.act(Act::Record(RecordType::ApplicationData, data.to_vec()));
    }

    /// Sends an alert.
    pub(crate) fn alert(&mut self, level: u8, alert: AlertDescription) {
        self.act(Act::Record(RecordType::Alert, vec![level, alert.0]));
    }

    /// Sends a KeyUpdate and changes keys.
    pub(crate) fn update_keys(&mut self, request: bool) {
        self.machine.established_mut().unwrap().update_write_keys(request, &mut self.hand).unwrap();
    }

    /// A KeyUpdate's bytes.
    pub(crate) fn key_update(request_update: bool) -> Vec<u8> {
        encoded(&Message::KeyUpdate(KeyUpdate { request_update }))
    }

    /// Keying material.
    pub(crate) fn export(&self, label: &[u8], context: &[u8]) -> [u8; 40] {
        let mut out = [0; 40];
        self.machine.export(label, Some(context), &mut out).unwrap();
        out
    }

    /// Takes what the other side sent, and goes on.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.inbox.extend_from_slice(bytes);
        let mut inbox = std::mem::take(&mut self.inbox);
        let mut at = 0;
        while let Deframed::Record { record_type, len } =
            deframe(&inbox[at..], Stage::Later).expect("a wrong record came")
        {
            let record = &mut inbox[at..at + len];
            at += len;
            if let Some((kind, content)) = self.unprotect(record_type, record) {
                self.take(kind, &content);
            }
        }
        self.inbox = inbox.split_off(at);
        self.hand.flush();
    }

    fn unprotect(&mut self, record_type: RecordType, record: &mut [u8]) -> Option<(RecordType, Vec<u8>)> {
        match (record_type, &mut self.hand.opener) {
            _ if self.deaf => None,
            (_, Some(opener)) if opener.covers_every_type() => {
                let opened = opener.open(record).ok()?;
                self.inner_lengths.push(opened.size);
                Some((opened.record_type, record[opened.content].to_vec()))
            }
            (RecordType::ChangeCipherSpec, _) => {
                assert_eq!(record[HEADER_LEN..], [1]);
                // A peer that has failed has no key for what follows.
                self.deaf = match self.machine.is_tls12() {
                    true => self.machine.change_cipher_spec(&mut self.hand).is_err(),
                    false => self.speaks_tls12 && self.error.is_some(),
                };
                None
            }
            (RecordType::ApplicationData, Some(opener)) => {
                self.inner_lengths.push(record.len() - HEADER_LEN - opener.tag_len());
                // A script that changed the agreed secrets hears nothing any more.
                let opened = opener.open(record).ok()?;
                Some((opened.record_type, record[opened.content].to_vec()))
            }
            (other, _) => Some((other, record[HEADER_LEN..].to_vec())),
        }
    }

    fn take(&mut self, kind: RecordType, content: &[u8]) {
        match kind {
            RecordType::Alert => {
                let [level, description] = content else { panic!("a malformed alert came") };
                self.alerts.push((*level, AlertDescription(*description), self.hand.opener.is_some()));
            }
            RecordType::Handshake => self.take_handshake(content),
            RecordType::ApplicationData => self.data.extend_from_slice(content),
            RecordType::ChangeCipherSpec => panic!("a protected ChangeCipherSpec came"),
        }
    }

    fn take_handshake(&mut self, mut content: &[u8]) {
        while let Some(raw) = self.joiner.next(&mut content).unwrap() {
            let (kind, body) = (HandshakeType(raw[0]), &raw[MESSAGE_HEADER_LEN..]);
            let message = match self.machine.is_tls12() {
                true => Message::decode_tls12(kind, body).unwrap(),
                false => Message::decode(kind, body).unwrap(),
            };
            self.heard.push(trace::name(&message));
            self.speaks_tls12 |= self.machine.is_tls12();
            let done = match self.machine.is_established() {
                true => self
                    .machine
                    .post_handshake(&message, &raw, &mut self.hand)
                    .and_then(|_| self.machine.settle(&mut self.hand)),
                false => self
                    .machine
                    .handle(&message, &raw, &mut self.hand)
                    .and_then(|()| self.machine.settle(&mut self.hand)),
            };
            if let Err(error) = done {
                self.error.get_or_insert(error);
                return;
            }
        }
    }
}
