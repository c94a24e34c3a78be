//! A request's body on its way to the backend: nothing is kept, progress is noted, and `Expect` is honoured.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::{
    sync::oneshot,
    time::{Instant, Sleep},
};

use super::{BodyError, headers};

/// How long a client that expects `100 Continue` waits for a backend that says nothing: then the body is sent anyhow
/// (RFC 9110 §10.1.1: a client must not wait forever either).
const CONTINUE_PATIENCE: Duration = Duration::from_secs(1);

/// How far a request's body has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The backend has room, the client has not sent more.
    WaitsForClient,
    /// The client may have more, the backend does not take it; or the body is over.
    WaitsForBackend,
}

/// Shared between a body and the one who waits for the answer.
#[derive(Debug)]
pub(super) struct Progress(Mutex<(Instant, Stage)>);

impl Progress {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new((Instant::now(), Stage::WaitsForBackend))))
    }

    fn note(&self, stage: Stage) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A second poll without data is no progress.
        if !(stage == Stage::WaitsForClient && state.1 == Stage::WaitsForClient) {
            *state = (Instant::now(), stage);
        }
    }

    /// When something last moved.
    pub(super) fn since(&self) -> Instant {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Whether it is the client that everybody waits for.
    pub(super) fn waits_for_client(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 == Stage::WaitsForClient
    }
}

/// Holds a body back until the backend wants it.
struct Gate {
    open: oneshot::Receiver<()>,
    answered: Arc<AtomicBool>,
    patience: Pin<Box<Sleep>>,
}

/// The backend's side of a [`Gate`]; dropped before it is opened, the body is never sent.
pub(super) struct GateKeeper {
    open: Mutex<Option<oneshot::Sender<()>>>,
    answered: Arc<AtomicBool>,
}

impl GateKeeper {
    /// The backend said `100 Continue`.
    pub(super) fn open(&self) {
        if let Some(open) = self.open.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // The body may be gone already.
            let _ = open.send(());
        }
    }

    /// The backend gave its final answer: it does not want the body, unless it has said so before.
    pub(super) fn answered(&self) {
        self.answered.store(true, Ordering::Release);
    }
}

/// The body of a request, as the backend's connection reads it.
pub(super) struct RequestBody {
    inner: Incoming,
    progress: Arc<Progress>,
    gate: Option<Gate>,
}

impl RequestBody {
    pub(super) fn new(inner: Incoming, progress: Arc<Progress>) -> Self {
        Self { inner, progress, gate: None }
    }

    /// Held back until the keeper opens, or [`CONTINUE_PATIENCE`] is over.
    pub(super) fn gated(inner: Incoming, progress: Arc<Progress>) -> (Self, GateKeeper) {
        let (sender, open) = oneshot::channel();
        let answered = Arc::new(AtomicBool::new(false));
        let patience = Box::pin(tokio::time::sleep(CONTINUE_PATIENCE));
        let gate = Gate { open, answered: Arc::clone(&answered), patience };
        (Self { inner, progress, gate: Some(gate) }, GateKeeper { open: Mutex::new(Some(sender)), answered })
    }
}

impl Gate {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BodyError>> {
        match Pin::new(&mut self.open).poll(cx) {
            Poll::Ready(Ok(())) => return Poll::Ready(Ok(())),
            Poll::Ready(Err(_)) => return Poll::Ready(Err("the backend did not want the body".into())),
            Poll::Pending => {}
        }
        match self.patience.as_mut().poll(cx) {
            Poll::Ready(()) if !self.answered.load(Ordering::Acquire) => Poll::Ready(Ok(())),
            _ => Poll::Pending,
        }
    }
}

/// Trailers lose what the backend would take for this terminator's own words.
fn clean(mut frame: Frame<Bytes>) -> Frame<Bytes> {
    if let Some(trailers) = frame.trailers_mut() {
        headers::clean_trailers(trailers);
    }
    frame
}

impl hyper::body::Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Some(gate) = &mut self.gate {
            match gate.poll(cx) {
                Poll::Ready(Ok(())) => self.gate = None,
                Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                Poll::Pending => return Poll::Pending,
            }
        }
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        self.progress.note(match polled {
            Poll::Pending => Stage::WaitsForClient,
            Poll::Ready(_) => Stage::WaitsForBackend,
        });
        polled.map_ok(clean).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A body that keeps something alive until it has been sent or dropped.
pub(super) struct Holding<B, K> {
    pub(super) body: B,
    pub(super) _kept: K,
}

impl<B, K> hyper::body::Body for Holding<B, K>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
    K: Unpin,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
