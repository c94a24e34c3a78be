//! `tlsmith key`: private keys, new and old.

mod encode;
mod kind;
mod new;
mod show;

use clap::Subcommand;

pub(crate) use encode::{Form, encode};
pub(crate) use kind::KindOpts;
pub(crate) use new::Report as NewReport;
pub(crate) use show::{KeyTold, Report as ShowReport};

use tlsmith_pki::{PrivateKey, container::Contents};

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    passphrase, render,
};

/// The commands, a file each.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(new::Opts),
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

/// The one private key among `contents`, which are those of `name`; the same key twice is one.
pub(crate) fn only_key(name: &str, mut contents: Contents) -> Result<PrivateKey, Usage> {
    contents.keys.dedup_by(|one, other| one.pkcs8() == other.pkcs8());
    match (contents.keys.as_slice(), contents.skipped.first()) {
        ([key], _) => Ok(key.clone()),
        ([], Some(skipped)) => Err(passphrase::refused(&format!("{name}: {}", skipped.what), &skipped.why)),
        ([], None) => {
            Err(Usage::new("usage.file", format!("{name}: it holds no private key"), "are two files swapped?"))
        }
        (keys, _) => {
            let message = format!("{name}: it holds {} private keys", keys.len());
            Err(Usage::new("usage.file", message, "leave the one that is meant"))
        }
    }
}
