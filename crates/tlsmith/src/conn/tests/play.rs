//! A connection of ours, the victim, against a hostile peer.

use std::sync::Arc;

use super::{super::*, NOW, Peer};
use crate::registry::AlertDescription;

pub(crate) struct Play {
    pub(crate) victim: Connection,
    pub(crate) peer: Peer,
    /// What the victim has yet to take.
    pub(crate) inbox: Vec<u8>,
    /// What the victim sent and the peer has not heard yet.
    pub(crate) outbox: Vec<u8>,
    /// Data that the victim handed out.
    pub(crate) data: Vec<u8>,
    /// Why the victim failed.
    pub(crate) error: Option<Error>,
}

impl Play {
    /// Our client against a hostile server.
    pub(crate) fn client(config: Arc<ClientConfig>, peer: Peer) -> Self {
        let mut outbox = Vec::new();
        let victim = Connection::client(config, "host.example".parse().unwrap(), NOW, &mut outbox).unwrap();
        Self::new(victim, peer, outbox)
    }

    /// Our server against a hostile client.
    pub(crate) fn server(config: Arc<ServerConfig>, peer: Peer) -> Self {
        Self::new(Connection::server(config, NOW).unwrap(), peer, Vec::new())
    }

    pub(crate) fn new(victim: Connection, mut peer: Peer, outbox: Vec<u8>) -> Self {
        peer.start();
        Self { victim, peer, inbox: Vec::new(), outbox, data: Vec::new(), error: None }
    }

    /// Carries bytes to and fro until nothing moves or the victim fails; its last words reach the peer.
    pub(crate) fn go_on(&mut self) -> &mut Self {
        loop {
            let heard = std::mem::take(&mut self.outbox);
            self.peer.feed(&heard);
            let said = self.peer.take_output();
            self.inbox.extend_from_slice(&said);
            let mut moved = !said.is_empty() || !heard.is_empty();
            if self.error.is_none() {
                match super::pump(&mut self.victim, &mut self.inbox, &mut self.outbox, &mut self.data) {
                    Ok(taken) => moved |= taken,
                    Err(error) => self.error = Some(error),
                }
            }
            if !moved {
                return self;
            }
        }
    }

    /// The victim sends data.
    pub(crate) fn send(&mut self, data: &[u8]) {
        self.victim.send(data, &mut self.outbox).unwrap();
    }

    /// The alerts that the peer heard.
    pub(crate) fn alerts(&self) -> Vec<AlertDescription> {
        self.peer.alerts.iter().map(|(_, alert, _)| *alert).collect()
    }
}
