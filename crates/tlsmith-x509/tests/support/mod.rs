//! Certificates for the tests: issued by rcgen where they are well formed, put together by hand where they are not.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(unreachable_pub, reason = "a module of tests")]

pub mod counting;
pub mod ct;
pub mod raw;
pub mod revocation;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use tlsmith_crypto::Provider;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_x509::{
    Budget, Certificate, Code, Finding, PathRequest, Profile, Purpose, Report, ServerName, SignatureCache,
    TrustAnchors, UnixTime, verify,
};

pub const PROVIDER: AwsLc = AwsLc;

/// 2026-11-21T00:00:00Z, the time of every test.
pub fn now() -> UnixTime {
    UnixTime::from_civil(2026, 11, 21, 0, 0, 0).unwrap()
}

/// A CA made by rcgen.
pub struct Ca {
    pub certificate: Certificate,
    pub params: CertificateParams,
    pub key: KeyPair,
}

pub type Change<'a> = &'a dyn Fn(&mut CertificateParams);

pub const AS_IT_IS: Change<'_> = &|_| {};

pub fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2028, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

fn ca_params(common_name: &str, change: Change<'_>) -> CertificateParams {
    let mut params = params(common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    change(&mut params);
    params
}

impl Ca {
    pub fn root(common_name: &str, change: Change<'_>) -> Self {
        let (params, key) = (ca_params(common_name, change), key());
        let certificate = parse(params.self_signed(&key).unwrap().der());
        Self { certificate, params, key }
    }

    /// A CA below this one.
    pub fn below(&self, common_name: &str, change: Change<'_>) -> Self {
        let key = key();
        let certificate = self.certify(common_name, &key, change);
        Self { certificate, params: ca_params(common_name, change), key }
    }

    /// A CA certificate for a key that exists.
    pub fn certify(&self, common_name: &str, key: &KeyPair, change: Change<'_>) -> Certificate {
        let issuer = Issuer::from_params(&self.params, &self.key);
        parse(ca_params(common_name, change).signed_by(key, &issuer).unwrap().der())
    }

    /// A server's certificate for `names`.
    pub fn leaf(&self, names: &[&str], change: Change<'_>) -> Certificate {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = params("leaf");
        params.subject_alt_names = CertificateParams::new(names).unwrap().subject_alt_names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut params);
        let issuer = Issuer::from_params(&self.params, &self.key);
        parse(params.signed_by(&key(), &issuer).unwrap().der())
    }
}

pub fn parse(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

/// One verification; change what differs.
pub struct Case {
    pub anchors: TrustAnchors,
    pub chain: Vec<Certificate>,
    pub known: Vec<Certificate>,
    pub purpose: Purpose,
    pub name: Option<ServerName>,
    pub now: UnixTime,
    pub budget: Budget,
    pub algorithms: Vec<tlsmith_crypto::SignatureAlgorithm>,
    pub profile: Profile,
}

/// A server at `example.com` that sends `chain`.
pub fn case(anchors: &[&Certificate], chain: &[&Certificate]) -> Case {
    Case {
        anchors: anchors.iter().map(|certificate| (*certificate).clone()).collect(),
        chain: chain.iter().map(|certificate| (*certificate).clone()).collect(),
        known: Vec::new(),
        purpose: Purpose::ServerAuth,
        name: Some("example.com".parse().unwrap()),
        now: now(),
        budget: Budget::default(),
        algorithms: Vec::new(),
        profile: Profile::private(),
    }
}

impl Case {
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.parse().unwrap());
        self
    }

    pub fn report(&self) -> Report {
        self.report_by(&PROVIDER, None)
    }

    pub fn report_by(&self, provider: &dyn Provider, cache: Option<&SignatureCache>) -> Report {
        let report = verify(
            provider,
            &PathRequest {
                name: self.name.as_ref().map(Into::into),
                known: &self.known,
                cache,
                budget: self.budget,
                algorithms: &self.algorithms,
                profile: &self.profile,
                ..PathRequest::new(&self.chain, &self.anchors, self.purpose, self.now)
            },
        );
        // What holds of every report.
        let errors = report.findings.iter().any(|finding| finding.severity == tlsmith_x509::Severity::Error);
        assert_eq!(report.is_trusted(), !errors, "{report:#?}");
        assert_eq!(report.is_trusted(), !report.path.is_empty(), "{report:#?}");
        assert_eq!(report.is_trusted(), report.cause().is_none(), "{report:#?}");
        for finding in &report.findings {
            assert!(!finding.message.is_empty() && !finding.fix.is_empty(), "{finding:#?}");
            assert!(finding.certificate.is_none_or(|index| index < self.chain.len()), "{finding:#?}");
        }
        report
    }

    /// Trusted, with these warnings and notes.
    pub fn is_trusted(&self, codes: &[Code]) -> Report {
        let report = self.report();
        assert!(report.is_trusted(), "{report:#?}");
        assert_eq!(found(&report), codes, "{report:#?}");
        report
    }

    /// Not trusted, with exactly these findings, in this order; the first one is handed out.
    pub fn fails(&self, codes: &[Code]) -> Finding {
        let report = self.report();
        assert!(!report.is_trusted(), "{report:#?}");
        assert_eq!(found(&report), codes, "{report:#?}");
        report.cause().unwrap().clone()
    }
}

pub fn found(report: &Report) -> Vec<Code> {
    report.findings.iter().map(|finding| finding.code).collect()
}
