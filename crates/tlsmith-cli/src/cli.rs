//! The command line as a whole: what all commands share, and the list of them.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::{bench, cert, connect, convert, csr, dhparam, doctor, explain, key, serve};

const EXAMPLES: &str = "\
Examples:
  tlsmith connect example.com   Who answers, and is it to be trusted?
  tlsmith cert show server.pem  What a certificate says
  tlsmith doctor example.com    What is wrong with it, and how is it mended?
  tlsmith key new --out key.pem A private key, for `tlsmith csr new`
  tlsmith explain unknown_ca    What a message means, and what to try
  tlsmith bench localhost:8443  How many handshakes a second
  tlsmith serve --demo          A page over TLS that shows what was negotiated
  tlsmith connect --help        More examples, for each command

Exit codes: 0 good, 1 the check or the handshake failed, 2 usage or
configuration, 3 not trusted.";

/// Every TLS chore in one binary.
#[derive(Debug, Parser)]
#[command(name = "tlsmith", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct Globals {
    /// One JSON document on standard output instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// The commands, a file each.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Connect(Box<connect::Opts>),
    Doctor(Box<doctor::Opts>),
    Bench(Box<bench::Opts>),
    /// Look at certificates, judge them, put chains into order
    #[command(subcommand, arg_required_else_help = true)]
    Cert(Box<cert::Command>),
    /// Make private keys, and look at them
    #[command(subcommand, arg_required_else_help = true)]
    Key(Box<key::Command>),
    /// Make certificate requests, and look at them
    #[command(subcommand, arg_required_else_help = true)]
    Csr(Box<csr::Command>),
    Convert(Box<convert::Opts>),
    Dhparam(dhparam::Opts),
    Explain(Box<explain::Opts>),
    /// End TLS in front of an HTTP server, or show a demo page
    Serve(Box<serve::Opts>),
}

/// Reads `10`, `2.5s`, `500ms`, `1m`; from one millisecond to a day.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let number_ends = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(number_ends).unwrap_or((text, ""));
    let unit = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        _ => return Err(format!("the unit {unit:?} is unknown; write seconds, or ms, s, m")),
    };
    let seconds =
        number.parse::<f64>().map_err(|_| String::from("not a duration; write 10, 2.5s, 500ms or 1m"))? * unit;
    match (0.001..=86_400.0).contains(&seconds) {
        true => Ok(Duration::from_secs_f64(seconds)),
        false => Err(String::from("out of range; from 1ms to 1440m")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands below the options is broken by hand, so that its commands can be copied: it fits a terminal of 80 columns.
    #[test]
    fn examples_fit_a_terminal() {
        fn walk(command: &clap::Command, wide: &mut Vec<String>) {
            for help in [command.get_after_help(), command.get_after_long_help()].into_iter().flatten() {
                let help = help.to_string();
                wide.extend(help.lines().filter(|line| line.chars().count() > 80).map(str::to_owned));
            }
            command.get_subcommands().for_each(|command| walk(command, wide));
        }
        let mut wide = Vec::new();
        walk(&<Cli as clap::CommandFactory>::command(), &mut wide);
        assert!(wide.is_empty(), "{wide:#?}");
    }

    #[test]
    fn durations() {
        assert_eq!(duration("10"), Ok(Duration::from_secs(10)));
        assert_eq!(duration("2.5s"), Ok(Duration::from_millis(2500)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1m"), Ok(Duration::from_secs(60)));
        for text in ["", "s", "0", "-1", "1h", "1e9", "1.2.3", "99999999", "NaN", "10 s", "ä"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
