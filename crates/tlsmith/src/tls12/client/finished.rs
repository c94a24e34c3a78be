//! WAIT_NST, WAIT_CCS and WAIT_FINISHED: the server's last words (RFC 5077 §3.3, RFC 5246 §7.1, §7.4.9), and this side's
//! where a session is resumed.

use super::{State, WaitFinished};
use crate::{
    conn::Role,
    error::Error,
    msg::{Finished, tls12::NewSessionTicketTls12},
    tls12::established::Established,
    tls13::effects::Sink,
};

impl WaitFinished {
    /// The ticket first, if one was promised.
    pub(super) fn await_ticket(self) -> State {
        match self.memory.promised {
            true => State::WaitTicket(Box::new(self)),
            false => State::WaitChangeCipherSpec(Box::new(self)),
        }
    }

    pub(super) fn on_ticket(mut self, message: &NewSessionTicketTls12<'_>, raw: &[u8]) -> Result<State, Error> {
        self.memory.take(message);
        self.keyed.handshake.transcript.add(raw);
        Ok(State::WaitChangeCipherSpec(Box::new(self)))
    }

    pub(super) fn on_change_cipher_spec(self, sink: &mut dyn Sink) -> Result<State, Error> {
        self.keyed.on_change_cipher_spec(sink)?;
        Ok(State::WaitFinished(Box::new(self)))
    }

    pub(super) fn on_finished(
        mut self,
        message: &Finished<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let finished = self.keyed.check_finished(message, raw)?;
        if self.resumed {
            self.keyed.send_finished(sink)?;
        }
        let Self { memory, keyed, peer, resumed } = self;
        let now = sink.now();
        let remembered = memory.remembered();
        memory.keep(&keyed, resumed, sink.facts(), now);
        let established = Established::new(Role::Client, &keyed.handshake, keyed.main, remembered, peer, finished);
        Ok(State::Connected(Box::new(established)))
    }
}
