//! A peer that stops reading must not hold a connection for ever.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::{Instant, Sleep},
};

/// What is seen on a stream, for those who only hold what was built upon it.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    ended: Notify,
    writes: AtomicU64,
}

impl Pulse {
    /// Returns once the peer has closed its side and then for `patience` (twice that at most) was sent nothing.
    ///
    /// It may be waiting for its answer, or gone: that shows only when something is written.
    pub(crate) async fn stopped(&self, patience: Duration) {
        self.ended.notified().await;
        loop {
            let before = self.writes.load(Ordering::Relaxed);
            tokio::time::sleep(patience).await;
            if self.writes.load(Ordering::Relaxed) == before {
                return;
            }
        }
    }
}

/// A stream whose writes fail once the peer has taken nothing for a while. Reads are bounded by those who read.
#[derive(Debug)]
pub(crate) struct WriteStall<S> {
    inner: S,
    patience: Duration,
    timer: Pin<Box<Sleep>>,
    waiting: bool,
    pulse: Arc<Pulse>,
}

impl<S> WriteStall<S> {
    pub(crate) fn new(inner: S, patience: Duration) -> Self {
        Self { inner, patience, timer: Box::pin(tokio::time::sleep(patience)), waiting: false, pulse: Arc::default() }
    }

    /// Where its signs of life are noted.
    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&self.pulse)
    }

    fn note(&self, written: &Poll<io::Result<usize>>) {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.pulse.writes.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Passes a result on; the time counts from the first of the results that are pending.
    fn watch<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waiting = false;
            return polled;
        }
        if !self.waiting {
            self.waiting = true;
            self.timer.as_mut().reset(Instant::now() + self.patience);
        }
        match self.timer.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer does not read"))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteStall<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        if matches!(polled, Poll::Ready(Ok(()))) && buf.filled().len() == before && buf.remaining() > 0 {
            self.pulse.ended.notify_one();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteStall<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, data);
        self.note(&polled);
        self.watch(cx, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, data);
        self.note(&polled);
        self.watch(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.watch(cx, polled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_does_not_read_is_given_up() {
        let (near, _far) = tokio::io::duplex(10);
        let mut near = WriteStall::new(near, Duration::from_secs(60));
        let error = near.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_reads_slowly_is_not() {
        let (near, mut far) = tokio::io::duplex(10);
        let mut near = WriteStall::new(near, Duration::from_secs(60));
        let reader = tokio::spawn(async move {
            let mut taken = 0;
            while taken < 100 {
                tokio::time::sleep(Duration::from_secs(50)).await;
                taken += far.read(&mut [0; 10]).await.unwrap();
            }
        });
        near.write_all(&[0; 100]).await.unwrap();
        reader.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_closed_its_side_is_given_up_when_nothing_comes_any_more() {
        let (near, mut far) = tokio::io::duplex(1000);
        let mut near = WriteStall::new(near, Duration::from_secs(60));
        let pulse = near.pulse();
        let patience = Duration::from_secs(60);
        let limit = |time| tokio::time::timeout(Duration::from_secs(time), pulse.stopped(patience));
        assert!(limit(1000).await.is_err(), "it has not closed its side");
        far.shutdown().await.unwrap();
        assert_eq!(near.read(&mut [0; 10]).await.unwrap(), 0);
        let begun = Instant::now();
        let writing = async {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_secs(50)).await;
                near.write_all(b"event").await.unwrap();
            }
        };
        let (_, stopped) = tokio::join!(writing, limit(10_000));
        assert!(stopped.is_ok() && begun.elapsed() >= Duration::from_secs(500 + 10), "{:?}", begun.elapsed());
    }
}
