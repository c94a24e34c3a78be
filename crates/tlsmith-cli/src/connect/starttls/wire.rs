//! Reading and writing in clear: bounded, and everything that was said is kept.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::stop::{Stop, is_tls};
use crate::render::text::safe;

/// The longest line. RFC 5321 §4.5.3.1.5 has 512 bytes, RFC 7162 §4 asks IMAP for 8,192.
pub(super) const MAX_LINE: usize = 8192;
/// More bytes than this no server has to say before TLS; a file server's banner may be long.
pub(super) const MAX_BYTES: usize = 128 << 10;
/// And more lines than this neither.
pub(super) const MAX_LINES: usize = 1024;
/// How much is read at once.
const CHUNK: usize = 4096;

/// One line of the dialogue, or one message that is described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Spoken {
    /// `sent` or `received`.
    pub(crate) direction: &'static str,
    /// What a terminal may show.
    pub(crate) text: String,
}

/// A transport in clear, for as long as the dialogue takes.
pub(super) struct Wire<'t, T> {
    transport: &'t mut T,
    /// Received, not yet taken.
    buffer: Vec<u8>,
    received: usize,
    lines: usize,
    spoken: Vec<Spoken>,
    /// What is waited for, for messages.
    waiting: &'static str,
}

impl<'t, T: AsyncRead + AsyncWrite + Unpin> Wire<'t, T> {
    pub(super) fn new(transport: &'t mut T) -> Self {
        Self { transport, buffer: Vec::new(), received: 0, lines: 0, spoken: Vec::new(), waiting: "the greeting" }
    }

    /// What was waited for last.
    pub(super) fn waiting(&self) -> &'static str {
        self.waiting
    }

    /// All that was said.
    pub(super) fn into_spoken(self) -> Vec<Spoken> {
        self.spoken
    }

    /// Sends a line.
    pub(super) async fn say(&mut self, line: &str) -> Result<(), Stop> {
        self.send(line, format!("{line}\r\n").as_bytes()).await
    }

    /// Sends bytes that are shown as `description`.
    pub(super) async fn send(&mut self, description: &str, bytes: &[u8]) -> Result<(), Stop> {
        // Nothing may have come before it was asked for: it would be taken for an answer to this. An empty line is none.
        if !self.buffer.trim_ascii().is_empty() {
            return Err(Stop::Unasked(self.buffer.clone()));
        }
        self.buffer.clear();
        self.spoken.push(Spoken { direction: "sent", text: safe(description).into_owned() });
        self.transport.write_all(bytes).await?;
        self.transport.flush().await?;
        Ok(())
    }

    /// Notes what was received in a form that is not lines.
    pub(super) fn heard(&mut self, description: &str) {
        self.spoken.push(Spoken { direction: "received", text: safe(description).into_owned() });
    }

    /// The next line, without its end. What is no UTF-8 in it is replaced.
    pub(super) async fn line(&mut self, waiting: &'static str) -> Result<String, Stop> {
        self.waiting = waiting;
        let mut searched = 0;
        loop {
            let rest = self.buffer.get(searched..).unwrap_or_default();
            if let Some(at) = rest.iter().position(|byte| *byte == b'\n').map(|at| searched + at) {
                if at > MAX_LINE || self.lines == MAX_LINES {
                    return Err(Stop::TooMuch(waiting));
                }
                self.lines += 1;
                let line: Vec<u8> = self.buffer.drain(..=at).collect();
                let line = line.strip_suffix(b"\n").unwrap_or(&line);
                let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
                self.heard(&text);
                return Ok(text);
            }
            searched = self.buffer.len();
            if searched > MAX_LINE {
                return Err(Stop::TooMuch(waiting));
            }
            self.more().await?;
            // It would not send a line's end: it waits for TLS.
            if is_tls(&self.buffer) {
                return Err(Stop::Unexpected { waiting, said: self.buffer.clone() });
            }
        }
    }

    /// The next `count` bytes, which the caller bounds.
    pub(super) async fn exact(&mut self, count: usize, waiting: &'static str) -> Result<Vec<u8>, Stop> {
        self.waiting = waiting;
        while self.buffer.len() < count {
            self.more().await?;
        }
        Ok(self.buffer.drain(..count).collect())
    }

    async fn more(&mut self) -> Result<(), Stop> {
        if self.received >= MAX_BYTES {
            return Err(Stop::TooMuch(self.waiting));
        }
        self.buffer.reserve(CHUNK);
        match self.transport.read_buf(&mut self.buffer).await? {
            0 => Err(Stop::Closed { waiting: self.waiting, partial: std::mem::take(&mut self.buffer) }),
            count => {
                self.received = self.received.saturating_add(count);
                Ok(())
            }
        }
    }

    /// The server has given its go-ahead: from here on only TLS may come, and the client has the first word.
    ///
    /// Bytes that are here already were sent in clear by somebody who hopes that they pass for the beginning of what
    /// comes under TLS (response injection, the class of CVE-2011-0411). The dialogue's buffer is not handed to
    /// the connection, so they could do no harm; but a peer that sends them is broken, or not the peer.
    pub(super) async fn finish(&mut self) -> Result<(), Stop> {
        if self.buffer.is_empty() {
            self.glance().await?;
        }
        match self.buffer.is_empty() {
            true => Ok(()),
            false => Err(Stop::Injected(self.buffer.clone())),
        }
    }

    /// Takes what has arrived and does not wait for more.
    async fn glance(&mut self) -> io::Result<()> {
        let mut room = [0; CHUNK];
        let mut read = ReadBuf::new(&mut room);
        let transport = &mut *self.transport;
        let glance = |cx: &mut Context<'_>| match Pin::new(&mut *transport).poll_read(cx, &mut read) {
            Poll::Pending => Poll::Ready(Ok(())),
            ready => ready,
        };
        poll_fn(glance).await?;
        self.buffer.extend_from_slice(read.filled());
        Ok(())
    }
}
