//! From records to transitions (RFC 8446 §5, §6): which record may come when, and what it does.

use std::ops::Range;

use super::{
    Connection, Direction, Driver, Received, Reply, Role,
    halves::{MAX_IDLE_RECORDS, MAX_WARNINGS, note},
    trace,
};
use crate::{
    error::{Error, Rule},
    msg::Message,
    record::{
        HEADER_LEN, RecordError, RecordType,
        deframe::{Deframed, deframe},
        join::MESSAGE_HEADER_LEN,
    },
    registry::{AlertDescription, HandshakeType},
    tls13::{effects::SkipEarlyData, established::Outcome},
};

/// What a record's content is to the caller.
enum Content {
    Nothing,
    Data,
    EarlyData,
}

impl Connection {
    /// Takes one record.
    pub(super) fn read_record<'b>(&mut self, input: &'b mut [u8], out: &mut Vec<u8>) -> Result<Received<'b>, Error> {
        if self.read.closed {
            // "Any data received after a closure alert has been received MUST be ignored" (§6.1).
            return Ok(Received { consumed: input.len(), ..Received::NOTHING });
        }
        if self.need().is_some() {
            return Ok(Received::NOTHING);
        }
        let (record_type, len) = match deframe(input, self.read.stage())? {
            Deframed::Incomplete { needed } => return Ok(Received { wants: needed, ..Received::NOTHING }),
            Deframed::Record { record_type, len } => (record_type, len),
        };
        self.read.first = false;
        let record = input.get_mut(..len).unwrap_or_default();
        let Some((record_type, range)) = self.unprotect(record_type, record)? else {
            return Ok(Received { consumed: len, ..Received::NOTHING });
        };
        let content = record.get(range.clone()).unwrap_or_default();
        let found = self.dispatch(record_type, content, out)?;
        let content = input.get(range).unwrap_or_default();
        let received = Received { consumed: len, ..Received::NOTHING };
        Ok(match found {
            Content::Nothing => received,
            Content::Data => Received { data: content, ..received },
            Content::EarlyData => Received { early_data: content, ..received },
        })
    }

    /// Opens the record as its place demands: the type that counts, and where the content stands. `None`: skip it.
    fn unprotect(
        &mut self,
        record_type: RecordType,
        record: &mut [u8],
    ) -> Result<Option<(RecordType, Range<usize>)>, Error> {
        let plain = (record_type, HEADER_LEN..record.len());
        let len = record.len() - HEADER_LEN;
        // In TLS 1.2 there is no early data to be skipped, and no type that may come in the clear.
        if let Some(opener) = self.read.opener.as_mut().filter(|opener| opener.covers_every_type()) {
            let opened = opener.open(record)?;
            self.read.authenticated = true;
            self.read.check_size(opened.size)?;
            return Ok(Some((opened.record_type, opened.content)));
        }
        match (record_type, &mut self.read.opener) {
            (RecordType::ChangeCipherSpec, _) if self.machine.is_tls12() => Ok(Some(plain)),
            (RecordType::ChangeCipherSpec, _) => {
                self.drop_change_cipher_spec(record)?;
                Ok(None)
            }
            // Early data or not, nothing may come inside a handshake message (§5.1).
            (RecordType::ApplicationData, None) if !self.read.joiner.is_empty() => {
                Err(RecordError::Interleaved(record_type).into())
            }
            (RecordType::ApplicationData, Some(opener)) => match opener.open(record) {
                Ok(opened) => {
                    self.read.stop_skipping();
                    self.read.authenticated = true;
                    self.read.check_size(opened.size)?;
                    Ok(Some((opened.record_type, opened.content)))
                }
                Err(RecordError::BadMac)
                    if opener.bears_failures() && self.read.skips(SkipEarlyData::Undecryptable, len)? =>
                {
                    Ok(None)
                }
                Err(error) => Err(error.into()),
            },
            (RecordType::ApplicationData, None) => match self.read.skips(SkipEarlyData::Protected, len)? {
                true => Ok(None),
                false => Err(Error::new(Rule::UnexpectedContentType, "application_data before any key")),
            },
            // A client that could not read the ServerHello has no key to protect its alert with.
            (RecordType::Alert, Some(_)) if self.facts.role == Role::Server && !self.read.authenticated => {
                Ok(Some(plain))
            }
            (RecordType::Alert | RecordType::Handshake, Some(_)) => {
                Err(Error::new(Rule::UnprotectedRecord, record_type.to_string()))
            }
            (RecordType::Alert | RecordType::Handshake, None) => Ok(Some(plain)),
        }
    }

    /// §5, §D.4: one byte 0x01, between the first ClientHello and the peer's Finished; dropped.
    fn drop_change_cipher_spec(&mut self, record: &[u8]) -> Result<(), Error> {
        let before_hello = self.facts.role == Role::Server && self.facts.client_hello.is_none();
        if record.get(HEADER_LEN..) != Some(&[1]) || before_hello || !self.is_handshaking() {
            return Err(Error::new(Rule::UnexpectedChangeCipherSpec, ""));
        }
        note(&mut self.facts, Direction::Received, "ChangeCipherSpec", 1, false, Vec::new());
        self.read.dropped_change_cipher_spec = true;
        self.read.count_idle()
    }

    /// The ChangeCipherSpec of TLS 1.2 (RFC 5246 §7.1): in the clear, for there is but one handshake.
    fn on_change_cipher_spec(&mut self, content: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if self.read.opener.is_some() {
            return Err(Error::new(Rule::UnexpectedChangeCipherSpec, "it is protected"));
        }
        if content != [1] {
            return Err(Error::new(Rule::UnexpectedChangeCipherSpec, format!("{} bytes", content.len())));
        }
        note(&mut self.facts, Direction::Received, "ChangeCipherSpec", 1, false, Vec::new());
        let Self { machine, read, write, facts, settings, now, .. } = self;
        let mut driver = Driver { read, write, facts, settings, now: *now, out, rest: &[] };
        machine.change_cipher_spec(&mut driver)
    }

    /// Does what the record asks for. Says whether its content is for the caller.
    fn dispatch(&mut self, record_type: RecordType, content: &[u8], out: &mut Vec<u8>) -> Result<Content, Error> {
        if record_type != RecordType::Handshake {
            self.read.joiner.allow_other(record_type)?;
        }
        match record_type {
            RecordType::Handshake => self.on_handshake(content, out)?,
            RecordType::Alert => self.on_alert(content)?,
            RecordType::ChangeCipherSpec if self.machine.is_tls12() => self.on_change_cipher_spec(content, out)?,
            RecordType::ChangeCipherSpec => {
                return Err(Error::new(Rule::UnexpectedChangeCipherSpec, "it is protected"));
            }
            RecordType::ApplicationData if self.is_handshaking() => {
                if let Some(limit) = self.read.early_data {
                    self.read.take_early_data(limit, content.len())?;
                    if content.is_empty() {
                        self.read.count_idle()?;
                    }
                    return Ok(Content::EarlyData);
                }
                return Err(Error::new(
                    Rule::UnexpectedContentType,
                    "application_data before the handshake is complete",
                ));
            }
            RecordType::ApplicationData if self.machine.is_in_client_flight() => {
                return Err(Error::new(
                    Rule::UnexpectedContentType,
                    "application_data within a client's authentication",
                ));
            }
            RecordType::ApplicationData if content.is_empty() => self.read.count_idle()?,
            RecordType::ApplicationData => {
                (self.read.idle_records, self.read.idle_messages) = (0, 0);
                return Ok(Content::Data);
            }
        }
        Ok(Content::Nothing)
    }

    /// The messages that a record completes.
    fn on_handshake(&mut self, mut fragment: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        while let Some(message) = self.read.joiner.next(&mut fragment)? {
            self.on_message(&message, fragment, out)?;
            if self.need().is_some() {
                // What waits to be sent waits on, to share records with what follows the reply.
                self.read.joiner.keep(fragment);
                return Ok(());
            }
        }
        self.write.flush(out)
    }

    /// One message, header included; `rest` is what follows it in its record.
    fn on_message(&mut self, raw: &[u8], rest: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let (kind, body) = raw.split_first().unwrap_or((&0, &[]));
        let body = body.get(MESSAGE_HEADER_LEN - 1..).unwrap_or_default();
        let encrypted = self.read.opener.is_some();
        let decoded = match self.machine.is_tls12() {
            true => Message::decode_tls12(HandshakeType(*kind), body),
            false => Message::decode(HandshakeType(*kind), body),
        };
        let message = decoded.inspect_err(|_| {
            // What cannot be read is still worth seeing in the list.
            let name = HandshakeType(*kind).message();
            note(&mut self.facts, Direction::Received, name, raw.len(), encrypted, Vec::new());
        })?;
        let details = if self.settings.trace { trace::describe(&message) } else { Vec::new() };
        note(&mut self.facts, Direction::Received, trace::name(&message), raw.len(), encrypted, details);
        if !self.is_handshaking() {
            return self.on_post_handshake(&message, raw, rest, out);
        }
        if matches!(message, Message::HelloRequest) {
            // It is ignored, and could come for ever.
            self.read.count_idle()?;
        } else {
            self.read.idle_records = 0;
        }
        let Self { machine, read, write, facts, settings, now, .. } = self;
        let mut driver = Driver { read, write, facts, settings, now: *now, out, rest };
        machine.handle(&message, raw, &mut driver)?;
        if machine.is_tls12() && driver.read.dropped_change_cipher_spec {
            // What TLS 1.3 lets pass came too early for TLS 1.2.
            return Err(Error::new(Rule::UnexpectedChangeCipherSpec, "before the ServerHello"));
        }
        machine.settle(&mut driver)
    }

    /// §4.6. Work without data in between is bounded.
    fn on_post_handshake(
        &mut self,
        message: &Message<'_>,
        raw: &[u8],
        rest: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.read.idle_messages += 1;
        if self.read.idle_messages > MAX_IDLE_RECORDS {
            let rule =
                if matches!(message, Message::KeyUpdate(_)) { Rule::TooManyKeyUpdates } else { Rule::TooManyMessages };
            return Err(Error::new(rule, ""));
        }
        let Self { machine, read, write, facts, settings, now, .. } = self;
        let mut driver = Driver { read, write, facts, settings, now: *now, out, rest };
        let outcome = machine.post_handshake(message, raw, &mut driver)?;
        machine.settle(&mut driver)?;
        self.write.owes_key_update |= outcome == Outcome::UpdateWriteKeys;
        Ok(())
    }

    /// The answer to a pause, then what was received meanwhile.
    pub(super) fn resume(&mut self, reply: Reply, out: &mut Vec<u8>) -> Result<(), Error> {
        let Self { machine, read, write, facts, settings, now, .. } = self;
        let mut driver = Driver { read, write, facts, settings, now: *now, out, rest: &[] };
        machine.reply(reply, &mut driver)?;
        machine.settle(&mut driver)?;
        if self.need().is_none() { self.on_handshake(&[], out) } else { Ok(()) }
    }

    /// §6.
    fn on_alert(&mut self, content: &[u8]) -> Result<(), Error> {
        let [level, description] = content else {
            return Err(Error::new(Rule::AlertMalformed, format!("{} bytes", content.len())));
        };
        let alert = AlertDescription(*description);
        let encrypted = self.read.opener.is_some();
        note(&mut self.facts, Direction::Received, "Alert", content.len(), encrypted, vec![alert.to_string()]);
        const WARNING: u8 = 1;
        const FATAL: u8 = 2;
        match alert {
            AlertDescription::CLOSE_NOTIFY if self.is_handshaking() => {
                Err(Error::new(Rule::ClosedInHandshake, self.machine.progress()))
            }
            AlertDescription::CLOSE_NOTIFY => {
                self.read.closed = true;
                Ok(())
            }
            AlertDescription::USER_CANCELED if *level == WARNING => self.count_warning(),
            // RFC 5246 §7.2: a warning ends nothing. Before the ServerHello a server of TLS 1.2 may warn of a name that it
            // does not know (RFC 6066 §3).
            _ if *level == WARNING && self.may_be_warned(alert) => self.count_warning(),
            _ if self.machine.is_tls12() && ![WARNING, FATAL].contains(level) => {
                Err(Error::new(Rule::AlertMalformed, format!("level {level}")))
            }
            // §6: every other alert ends the connection, whatever its level says. Where TLS 1.3 is agreed a level that
            // contradicts it is a mistake of its own; before, old servers warn of a name that they do not know.
            _ if *level == WARNING && self.facts.version.is_some() => {
                Err(Error::new(Rule::UnexpectedWarning, alert.to_string()))
            }
            // The row names an alert of the registry; another one has only its number.
            _ => Err(Error::new(
                Rule::PeerAlert(alert),
                if alert.name().is_none() { alert.to_string() } else { String::new() },
            )),
        }
    }

    /// Whether this warning ends nothing.
    fn may_be_warned(&self, alert: AlertDescription) -> bool {
        let unknown_name = alert == AlertDescription::UNRECOGNIZED_NAME && self.facts.version.is_none();
        self.machine.is_tls12() || unknown_name
    }

    fn count_warning(&mut self) -> Result<(), Error> {
        self.read.warnings += 1;
        match self.read.warnings > MAX_WARNINGS {
            true => Err(Error::new(Rule::TooManyWarnings, "")),
            false => Ok(()),
        }
    }
}
