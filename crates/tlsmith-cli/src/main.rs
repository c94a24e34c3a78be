//! `tlsmith`: every TLS chore in one binary. Arguments, rendering and exit codes; the work is done by the libraries.

mod cli;
mod connect;
mod exit;
mod files;
mod names;
mod render;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    cli::{Cli, Command},
    exit::Usage,
};

fn main() -> ExitCode {
    // clap ends the process by itself for `--help` (0) and for arguments that it cannot read (2).
    let Cli { globals, command } = Cli::parse();
    let result = match command {
        Command::Connect(opts) => connect::main(&opts, &globals),
        Command::Serve(opts) => serve::main(*opts, &globals),
    };
    result.unwrap_or_else(|usage: Usage| usage.report()).into()
}
