//! The command line as a whole: what all commands share, and the list of them.

use clap::{Args, Parser, Subcommand};

use crate::{connect, serve};

/// Every TLS chore in one binary.
#[derive(Debug, Parser)]
#[command(name = "tlsmith", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 good, 1 the check or the handshake failed, 2 usage or configuration, 3 not trusted."
)]
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
    /// End TLS in front of an HTTP server, or show a demo page
    Serve(Box<serve::Opts>),
}
