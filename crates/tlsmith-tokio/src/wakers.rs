//! Who waits for the transport to take bytes.
//!
//! Both halves of a split stream write what is pending, and a reader alerts of its own. A transport
//! remembers only the last task that it made wait, so the one before would sleep for ever. Therefore both wait with a waker
//! that wakes both.

use std::{
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Wake, Waker},
};

/// Which half of a stream polls.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Half {
    Reader,
    Writer,
}

/// The tasks that wait.
#[derive(Debug, Default)]
pub(crate) struct Wakers {
    reader: Mutex<Option<Waker>>,
    writer: Mutex<Option<Waker>>,
}

impl Wakers {
    /// The waker to give to the transport: it wakes the task of `cx`, and that of the other half if it waits.
    pub(crate) fn join(self: &Arc<Self>, half: Half, cx: &Context<'_>) -> Waker {
        let slot = match half {
            Half::Reader => &self.reader,
            Half::Writer => &self.writer,
        };
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
        Waker::from(Arc::clone(self))
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        for slot in [&self.reader, &self.writer] {
            let waiting = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(waker) = waiting {
                waker.wake();
            }
        }
    }
}
