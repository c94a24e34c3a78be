//! Where certificates come from: files, directories, standard input, and servers that are asked for theirs.

mod contents;
mod fetch;
mod files;
#[cfg(test)]
mod tests;
mod watch;

use std::{
    ffi::{OsStr, OsString},
    io::{self, IsTerminal as _, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Args;
use tlsmith_crypto::Provider;
use tlsmith_pki::{
    Problem,
    container::{self, Contents, Format},
};
use tlsmith_x509::{Certificate, ServerName};
use zeroize::Zeroizing;

pub(crate) use files::in_directory;
pub(crate) use watch::Watch;

use crate::{
    cli::duration,
    connect::{Error, HTTPS, Target, starttls::Protocol},
    exit::Usage,
    files::{MAX_FILE, describe, read},
    passphrase::{PassphraseOpts, open, refused},
    probe::Seen,
};

/// What is said in `--help` of every command that takes sources.
pub(crate) const SOURCES: &str = "\
A source that exists as a path is a file: PEM with any number of certificates,
DER, PKCS#12, PKCS#7. - is standard input. Everything else is HOST[:PORT], a
server that is asked for its chain. Certificates stand in the order of their
source; PKCS#7 has none, and they are put leaf first.";

/// How servers are asked.
#[derive(Clone, Debug, Args)]
pub(crate) struct InputOpts {
    /// Ask servers for TLS in this protocol first: smtp, lmtp, imap, pop3, ftp, postgres, mysql, ldap, xmpp, xmpp-server,
    /// sieve, nntp, irc
    #[arg(long, value_name = "PROTOCOL", hide_possible_values = true, help_heading = "Servers")]
    pub(crate) starttls: Option<Protocol>,
    /// The name to send to servers (SNI), instead of HOST
    #[arg(long, value_name = "NAME", help_heading = "Servers")]
    pub(crate) servername: Option<String>,
    /// How long each of name lookup, TCP and TLS may take: 10, 2.5s, 500ms, 1m
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration, help_heading = "Servers")]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseOpts,
}

/// One source, as named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file.
    File(PathBuf),
    /// A directory.
    Directory(PathBuf),
    /// `-`.
    Stdin,
    /// A server.
    Host(Target),
}

/// What a source gave.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// The source, for people.
    pub(crate) name: String,
    /// Its certificates, in its order.
    pub(crate) certificates: Vec<Certificate>,
    /// What of it was passed over, and why.
    pub(crate) skipped: Vec<String>,
    /// What else a server said; none for files.
    pub(crate) seen: Option<Box<Seen>>,
    /// The form of a file; none for servers.
    pub(crate) format: Option<Format>,
    /// A file that holds a private key as well.
    pub(crate) has_private_key: bool,
}

/// Why a source gave nothing.
#[derive(Clone, Debug)]
pub(crate) enum NoInput {
    /// A mistake of the caller's, or in his file.
    Usage(Usage),
    /// The server did not answer as it should.
    Host(Box<Error>),
}

impl NoInput {
    /// The same for a report.
    pub(crate) fn error(&self) -> Error {
        match self {
            Self::Usage(usage) => Error::of_usage(usage),
            Self::Host(error) => (**error).clone(),
        }
    }
}

impl From<Usage> for NoInput {
    fn from(usage: Usage) -> Self {
        Self::Usage(usage)
    }
}

/// Names of files end so, and no host does.
const FILE_ENDINGS: [&str; 12] = ["pem", "crt", "cer", "cert", "der", "key", "csr", "p12", "pfx", "p7b", "p7c", "jks"];

/// Files with certificates end so.
const CERTIFICATE_ENDINGS: [&str; 10] = ["pem", "crt", "cer", "cert", "der", "p12", "pfx", "p7b", "p7c", "jks"];

/// A file of this name is expected to hold certificates.
pub(crate) fn is_named_like_a_certificate(path: &Path) -> bool {
    // Let's Encrypt's clients and many others name keys so.
    let is_key = path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.contains("key"));
    !is_key && ends_like(path, &CERTIFICATE_ENDINGS)
}

fn ends_like(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

impl Source {
    /// Tells paths and servers apart: what exists as a path is one.
    pub(crate) fn parse(text: &OsStr, starttls: Option<Protocol>) -> Result<Self, Usage> {
        if text == "-" {
            return Ok(Self::Stdin);
        }
        let path = Path::new(text);
        if path.is_dir() {
            return Ok(Self::Directory(path.to_owned()));
        }
        if path.exists() {
            return Ok(Self::File(path.to_owned()));
        }
        let missing = || {
            let fix = "name a file that is there, - for standard input, or a server as HOST[:PORT]";
            Usage::new("usage.file", format!("{}: no such file or directory", path.display()), fix)
        };
        let Some(text) = text.to_str() else { return Err(missing()) };
        let is_url = text.contains("://");
        if !is_url && (text.contains(['/', '\\']) || ends_like(path, &FILE_ENDINGS)) {
            return Err(missing());
        }
        let (target, hint) = Target::parse(text, starttls.map_or(HTTPS, Protocol::port))?;
        if let Some(hint) = hint {
            crate::render::note(&hint);
        }
        Ok(Self::Host(target))
    }

    /// For people.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) | Self::Directory(path) => path.display().to_string(),
            Self::Stdin => String::from("standard input"),
            Self::Host(target) => target.to_string(),
        }
    }

    /// `file`, `directory`, `stdin` or `host`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Directory(_) => "directory",
            Self::Stdin => "stdin",
            Self::Host(_) => "host",
        }
    }
}

/// All sources; a directory stands for the files in it that hold certificates.
pub(crate) fn sources(texts: &[OsString], opts: &InputOpts) -> Result<Vec<Source>, Usage> {
    let mut sources = Vec::new();
    for text in texts {
        let source = Source::parse(text, opts.starttls)?;
        if source == Source::Stdin && sources.contains(&Source::Stdin) {
            return Err(Usage::new("usage.arguments", "- stands there twice", "standard input can be read once"));
        }
        sources.push(source);
    }
    opts.check(&sources)?;
    Ok(sources)
}

impl InputOpts {
    /// Options that say how a server is asked want a server; a file with a passphrase has to be there.
    pub(crate) fn check(&self, sources: &[Source]) -> Result<(), Usage> {
        self.passphrase.check()?;
        let given = [("--starttls", self.starttls.is_some()), ("--servername", self.servername.is_some())];
        match given.iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) if !sources.iter().any(|source| matches!(source, Source::Host(_))) => {
                let message = format!("{option} is for servers, and none is named");
                Err(Usage::new("usage.arguments", message, "leave it out, or name a server as HOST[:PORT]"))
            }
            _ => Ok(()),
        }
    }
}

/// The certificates of one source. For a server `opts` say how it is asked.
pub(crate) async fn load(source: &Source, opts: &InputOpts, provider: &Arc<dyn Provider>) -> Result<Input, NoInput> {
    match source {
        Source::Host(target) => fetch::chain(target, opts, provider).await.map_err(|error| or_a_file(error, target)),
        Source::File(path) => Ok(of_bytes(source, &read_file(path)?, &opts.passphrase)?),
        Source::Stdin => Ok(of_bytes(source, &stdin()?, &opts.passphrase)?),
        Source::Directory(path) => {
            let fix = "name a file of it; `tlsmith cert check` takes directories";
            Err(Usage::new("usage.file", format!("{}: a directory, not a file", path.display()), fix).into())
        }
    }
}

/// Whoever mistyped the name of a file asked for a host.
fn or_a_file(error: NoInput, target: &Target) -> NoInput {
    match error {
        NoInput::Host(error) if error.code == "transport.dns" => {
            let fix = format!("{} Nor is there a file of the name {}.", error.fix, target.host);
            NoInput::Host(Box::new(Error { fix, ..*error }))
        }
        other => other,
    }
}

/// The one source of commands that take one.
pub(crate) fn load_one(
    source: &Source,
    opts: &InputOpts,
    provider: &Arc<dyn Provider>,
) -> Result<Result<Input, Error>, Usage> {
    let mut watch = Watch::new(format!("reading {}", source.name()), 1);
    match block_on(watch.until(load(source, opts, provider)))? {
        Ok(input) => Ok(Ok(input)),
        Err(NoInput::Usage(usage)) => Err(usage),
        Err(NoInput::Host(error)) => Ok(Err(*error)),
    }
}

/// Runs what waits for the network.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Usage> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Usage::new("usage.system", format!("cannot start: {error}"), ""))?;
    let result = runtime.block_on(future);
    // A resolver that hangs must not keep the process: its thread is left behind.
    runtime.shutdown_background();
    Ok(result)
}

/// The content of a file whose name was given as an argument.
pub(crate) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Usage> {
    read("", path).map_err(|usage| Usage { message: usage.message.trim_start().to_owned(), ..usage })
}

/// The certificates of the file that `option` names.
pub(crate) fn certificates(option: &str, path: &Path) -> Result<Vec<Certificate>, Usage> {
    let name = format!("{option} {}", path.display());
    let contents = contents(&name, &read(option, path)?)?;
    match contents.certificates.is_empty() {
        false => Ok(contents.certificates),
        true => {
            let (what, fix) = contents::instead_of_certificates(&contents);
            Err(Usage::new("usage.file", format!("{name}: {what}"), fix))
        }
    }
}

/// The name that a server is asked for.
pub(crate) fn name_of(target: &Target, opts: &InputOpts) -> Result<ServerName, Usage> {
    match (&opts.servername, target.ip()) {
        (Some(name), _) => server_name("--servername", name),
        (None, Some(ip)) => Ok(ServerName::Ip(ip)),
        (None, None) => server_name("host", &target.host),
    }
}

/// The name and the content of a file; `-` is standard input.
pub(crate) fn content(path: &Path) -> Result<(String, Zeroizing<Vec<u8>>), Usage> {
    match path == Path::new("-") {
        true => Ok((String::from("standard input"), stdin()?)),
        false => Ok((path.display().to_string(), read_file(path)?)),
    }
}

/// All of standard input.
pub(crate) fn stdin() -> Result<Zeroizing<Vec<u8>>, Usage> {
    let fail = |what: String| Usage::new("usage.file", format!("standard input: {what}"), "");
    if io::stdin().is_terminal() {
        crate::render::note("reading certificates from the terminal; Ctrl-D ends it");
    }
    let mut content = Zeroizing::new(Vec::new());
    let result = io::stdin().lock().take(MAX_FILE + 1).read_to_end(&mut content);
    result.map_err(|error| fail(describe(&error)))?;
    match content.len() as u64 > MAX_FILE {
        true => Err(fail(format!("longer than {} MiB, these are no certificates", MAX_FILE >> 20))),
        false => Ok(content),
    }
}

/// The certificates of a file's content.
fn of_bytes(source: &Source, bytes: &[u8], passphrase: &PassphraseOpts) -> Result<Input, Usage> {
    let contents = opened(&source.name(), bytes, passphrase)?;
    if contents.certificates.is_empty() {
        let (what, fix) = contents::instead_of_certificates(&contents);
        return Err(Usage::new("usage.file", format!("{}: {what}", source.name()), fix));
    }
    Ok(Input {
        name: source.name(),
        skipped: contents::skipped(&contents),
        seen: None,
        format: Some(contents.format),
        has_private_key: contents.has_private_key(),
        certificates: contents.certificates,
    })
}

/// All that a file holds, read without a passphrase.
pub(crate) fn contents(name: &str, bytes: &[u8]) -> Result<Contents, Usage> {
    container::read(bytes, &mut || None).map_err(|error| refused(name, &error))
}

/// All that a file holds. The passphrase is looked for, or asked for, only where nothing can be read without it: a key that is
/// locked away among certificates stays so.
pub(crate) fn opened(name: &str, bytes: &[u8], passphrase: &PassphraseOpts) -> Result<Contents, Usage> {
    match container::read(bytes, &mut || None) {
        Err(error) if error.problem() == Problem::PassphraseNeeded => open(name, bytes, &passphrase.source()?),
        read => read.map_err(|error| refused(name, &error)),
    }
}

/// All that a file holds, its private keys as well: one that cannot be read is a mistake.
pub(crate) fn with_keys(name: &str, bytes: &[u8], passphrase: &PassphraseOpts) -> Result<Contents, Usage> {
    let mut contents = opened(name, bytes, passphrase)?;
    if contents.skipped.iter().any(|skipped| skipped.why.problem() == Problem::PassphraseNeeded) {
        contents = open(name, bytes, &passphrase.source()?)?;
    }
    match contents.skipped.iter().find(|skipped| skipped.what.contains("KEY")) {
        Some(skipped) => Err(refused(&format!("{name}: {}", skipped.what), &skipped.why)),
        None => Ok(contents),
    }
}

/// A name to verify or to send.
pub(crate) fn server_name(option: &str, text: &str) -> Result<ServerName, Usage> {
    // The error names the text, and says what to write instead.
    text.parse().map_err(|error| Usage::new("usage.name", format!("{option}: {error}"), ""))
}
