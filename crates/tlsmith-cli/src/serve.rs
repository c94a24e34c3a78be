//! `tlsmith serve`: the terminator.

use clap::Args;

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
};

/// The arguments of `tlsmith serve`.
#[derive(Debug, Args)]
pub(crate) struct Opts {}

/// Runs the command.
pub(crate) fn main(opts: Opts, globals: &Globals) -> Result<Exit, Usage> {
    let _ = (opts, globals.json, globals.verbose);
    Err(Usage::new("usage.serve", "serve is not here yet", ""))
}
