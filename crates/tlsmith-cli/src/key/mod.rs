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

use tlsmith_pki::{
    PrivateKey,
    container::{Contents, Named},
};

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
    if contents.keys.iter().all(|key| contents.keys.first().is_some_and(|first| first.pkcs8() == key.pkcs8())) {
        contents.keys.truncate(1);
    }
    match (contents.keys.as_slice(), contents.skipped.first()) {
        ([key], _) => Ok(key.clone()),
        ([], Some(skipped)) => Err(passphrase::refused(&format!("{name}: {}", skipped.what), &skipped.why)),
        ([], None) => {
            Err(Usage::new("usage.file", format!("{name}: it holds no private key"), "are two files swapped?"))
        }
        (keys, _) => {
            let message = format!("{name}: it holds {} private keys", keys.len());
            let aliases: Vec<&str> = (0..keys.len()).filter_map(|at| contents.friendly_name(Named::Key(at))).collect();
            let fix = match aliases.as_slice() {
                [] => String::from("take a file with the one that is meant and no other"),
                aliases => format!(
                    "take one out of it by its alias, `tlsmith convert FILE --alias ALIAS --to pkcs8 --out KEY`; the \
                     aliases are {}",
                    listed(aliases)
                ),
            };
            Err(Usage::new("usage.file", message, fix))
        }
    }
}

/// `"a", "b"`, and not more than people read.
pub(crate) fn listed(names: &[&str]) -> String {
    const FEW: usize = 8;
    let mut list: Vec<String> = names.iter().take(FEW).map(|name| format!("{name:?}")).collect();
    list.extend((names.len() > FEW).then(|| format!("and {} others", names.len() - FEW)));
    list.join(", ")
}
