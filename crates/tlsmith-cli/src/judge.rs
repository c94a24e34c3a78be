//! Judging a chain: the options that say how, and the judgement as reports have it.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use serde::Serialize;
use tlsmith_crypto::Provider;
use tlsmith_x509::{
    Certificate, PathRequest, Purpose, ServerName, TrustAnchors, UnixTime,
    ct::{JudgedSct, Transparency, Verdict},
    name::ReferenceName,
    revocation::{self, CertificateRevocation, Crl, Revocation, RevocationPolicy, Stapling},
};

use crate::{
    connect::Finding,
    demands::{DemandOpts, Demands},
    exit::{Exit, Usage},
    fetching::{FetchOpts, Fetched},
    files, input,
    trust::Anchors,
};

/// What the leaf is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PurposeOption {
    /// A TLS server
    Server,
    /// A TLS client
    Client,
}

/// How a chain is judged.
#[derive(Clone, Debug, Args)]
pub(crate) struct JudgeOpts {
    #[command(flatten)]
    anchors: Anchors,
    /// Certificates that help to find a path and are not trusted: intermediates that were not sent; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Whom to trust")]
    untrusted: Vec<PathBuf>,
    /// The name that the certificate has to hold: a host, an address, a URI (spiffe://...) or a mailbox
    #[arg(long, value_name = "NAME", help_heading = "What for")]
    name: Option<String>,
    /// The time to judge by: 2026-11-21T00:00:00Z, or 2026-11-21 [default: now]
    #[arg(long, value_name = "TIME", help_heading = "What for")]
    at: Option<UnixTime>,
    /// What the certificate is to be used for
    #[arg(long, value_name = "PURPOSE", default_value = "server", help_heading = "What for")]
    purpose: PurposeOption,
    #[command(flatten)]
    demands: DemandOpts,
    /// An OCSP response (DER or PEM) about a certificate of the path; repeatable
    #[arg(long, value_name = "FILE", help_heading = "How strictly")]
    ocsp: Vec<PathBuf>,
    /// Fetch CRLs, or where there are none OCSP responses, from where the certificates say that they are (plain HTTP)
    #[arg(long, group = "fetching", help_heading = "Fetching")]
    fetch: bool,
    #[command(flatten)]
    fetching: FetchOpts,
}

/// A name to look for.
#[derive(Clone, Debug)]
enum Name {
    Host(ServerName),
    Uri(String),
    Email(String),
}

/// The options with their files loaded: it judges as many chains as one likes.
#[derive(Debug)]
pub(crate) struct Judge {
    anchors: TrustAnchors,
    /// `system`, `mozilla`, `file`, or two of them.
    roots: String,
    known: Vec<Certificate>,
    name: Option<Name>,
    purpose: Purpose,
    demands: Demands,
    ocsp: Vec<Vec<u8>>,
    /// Revocations are fetched.
    fetch: bool,
    fetching: FetchOpts,
    now: UnixTime,
    /// The caller named the time.
    fixed: bool,
}

impl JudgeOpts {
    /// Loads the files. Without `--at` it is `now`; without `--name` it is `host`, if there is one.
    pub(crate) fn load(
        &self,
        provider: &dyn Provider,
        host: Option<&ServerName>,
        now: UnixTime,
    ) -> Result<Judge, Usage> {
        let (anchors, roots) = self.anchors.load()?;
        let mut known = Vec::new();
        for path in &self.untrusted {
            known.extend(input::certificates("--untrusted", path)?);
        }
        let name = match &self.name {
            Some(text) => Some(Name::parse(text)?),
            None => host.cloned().map(Name::Host),
        };
        let purpose = match self.purpose {
            PurposeOption::Server => Purpose::ServerAuth,
            PurposeOption::Client => Purpose::ClientAuth,
        };
        let mut ocsp = Vec::new();
        for path in &self.ocsp {
            let response = tlsmith_x509::pem::ocsp_response(&files::read("--ocsp", path)?);
            let named = |error| Usage::new("usage.file", format!("--ocsp {}: {error}", path.display()), "");
            ocsp.push(response.map_err(named)?);
        }
        Ok(Judge {
            anchors,
            roots,
            known,
            name,
            purpose,
            demands: self.demands.load(provider, self.fetch || !ocsp.is_empty())?,
            ocsp,
            fetch: self.fetch,
            fetching: self.fetching.clone(),
            now: self.at.unwrap_or(now),
            fixed: self.at.is_some(),
        })
    }
}

impl Name {
    fn parse(text: &str) -> Result<Self, Usage> {
        if text.contains("://") {
            return Ok(Self::Uri(text.to_owned()));
        }
        if text.contains('@') {
            return Ok(Self::Email(text.to_owned()));
        }
        input::server_name("--name", text).map(Self::Host)
    }

    fn reference(&self) -> ReferenceName<'_> {
        match self {
            Self::Host(name) => ReferenceName::Host(name),
            Self::Uri(uri) => ReferenceName::Uri(uri),
            Self::Email(address) => ReferenceName::Email(address),
        }
    }
}

/// What comes beside the chain of a server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evidence<'a> {
    /// What was fetched; its certificates are known like those of `--untrusted`.
    pub(crate) fetched: Option<&'a Fetched>,
    /// The `SignedCertificateTimestampList` of TLS.
    pub(crate) sct_list: Option<&'a [u8]>,
    /// The OCSP response that was stapled.
    pub(crate) ocsp_response: Option<&'a [u8]>,
    /// It comes from a handshake, in which a staple was asked for.
    pub(crate) handshake: bool,
}

/// What is known besides the chain.
struct Beside<'a> {
    known: Vec<Certificate>,
    crls: Vec<Crl>,
    responses: Vec<&'a [u8]>,
}

/// The judgement.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Judgement {
    pub(crate) trusted: bool,
    /// By which validity was judged, RFC 3339.
    pub(crate) time: String,
    /// `server` or `client`.
    pub(crate) purpose: &'static str,
    /// `web` or `private`.
    pub(crate) profile: String,
    /// The name that was looked for; null if none was.
    pub(crate) name: Option<String>,
    /// Which roots were asked: `system`, `mozilla`, `file`, or two of them.
    pub(crate) roots: String,
    /// How many roots these are.
    pub(crate) root_count: usize,
    /// From the leaf to the root; where it is not trusted, as far as issuers are known.
    pub(crate) path: Vec<Step>,
    /// The timestamps of CT logs; empty where they were not asked for.
    pub(crate) scts: Vec<Timestamp>,
    /// `require`, `prefer` or `ignore`.
    pub(crate) revocation_policy: &'static str,
    /// Whether certificates of the path were revoked; empty where it was not asked, or no issuer is certain.
    pub(crate) revocation: Vec<RevocationStatus>,
    /// What was found, the one that explains most first.
    pub(crate) findings: Vec<Finding>,
}

/// A timestamp of a CT log.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Timestamp {
    /// `in the certificate`, `in TLS`, `in OCSP`.
    pub(crate) source: String,
    /// The log's name, or its identifier.
    pub(crate) log: Option<String>,
    pub(crate) operator: Option<String>,
    /// RFC 3339.
    pub(crate) time: Option<String>,
    /// It counts.
    pub(crate) valid: bool,
    /// `valid`, or why it does not count.
    pub(crate) verdict: String,
}

/// A certificate of the path.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) subject: String,
    /// `sent`, `known` (by --untrusted), `fetched`, `root`, or `missing`: nobody has it.
    pub(crate) source: &'static str,
    /// Its place among those that were sent, from 0.
    pub(crate) certificate: Option<usize>,
    pub(crate) not_before: Option<String>,
    pub(crate) not_after: Option<String>,
    pub(crate) days_left: Option<i64>,
    /// It is not valid yet.
    pub(crate) not_yet_valid: bool,
    pub(crate) key: Option<String>,
}

impl Judge {
    /// By which it judges.
    pub(crate) fn now(&self) -> UnixTime {
        self.now
    }

    /// Time went on, unless the caller named one: what was stapled or fetched may be newer than the beginning.
    pub(crate) fn goes_on(&mut self, now: UnixTime) {
        if !self.fixed {
            self.now = now;
        }
    }

    /// The request for a chain.
    fn request<'a>(
        &'a self,
        chain: &'a [Certificate],
        beside: &'a Beside<'a>,
        evidence: &Evidence<'a>,
    ) -> PathRequest<'a> {
        let transparency = self.demands.transparency.as_ref();
        let stapling = if evidence.handshake { Stapling::Asked } else { Stapling::NotAsked };
        PathRequest {
            known: &beside.known,
            profile: &self.demands.profile,
            transparency: transparency.map(|(logs, policy)| Transparency { logs, policy, required: true }),
            sct_list: evidence.sct_list,
            revocation: Revocation {
                policy: self.demands.revocation,
                crls: &beside.crls,
                responses: &beside.responses,
                stapling,
                ..Revocation::default()
            },
            ocsp_response: evidence.ocsp_response,
            name: self.name.as_ref().map(Name::reference),
            pins: &self.demands.pins,
            ..PathRequest::new(chain, &self.anchors, self.purpose, self.now)
        }
    }

    /// What was given and what was fetched, together.
    fn beside<'a>(&'a self, evidence: &Evidence<'a>) -> Beside<'a> {
        let fetched = evidence.fetched;
        Beside {
            known: self.known.iter().chain(fetched.iter().flat_map(|fetched| &fetched.certificates)).cloned().collect(),
            crls: self.demands.crls.iter().chain(fetched.iter().flat_map(|fetched| &fetched.crls)).cloned().collect(),
            responses: self
                .ocsp
                .iter()
                .chain(fetched.iter().flat_map(|fetched| &fetched.responses))
                .map(Vec::as_slice)
                .collect(),
        }
    }

    /// Fetches what is asked for; one fetch may take as long as `limit`.
    pub(crate) fn fetch(
        &self,
        provider: &dyn Provider,
        chain: &[Certificate],
        limit: Duration,
    ) -> Result<Fetched, Usage> {
        let near = [chain, self.known.as_slice()].concat();
        self.fetching.gather(provider, &near, &self.anchors, self.fetch, (self.now, limit))
    }

    /// Judges a chain, leaf first.
    pub(crate) fn judge(&self, provider: &dyn Provider, chain: &[Certificate], evidence: &Evidence<'_>) -> Judgement {
        let beside = self.beside(evidence);
        let report = tlsmith_x509::verify(provider, &self.request(chain, &beside, evidence));
        let trusted = report.is_trusted();
        let fetched = evidence.fetched.map(|fetched| fetched.certificates.as_slice()).unwrap_or_default();
        let step = |certificate: &Certificate| self.step(certificate, chain, fetched);
        let path = match trusted {
            true => report.path.iter().map(step).collect(),
            false => self.guess(chain, &beside.known, step),
        };
        Judgement {
            trusted,
            time: self.now.to_string(),
            purpose: match self.purpose {
                Purpose::ServerAuth => "server",
                Purpose::ClientAuth => "client",
            },
            name: self.name.as_ref().map(|name| name.reference().to_string()),
            roots: self.roots.clone(),
            root_count: self.anchors.len(),
            profile: self.demands.profile.name.to_string(),
            path,
            scts: report.scts.iter().map(Timestamp::new).collect(),
            revocation_policy: match self.demands.revocation {
                RevocationPolicy::Require => "require",
                RevocationPolicy::Prefer => "prefer",
                RevocationPolicy::Ignore => "ignore",
            },
            revocation: report.revocation.iter().map(RevocationStatus::new).collect(),
            findings: report.findings.iter().map(Finding::new).collect(),
        }
    }

    fn step(&self, certificate: &Certificate, chain: &[Certificate], fetched: &[Certificate]) -> Step {
        let sent = chain.iter().position(|sent| sent == certificate);
        Step {
            subject: certificate.subject(),
            source: match sent {
                _ if self.anchors.contains(certificate) => "root",
                Some(_) => "sent",
                None if fetched.contains(certificate) => "fetched",
                None => "known",
            },
            certificate: sent,
            not_before: Some(certificate.not_before().to_string()),
            not_after: Some(certificate.not_after().to_string()),
            days_left: Some(self.now.days_until(certificate.not_after())),
            not_yet_valid: self.now < certificate.not_before(),
            key: Some(certificate.key_description()),
        }
    }

    /// The way up by names alone, for chains that are not trusted: it shows where it ends.
    fn guess(&self, chain: &[Certificate], known: &[Certificate], step: impl Fn(&Certificate) -> Step) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut seen: Vec<&Certificate> = Vec::new();
        let mut next = chain.first();
        while let Some(certificate) = next {
            steps.push(step(certificate));
            seen.push(certificate);
            if self.anchors.contains(certificate) || certificate.is_self_issued() {
                return steps;
            }
            let all = self.anchors.certificates().iter().chain(chain).chain(known);
            next = all.filter(|other| !seen.contains(other)).find(|other| is_named_as_issuer(other, certificate));
        }
        if let Some(last) = seen.last() {
            steps.push(Step {
                subject: last.issuer(),
                source: "missing",
                certificate: None,
                not_before: None,
                not_after: None,
                days_left: None,
                not_yet_valid: false,
                key: None,
            });
        }
        steps
    }
}

/// By name, and by key identifier where both have one.
pub(crate) fn is_named_as_issuer(issuer: &Certificate, certificate: &Certificate) -> bool {
    let same_key = match (certificate.authority_key_id(), issuer.subject_key_id()) {
        (Some(wanted), Some(has)) => wanted == has,
        _ => true,
    };
    same_key && issuer.subject_der() == certificate.issuer_der()
}

/// Whether a certificate was revoked.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RevocationStatus {
    pub(crate) subject: String,
    /// Its place among those that were sent, from 0.
    pub(crate) certificate: Option<usize>,
    /// `good`, `revoked`, `unknown`, `not_published`, `not_checked`.
    pub(crate) status: &'static str,
    /// RFC 3339.
    pub(crate) revoked_at: Option<String>,
    /// As RFC 5280 §5.3.1 names it.
    pub(crate) reason: Option<String>,
    /// `crl`, `staple`, `ocsp_response`.
    pub(crate) by: Option<&'static str>,
    /// Who says it, and when.
    pub(crate) source: Option<String>,
}

impl RevocationStatus {
    fn new(known: &CertificateRevocation) -> Self {
        let revoked = match known.status {
            revocation::RevocationStatus::Revoked(revoked) => Some(revoked),
            _ => None,
        };
        Self {
            subject: known.certificate.subject(),
            certificate: known.sent,
            status: known.status.as_str(),
            revoked_at: revoked.map(|revoked| revoked.at.to_string()),
            reason: revoked.and_then(|revoked| revoked.reason).map(|reason| reason.to_string()),
            by: known.source.as_ref().map(|source| source.kind.as_str()),
            source: known.source.as_ref().map(ToString::to_string),
        }
    }
}

impl Timestamp {
    fn new(judged: &JudgedSct) -> Self {
        Self {
            source: judged.source.to_string(),
            log: judged.log.clone().or_else(|| judged.log_id.map(|id| id.to_string())),
            operator: judged.operator.clone(),
            time: judged.time.map(|time| time.to_string()),
            valid: judged.verdict == Verdict::Valid,
            verdict: judged.verdict.to_string(),
        }
    }
}

impl Judgement {
    /// What the exit code says of it.
    pub(crate) fn exit(&self) -> Exit {
        if self.trusted { Exit::Good } else { Exit::Untrusted }
    }
}
