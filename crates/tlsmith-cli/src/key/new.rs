//! `tlsmith key new`: a new private key.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tlsmith_pki::PrivateKey;

use super::{Form, KeyTold, KindOpts, encode};
use crate::{
    cert::tell,
    cli::Globals,
    exit::{Exit, Usage},
    output::{Access, Output, Target},
    passphrase::PassphraseOpts,
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith key new --out key.pem
      ECDSA on P-256, what most servers should have. The file is readable
      by its owner only.
  tlsmith key new --type rsa --bits 3072 --out key.pem
  tlsmith key new --encrypt --out key.pem
      Under a passphrase, which is asked for.
  tlsmith key new | ssh host 'umask 077; cat > key.pem'

Next: a request for a certificate, `tlsmith csr new --key key.pem example.com`.

Exit codes: 0 good, 2 usage, or a file that cannot be written.";

/// Make a private key: ECDSA on P-256 unless said otherwise
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    #[command(flatten)]
    pub(crate) kind: KindOpts,
    /// The form that it is written in
    #[arg(long, value_enum, default_value_t, value_name = "FORM", help_heading = "The new key")]
    pub(crate) format: Form,
    /// DER instead of PEM
    #[arg(long, help_heading = "The new key")]
    pub(crate) der: bool,
    /// Where to; standard output without it
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite the file if it exists: the key in it is lost
    #[arg(long, requires = "out", help_heading = "Output")]
    pub(crate) force: bool,
    /// Under a passphrase (PBES2, AES-256), which is asked for unless it is given
    #[arg(long, help_heading = "Passphrase")]
    pub(crate) encrypt: bool,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseOpts,
}

/// What was made.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// None: standard output.
    pub(crate) file: Option<String>,
    /// `PEM` or `DER`.
    pub(crate) encoding: &'static str,
    /// `PKCS#8`, `SEC1` or `PKCS#1`.
    pub(crate) form: &'static str,
    /// It is under a passphrase.
    pub(crate) encrypted: bool,
    pub(crate) key: KeyTold,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let kind = opts.kind.key()?;
    let target = Target::new(opts.out.as_deref(), opts.der, globals.json)?;
    let mut output = Output::new(opts.force);
    target.check(&output)?;
    let source = opts.passphrase.source()?;
    let passphrase = match opts.encrypt || source.is_known() {
        true => Some(source.get_new("the key")?),
        false => None,
    };
    let key = PrivateKey::generate(kind)
        .map_err(|error| Usage::new("internal.crypto", format!("no key could be made: {error}"), ""))?;
    let content = encode(&key, opts.format, opts.der, passphrase.as_ref().map(|text| text.as_str()))?;
    let report = Report {
        file: target.name(),
        encoding: if opts.der { "DER" } else { "PEM" },
        form: opts.format.name(),
        encrypted: passphrase.is_some(),
        key: KeyTold::new(&key),
    };
    match target.write(&mut output, &content, Access::Private)? {
        Some(written) => Ok(written),
        None => {
            output.commit()?;
            Ok(tell(&report, Exit::Good, globals, render::pki::key_new))
        }
    }
}
