//! `tlsmith convert`: keys and certificates from one kind of file into another.

mod alias;
mod gather;
mod make;
mod order;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use zeroize::Zeroizing;

pub(crate) use gather::{Content, Found};

use crate::{
    cert::tell,
    cli::Globals,
    exit::{Exit, Usage},
    key::Form,
    output::{Access, Output, Target},
    passphrase::{self, PassphraseOpts, Source, Typed},
    render,
};

const EXAMPLES: &str = "\
Examples:
  tlsmith convert server.p12 --to pem --out server.pem
      Certificates and key of a PKCS#12 file (.p12, .pfx; Windows, Java,
      browsers), the key without passphrase.
  tlsmith convert server.p12 --to pem --only certificates --out chain.pem
  tlsmith convert fullchain.pem --key key.pem --to p12 --name web --out web.p12
      For Java: `keytool -list -keystore web.p12` shows it under the alias web.
  tlsmith convert ca.pem --to p12 --name ca --out truststore.p12
      Without a key: a truststore.
  tlsmith convert keystore.p12 --alias web --to pem --out web.pem
      One entry of a PKCS#12 file that holds several: the key with its chain.
  tlsmith convert old.key --to pkcs8 --encrypt --out new.key
  tlsmith convert cert.der --to pem

What is written under a passphrase has AES-256 and PBKDF2 with HMAC-SHA256. Java
8 reads it from update 301 on.

Exit codes: 0 good, 2 usage, a file that cannot be read or written, or a wrong
passphrase.";

/// The kinds of files that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum To {
    /// Text: all certificates, then the key
    Pem,
    /// One certificate, key, request or CRL as it is
    Der,
    /// PKCS#12: certificates and key in one file under a passphrase
    #[value(alias = "pkcs12", alias = "pfx")]
    P12,
    /// The key alone: BEGIN PRIVATE KEY
    Pkcs8,
    /// An RSA key alone, for old programs: BEGIN RSA PRIVATE KEY
    Pkcs1,
    /// An ECDSA key alone, for old programs: BEGIN EC PRIVATE KEY
    Sec1,
}

impl To {
    /// The form of a file that holds the key alone.
    const fn form(self) -> Option<Form> {
        match self {
            Self::Pkcs8 => Some(Form::Pkcs8),
            Self::Pkcs1 => Some(Form::Pkcs1),
            Self::Sec1 => Some(Form::Sec1),
            Self::Pem | Self::Der | Self::P12 => None,
        }
    }
}

/// What of it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// Certificates
    #[value(alias = "certs")]
    Certificates,
    /// The private key
    #[value(alias = "keys")]
    Key,
}

/// Keys and certificates from one kind of file into another: PEM, DER, PKCS#12, PKCS#8, PKCS#1, SEC1
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opts {
    /// Files of any kind (PEM, DER, PKCS#12, PKCS#7), or - for standard input
    #[arg(value_name = "FILE|-", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) to: To,
    /// The file with the private key, if it is another
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Take one entry of a PKCS#12 file: the key of this alias with its chain, or the certificate
    #[arg(long, value_name = "ALIAS")]
    pub(crate) alias: Option<String>,
    /// Take only a part of it
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) only: Option<Only>,
    /// With p12: the name in it, Java's alias [default: the one that it had, or the host's]
    #[arg(long, value_name = "ALIAS")]
    pub(crate) name: Option<String>,
    /// With pkcs8, pkcs1 and sec1: DER instead of PEM
    #[arg(long)]
    pub(crate) der: bool,
    /// Where to; standard output without it
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite the file if it exists
    #[arg(long, requires = "out", help_heading = "Output")]
    pub(crate) force: bool,
    /// Write the key under a passphrase; always so with p12
    #[arg(long, help_heading = "Passphrase")]
    pub(crate) encrypt: bool,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseOpts,
    /// Another passphrase for what is written; it shows in the process list
    #[arg(long, value_name = "TEXT", conflicts_with = "new_passphrase_file", help_heading = "Passphrase")]
    pub(crate) new_passphrase: Option<Typed>,
    /// The file whose first line is that
    #[arg(long, value_name = "FILE", help_heading = "Passphrase")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
}

impl Opts {
    /// Options that would change nothing are mistakes.
    fn check(&self) -> Result<(), Usage> {
        let refused = |message, fix| Err(Usage::new("usage.arguments", message, fix));
        match (self.to, &self.name) {
            (To::Pem, _) if self.der => refused("--der: PEM is text", "take --to der for DER"),
            (To::P12, _) | (_, None) => Ok(()),
            _ => refused("--name: only PKCS#12 has names", "leave it out, or take --to p12"),
        }
    }
}

/// What was read, and what was written.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) found: Vec<Found>,
    pub(crate) written: Written,
    /// What was found, and is not in what was written.
    pub(crate) left_out: Vec<String>,
    /// What is worth knowing.
    pub(crate) notes: Vec<String>,
}

/// What was written.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Written {
    /// None: standard output.
    pub(crate) file: Option<String>,
    /// `PEM`, `DER`, `PKCS#12`, `PKCS#8`, `PKCS#1`, `SEC1`.
    pub(crate) format: &'static str,
    /// What is in it: `certificate CN=example.com`, `private key ECDSA P-256`.
    pub(crate) contents: Vec<Content>,
    /// The key is under a passphrase.
    pub(crate) encrypted: bool,
}

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    render::document_of(run(opts, globals), globals.json)
}

fn run(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    opts.check()?;
    let binary = opts.der || matches!(opts.to, To::Der | To::P12);
    let target = Target::new(opts.out.as_deref(), binary, globals.json)?;
    let mut output = Output::new(opts.force);
    target.check(&output)?;
    let source = opts.passphrase.source()?;
    let new =
        passphrase::source(opts.new_passphrase.as_ref(), opts.new_passphrase_file.as_deref(), "--new-passphrase")?;
    let mut gathered = gather::gather(opts, &source)?;
    let mut ask = || new_passphrase(&source, &new);
    let encrypt = opts.encrypt || new.is_known();
    let made = make::make(opts, &mut gathered, encrypt, &mut ask)?;
    if encrypt && !made.encrypted {
        let option = if opts.encrypt { "--encrypt" } else { "--new-passphrase" };
        let fix = "leave it out; only private keys and PKCS#12 are written under a passphrase";
        return Err(Usage::new("usage.arguments", format!("{option}: no private key is written"), fix));
    }
    // A key may take the place of its own file, in another form.
    gathered.files_with_other_keys().for_each(|path| output.spare(path));
    let report = Report {
        found: gathered.found,
        written: Written {
            file: target.name(),
            format: made.format,
            contents: made.contents,
            encrypted: made.encrypted,
        },
        left_out: made.left_out,
        notes: made.notes,
    };
    let access = if made.is_secret { Access::Private } else { Access::Public };
    match target.write(&mut output, &made.bytes, access)? {
        Some(written) => {
            report.left_out.iter().for_each(|what| render::note(&format!("left out: {what}")));
            report.notes.iter().for_each(|note| render::note(note));
            Ok(written)
        }
        None => {
            output.commit()?;
            Ok(tell(&report, Exit::Good, globals, render::pki::convert))
        }
    }
}

/// The passphrase for what is written: its own, that of what is read if an option gave it, or what is asked for.
fn new_passphrase(source: &Source, new: &Source) -> Result<Zeroizing<String>, Usage> {
    match (new.is_known(), source.is_known()) {
        (false, true) => source.get_new("what is written").map_err(|usage| Usage {
            fix: String::from("what is read may have an empty one; give another with --new-passphrase-file"),
            ..usage
        }),
        _ => new.get_new("what is written"),
    }
}
