//! The handshake over `std::io`.

use std::io::{self, ErrorKind, Read, Write};

use super::Stream;
use crate::{
    buffered::Step,
    conn::{Need, Reply},
};

impl<S: Read + Write> Stream<S> {
    /// Carries the handshake out, until this side's last message is written. An error if the connection needs an
    /// answer (an external key, a deferred verdict, a configuration): then it is for [`Stream::handshake_with`].
    pub fn handshake(&mut self) -> io::Result<()> {
        self.handshake_steps(&mut |_| None)?;
        self.flush_all()
    }

    /// Carries the handshake out and has `answer` answer what the connection needs.
    pub fn handshake_with(&mut self, mut answer: impl FnMut(Need<'_>) -> Reply) -> io::Result<()> {
        self.handshake_steps(&mut |need| Some(answer(need)))?;
        self.flush_all()
    }

    /// The same for a read or a write: both of them write later what cannot be written now.
    pub(super) fn before_data(&mut self) -> io::Result<()> {
        self.handshake_steps(&mut |_| None)
    }

    fn handshake_steps(&mut self, answer: &mut dyn FnMut(Need<'_>) -> Option<Reply>) -> io::Result<()> {
        if !self.connection().is_handshaking() {
            return Ok(());
        }
        while self.connection().is_handshaking() {
            match self.tls.process() {
                Ok(Step::Progress | Step::Data | Step::Closed) => {}
                Ok(Step::WantsOutput) => self.drain()?,
                Ok(Step::WantsInput) => {
                    self.send_flight()?;
                    self.receive()?;
                }
                Ok(Step::WantsReply) => self.answer(answer)?,
                Err(error) => return Err(self.fail(error)),
            }
        }
        self.tls.release();
        self.send_flight()
    }

    fn answer(&mut self, answer: &mut dyn FnMut(Need<'_>) -> Option<Reply>) -> io::Result<()> {
        let reply = self.connection().need().and_then(answer).ok_or_else(unanswered)?;
        self.tls.reply(reply).map_err(|error| self.fail(error))
    }

    /// Writes what is pending, as far as it goes. A peer that hung up has often said why before: then reading on gives
    /// the better error. And what cannot be written yet does not keep from reading.
    fn send_flight(&mut self) -> io::Result<()> {
        match self.flush_all() {
            Err(error) if error.kind() != ErrorKind::WouldBlock && !is_hang_up(error.kind()) => Err(error),
            _ => Ok(()),
        }
    }

    /// The alert goes out before the error is returned; that it cannot be written is the lesser news.
    fn fail(&mut self, error: crate::Error) -> io::Error {
        let _ = self.flush_all();
        error.into()
    }
}

fn is_hang_up(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
}

pub(super) fn unanswered() -> io::Error {
    io::Error::other("the handshake waits for an answer: carry it out with handshake_with")
}
