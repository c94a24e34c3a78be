//! The stream.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tlsmith::{
    Connection, Error, Facts,
    buffered::{Buffered, Step},
    conn::Reply,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{
    options::Clock,
    wakers::{Half, Wakers},
};

/// One TLS connection over `IO`, of either role, its handshake complete.
///
/// - Reading ends only with the peer's `close_notify`. A transport that ends without it gives an error of kind
///   `UnexpectedEof`; [`Error::from_io`] gets the [`Error`] back from any error that TLS is the reason of. The alert goes
///   out before the error is returned.
/// - Writing encrypts and passes on as much as the transport takes. Data is accepted only while less than
///   [`OUTPUT_LIMIT`](crate::OUTPUT_LIMIT) of ciphertext waits. `flush` says when all of it was taken.
/// - `shutdown` sends `close_notify` and ends the transport's write side; reading goes on (half close).
/// - Nothing is lost when a read or a write is cancelled, all state is here. It works in [`tokio::io::split`].
/// - Reads also write what is pending, so that a task which only reads does not sit on it.
#[derive(Debug)]
pub struct TlsStream<IO> {
    pub(crate) io: IO,
    pub(crate) tls: Buffered,
    clock: Clock,
    wakers: Arc<Wakers>,
    io_flushed: bool,
    io_shut: bool,
}

impl<IO> TlsStream<IO> {
    pub(crate) fn new(io: IO, tls: Buffered, clock: Clock) -> Self {
        Self { io, tls, clock, wakers: Arc::default(), io_flushed: true, io_shut: false }
    }

    /// What was negotiated and seen.
    pub fn facts(&self) -> &Facts {
        self.tls.connection().facts()
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        self.tls.connection()
    }

    /// The transport.
    pub fn get_ref(&self) -> &IO {
        &self.io
    }

    /// The transport. Reading from it or writing to it breaks the connection; setting its options does not.
    pub fn get_mut(&mut self) -> &mut IO {
        &mut self.io
    }

    /// Gives the transport up. Data that was received and not read, or accepted and not flushed, is gone.
    pub fn into_inner(self) -> IO {
        self.io
    }

    /// Exports keying material (RFC 8446 §7.5), for channel bindings and the like.
    pub fn export(&self, label: &[u8], context: Option<&[u8]>, out: &mut [u8]) -> Result<(), Error> {
        self.tls.connection().export(label, context, out)
    }

    /// A server's early data (0-RTT), apart from all other data; none unless the configuration accepts them. All of them are
    /// here when the handshake is complete. Anybody who saw them can have sent them, a second time as well (RFC 8446 §8): act
    /// only on what is safe to do twice.
    pub fn take_early_data(&mut self) -> Vec<u8> {
        self.tls.take_early_data()
    }

    /// Changes the keys of this side (RFC 8446 §4.6.3) and asks for the peer's to be changed if wanted. The message
    /// goes out with the next write, flush or read.
    pub fn update_keys(&mut self, request_peer: bool) -> Result<(), Error> {
        self.tls.update_keys(request_peer)
    }

    /// Asks the client for a certificate after the handshake; see [`Connection::request_client_certificate`]. The message goes
    /// out with the next write, flush or read; reading takes the answer.
    pub fn request_client_certificate(&mut self) -> Result<(), Error> {
        self.tls.request_client_certificate()
    }

    /// Answers what the connection needs after the handshake ([`Connection::need`]): an external key's signature or a deferred
    /// verdict of post-handshake authentication. Reading fails until then, and goes on afterwards.
    pub fn reply(&mut self, reply: Reply) -> Result<(), Error> {
        self.tls.reply(reply)
    }

    /// How many buffers are held; 0 while nothing is under way.
    pub fn held_buffers(&self) -> usize {
        self.tls.held_buffers()
    }

    /// How many bytes of ciphertext wait for the transport to take them.
    pub fn pending_output(&self) -> usize {
        self.tls.pending().len()
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> TlsStream<IO> {
    /// Has the transport take what is pending.
    pub(crate) fn poll_drain(&mut self, half: Half, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.tls.pending().is_empty() {
            return Poll::Ready(Ok(()));
        }
        let waker = self.wakers.join(half, cx);
        let cx = &mut Context::from_waker(&waker);
        while !self.tls.pending().is_empty() {
            let count = ready!(Pin::new(&mut self.io).poll_write(cx, self.tls.pending()))?;
            if count == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.tls.sent(count);
            self.io_flushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// The same, and has the transport pass it on.
    pub(crate) fn poll_send(&mut self, half: Half, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(half, cx))?;
        if !self.io_flushed {
            let waker = self.wakers.join(half, cx);
            ready!(Pin::new(&mut self.io).poll_flush(&mut Context::from_waker(&waker)))?;
            self.io_flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads once from the transport.
    pub(crate) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut room = ReadBuf::new(self.tls.room());
        ready!(Pin::new(&mut self.io).poll_read(cx, &mut room))?;
        match room.filled().len() {
            0 => self.tls.received_eof(),
            count => self.tls.received(count),
        }
        self.tls.set_time(self.clock.now());
        Poll::Ready(Ok(()))
    }

    /// Puts plaintext into `to`, or nothing at the end.
    fn poll_fill(&mut self, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        loop {
            let taken = to.filled().len() > before;
            match self.tls.process() {
                Ok(Step::Data) => {
                    let count = self.tls.take(to.initialize_unfilled());
                    to.advance(count);
                    if to.remaining() == 0 {
                        return Poll::Ready(Ok(()));
                    }
                }
                Ok(Step::Progress) => {}
                // Whatever else there is to say is said when this data was read.
                _ if taken => return Poll::Ready(Ok(())),
                Ok(Step::Closed) => return Poll::Ready(Ok(())),
                Ok(Step::WantsInput) => ready!(self.poll_receive(cx))?,
                Ok(Step::WantsOutput) => ready!(self.poll_drain(Half::Reader, cx))?,
                Ok(Step::WantsReply) => return Poll::Ready(Err(unanswered())),
                Err(error) => {
                    // That the alert cannot be sent is the lesser news.
                    let _ = ready!(self.poll_send(Half::Reader, cx));
                    return Poll::Ready(Err(error.into()));
                }
            }
        }
    }

    /// Before data is accepted: makes room for it.
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.tls.is_closed() {
            return Poll::Ready(Err(io::Error::new(ErrorKind::BrokenPipe, "write after shutdown")));
        }
        if self.tls.wants_output() {
            let drained = self.poll_drain(Half::Writer, cx)?;
            if self.tls.wants_output() {
                ready!(drained);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// After data was accepted: passes on what the transport takes.
    fn accepted(&mut self, count: usize, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match self.poll_drain(Half::Writer, cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(count)),
        }
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for TlsStream<IO> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if to.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let filled = this.poll_fill(cx, to);
        // A transport that takes no more may still hold data to be read; whoever writes will hear of it.
        let _ = this.poll_send(Half::Reader, cx);
        this.tls.release();
        filled
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TlsStream<IO> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_accept(cx))?;
        let count = this.tls.write(data)?;
        this.accepted(count, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_accept(cx))?;
        let count = this.tls.write_vectored(pieces)?;
        this.accepted(count, cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_send(Half::Writer, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.tls.close();
        ready!(this.poll_send(Half::Writer, cx))?;
        if !this.io_shut {
            let waker = this.wakers.join(Half::Writer, cx);
            match ready!(Pin::new(&mut this.io).poll_shutdown(&mut Context::from_waker(&waker))) {
                // The peer was faster and closed it all.
                Err(error) if error.kind() == ErrorKind::NotConnected => {}
                other => other?,
            }
            this.io_shut = true;
        }
        Poll::Ready(Ok(()))
    }
}

pub(crate) fn unanswered() -> io::Error {
    io::Error::other("the handshake waits for an answer (an external key, a deferred verdict): set Options::answers")
}
