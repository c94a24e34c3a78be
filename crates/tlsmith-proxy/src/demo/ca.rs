//! The private CA of the demonstration. It can vouch for this machine's own names and for nothing else.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256,
};
use time::OffsetDateTime;
use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, UnixTime};
use zeroize::Zeroizing;

use super::state::{Access, StateDir, StateError};

const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
const LIFETIME_DAYS: i64 = 3650;
const DAY: i64 = 86_400;

/// The name every CA made here begins with; the day it was made follows, to tell them apart in a trust store.
const NAME: &str = "tlsmith demo CA";

/// A CA with its key.
pub(super) struct Authority {
    pub(super) certificate: Certificate,
    pub(super) path: PathBuf,
    pub(super) issuer: Issuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authority({})", self.path.display())
    }
}

impl Authority {
    /// Loads the CA of a state directory; makes one in an empty one.
    pub(super) fn open(directory: &Path, provider: &Arc<dyn Provider>, now: UnixTime) -> Result<Self, StateError> {
        let state = StateDir::open(directory)?;
        let _lock = state.lock()?;
        let certificate = state.read(CERTIFICATE, Access::Public)?;
        let key = state.read(KEY, Access::Private)?.map(Zeroizing::new);
        match (certificate, key) {
            (Some(certificate), Some(key)) => Self::load(&state, &certificate, &key, provider, now),
            (Some(_), None) => Err(StateError::new(
                "state.key_missing",
                format!("{} is there, but its key {} is not", state.file(CERTIFICATE).display(), KEY),
                start_anew(&state),
            )),
            // A key alone is that of a start that did not come to its end, or of a CA that was thrown away:
            // nobody trusts it.
            (None, _) => Self::create(&state, now),
        }
    }

    fn create(state: &StateDir, now: UnixTime) -> Result<Self, StateError> {
        let failed = |error: rcgen::Error| {
            StateError::new("state.ca", format!("cannot make a CA: {error}"), "please report this")
        };
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let made = date(now.0)?;
        let name = format!("{NAME} {:04}-{:02}-{:02}", made.year(), u8::from(made.month()), made.day());
        let mut params = params(name);
        // Clocks of clients may be behind.
        params.not_before = date(now.0 - DAY)?;
        params.not_after = date(now.0 + LIFETIME_DAYS * DAY)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![
                GeneralSubtree::DnsName(String::from("localhost")),
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8)),
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(IpAddr::V6(Ipv6Addr::LOCALHOST), 128)),
            ],
            excluded_subtrees: Vec::new(),
        });
        let certificate = params.self_signed(&key).map_err(failed)?;
        let parsed = Certificate::from_der(certificate.der()).map_err(|error| {
            StateError::new("state.ca", format!("cannot read the new CA: {error}"), "please report this")
        })?;
        // The certificate last: where it is, the CA is whole.
        let key_pem = Zeroizing::new(key.serialize_pem());
        state.write(KEY, key_pem.as_bytes(), Access::Private)?;
        state.write(CERTIFICATE, certificate.pem().as_bytes(), Access::Public)?;
        tracing::info!("made a private CA in {}", state.path().display());
        Ok(Self { certificate: parsed, path: state.file(CERTIFICATE), issuer: Issuer::new(params, key) })
    }

    fn load(
        state: &StateDir,
        certificate: &[u8],
        key: &[u8],
        provider: &Arc<dyn Provider>,
        now: UnixTime,
    ) -> Result<Self, StateError> {
        let damaged = |name: &str, what: &str| {
            StateError::new("state.damaged", format!("{} {what}", state.file(name).display()), start_anew(state))
        };
        let mut certificates = tlsmith_x509::pem::certificates(certificate)
            .map_err(|error| damaged(CERTIFICATE, &format!("is damaged: {error}")))?
            .into_iter();
        let (Some(certificate), None) = (certificates.next(), certificates.next()) else {
            return Err(damaged(CERTIFICATE, "does not hold exactly one certificate"));
        };
        let name = certificate.subject();
        let name = name.strip_prefix("CN=").filter(|name| name.starts_with(NAME));
        let Some(name) = name.filter(|_| certificate.is_ca() && certificate.is_self_issued()) else {
            return Err(damaged(CERTIFICATE, "is not a CA that this program made"));
        };
        let pair = std::str::from_utf8(key)
            .ok()
            .and_then(|pem| KeyPair::from_pem_and_sign_algo(pem, &PKCS_ECDSA_P256_SHA256).ok())
            .ok_or_else(|| damaged(KEY, "is damaged: it does not hold an ECDSA P-256 key in PKCS#8 PEM"))?;
        // The library's own reader has to agree, for it will have to with the leaf's.
        tlsmith_x509::pem::private_key(provider.as_ref(), key)
            .map_err(|error| damaged(KEY, &format!("is damaged: {error}")))?;
        if pair.public_key_raw() != certificate.public_key() {
            return Err(damaged(KEY, "is not the key of ca.pem"));
        }
        if now > certificate.not_after() {
            return Err(StateError::new(
                "state.ca_expired",
                format!("the CA {} ended {}", state.file(CERTIFICATE).display(), certificate.not_after()),
                start_anew(state),
            ));
        }
        if now < certificate.not_before() {
            return Err(StateError::new(
                "state.clock",
                format!(
                    "the CA {} begins {}, but it is {now}",
                    state.file(CERTIFICATE).display(),
                    certificate.not_before()
                ),
                "set the clock right",
            ));
        }
        let issuer = Issuer::new(params(name.to_owned()), pair);
        Ok(Self { certificate, path: state.file(CERTIFICATE), issuer })
    }
}

/// What is the same whether the CA is made or loaded: what the issuer of its certificates needs.
fn params(name: String) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn start_anew(state: &StateDir) -> String {
    format!(
        "restore the file, or remove {} and {} to start with a new CA (which has to be trusted anew)",
        state.file(CERTIFICATE).display(),
        state.file(KEY).display()
    )
}

/// A time for rcgen.
pub(super) fn date(seconds: i64) -> Result<OffsetDateTime, StateError> {
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| {
        StateError::new("state.clock", "the clock shows a time that no certificate can hold", "set the clock right")
    })
}
