//! WAIT_CCS and WAIT_FINISHED: the client's last words, and the server's (RFC 5246 §7.1, §7.4.9).

use super::{State, WaitFinished};
use crate::{conn::Role, error::Error, msg::Finished, tls12::established::Established, tls13::effects::Sink};

impl WaitFinished {
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
        let Self { config, mut keyed, peer, issue, resumed } = self;
        if !resumed {
            issue.carry_out(&config, &mut keyed, sink)?;
            keyed.send_finished(sink)?;
        }
        let remembered = issue.remembered(&config);
        let established = Established::new(Role::Server, &keyed.handshake, keyed.main, remembered, peer, finished);
        Ok(State::Connected(Box::new(established)))
    }
}
