//! Evidence that is made up: certificates by rcgen, handshakes that nobody shook.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    SanType,
};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_x509::{
    Certificate, Code, Finding, PathRequest, Purpose, Report, ServerName, TrustAnchors, UnixTime, name::ReferenceName,
};

use super::super::diagnose;
use crate::{
    connect::{Error, Target, failure},
    doctor::{
        aside,
        evidence::{Aside, Evidence, Kind, RawTrial, Trial},
    },
    probe::{
        Seen,
        raw::{Answer, Offer},
    },
};

/// 2027-01-15T08:00:00Z.
pub(super) const NOW: UnixTime = UnixTime(1_800_000_000);
pub(super) const DAY: i64 = 86_400;

/// A CA, to issue with.
pub(super) struct Ca {
    pub(super) certificate: Certificate,
    params: CertificateParams,
    key: KeyPair,
}

fn params(organisation: &str, name: &str, days: (i64, i64)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::OrganizationName, organisation);
    params.distinguished_name.push(DnType::CommonName, name);
    let at = |day: i64| std::time::UNIX_EPOCH + std::time::Duration::from_secs((NOW.0 + day * DAY).unsigned_abs());
    params.not_before = at(days.0).into();
    params.not_after = at(days.1).into();
    params.use_authority_key_identifier_extension = true;
    params
}

/// A root, or an intermediate below `above`; valid from and to so many days from now.
pub(super) fn ca(organisation: &str, name: &str, above: Option<&Ca>, days: (i64, i64)) -> Ca {
    let key = KeyPair::generate().unwrap();
    let mut params = params(organisation, name, days);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let made = match above {
        Some(above) => params.signed_by(&key, &Issuer::from_params(&above.params, &above.key)),
        None => params.self_signed(&key),
    };
    Ca { certificate: parsed(&made.unwrap()), params, key }
}

/// A leaf for these names, changed by `change`.
pub(super) fn leaf_with(
    by: &Ca,
    names: &[&str],
    days: (i64, i64),
    change: impl Fn(&mut CertificateParams),
) -> Certificate {
    let key = KeyPair::generate().unwrap();
    let mut params = params("Example", "leaf", days);
    params.subject_alt_names = names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap())).collect();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    parsed(&params.signed_by(&key, &Issuer::from_params(&by.params, &by.key)).unwrap())
}

pub(super) fn leaf(by: &Ca, names: &[&str], days: (i64, i64)) -> Certificate {
    leaf_with(by, names, days, |_| {})
}

/// A leaf that signs itself.
pub(super) fn self_signed(name: &str) -> Certificate {
    let mut params = params("Example", name, (-1, 90));
    params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
    parsed(&params.self_signed(&KeyPair::generate().unwrap()).unwrap())
}

fn parsed(made: &rcgen::Certificate) -> Certificate {
    Certificate::from_der(made.der()).unwrap()
}

/// A root that is trusted, an intermediate, and evidence about example.com.
pub(super) struct World {
    pub(super) root: Ca,
    pub(super) intermediate: Ca,
    pub(super) evidence: Evidence,
}

impl World {
    pub(super) fn new() -> Self {
        let root = ca("Trust Services", "Root", None, (-1000, 1000));
        let intermediate = ca("Trust Services", "Intermediate", Some(&root), (-500, 500));
        let mut anchors = TrustAnchors::new();
        anchors.add(root.certificate.clone());
        let evidence = Evidence {
            target: Target { host: String::from("example.com"), port: 443 },
            name: "example.com".parse().unwrap(),
            starttls: None,
            now: NOW,
            time_is_given: false,
            addresses_are_given: false,
            trials: Vec::new(),
            raw: Vec::new(),
            completed: None,
            aside: Aside::default(),
            expected: None,
            client: Vec::new(),
            roots: String::from("system"),
            anchors,
            not_before: UnixTime(0),
        };
        Self { root, intermediate, evidence }
    }

    /// A leaf of the intermediate, and the chain with it.
    pub(super) fn chain(&self, names: &[&str], days: (i64, i64)) -> Vec<Certificate> {
        vec![leaf(&self.intermediate, names, days), self.intermediate.certificate.clone()]
    }

    pub(super) fn judge(&self, chain: &[Certificate], known: &[Certificate]) -> Report {
        let name = ReferenceName::Host(&self.evidence.name);
        let request = PathRequest {
            name: Some(name),
            known,
            ..PathRequest::new(chain, &self.evidence.anchors, Purpose::ServerAuth, self.evidence.now)
        };
        tlsmith_x509::verify(&AwsLc, &request)
    }

    /// A handshake that came to this.
    pub(super) fn tried(mut self, kind: Kind, seen: Seen) -> Self {
        let report = (!seen.chain.is_empty()).then(|| self.judge(&seen.chain, &[]));
        self.evidence.trials.push(Trial { kind, seen, report });
        self.evidence.aside = aside::of(&AwsLc, &self.evidence);
        self
    }

    /// The everyday handshake succeeded with this chain.
    pub(super) fn served(self, chain: Vec<Certificate>) -> Self {
        self.tried(Kind::Default, complete(chain))
    }

    /// The everyday handshake failed with this code.
    pub(super) fn failed(self, code: &str) -> Self {
        self.tried(Kind::Default, Seen { outcome: Err(error(code)), ..Seen::default() })
    }

    /// It failed with this alert.
    pub(super) fn alerted(self, alert: &str) -> Self {
        self.tried(Kind::Default, alerted(alert, Seen::default()))
    }

    /// The everyday handshake succeeded, and the judgement has an error of this code about this certificate.
    pub(super) fn judged(self, code: Code, certificate: Option<usize>) -> Self {
        let chain = self.chain(&["example.com"], (-1, 90));
        let mut world = self.served(chain);
        let finding = Finding { code, severity: code.severity(), certificate, ..any_finding() };
        if let Some(trial) = world.evidence.trials.last_mut() {
            trial.report = Some(Report { findings: vec![finding], ..Report::default() });
        }
        world
    }

    pub(super) fn answered(mut self, offer: Offer, answer: Answer) -> Self {
        self.evidence.raw.push(RawTrial { offer, answer });
        self
    }

    pub(super) fn named(mut self, name: &str) -> Self {
        self.evidence.name = name.parse().unwrap();
        self
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Evidence)) -> Self {
        change(&mut self.evidence);
        self
    }

    /// The slug of the cause, and those of what is said to be wrong besides.
    pub(super) fn causes(&self) -> (&'static str, Vec<&'static str>) {
        let (cause, others) = diagnose(&self.evidence);
        assert!(cause.message.ends_with('.') || cause.severity < tlsmith_x509::Severity::Error, "{}", cause.message);
        assert!(!cause.fix.is_empty(), "{:?} has no mend", cause.cause);
        (cause.cause.row().slug, others.iter().map(|other| other.cause.row().slug).collect())
    }

    /// The cause, where nothing else may be said to be wrong.
    pub(super) fn cause(&self) -> &'static str {
        let (cause, others) = self.causes();
        assert!(others.is_empty(), "{cause} and besides {others:?}");
        cause
    }
}

/// A finding to be changed.
fn any_finding() -> Finding {
    let anchors = TrustAnchors::new();
    let report = tlsmith_x509::verify(&AwsLc, &PathRequest::new(&[], &anchors, Purpose::ServerAuth, NOW));
    report.findings.into_iter().next().unwrap()
}

pub(super) fn complete(chain: Vec<Certificate>) -> Seen {
    Seen { chain, completed: true, version: Some(tlsmith::registry::ProtocolVersion::TLS1_3), ..Seen::default() }
}

/// A failure of the handshake.
pub(super) fn error(code: &str) -> Error {
    Error { code: code.to_owned(), message: format!("{code}."), phase: Some("tls"), ..failure::dns("", "") }
}

pub(super) fn alerted(alert: &str, seen: Seen) -> Seen {
    let error = Error {
        alert: Some(alert.to_owned()),
        alert_direction: Some("received"),
        phase: None,
        ..error(&format!("alert.{alert}"))
    };
    Seen { outcome: Err(error), first_bytes: vec![0x15, 3, 3, 0, 2, 2, 40], ..seen }
}

/// A name as rules have it.
pub(super) fn host(name: &str) -> ServerName {
    name.parse().unwrap()
}
