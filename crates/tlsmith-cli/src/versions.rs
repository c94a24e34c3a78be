//! `--min` and `--max`: the versions to speak.

use clap::{Args, ValueEnum};
use tlsmith::registry::ProtocolVersion;

use crate::exit::Usage;

/// A version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Version {
    /// TLS 1.2
    #[value(name = "1.2")]
    Tls12,
    /// TLS 1.3
    #[value(name = "1.3")]
    Tls13,
}

impl From<Version> for ProtocolVersion {
    fn from(version: Version) -> Self {
        match version {
            Version::Tls12 => Self::TLS1_2,
            Version::Tls13 => Self::TLS1_3,
        }
    }
}

/// The options.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Versions {
    /// The lowest version to offer: 1.2 or 1.3
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "1.2",
        hide_possible_values = true,
        help_heading = "What to offer"
    )]
    min: Version,
    /// The highest version to offer: 1.2 or 1.3
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "1.3",
        hide_possible_values = true,
        help_heading = "What to offer"
    )]
    max: Version,
}

impl Versions {
    /// Lowest and highest.
    pub(crate) fn range(self) -> Result<(ProtocolVersion, ProtocolVersion), Usage> {
        let (min, max) = (ProtocolVersion::from(self.min), ProtocolVersion::from(self.max));
        match min <= max {
            true => Ok((min, max)),
            false => Err(Usage::new("usage.versions", format!("--min {min} is above --max {max}"), "exchange them")),
        }
    }
}
