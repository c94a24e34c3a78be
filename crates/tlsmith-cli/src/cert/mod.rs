//! `tlsmith cert`: looking at certificates, judging them, and putting them into the form that servers want.

mod chain;
mod check;
mod diff;
mod entry;
mod matching;
mod pin;
mod self_signed;
mod show;
mod verify;

use clap::Subcommand;
use serde::Serialize;

pub(crate) use chain::Report as ChainReport;
pub(crate) use check::{Report as CheckReport, Row as CheckRow};
pub(crate) use diff::{Field as DifferentField, Report as DiffReport};
pub(crate) use entry::{Brief, Entry, Extension, cas};
pub(crate) use matching::{Holder as MatchHolder, Report as MatchReport};
pub(crate) use pin::Report as PinReport;
pub(crate) use self_signed::Report as SelfSignedReport;
pub(crate) use show::{Report as ShowReport, Server as ShownServer};
pub(crate) use verify::Report as VerifyReport;

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    render,
};

/// The commands, a file each.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Show(show::Opts),
    Verify(Box<verify::Opts>),
    Check(check::Opts),
    Chain(chain::Opts),
    Pin(pin::Opts),
    Diff(diff::Opts),
    Match(matching::Opts),
    SelfSigned(Box<self_signed::Opts>),
}

/// Runs the command.
pub(crate) fn main(command: &Command, globals: &Globals) -> Result<Exit, Usage> {
    let result = match command {
        Command::Show(opts) => show::main(opts, globals),
        Command::Verify(opts) => verify::main(opts, globals),
        Command::Check(opts) => check::main(opts, globals),
        Command::Diff(opts) => diff::main(opts, globals),
        Command::Match(opts) => matching::main(opts, globals),
        Command::Chain(opts) => chain::main(opts, globals),
        Command::Pin(opts) => pin::main(opts, globals),
        Command::SelfSigned(opts) => self_signed::main(opts, globals),
    };
    render::document_of(result, globals.json)
}

/// Shows a report in the form that was asked for; who has not got what he asked for ends with a failure.
pub(crate) fn tell<R: Serialize>(report: &R, exit: Exit, globals: &Globals, screen: fn(&R, bool) -> bool) -> Exit {
    let told = match globals.json {
        true => render::json(report),
        false => screen(report, globals.verbose),
    };
    match (exit, told) {
        (Exit::Good, false) => Exit::Failed,
        (exit, _) => exit,
    }
}
