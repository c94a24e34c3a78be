//! WAIT_FINISHED: the client's Finished (RFC 8446 §4.4.4).

use super::{State, WaitFinished, post_handshake::Asker, tickets};
use crate::{
    auth::proofs::FinishedVerified,
    conn::{Direction, Role},
    error::Error,
    msg::Finished,
    tls13::{
        effects::{EarlyData, Sink},
        established::Established,
        key_schedule::Exporter,
    },
};

impl WaitFinished {
    pub(crate) fn exporter(&self) -> &Exporter {
        &self.application.exporter
    }

    /// The client's early data are at their end, and so are their keys (§4.5).
    pub(super) fn on_end_of_early_data(mut self, raw: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        self.keys.transcript.add(raw);
        sink.early_data(EarlyData::NoMore);
        self.keys.install_handshake(Direction::Received, &self.keys.traffic.client, sink)?;
        Ok(State::WaitFinished(Box::new(self)))
    }

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
        let Self { config, keys, application, peer } = self;
        tickets::send(&config, &keys, &application.main, sink)?;
        let asker = Asker::new(&config, sink.facts(), &keys.transcript);
        let established = Established::new(Role::Server, &keys, application, peer, finished).asking(asker);
        established.install_first(Direction::Received, sink)?;
        Ok(State::Connected(Box::new(established)))
    }
}
