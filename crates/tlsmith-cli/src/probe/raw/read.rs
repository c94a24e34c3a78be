//! Reading what a server sends in clear, from anybody: every length is checked, and all together is bounded.

use tlsmith::registry::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use tlsmith_x509::Certificate;

use super::Answer;

/// More than this is not read; a flight with a long chain has 20 KiB.
const MAX_BYTES: usize = 128 << 10;
/// More certificates than this are not looked at.
const MAX_CERTIFICATES: usize = 32;
/// The random of a HelloRetryRequest (RFC 8446 §4.1.3): SHA-256 of "HelloRetryRequest".
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Reading {
    records: Vec<u8>,
    messages: Vec<u8>,
    total: usize,
    over: bool,
}

impl Reading {
    /// There is nothing more to learn.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Takes in what came.
    pub(super) fn push(&mut self, bytes: &[u8], answer: &mut Answer) {
        self.total += bytes.len();
        self.records.extend_from_slice(bytes);
        while !self.over {
            let mut input = Input(&self.records);
            let Some((kind, version, content)) = record(&mut input) else { break };
            answer.record_version.get_or_insert(ProtocolVersion(version));
            match kind {
                // A version that is none of TLS: something else answers.
                _ if version >> 8 != 3 => self.over = true,
                // Warnings (level 1) do not end anything; unrecognized_name is one with old servers (RFC 6066 §3).
                0x15 => {
                    if let [level, alert] = content {
                        answer.alert = Some(AlertDescription(*alert));
                        self.over = *level != 1;
                    }
                }
                0x16 => self.messages.extend_from_slice(content),
                // What follows is protected, or no handshake.
                _ => self.over = true,
            }
            let used = self.records.len() - input.0.len();
            self.records.drain(..used);
            self.take_messages(answer);
        }
        self.over |= self.total > MAX_BYTES;
    }

    fn take_messages(&mut self, answer: &mut Answer) {
        loop {
            let mut input = Input(&self.messages);
            let (Some(kind), Some(content)) = (input.u8(), input.list24()) else { return };
            let understood = match kind {
                2 => server_hello(content, answer),
                11 => certificates(content, answer),
                12 => key_exchange(content, answer),
                13 => {
                    answer.client_certificate_requested = true;
                    Some(())
                }
                // ServerHelloDone, and whatever has no place here.
                _ => None,
            };
            // TLS 1.3 goes on under keys.
            self.over |= understood.is_none() || answer.version == Some(ProtocolVersion::TLS1_3);
            let used = self.messages.len() - input.0.len();
            self.messages.drain(..used);
        }
    }
}

fn record<'a>(input: &mut Input<'a>) -> Option<(u8, u16, &'a [u8])> {
    Some((input.u8()?, input.u16()?, input.list16()?))
}

fn server_hello(content: &[u8], answer: &mut Answer) -> Option<()> {
    let mut input = Input(content);
    let version = ProtocolVersion(input.u16()?);
    let random = input.take(32)?;
    input.list8()?;
    answer.suite = Some(CipherSuite(input.u16()?));
    answer.version = Some(version);
    input.u8()?;
    // TLS 1.0 servers may send none (RFC 5246 §7.4.1.3).
    let mut extensions = Input(input.list16().unwrap_or_default());
    while let (Some(kind), Some(content)) = (extensions.u16(), extensions.list16()) {
        let value = Input(content).u16();
        match (kind, value) {
            (43, Some(version)) => answer.version = Some(ProtocolVersion(version)),
            (51, Some(group)) if random == RETRY => answer.group = Some(NamedGroup(group)),
            _ => {}
        }
    }
    Some(())
}

fn certificates(content: &[u8], answer: &mut Answer) -> Option<()> {
    let mut list = Input(Input(content).list24()?);
    for _ in 0..MAX_CERTIFICATES {
        let Some(der) = list.list24() else { break };
        match Certificate::from_der(der) {
            Ok(certificate) => answer.chain.push(certificate),
            Err(_) => answer.undecodable += 1,
        }
    }
    Some(())
}

/// ServerKeyExchange: a named curve (RFC 8422 §5.4), or a finite field (RFC 5246 §7.4.3), as the suite says. In TLS 1.2 the
/// scheme of its signature follows (RFC 5246 §4.7).
fn key_exchange(content: &[u8], answer: &mut Answer) -> Option<()> {
    let mut input = Input(content);
    let name = answer.suite.and_then(CipherSuite::name).unwrap_or_default();
    if name.contains("ECDH") {
        if input.u8()? != 3 {
            return Some(());
        }
        answer.group = Some(NamedGroup(input.u16()?));
        input.list8()?;
    } else if name.contains("DH") {
        let prime = input.list16()?;
        let zeros = prime.iter().take_while(|byte| **byte == 0).count();
        answer.field_bits = Some((prime.len() - zeros) * 8);
        // The generator and the public value.
        input.list16()?;
        input.list16()?;
    } else {
        return Some(());
    }
    if answer.version == Some(ProtocolVersion::TLS1_2) && !name.contains("anon") {
        answer.signature_scheme = Some(SignatureScheme(input.u16()?));
    }
    Some(())
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, size: usize) -> Option<usize> {
        Some(self.take(size)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    fn u8(&mut self) -> Option<u8> {
        self.number(1).and_then(|number| u8::try_from(number).ok())
    }

    fn u16(&mut self) -> Option<u16> {
        self.number(2).and_then(|number| u16::try_from(number).ok())
    }

    fn list8(&mut self) -> Option<&'a [u8]> {
        let count = self.number(1)?;
        self.take(count)
    }

    fn list16(&mut self) -> Option<&'a [u8]> {
        let count = self.number(2)?;
        self.take(count)
    }

    fn list24(&mut self) -> Option<&'a [u8]> {
        let count = self.number(3)?;
        self.take(count)
    }
}
