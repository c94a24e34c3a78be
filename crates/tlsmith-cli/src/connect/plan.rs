//! From arguments to a plan: every mistake that can be found without the network is found here.

use std::{fs::File, sync::Arc, time::Duration};

use tlsmith::{ClientConfig, config::ClientConfigBuilder, registry::NamedGroup};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{ServerName, TrustAnchors};

use zeroize::Zeroizing;

use super::{
    key_log::FileKeyLog,
    opts::Opts,
    psk,
    sessions::Sessions,
    starttls::Protocol,
    target::{HTTPS, Target},
};
use crate::{exit::Usage, files, names};

/// What happens after the handshake.
#[derive(Debug)]
pub(crate) enum Mode {
    /// Nothing: report and close.
    Report,
    /// This is sent, the reply printed.
    Send(Source),
    /// A person types.
    Interactive,
}

/// Where the bytes to send come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A file, open already.
    File(File),
    /// Standard input.
    Stdin,
    /// What was not taken as early data.
    Early,
}

/// Everything that [`run`](super::run) needs, checked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) target: Target,
    /// The protocol in which TLS is asked for.
    pub(crate) starttls: Option<Protocol>,
    /// The name to ask for and to verify.
    pub(crate) name: ServerName,
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) provider: Arc<dyn Provider>,
    /// Which roots, for the report, and how many.
    pub(crate) roots: (String, usize),
    /// How many connections follow the first.
    pub(crate) again: u32,
    /// It is an error if one of them is not resumed.
    pub(crate) must_resume: bool,
    /// What is sent early on the last one.
    pub(crate) early_data: Option<Zeroizing<Vec<u8>>>,
    pub(crate) sessions: Arc<Sessions>,
    /// What is stapled is to be shown.
    pub(crate) status: bool,
    pub(crate) timeout: Duration,
    pub(crate) trace: bool,
    pub(crate) mode: Mode,
    pub(crate) key_log: Option<Arc<FileKeyLog>>,
    /// What the caller should know about how the arguments were read.
    pub(crate) notes: Vec<String>,
}

impl Plan {
    /// Checks the arguments and loads the files.
    pub(crate) fn new(opts: &Opts, json: bool, stdin_is_terminal: bool) -> Result<Self, Usage> {
        let (target, hint) = Target::parse(&opts.target, opts.starttls.map_or(HTTPS, Protocol::port))?;
        let name = opts.trust.name(&target)?;
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let (anchors, roots) = opts.trust.anchors()?;
        let roots = (roots, anchors.len());
        let key_log = opts.keylog.as_deref().map(FileKeyLog::open).transpose()?.map(Arc::new);
        let sessions = Arc::new(Sessions::default());
        let remembers = opts.resume.is_some() || opts.early_data.is_some();
        let mut builder = config(opts, &provider, anchors, key_log.clone())?;
        if remembers {
            builder = builder.sessions(sessions.clone()).early_data(opts.early_data.is_some());
        }
        let config = builder.build().map_err(Usage::from)?;
        let early_data = opts.early_data.as_deref().map(|path| files::read("--early-data", path)).transpose()?;
        let mode = match &opts.send {
            Some(path) if path.as_os_str() == "-" => Mode::Send(Source::Stdin),
            Some(path) => Mode::Send(Source::File(files::open("--send", path)?)),
            None if early_data.is_some() => Mode::Send(Source::Early),
            None if stdin_is_terminal && !json => Mode::Interactive,
            None => Mode::Report,
        };
        let exposed = key_log.as_ref().and_then(|log| log.exposed());
        Ok(Self {
            target,
            starttls: opts.starttls,
            name,
            config,
            provider,
            roots,
            again: opts.resume.unwrap_or(u32::from(remembers)),
            must_resume: opts.resume.is_some(),
            early_data,
            sessions,
            status: opts.status,
            timeout: opts.timeout,
            trace: opts.trace,
            mode,
            key_log,
            notes: hint.into_iter().chain(exposed).collect(),
        })
    }
}

fn config(
    opts: &Opts,
    provider: &Arc<dyn Provider>,
    anchors: TrustAnchors,
    key_log: Option<Arc<FileKeyLog>>,
) -> Result<ClientConfigBuilder, Usage> {
    let verifier = opts.trust.verifier(provider, anchors)?;
    let (min, max) = opts.versions.range()?;
    let mut builder = ClientConfig::builder(provider.clone(), verifier).trace(opts.trace).versions(min, max);
    if let Some(list) = &opts.alpn {
        let protocols = alpn(list)?;
        builder = builder.alpn(&protocols.iter().map(Vec::as_slice).collect::<Vec<_>>());
    }
    if let Some(list) = &opts.groups {
        let groups = names::groups(list)?;
        builder = builder.groups(&groups).key_shares(&shares(&groups));
    }
    if let Some(list) = &opts.suites {
        builder = builder.cipher_suites(&names::suites(list)?);
    }
    if let Some(list) = &opts.sigalgs {
        builder = builder.signature_schemes(&names::schemes(list)?);
    }
    if let Some(cert) = &opts.cert {
        builder = builder.identity(Arc::new(files::identity(provider.as_ref(), cert, opts.key.as_deref())?));
    }
    if let Some(log) = key_log {
        builder = builder.key_log(log);
    }
    let psks = match (&opts.psk, &opts.psk_file) {
        (Some(text), _) => vec![psk::of_text("--psk", text)?],
        (None, Some(path)) => psk::of_file(path)?,
        (None, None) => Vec::new(),
    };
    Ok(builder.psks(psks))
}

/// Shares for the most wanted group, and for X25519 beside its hybrid: the one that servers without ML-KEM choose.
pub(crate) fn shares(groups: &[NamedGroup]) -> Vec<NamedGroup> {
    let mut shares: Vec<_> = groups.iter().take(1).copied().collect();
    if shares == [NamedGroup::X25519MLKEM768] && groups.contains(&NamedGroup::X25519) {
        shares.push(NamedGroup::X25519);
    }
    shares
}

/// ALPN names are 1 to 255 bytes (RFC 7301 §3.1).
fn alpn(list: &str) -> Result<Vec<Vec<u8>>, Usage> {
    let protocols: Vec<Vec<u8>> = list.split(',').map(|name| name.trim().as_bytes().to_vec()).collect();
    for name in &protocols {
        if name.is_empty() || name.len() > 255 {
            let message = format!("--alpn {list:?}: a protocol's name has 1 to 255 bytes");
            return Err(Usage::new("usage.name", message, "write names with commas between them: h2,http/1.1"));
        }
    }
    Ok(protocols)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_for_what_is_wanted_most() {
        use NamedGroup as G;
        assert_eq!(shares(&[G::SECP256R1, G::X25519]), [G::SECP256R1]);
        assert_eq!(shares(&[G::X25519MLKEM768, G::SECP256R1, G::X25519]), [G::X25519MLKEM768, G::X25519]);
        assert_eq!(shares(&[G::X25519MLKEM768]), [G::X25519MLKEM768]);
    }

    #[test]
    fn protocols_have_names() {
        assert_eq!(alpn("h2, http/1.1").unwrap(), [b"h2".to_vec(), b"http/1.1".to_vec()]);
        assert!(alpn("").is_err());
        assert!(alpn("h2,").is_err());
        assert!(alpn(&"x".repeat(256)).is_err());
    }
}
