//! From arguments to a plan: every mistake that can be found before listening is found here.

use std::{path::PathBuf, sync::Arc};

use tlsmith::{
    ServerConfig,
    auth::{ChainVerifier, NamedIdentities, ServerIdentities as _, UnknownName},
    config,
    registry::ProtocolVersion,
    session::{MemoryStore, Ticketer},
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_proxy::{
    Backend, BackendTimeouts, Clock, Demonstration, Limits, ListenAddress, SystemClock, default_state_dir,
};
use tlsmith_x509::{Certificate, TrustAnchors};

use super::{
    opts::{self, Opts},
    staple, tickets,
    watch::{Content, Watched},
};
use crate::{exit::Usage, files, names};

/// Everything that is needed to start, checked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) listen: Vec<ListenAddress>,
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) demonstration: Option<Demonstration>,
    pub(crate) backend: Option<(Backend, BackendTimeouts)>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    /// The certificates that are shown, the default first.
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) client_auth: &'static str,
    /// `process`, `file` or none: where ticket keys come from.
    pub(crate) ticket_keys: Option<&'static str>,
    pub(crate) provider: Arc<dyn Provider>,
    /// Files that are read again when they change.
    pub(crate) watched: Vec<Watched>,
    /// What the operator should know.
    pub(crate) warnings: Vec<String>,
}

impl Plan {
    /// Checks the arguments and loads the files.
    pub(crate) fn new(opts: Opts) -> Result<Self, Usage> {
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        check(&opts)?;
        let listen = match opts.listen.as_slice() {
            [] => vec!["127.0.0.1:8443".parse().map_err(|error: String| Usage::new("usage.listen", error, ""))?],
            some => some.to_vec(),
        };
        let unknown = match opts.unknown_name {
            opts::UnknownName::Default => UnknownName::Default,
            opts::UnknownName::Refuse => UnknownName::Refuse,
        };
        let (mut warnings, mut watched) = (Vec::new(), Vec::new());
        // The files first: a mistake in one of them is not to leave a CA behind.
        let (client_auth, client_auth_name) = client_auth(&opts, &provider)?;
        let ticket_keys = match (&opts.ticket_key_file, opts.no_resumption) {
            (Some(path), _) => {
                let (keys, told) = tickets::shared(provider.as_ref(), path, clock.now())?;
                warnings.extend(told);
                watched.push(Watched::new(path, Content::Tickets(Arc::clone(&keys))));
                Some((keys, "file"))
            }
            (None, false) => Some((tickets::own(provider.as_ref())?, "process")),
            (None, true) => None,
        };
        let mut builder = ServerConfig::builder(Arc::clone(&provider)).client_auth(client_auth);
        let demonstration = match opts.demo {
            true => Some(demonstration(&opts, &provider, &clock, unknown)?),
            false => None,
        };
        let certificates = match &demonstration {
            Some(demonstration) => {
                builder = builder.identities(demonstration.identities());
                vec![demonstration.certificate()]
            }
            None => {
                let (identities, certificates) = identities(&opts, provider.as_ref(), unknown)?;
                for path in &opts.staple {
                    warnings.extend(staple::load(path, &identities.all(), clock.now())?);
                    watched.push(Watched::new(path, Content::Staple(identities.all())));
                }
                builder = builder.identities(Arc::new(identities));
                certificates
            }
        };
        for certificate in &certificates {
            warnings.extend(validity_warning(certificate, clock.as_ref()));
        }
        builder = builder.versions(opts.min_version.into(), ProtocolVersion::TLS1_3);
        if let Some((keys, _)) = &ticket_keys {
            let keys: Arc<dyn Ticketer> = keys.clone();
            // For clients of TLS 1.2 without tickets.
            builder = builder.ticketer(keys).session_store(Arc::new(MemoryStore::default()));
        }
        let protocols = alpn(&opts.alpn)?;
        builder = builder.alpn(&protocols).trace(opts.demo && opts.to.is_none());
        if let Some(list) = &opts.groups {
            builder = builder.groups(&names::groups(list)?);
        }
        if let Some(list) = &opts.suites {
            builder = builder.cipher_suites(&names::suites(list)?);
        }
        let limits = Limits {
            handshake: opts.handshake_timeout,
            connections: usize::try_from(opts.max_connections).unwrap_or(usize::MAX),
            drain: opts.drain_timeout,
            ..Limits::default()
        };
        let timeouts = BackendTimeouts {
            connect: BackendTimeouts::default().connect.min(opts.backend_timeout),
            answer: opts.backend_timeout,
        };
        Ok(Self {
            listen,
            config: builder.build().map_err(Usage::from)?,
            demonstration,
            backend: opts.to.map(|backend| (backend, timeouts)),
            clock,
            limits,
            certificates,
            client_auth: client_auth_name,
            ticket_keys: ticket_keys.map(|(_, from)| from),
            provider,
            watched,
            warnings,
        })
    }
}

/// What arguments need of each other, beyond what clap checks.
fn check(opts: &Opts) -> Result<(), Usage> {
    if !opts.demo && opts.cert.is_empty() {
        let fix = "name them with --cert and --key, or take --demo for a private CA";
        return Err(Usage::new("usage.serve", "a certificate and its key are needed", fix));
    }
    if !opts.demo && opts.to.is_none() {
        let fix = "say where it is with --to http://HOST:PORT, or take --demo for a page about the connection";
        return Err(Usage::new("usage.serve", "there is no server to put TLS in front of", fix));
    }
    if !opts.demo && opts.listen.is_empty() {
        let fix = "say it with --listen, as in --listen 0.0.0.0:443";
        return Err(Usage::new("usage.serve", "it is not said where to listen", fix));
    }
    if !opts.key.is_empty() && opts.key.len() != opts.cert.len() {
        let message = format!("{} --cert and {} --key do not make pairs", opts.cert.len(), opts.key.len());
        return Err(Usage::new("usage.serve", message, "write a --key for each --cert, in the same order"));
    }
    Ok(())
}

fn demonstration(
    opts: &Opts,
    provider: &Arc<dyn Provider>,
    clock: &Arc<dyn Clock>,
    unknown: UnknownName,
) -> Result<Demonstration, Usage> {
    let directory: PathBuf = opts.state_dir.clone().or_else(default_state_dir).ok_or_else(|| {
        let message = "there is no place for the private CA: neither XDG_DATA_HOME nor HOME is set";
        Usage::new("state.no_place", message, "name a directory with --state-dir")
    })?;
    Demonstration::open(&directory, Arc::clone(provider), Arc::clone(clock), unknown)
        .map_err(|error| Usage::new(error.code, error.message, error.fix))
}

fn identities(
    opts: &Opts,
    provider: &dyn Provider,
    unknown: UnknownName,
) -> Result<(NamedIdentities, Vec<Certificate>), Usage> {
    let mut identities = NamedIdentities::new(unknown);
    let mut certificates = Vec::new();
    for (index, cert) in opts.cert.iter().enumerate() {
        let loaded = files::identity(provider, cert, opts.key.get(index).map(PathBuf::as_path));
        // Which of several pairs it is about, where the message is about both files.
        let named = |error: Usage| match error.message.starts_with("--") {
            true => error,
            false => Usage { message: format!("--cert {}: {}", cert.display(), error.message), ..error },
        };
        let identity = Arc::new(loaded.map_err(named)?);
        certificates.extend(identity.chain().first().cloned());
        identities.add(identity);
    }
    Ok((identities, certificates))
}

fn client_auth(opts: &Opts, provider: &Arc<dyn Provider>) -> Result<(config::ClientAuth, &'static str), Usage> {
    if opts.client_ca.is_empty() {
        return Ok((config::ClientAuth::None, "none"));
    }
    let mut anchors = TrustAnchors::new();
    for path in &opts.client_ca {
        let content = files::read("--client-ca", path)?;
        let certificates = tlsmith_x509::pem::certificates(&content)
            .map_err(|error| Usage::new("usage.file", format!("--client-ca {}: {error}", path.display()), ""))?;
        certificates.into_iter().for_each(|certificate| anchors.add(certificate));
    }
    let verifier = Arc::new(ChainVerifier::new(Arc::clone(provider), Arc::new(anchors)));
    Ok(match opts.client_auth {
        None | Some(opts::ClientAuth::Require) => (config::ClientAuth::Require(verifier), "require"),
        Some(opts::ClientAuth::Request) => (config::ClientAuth::Request(verifier), "request"),
    })
}

/// The protocols that this program speaks, in the operator's order.
fn alpn(list: &str) -> Result<Vec<&'static [u8]>, Usage> {
    let mut protocols: Vec<&'static [u8]> = Vec::new();
    for name in list.split(',').map(str::trim) {
        let protocol: &'static [u8] = match name {
            "h2" => b"h2",
            "http/1.1" => b"http/1.1",
            _ => {
                let message = format!("--alpn {name:?}: this is not spoken here");
                return Err(Usage::new("usage.name", message, "there are h2 and http/1.1"));
            }
        };
        if protocols.contains(&protocol) {
            let message = format!("--alpn {list:?}: {name} stands there twice");
            return Err(Usage::new("usage.name", message, "name it once"));
        }
        protocols.push(protocol);
    }
    Ok(protocols)
}

/// A certificate out of its time is served all the same: the operator may be waiting for the hour. He is told.
fn validity_warning(certificate: &Certificate, clock: &dyn Clock) -> Option<String> {
    const SOON: i64 = 7 * 86_400;
    let now = clock.now();
    let (subject, from, until) = (certificate.subject(), certificate.not_before(), certificate.not_after());
    if now > until {
        return Some(format!("the certificate {subject} expired {until}: clients will refuse it"));
    }
    if now < from {
        return Some(format!("the certificate {subject} is not valid before {from}: clients will refuse it"));
    }
    (until.0.saturating_sub(now.0) < SOON).then(|| format!("the certificate {subject} ends soon, {until}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        opts: Opts,
    }

    fn plan(arguments: &[&str]) -> Result<Plan, Usage> {
        Plan::new(Line::try_parse_from(["serve"].iter().chain(arguments)).unwrap().opts)
    }

    fn refused(arguments: &[&str]) -> String {
        plan(arguments).unwrap_err().to_string()
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(refused(&[]).contains("--cert and --key"));
        assert!(refused(&["--cert", "/nonexistent/cert.pem"]).contains("--to http://HOST:PORT"));
        assert!(refused(&["--cert", "/nonexistent/cert.pem", "--to", "http://h:1"]).contains("--listen"));
        let complete = ["--listen", "127.0.0.1:0", "--cert", "/nonexistent/cert.pem", "--to", "http://h:1"];
        assert!(refused(&complete).contains("/nonexistent/cert.pem: no such file"));
        let unpaired = [complete.as_slice(), &["--key", "/k", "--key", "/k"]].concat();
        assert!(refused(&unpaired).contains("1 --cert and 2 --key"));
    }

    #[test]
    fn arguments_that_contradict_are_refused_by_clap() {
        for arguments in [
            ["--demo", "--cert", "c.pem"].as_slice(),
            &["--state-dir", "d"],
            &["--client-auth", "require"],
            &["--key", "k.pem"],
            &["--max-connections", "0"],
            &["--to", "https://h:1"],
            &["--listen", "8443"],
            &["--handshake-timeout", "0"],
        ] {
            assert!(Line::try_parse_from(["serve"].iter().chain(arguments)).is_err(), "{arguments:?}");
        }
    }

    #[test]
    fn the_demonstration_needs_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let state = directory.path().join("state").display().to_string();
        let plan = plan(&["--demo", "--state-dir", &state]).unwrap();
        assert_eq!(plan.listen, ["127.0.0.1:8443".parse().unwrap()]);
        assert!(plan.backend.is_none());
        assert!(plan.warnings.is_empty());
        assert!(plan.demonstration.unwrap().ca_path().ends_with("state/ca.pem"));
    }

    #[test]
    fn a_bad_client_ca_leaves_no_ca_behind() {
        let directory = tempfile::tempdir().unwrap();
        let state = directory.path().join("state");
        let path = state.display().to_string();
        assert!(refused(&["--demo", "--state-dir", &path, "--client-ca", "/nonexistent"]).contains("--client-ca"));
        assert!(!state.exists());
    }

    #[test]
    fn protocols_are_those_that_are_spoken() {
        assert_eq!(alpn("http/1.1, h2").unwrap(), [b"http/1.1".as_slice(), b"h2"]);
        for list in ["", "h3", "h2,h2", "h2,"] {
            assert!(alpn(list).is_err(), "{list}");
        }
    }
}
