//! Passphrases: from a file, asked for on the terminal, or given in the arguments. Never logged, wiped after use.

use std::{
    convert::Infallible,
    fmt,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Once,
};

use clap::Args;
use tlsmith_pki::{
    ContainerError, Problem,
    container::{self, Contents},
};
use zeroize::Zeroizing;

use crate::{exit::Usage, files, render};

/// The longest file that a passphrase is read from.
const MAX_FILE: usize = 4096;

/// The options of every command that may read something encrypted.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PassphraseOpts {
    /// The passphrase; it shows in the process list and in the shell's history: better use --passphrase-file, or be asked
    #[arg(long, value_name = "TEXT", conflicts_with = "passphrase_file", help_heading = "Passphrase")]
    pub(crate) passphrase: Option<Typed>,
    /// The file whose first line is the passphrase
    #[arg(long, value_name = "FILE", help_heading = "Passphrase")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// A passphrase out of the arguments.
#[derive(Clone)]
pub(crate) struct Typed(Zeroizing<String>);

impl FromStr for Typed {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(..)")
    }
}

/// Where a passphrase comes from.
pub(crate) enum Source {
    /// It is known.
    Known(Zeroizing<String>),
    /// It is asked for, if there is a terminal.
    Terminal,
}

impl PassphraseOpts {
    /// One was given, nobody has to be asked.
    pub(crate) fn is_given(&self) -> bool {
        self.passphrase.is_some() || self.passphrase_file.is_some()
    }

    /// The file can be read, whether its passphrase turns out to be needed or not.
    pub(crate) fn check(&self) -> Result<(), Usage> {
        let Some(path) = &self.passphrase_file else { return Ok(()) };
        // A pipe gives what it has once: to look at it beforehand would take it away.
        let is_pipe = path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
        if is_pipe { Ok(()) } else { self.source().map(drop) }
    }

    /// Where it comes from; reads the file.
    pub(crate) fn source(&self) -> Result<Source, Usage> {
        source(self.passphrase.as_ref(), self.passphrase_file.as_deref(), "--passphrase")
    }
}

/// Where a passphrase comes from that is given by `option`, or by `option`-file.
pub(crate) fn source(typed: Option<&Typed>, file: Option<&Path>, option: &str) -> Result<Source, Usage> {
    /// Once is enough, however many files it is for.
    static NOTED: Once = Once::new();
    match (typed, file) {
        (Some(typed), _) => {
            NOTED.call_once(|| render::note(&format!("{option} shows in the process list; {option}-file does not")));
            Ok(Source::Known(typed.0.clone()))
        }
        (None, Some(path)) => from_file(path, &format!("{option}-file")).map(Source::Known),
        (None, None) => Ok(Source::Terminal),
    }
}

impl Source {
    /// It was given by an option.
    pub(crate) fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The passphrase of `what`; `None` if there is nobody to ask.
    pub(crate) fn get(&self, what: &str) -> Option<Zeroizing<String>> {
        match self {
            Self::Known(text) => Some(text.clone()),
            Self::Terminal => ask(&format!("Passphrase of {}: ", render::text::safe(what))),
        }
    }

    /// A passphrase for something new, asked for twice. An empty one is none.
    pub(crate) fn get_new(&self, what: &str) -> Result<Zeroizing<String>, Usage> {
        let none = || {
            let fix = "name a file with the passphrase in it by --passphrase-file, or run this on a terminal";
            Usage::new("usage.passphrase", format!("there is no passphrase for {what}"), fix)
        };
        let empty = || {
            let fix = "give one that is not, or write it without a passphrase where that is possible";
            Usage::new("usage.passphrase", format!("the new passphrase for {what} is empty"), fix)
        };
        match self {
            Self::Known(text) if text.is_empty() => Err(empty()),
            Self::Known(text) => Ok(text.clone()),
            Self::Terminal => {
                let first = ask(&format!("New passphrase for {}: ", render::text::safe(what))).ok_or_else(none)?;
                if first.is_empty() {
                    return Err(empty());
                }
                let again = ask("The same again: ").ok_or_else(none)?;
                match first == again {
                    true => Ok(first),
                    false => Err(Usage::new("usage.passphrase", "the two passphrases differ", "try again")),
                }
            }
        }
    }
}

/// Asks on the terminal, without echo. Whoever has sent standard error away would not see the question.
fn ask(question: &str) -> Option<Zeroizing<String>> {
    if !io::stderr().is_terminal() {
        return None;
    }
    rpassword::prompt_password(question).ok().map(Zeroizing::new)
}

fn from_file(path: &Path, option: &str) -> Result<Zeroizing<String>, Usage> {
    let fail = |what: &str| Usage::new("usage.passphrase", format!("{option} {}: {what}", path.display()), "");
    let content = files::read(option, path)?;
    if content.len() > MAX_FILE {
        return Err(fail("longer than 4096 bytes: this is no passphrase"));
    }
    let line = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| fail("its first line is not UTF-8"))?;
    if text.is_empty() {
        return Err(fail("its first line is empty"));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// What `bytes` hold, which are the content of `name`; encrypted things are opened with the passphrase of `source`.
pub(crate) fn open(name: &str, bytes: &[u8], source: &Source) -> Result<Contents, Usage> {
    container::read(bytes, &mut || source.get(name)).map_err(|error| refused(name, &error))
}

/// A file that cannot be read, in one line.
pub(crate) fn refused(name: &str, error: &ContainerError) -> Usage {
    let (code, fix) = match error.problem() {
        Problem::PassphraseNeeded => (
            "usage.passphrase",
            "name a file with the passphrase in it by --passphrase-file, or run this on a terminal",
        ),
        Problem::WrongPassphrase => ("usage.passphrase", error.fix()),
        _ => ("usage.file", error.fix()),
    };
    Usage::new(code, format!("{name}: {}", error.message()), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_not_shown() {
        let opts = PassphraseOpts { passphrase: Some("geheim".parse().unwrap()), passphrase_file: None };
        assert!(!format!("{opts:?}").contains("geheim"));
    }

    #[test]
    fn an_empty_passphrase_opens_and_does_not_close() {
        let opts = PassphraseOpts { passphrase: Some("".parse().unwrap()), passphrase_file: None };
        let source = opts.source().unwrap();
        assert_eq!(source.get("x").unwrap().as_str(), "");
        let said = source.get_new("the key").unwrap_err();
        assert!(said.message.contains("the new passphrase for the key is empty"), "{said}");
    }

    #[test]
    fn the_first_line_of_a_file_is_the_passphrase() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("p");
        for (content, expected) in [
            ("geheim", Some("geheim")),
            ("geheim\r\nnext\n", Some("geheim")),
            (" a b \n", Some(" a b ")),
            ("\nx", None),
        ] {
            std::fs::write(&path, content).unwrap();
            let opts = PassphraseOpts { passphrase: None, passphrase_file: Some(path.clone()) };
            let got = opts.source().ok().and_then(|source| source.get("x"));
            assert_eq!(got.as_ref().map(|text| text.as_str()), expected, "{content:?}");
        }
        std::fs::write(&path, vec![b'x'; MAX_FILE + 1]).unwrap();
        let opts = PassphraseOpts { passphrase: None, passphrase_file: Some(path) };
        assert!(opts.source().err().unwrap().message.contains("no passphrase"));
    }

    #[test]
    fn the_file_is_looked_at_before_it_is_needed() {
        let directory = tempfile::tempdir().unwrap();
        let at = |path: &Path| PassphraseOpts { passphrase: None, passphrase_file: Some(path.to_owned()) }.check();
        let path = directory.path().join("p");
        let said = at(&path).unwrap_err();
        assert!(said.message.starts_with("--passphrase-file ") && said.message.contains("no such file"), "{said}");
        assert!(at(directory.path()).unwrap_err().message.contains("a directory"));
        std::fs::write(&path, "").unwrap();
        assert!(at(&path).unwrap_err().message.contains("empty"));
        std::fs::write(&path, "geheim").unwrap();
        assert_eq!(at(&path), Ok(()));
        assert_eq!(PassphraseOpts::default().check(), Ok(()));
    }
}
