//! From arguments to a plan: every mistake that can be found without the network is found here.

use std::{sync::Arc, time::Duration};

use tlsmith::{
    ClientConfig,
    auth::PeerVerifier,
    registry::{CipherSuite, NamedGroup},
    session::ClientSessions,
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::ServerName;

use super::{client::Sessions, opts::Opts, scenario::Scenario};
use crate::{
    connect::{HTTPS, Target, shares},
    exit::Usage,
    names,
};

/// How long a kind is measured where nothing is said.
const DEFAULT_TIME: Duration = Duration::from_secs(3);

/// When enough has been measured: whichever comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) time: Option<Duration>,
    pub(crate) count: Option<u64>,
}

/// Everything that is needed, checked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) target: Target,
    pub(crate) name: ServerName,
    provider: Arc<dyn Provider>,
    verifier: Arc<dyn PeerVerifier>,
    groups: Option<Vec<NamedGroup>>,
    suites: Option<Vec<CipherSuite>>,
    pub(crate) concurrency: u32,
    pub(crate) bound: Bound,
    /// The request that is sent on each connection.
    pub(crate) request: Option<Vec<u8>>,
    pub(crate) path: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) notes: Vec<String>,
}

impl Plan {
    /// Checks the arguments and loads the files.
    pub(crate) fn new(opts: &Opts) -> Result<Self, Usage> {
        let (target, hint) = Target::parse(&opts.target, HTTPS)?;
        let name = opts.trust.name(&target)?;
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let request = opts.path.as_deref().map(|path| request(path, &target)).transpose()?;
        let verifier = opts.trust.verifier(&provider, opts.trust.anchors()?.0)?;
        let groups = opts.groups.as_deref().map(names::groups).transpose()?;
        let suites = opts.suites.as_deref().map(names::suites).transpose()?;
        let time = match (opts.seconds, opts.count) {
            (None, None) => Some(DEFAULT_TIME),
            (seconds, _) => seconds,
        };
        let plan = Self {
            target,
            name,
            provider,
            verifier,
            groups,
            suites,
            concurrency: opts.concurrency,
            bound: Bound { time, count: opts.count },
            request,
            path: opts.path.clone(),
            timeout: opts.timeout,
            notes: hint.into_iter().collect(),
        };
        // What cannot be offered at all is a mistake now, not later; suites of one version leave the other out.
        let mut configs = Scenario::ALL.iter().map(|scenario| plan.config(*scenario, &Arc::default()));
        match configs.find(|config| config.as_ref().err().is_none_or(|usage| usage.code != "config.no_suite")) {
            Some(config) => config.map(|_| plan),
            None => plan.config(Scenario::ALL[0], &Arc::default()).map(|_| plan),
        }
    }

    /// What a client offers for this kind of handshake.
    pub(crate) fn config(&self, scenario: Scenario, sessions: &Arc<Sessions>) -> Result<Arc<ClientConfig>, Usage> {
        let builder = ClientConfig::builder(Arc::clone(&self.provider), Arc::clone(&self.verifier));
        let mut builder = builder.versions(scenario.version, scenario.version);
        if self.request.is_some() {
            builder = builder.alpn(&[b"http/1.1"]);
        }
        if let Some(groups) = &self.groups {
            builder = builder.groups(groups).key_shares(&shares(groups));
        }
        if let Some(suites) = &self.suites {
            builder = builder.cipher_suites(suites);
        }
        if scenario.resumes() {
            let sessions: Arc<dyn ClientSessions> = sessions.clone();
            builder = builder.sessions(sessions).early_data(scenario.is_early());
        }
        builder.build().map_err(Usage::from)
    }
}

/// A request that may be made any number of times (RFC 9110 §9.2.1: GET is safe).
fn request(path: &str, target: &Target) -> Result<Vec<u8>, Usage> {
    if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        let fix = "it begins with / and has neither spaces nor letters beyond ASCII (write %20 and the like)";
        return Err(Usage::new("usage.path", format!("--path {path:?}: not the path of a request"), fix));
    }
    let host = match target.port {
        HTTPS => target.to_string().trim_end_matches(":443").to_owned(),
        _ => target.to_string(),
    };
    Ok(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: tlsmith\r\nConnection: close\r\n\r\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_whole_and_nothing_is_smuggled_into_them() {
        let target = |text| Target::parse(text, HTTPS).unwrap().0;
        let text = String::from_utf8(request("/a?b=c", &target("[::1]:8443")).unwrap()).unwrap();
        assert!(
            text.starts_with("GET /a?b=c HTTP/1.1\r\nHost: [::1]:8443\r\n") && text.ends_with("\r\n\r\n"),
            "{text}"
        );
        let text = String::from_utf8(request("/", &target("example.com")).unwrap()).unwrap();
        assert!(text.contains("\r\nHost: example.com\r\n"), "{text}");
        for path in ["", "a", "/a b", "/\r\nX: y", "/ä", "/\0"] {
            assert_eq!(request(path, &target("example.com")).unwrap_err().code, "usage.path", "{path:?}");
        }
    }
}
