//! Transports that make life hard.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Reads and writes one byte at a time.
pub(crate) struct OneByte<IO>(pub(crate) IO);

/// Reads and writes a few bytes at a time, and is not ready every other time.
pub(crate) struct Choppy<IO> {
    io: IO,
    state: u32,
}

impl<IO> Choppy<IO> {
    pub(crate) fn new(io: IO, seed: u32) -> Self {
        Self { io, state: seed | 1 }
    }

    /// How many bytes to let through; `None` to be not ready.
    fn toss(&mut self, cx: &Context<'_>) -> Option<usize> {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        if self.state & 1 == 0 {
            cx.waker().wake_by_ref();
            return None;
        }
        Some(1 + (self.state >> 8) as usize % 700)
    }
}

/// What a [`Throttle`] lets through, to be raised from outside.
#[derive(Clone, Default)]
pub(crate) struct Allowance(Arc<Mutex<(usize, Option<Waker>)>>);

impl Allowance {
    pub(crate) fn add(&self, bytes: usize) {
        let mut inner = self.0.lock().unwrap();
        inner.0 = inner.0.saturating_add(bytes);
        if let Some(waker) = inner.1.take() {
            waker.wake();
        }
    }

    pub(crate) fn set(&self, bytes: usize) {
        self.0.lock().unwrap().0 = bytes;
    }

    fn poll(&self, cx: &Context<'_>) -> Poll<usize> {
        let mut inner = self.0.lock().unwrap();
        if inner.0 == 0 {
            inner.1 = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(inner.0)
    }
}

/// Reads and writes no more than it is allowed.
pub(crate) struct Throttle<IO> {
    io: IO,
    pub(crate) read: Allowance,
    pub(crate) write: Allowance,
}

impl<IO> Throttle<IO> {
    /// All is allowed at first.
    pub(crate) fn new(io: IO) -> Self {
        let (read, write) = (Allowance::default(), Allowance::default());
        read.add(usize::MAX);
        write.add(usize::MAX);
        Self { io, read, write }
    }
}

fn poll_read_some<IO: AsyncRead + Unpin>(
    io: &mut IO,
    cx: &mut Context<'_>,
    to: &mut ReadBuf<'_>,
    most: usize,
) -> Poll<io::Result<usize>> {
    let mut part = vec![0; most.min(to.remaining())];
    let mut part = ReadBuf::new(&mut part);
    ready!(Pin::new(io).poll_read(cx, &mut part))?;
    to.put_slice(part.filled());
    Poll::Ready(Ok(part.filled().len()))
}

impl<IO: AsyncRead + Unpin> AsyncRead for OneByte<IO> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        poll_read_some(&mut self.0, cx, to, 1).map_ok(|_| ())
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Choppy<IO> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.toss(cx) {
            Some(most) => poll_read_some(&mut self.io, cx, to, most).map_ok(|_| ()),
            None => Poll::Pending,
        }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Throttle<IO> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let most = ready!(self.read.poll(cx));
        let count = ready!(poll_read_some(&mut self.io, cx, to, most))?;
        self.read.set(most.saturating_sub(count));
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for OneByte<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, &data[..data.len().min(1)])
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Choppy<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        match self.toss(cx) {
            Some(most) => Pin::new(&mut self.io).poll_write(cx, &data[..data.len().min(most)]),
            None => Poll::Pending,
        }
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.toss(cx) {
            Some(_) => Pin::new(&mut self.io).poll_flush(cx),
            None => Poll::Pending,
        }
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.toss(cx) {
            Some(_) => Pin::new(&mut self.io).poll_shutdown(cx),
            None => Poll::Pending,
        }
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Throttle<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let most = ready!(self.write.poll(cx));
        let count = ready!(Pin::new(&mut self.io).poll_write(cx, &data[..data.len().min(most)]))?;
        self.write.set(most.saturating_sub(count));
        Poll::Ready(Ok(count))
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
