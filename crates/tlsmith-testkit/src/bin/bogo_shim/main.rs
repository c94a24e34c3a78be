//! BoringSSL's protocol tests (BoGo) drive a TLS stack through a small program, the shim. This one is tlsmith's.
//!
//! The runner listens; the shim connects to it for each test, names itself by a number, and then plays the role that
//! its arguments say: [`options`] reads them by one table, for each connection its own, [`setup`] turns them into a
//! configuration, [`exchange`] runs the handshake and the echo that follows it, [`checks`] compares what came of it with
//! what the arguments expect.
//!
//! It exits with 0 if all went as the arguments say, with 1 and a line on standard error otherwise, and with 89 for
//! an argument that concerns what tlsmith does not do; `bogo.json`, beside this crate's manifest, maps BoringSSL's
//! names of errors to tlsmith's codes, and lists what is skipped with the reason for each: what ends in a version or a
//! suite that is refused on purpose, and where tlsmith does otherwise than BoringSSL, by which right.
//!
//! BoringSSL's `ssl/test/PORTING.md` says how its runner is started; it takes `-shim-path` (this binary),
//! `-shim-config` (`bogo.json`) and `-allow-unimplemented`. The list was made against BoringSSL's revision
//! a0689af29e8e460f1e5380e0fb74cef1b342e810.

mod checks;
mod exchange;
mod options;
mod setup;

use std::{fmt, io, process::ExitCode};

use options::{Command, Options, Plan};

/// The exit code by which the runner counts a test as unimplemented instead of failed.
const UNIMPLEMENTED: u8 = 89;

/// Why the shim does not exit with 0.
#[derive(Debug)]
enum Failure {
    /// The test wants something that tlsmith does not do.
    Unimplemented(String),
    /// The handshake or the connection failed.
    Tls(tlsmith::Error),
    /// All went well, but not as the arguments expect.
    Unexpected(String),
    /// The arguments, or the files they name, make no sense.
    Setup(String),
    /// The socket failed.
    Io(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unimplemented(what) => write!(f, "unimplemented: {what}"),
            Self::Tls(error) => {
                write!(f, "error: code={}", error.code())?;
                match error.alert() {
                    Some(alert) => write!(f, " alert={alert}")?,
                    None => write!(f, " alert=none")?,
                }
                write!(f, " message={}", error.message())
            }
            Self::Unexpected(what) => write!(f, "unexpected: {what}"),
            Self::Setup(what) => write!(f, "setup: {what}"),
            Self::Io(error) => write!(f, "socket: {error}"),
        }
    }
}

impl From<tlsmith::Error> for Failure {
    fn from(error: tlsmith::Error) -> Self {
        Self::Tls(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(match failure {
                Failure::Unimplemented(_) => UNIMPLEMENTED,
                _ => 1,
            })
        }
    }
}

fn run() -> Result<(), Failure> {
    match options::parse(std::env::args_os().skip(1))? {
        Command::IsHandshakerSupported => {
            println!("No");
            Ok(())
        }
        Command::Connect(plan) => exchange::run(&plan),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use tlsmith::{Rule, registry::AlertDescription};

    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase", deny_unknown_fields)]
    struct List {
        disabled_tests: BTreeMap<String, String>,
        /// How many tickets come before the answer to early data.
        #[serde(rename = "HalfRTTTickets")]
        half_rtt_tickets: u8,
        error_map: BTreeMap<String, Vec<String>>,
    }

    fn list() -> List {
        serde_json::from_str(include_str!("../../../bogo.json")).unwrap()
    }

    #[test]
    fn every_error_of_the_list_is_one_that_the_library_reports() {
        let alerts = (0..=255).map(|alert| Rule::PeerAlert(AlertDescription(alert)));
        let rules = Rule::ALL.iter().copied().chain(alerts);
        // With the blank: no code is taken for a longer one.
        let codes = rules.map(|rule| format!("code={} ", rule.row().code));
        let own = Failure::Unexpected(String::from(exchange::DATA_ON_SHUTDOWN)).to_string();
        let known: BTreeSet<String> = codes.chain([own]).collect();
        for (name, codes) in list().error_map {
            assert!(!codes.is_empty(), "{name} would match everything");
            for code in codes {
                assert!(known.contains(&code), "{name}: {code}");
            }
        }
    }

    #[test]
    fn tickets_follow_the_handshake() {
        assert_eq!(list().half_rtt_tickets, 0);
    }

    #[test]
    fn every_skipped_pattern_has_its_reason() {
        for (pattern, reason) in list().disabled_tests {
            assert!(reason.split(' ').count() > 2, "{pattern}: {reason}");
            assert!(pattern.trim_matches('*').len() > 3, "{pattern} skips too much");
        }
    }
}
