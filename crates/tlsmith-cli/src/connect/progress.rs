//! Progress on standard error, for what takes longer than two seconds.

use std::{
    convert::Infallible,
    io::{self, IsTerminal as _, Write as _},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::failure::Phase;

/// How long a phase may take before something is said.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where [`run`](super::run) says what it does.
pub(crate) struct Phases(watch::Sender<Phase>);

/// Tells a person what is waited for.
pub(crate) struct Progress {
    target: String,
    phases: watch::Receiver<Phase>,
}

/// A pair of the two.
pub(crate) fn channel(target: String) -> (Phases, Progress) {
    let (sender, phases) = watch::channel(Phase::Idle);
    (Phases(sender), Progress { target, phases })
}

impl Phases {
    /// This is under way now.
    pub(crate) fn enter(&self, phase: Phase) {
        self.0.send_replace(phase);
    }
}

impl Progress {
    /// Watches until it is dropped.
    pub(crate) async fn run(mut self) -> Infallible {
        loop {
            let phase = *self.phases.borrow_and_update();
            let begun = Instant::now();
            let said = tokio::select! {
                changed = self.phases.changed() => { if changed.is_err() { std::future::pending::<()>().await } None }
                said = tell(phase, &self.target, begun) => Some(said),
            };
            if let Some(never) = said {
                return never;
            }
        }
    }
}

async fn tell(phase: Phase, target: &str, begun: Instant) -> Infallible {
    let doing = match phase {
        Phase::Dns => "looking up the name",
        Phase::Tcp => "connecting",
        Phase::StartTls => "asking for TLS",
        Phase::Tls => "shaking hands",
        Phase::Reply | Phase::Idle => return std::future::pending().await,
    };
    tokio::time::sleep(PATIENCE).await;
    // On a terminal the line is kept up to date and wiped at the end, in a log it stands once.
    if !io::stderr().is_terminal() {
        let _ = writeln!(io::stderr(), "tlsmith: {target}: {doing}, this takes a while");
        return std::future::pending().await;
    }
    let _line = Line;
    loop {
        let _ = write!(io::stderr(), "\r\x1b[K{target}: {doing}, {} s", begun.elapsed().as_secs());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Wipes the line when the phase is over.
struct Line;

impl Drop for Line {
    fn drop(&mut self) {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}
