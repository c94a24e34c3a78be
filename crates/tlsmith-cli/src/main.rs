//! `tlsmith`: every TLS chore in one binary. Arguments, rendering and exit codes; the work is done by the libraries.

mod cli;
mod exit;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    cli::{Cli, Command},
    exit::{Exit, Usage},
};

fn main() -> ExitCode {
    // clap ends the process by itself for `--help` (0) and for arguments that it cannot read (2).
    let Cli { globals, command } = Cli::parse();
    let result = match command {
        Command::Serve(opts) => serve::main(opts, &globals),
    };
    result.unwrap_or_else(|usage: Usage| usage.report()).into()
}
