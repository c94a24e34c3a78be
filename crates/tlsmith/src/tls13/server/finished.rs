//! WAIT_FINISHED: the client's Finished (RFC 8446 §4.4.4).

use super::{State, WaitFinished};
use crate::{
    auth::proofs::FinishedVerified,
    conn::{Direction, Role},
    error::Error,
    msg::Finished,
    tls13::{effects::Sink, established::Established},
};

impl WaitFinished {
    pub(super) fn on_finished(
        mut self,
        message: &Finished<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let transcript = self.keys.transcript.current();
        let finished =
            FinishedVerified::check(&self.keys.kdf, &self.keys.traffic.client, &transcript, message.verify_data)?;
        self.keys.transcript.add(raw);
        let established = Established::new(Role::Server, &self.keys, self.application, self.peer, finished);
        established.install_first(Direction::Received, sink)?;
        Ok(State::Connected(Box::new(established)))
    }
}
