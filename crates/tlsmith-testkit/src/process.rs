//! Child processes of a test: started, watched and ended by their own handle.

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// How long anything that a test waits for may take before the test is given up. Generous: it only decides how long a
/// failure takes, never whether a test passes.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What a child has written so far.
#[derive(Debug, Default)]
struct Streams {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    open: usize,
}

#[derive(Debug, Default)]
struct Shared {
    streams: Mutex<Streams>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A running child. Dropping it ends it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    shared: Arc<Shared>,
    readers: Vec<JoinHandle<()>>,
}

/// How a child ended, with all it wrote.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Ended {
    /// Standard output as text.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Both, for looking up what a program said wherever it said it.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.stdout(), self.stderr())
    }

    /// The exit code; -1 if a signal ended it.
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or(-1)
    }
}

impl Process {
    /// Starts `command` with all three streams piped. A program that is not installed is a failed test.
    pub fn spawn(command: &mut Command) -> Self {
        let name = format!("{command:?}");
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap_or_else(
                |error| panic!("{name}: cannot be started: {error}; scripts/test installs what is needed"),
            );
        let shared = Arc::new(Shared::default());
        shared.lock().open = 2;
        let stdout = child.stdout.take().unwrap();
        let stderr = child.stderr.take().unwrap();
        let readers = vec![
            collect(stdout, Arc::clone(&shared), |streams| &mut streams.stdout),
            collect(stderr, Arc::clone(&shared), |streams| &mut streams.stderr),
        ];
        let stdin = child.stdin.take();
        Self { name, child, stdin, shared, readers }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `look` finds what it looks for in standard output or standard error.
    pub fn wait_for<T>(&self, what: &str, look: impl Fn(&str, &str) -> Option<T>) -> T {
        self.look_for(what, look).unwrap_or_else(|| {
            let streams = self.shared.lock();
            let (out, err) = (String::from_utf8_lossy(&streams.stdout), String::from_utf8_lossy(&streams.stderr));
            panic!("{}: ended before {what}\n--- stdout\n{out}\n--- stderr\n{err}", self.name)
        })
    }

    /// The same, but none if the program ends without it.
    pub fn look_for<T>(&self, what: &str, look: impl Fn(&str, &str) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut streams = self.shared.lock();
        loop {
            let (out, err) = (String::from_utf8_lossy(&streams.stdout), String::from_utf8_lossy(&streams.stderr));
            if let Some(found) = look(&out, &err) {
                return Some(found);
            }
            if streams.open == 0 {
                return None;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{}: waited for {what} in vain\n--- stdout\n{out}\n--- stderr\n{err}", self.name);
            (streams, _) =
                self.shared.changed.wait_timeout(streams, left).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// Waits until `text` stands in what it wrote, on either stream.
    pub fn wait_for_text(&self, text: &str) {
        self.wait_for(&format!("{text:?}"), |out, err| (out.contains(text) || err.contains(text)).then_some(()));
    }

    /// Whether `text` came, on either stream, before it ended.
    pub fn came(&self, text: &str) -> bool {
        let look = |out: &str, err: &str| (out.contains(text) || err.contains(text)).then_some(());
        self.look_for(&format!("{text:?}"), look).is_some()
    }

    /// Waits for a line of standard output with this beginning and returns the rest of the first one.
    pub fn wait_for_line(&self, prefix: &str) -> String {
        self.wait_for(&format!("a line {prefix:?}"), |out, _| {
            let complete = &out[..=out.rfind('\n')?];
            complete.lines().find_map(|line| line.strip_prefix(prefix)).map(str::to_owned)
        })
    }

    /// Waits for the `count`-th line of standard output (from 0) and returns it.
    pub fn wait_for_line_number(&self, count: usize) -> String {
        self.wait_for(&format!("line {count} of its output"), |out, _| {
            let complete = &out[..=out.rfind('\n')?];
            complete.lines().nth(count).map(str::to_owned)
        })
    }

    /// Waits until it is no longer running, or its output holds at least this many bytes.
    pub fn wait_for_stdout_len(&self, len: usize) {
        let deadline = Instant::now() + PATIENCE;
        let mut streams = self.shared.lock();
        while streams.stdout.len() < len {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                streams.open > 0 && !left.is_zero(),
                "{}: {} of {len} bytes came\n{}",
                self.name,
                streams.stdout.len(),
                String::from_utf8_lossy(&streams.stderr)
            );
            (streams, _) =
                self.shared.changed.wait_timeout(streams, left).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// A copy of what standard output has brought so far.
    pub fn stdout(&self) -> Vec<u8> {
        self.shared.lock().stdout.clone()
    }

    /// A copy of what standard error has brought so far.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.shared.lock().stderr).into_owned()
    }

    /// Writes to its standard input; a child that is gone is noticed by whoever waits for its output.
    pub fn write(&mut self, bytes: &[u8]) {
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(bytes);
            let _ = stdin.flush();
        }
    }

    /// Takes standard input, to write to it from another thread.
    pub fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.stdin.take()
    }

    /// Ends its standard input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it a signal by name (`TERM`, `INT`, `HUP`).
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.id().to_string()).status();
        assert!(status.is_ok_and(|status| status.success()), "{}: no signal {name}", self.name);
    }

    /// Ends its standard input and waits until it ends by itself.
    pub fn finish(mut self) -> Ended {
        self.stdin = None;
        let deadline = Instant::now() + PATIENCE;
        {
            // Both pipes are closed when the child ends, so this needs no polling.
            let mut streams = self.shared.lock();
            while streams.open > 0 {
                let left = deadline.saturating_duration_since(Instant::now());
                assert!(
                    !left.is_zero(),
                    "{}: does not end\n--- stdout\n{}\n--- stderr\n{}",
                    self.name,
                    String::from_utf8_lossy(&streams.stdout),
                    String::from_utf8_lossy(&streams.stderr)
                );
                (streams, _) =
                    self.shared.changed.wait_timeout(streams, left).unwrap_or_else(std::sync::PoisonError::into_inner);
            }
        }
        let status = self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        let mut streams = self.shared.lock();
        Ended { status, stdout: std::mem::take(&mut streams.stdout), stderr: std::mem::take(&mut streams.stderr) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command to its end, with nothing on its standard input.
pub fn run(command: &mut Command) -> Ended {
    Process::spawn(command).finish()
}

/// Runs a command that has to succeed and returns its standard output.
pub fn must_run(command: &mut Command) -> String {
    let ended = run(command);
    assert!(ended.status.success(), "{command:?}: {}\n{}", ended.status, ended.text());
    ended.stdout()
}

fn collect(
    mut from: impl Read + Send + 'static,
    shared: Arc<Shared>,
    into: fn(&mut Streams) -> &mut Vec<u8>,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0; 1 << 16];
        loop {
            let count = from.read(&mut buffer).unwrap_or(0);
            let mut streams = shared.lock();
            if count == 0 {
                streams.open -= 1;
            }
            into(&mut streams).extend_from_slice(&buffer[..count]);
            shared.changed.notify_all();
            if count == 0 {
                return;
            }
        }
    })
}
