//! Why something could not be fetched.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// What went wrong, and with which URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchError {
    url: String,
    problem: Problem,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is no URL that can be fetched: why.
    Url(&'static str),
    /// The address is not to be reached ([`super::Reach`]).
    Address(IpAddr),
    /// The name has no address.
    Resolve(String),
    /// No connection, or it broke.
    Connection(String),
    /// It took longer than this.
    TimedOut(Duration),
    /// The server answered with another status than 200.
    Status(u16),
    /// Redirected too often, or to where it makes no sense.
    Redirect(String),
    /// The answer has more than this many bytes.
    TooLong(usize),
    /// With the answer, more than this many bytes would have come for one chain ([`super::gather()`]).
    NoRoom(usize),
    /// The answer is not what was asked for.
    Malformed(String),
}

impl FetchError {
    pub(super) fn new(url: &str, problem: Problem) -> Self {
        Self { url: url.to_owned(), problem }
    }

    /// The same URL, and what else is wrong with it.
    pub(super) fn with_problem(self, problem: Problem) -> Self {
        Self { problem, ..self }
    }

    /// What went wrong.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl fmt::Display for FetchError {
    /// In one line; nothing of the URL steers a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A certificate may have a URL of any length.
        let url: String =
            self.url.chars().take(LONGEST_URL).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect();
        write!(f, "{url}: {}", self.problem)
    }
}

const LONGEST_URL: usize = 200;

impl std::error::Error for FetchError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(why) => f.write_str(why),
            Self::Address(address) => write!(
                f,
                "{address} is not a public address, and a certificate that points there may be a stranger's way into this network"
            ),
            Self::Resolve(why) => write!(f, "the name was not resolved: {why}"),
            Self::Connection(why) => write!(f, "no answer: {why}"),
            Self::TimedOut(limit) => write!(f, "no answer within {} seconds", limit.as_secs_f64()),
            Self::Status(status) => write!(f, "the server answered with status {status}"),
            Self::Redirect(why) => write!(f, "a redirect that is not followed: {why}"),
            Self::TooLong(most) => write!(f, "the answer has more than {} KiB", most >> 10),
            Self::NoRoom(all) => {
                write!(f, "with it, more than {} MiB would be fetched for one chain: no more is taken", all >> 20)
            }
            Self::Malformed(why) => write!(f, "the answer is not what was asked for: {why}"),
        }
    }
}
