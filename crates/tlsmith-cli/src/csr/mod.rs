//! `tlsmith csr`: certificate requests, new and old.

mod new;
mod show;

use clap::Subcommand;

pub(crate) use new::{KeySource, Report as NewReport, names, subject};
pub(crate) use show::{Report as ShowReport, Request};

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    render,
};

/// The commands, a file each.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(Box<new::Opts>),
    Show(show::Opts),
}

/// Runs the command.
pub(crate) fn main(command: &Command, globals: &Globals) -> Result<Exit, Usage> {
    let result = match command {
        Command::New(opts) => new::main(opts, globals),
        Command::Show(opts) => show::main(opts, globals),
    };
    render::document_of(result, globals.json)
}
