//! The certificate of the demonstration: issued at the start, renewed while it runs, before it ends.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rcgen::{PKCS_ECDSA_P256_SHA256, SanType};
use tlsmith::{
    auth::{Identity, IdentityChoice, NamedIdentities, ServerIdentities, UnknownName},
    conn::ClientHelloFacts,
};
use tlsmith_crypto::Provider;
use tlsmith_x509::{Certificate, DnsName, PathRequest, Purpose, Report, ServerName, TrustAnchors, UnixTime, verify};
use zeroize::Zeroizing;

use super::{
    ca::{Authority, date},
    state::StateError,
};
use crate::{clock::Clock, shutdown::Shutdown};

const DAY: i64 = 86_400;
const LIFETIME: i64 = 30 * DAY;

/// Clocks of clients may be behind.
const BACKDATED: i64 = 3_600;

/// The longest sleep between two looks at the clock, which may have been set or have slept with the machine.
const LOOK: Duration = Duration::from_secs(600);

/// Identities that change while connections are accepted: each handshake takes those that stand at its time.
#[derive(Debug)]
pub(super) struct Renewed {
    authority: Authority,
    provider: Arc<dyn Provider>,
    unknown: UnknownName,
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    identities: Arc<NamedIdentities>,
    leaf: Certificate,
    renew_at: UnixTime,
}

impl Renewed {
    /// Issues the first certificate.
    pub(super) fn new(
        authority: Authority,
        provider: Arc<dyn Provider>,
        unknown: UnknownName,
        now: UnixTime,
    ) -> Result<Self, StateError> {
        let current = issue(&authority, &provider, unknown, now)?;
        Ok(Self { authority, provider, unknown, current: RwLock::new(current) })
    }

    /// The CA.
    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The certificate that is shown now.
    pub(super) fn leaf(&self) -> Certificate {
        self.read(|current| current.leaf.clone())
    }

    fn read<T>(&self, look: impl FnOnce(&Current) -> T) -> T {
        look(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Issues a new certificate if it is time; says whether it did.
    pub(super) fn renew_if_due(&self, now: UnixTime) -> Result<bool, StateError> {
        if now < self.read(|current| current.renew_at) {
            return Ok(false);
        }
        let next = issue(&self.authority, &self.provider, self.unknown, now)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(true)
    }

    /// Renews as long as the terminator runs.
    pub(super) async fn keep(self: Arc<Self>, clock: Arc<dyn Clock>, shutdown: Shutdown) {
        loop {
            let wait = match self.renew_if_due(clock.now()) {
                Ok(renewed) => {
                    if renewed {
                        tracing::info!("renewed the certificate: it ends {}", self.leaf().not_after());
                    }
                    let left = self.read(|current| current.renew_at).0.saturating_sub(clock.now().0);
                    Duration::from_secs(u64::try_from(left).unwrap_or(0)).clamp(Duration::from_secs(60), LOOK)
                }
                Err(error) => {
                    tracing::error!(code = error.code, "cannot renew the certificate: {error}");
                    LOOK
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = shutdown.draining() => return,
            }
        }
    }
}

impl ServerIdentities for Renewed {
    fn choose(&self, hello: &ClientHelloFacts) -> IdentityChoice {
        self.read(|current| Arc::clone(&current.identities)).choose(hello)
    }

    fn all(&self) -> Vec<Arc<Identity>> {
        self.read(|current| current.identities.all())
    }
}

fn issue(
    authority: &Authority,
    provider: &Arc<dyn Provider>,
    unknown: UnknownName,
    now: UnixTime,
) -> Result<Current, StateError> {
    let failed = |what: String| {
        StateError::new("state.leaf", format!("cannot issue a certificate: {what}"), "please report this")
    };
    let end = (now.0 + LIFETIME).min(authority.certificate.not_after().0);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|error| failed(error.to_string()))?;
    let certificate =
        params(now, end, authority)?.signed_by(&key, &authority.issuer).map_err(|error| failed(error.to_string()))?;
    let leaf = Certificate::from_der(certificate.der()).map_err(|error| failed(error.to_string()))?;
    let report = judge(&leaf, authority, provider.as_ref(), now).map_err(failed)?;
    if !report.is_trusted() {
        let why = report.cause().map_or_else(String::new, |finding| format!(": {}", finding.message));
        return Err(StateError::new(
            "state.damaged",
            format!("what the CA {} issues is not trusted{why}", authority.path.display()),
            "remove ca.pem and ca-key.pem there to start with a new CA (which has to be trusted anew)",
        ));
    }
    let der = Zeroizing::new(key.serialize_der());
    let signer = provider.load_key(&der).map_err(|error| failed(error.to_string()))?;
    let identity = Identity::new(vec![leaf.clone()], signer).map_err(|error| failed(error.to_string()))?;
    let mut identities = NamedIdentities::new(unknown);
    identities.add(Arc::new(identity));
    // With a third of its life left; a leaf cut short by its CA's end is not renewed at every look.
    let renew_at = UnixTime(now.0 + ((end - now.0) * 2 / 3).max(60));
    Ok(Current { identities: Arc::new(identities), leaf, renew_at })
}

fn params(now: UnixTime, end: i64, authority: &Authority) -> Result<CertificateParams, StateError> {
    let mut params = CertificateParams::default();
    params.not_before = date((now.0 - BACKDATED).max(authority.certificate.not_before().0))?;
    params.not_after = date(end)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.subject_alt_names =
        vec![SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)), SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST))];
    if let Ok(name) = "localhost".try_into() {
        params.subject_alt_names.insert(0, SanType::DnsName(name));
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Judges a new leaf as a client would: whatever is wrong with the CA shows here, not in somebody's browser.
fn judge(leaf: &Certificate, authority: &Authority, provider: &dyn Provider, now: UnixTime) -> Result<Report, String> {
    let mut anchors = TrustAnchors::new();
    anchors.add(authority.certificate.clone());
    let name = ServerName::Dns(DnsName::new("localhost").map_err(|error| error.to_string())?);
    let chain = [leaf.clone()];
    let request =
        PathRequest { name: Some((&name).into()), ..PathRequest::new(&chain, &anchors, Purpose::ServerAuth, now) };
    Ok(verify(provider, &request))
}
