//! `tlsmith`: every TLS chore in one binary. Arguments, rendering and exit codes; the work is done by the libraries.

mod arguments;
mod bench;
mod cert;
mod cli;
mod connect;
mod convert;
mod csr;
mod demands;
mod dhparam;
mod doctor;
mod encode;
mod exit;
mod explain;
mod fetching;
mod files;
mod input;
mod judge;
mod key;
mod names;
mod output;
mod passphrase;
mod probe;
mod profile;
mod render;
mod serve;
mod trust;
mod versions;

use std::process::ExitCode;

use crate::{
    cli::{Cli, Command},
    exit::Usage,
};

fn main() -> ExitCode {
    let Cli { globals, command } = match arguments::parse(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(exit) => return exit.into(),
    };
    let result = match command {
        Command::Bench(opts) => bench::main(&opts, &globals),
        Command::Cert(command) => cert::main(&command, &globals),
        Command::Connect(opts) => connect::main(&opts, &globals),
        Command::Doctor(opts) => doctor::main(&opts, &globals),
        Command::Convert(opts) => convert::main(&opts, &globals),
        Command::Csr(command) => csr::main(&command, &globals),
        Command::Dhparam(opts) => dhparam::main(&opts, &globals),
        Command::Key(command) => key::main(&command, &globals),
        Command::Explain(opts) => explain::main(&opts, &globals),
        Command::Serve(opts) => serve::main(*opts, &globals),
    };
    result.unwrap_or_else(|usage: Usage| usage.report()).into()
}
