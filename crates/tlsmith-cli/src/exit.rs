//! How a command ends: the exit codes, and the one line for mistakes of the caller.

use std::{fmt, io::Write as _, process::ExitCode};

use serde::Serialize;

use crate::render::text::safe;

/// The exit codes, the same for every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Good,
    /// The check or the handshake failed.
    Failed,
    /// A mistake in the arguments, or in a file that they name.
    Usage,
    /// The peer's certificate is not trusted.
    Untrusted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Good => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Untrusted => 3,
        })
    }
}

/// A mistake in the arguments or in a file that they name: told in one line on standard error, exit code 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Stable code: `usage.file`.
    pub(crate) code: &'static str,
    /// What is wrong, with the actual values.
    pub(crate) message: String,
    /// What to do; may be empty where the message says it.
    pub(crate) fix: String,
}

impl Usage {
    /// Puts the three together.
    pub(crate) fn new(code: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, message: message.into(), fix: fix.into() }
    }

    /// The document of `--json` for commands whose own cannot be begun.
    pub(crate) fn document(&self) -> impl Serialize + use<> {
        serde_json::json!({"error": {"code": self.code, "message": self.message, "fix": self.fix}})
    }

    /// Tells it on standard error.
    pub(crate) fn report(&self) -> Exit {
        // With standard error gone there is nobody left to tell; the exit code still says it.
        let _ = writeln!(std::io::stderr(), "tlsmith: {self}");
        Exit::Usage
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = match self.fix.is_empty() {
            true => self.message.clone(),
            false => format!("{}; {}", self.message, self.fix),
        };
        // One line it is, and harmless, whatever a file name holds.
        f.write_str(&safe(&line.replace(['\n', '\r'], " ")))
    }
}

impl std::error::Error for Usage {}

impl From<tlsmith::config::ConfigError> for Usage {
    fn from(error: tlsmith::config::ConfigError) -> Self {
        Self::new(error.code, error.message, error.fix)
    }
}
