//! What is wrong with a file, or with the passphrase for it.

use std::{borrow::Cow, fmt};

/// What kind of mistake it is, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// There is nothing in it of what is looked for.
    Nothing,
    /// It is broken.
    Malformed,
    /// It is something that is not read here.
    Unsupported,
    /// It is encrypted, and there is no passphrase.
    PassphraseNeeded,
    /// The passphrase is not the one.
    WrongPassphrase,
    /// It asks for more work than a file may.
    TooMuchWork,
}

/// Why a file cannot be read or a key not written: what, and what to do. `Display` says it in one line.
///
/// What comes from the file is escaped. Nothing of a key or a passphrase is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerError {
    problem: Problem,
    message: Cow<'static, str>,
    fix: Cow<'static, str>,
}

impl ContainerError {
    pub(crate) fn new(problem: Problem, message: impl Into<Cow<'static, str>>) -> Self {
        Self { problem, message: message.into(), fix: Cow::Borrowed("") }
    }

    pub(crate) fn with_fix(self, fix: impl Into<Cow<'static, str>>) -> Self {
        Self { fix: fix.into(), ..self }
    }

    pub(crate) fn malformed(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Problem::Malformed, message)
    }

    pub(crate) fn unsupported(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Problem::Unsupported, message)
    }

    /// The one message for every way in which a wrong passphrase shows.
    pub(crate) fn wrong_passphrase(what: &str) -> Self {
        let message = match what {
            "" => Cow::Borrowed("the passphrase is wrong"),
            what => Cow::Owned(format!("the passphrase is wrong: {what}")),
        };
        Self::new(Problem::WrongPassphrase, message)
    }

    pub(crate) fn passphrase_needed(what: &str) -> Self {
        Self::new(Problem::PassphraseNeeded, format!("{what} is encrypted, and there is no passphrase for it"))
    }

    /// Its kind.
    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do; empty where that is not known.
    pub fn fix(&self) -> &str {
        &self.fix
    }
}

impl fmt::Display for ContainerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fix.is_empty() {
            true => f.write_str(&self.message),
            false => write!(f, "{}; {}", self.message, self.fix),
        }
    }
}

impl std::error::Error for ContainerError {}
