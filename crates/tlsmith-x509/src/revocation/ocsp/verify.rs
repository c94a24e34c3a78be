//! Whether a response may be relied on (RFC 6960 §3.2, §4.2.2.2): that it is about the certificate, that the certificate's
//! issuer signed it or somebody whom he told to, and that it is of this time.

use super::{CertificateStatus, Hashed, OcspResponse, Responder, SingleStatus};
use crate::check::signature::{self, SignedBytes};
use crate::check::validity::{self, period};
use crate::der::{hex, oid};
use crate::path::Budget;
use crate::path::budget::{Exhausted, Meter};
use crate::report::LISTED;
use crate::{Certificate, UnixTime};
use std::fmt;
use tlsmith_crypto::Provider;
use tlsmith_crypto::aws_lc::AwsLc;

/// A response without nextUpdate says that newer word is there at any time (RFC 6960 §4.2.2.1). It is taken for a day, as
/// NSS does, so that an old one cannot be shown for ever.
pub(crate) const WITHOUT_NEXT_UPDATE: i64 = 86_400;

/// A response that may be relied on.
#[derive(Clone, Debug)]
pub struct Verified<'a> {
    /// What it says of the certificate.
    pub single: &'a SingleStatus,
    /// Who signed it.
    pub signer: Signer<'a>,
}

/// Who signed a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer<'a> {
    /// The issuer of the certificate.
    Issuer,
    /// A responder with this certificate, which the issuer issued for the purpose. Whether it was revoked itself is for the
    /// caller to find out, unless [`Signer::needs_no_check`].
    Delegated(&'a Certificate),
}

impl Signer<'_> {
    /// Nobody says whether the responder's certificate was revoked: it is the issuer, or a certificate with
    /// `id-pkix-ocsp-nocheck` (RFC 6960 §4.2.2.2.1).
    pub fn needs_no_check(&self) -> bool {
        match self {
            Self::Issuer => true,
            Self::Delegated(certificate) => certificate.extensions().ocsp_no_check,
        }
    }
}

/// Why a response is not relied on; the text says it with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OcspRefusal {
    /// It is about other certificates.
    OtherCertificate(String),
    /// It has what is not supported: a critical extension.
    Unsupported(String),
    /// Who signed it may not, or did not.
    Untrusted(String),
    /// It is not of this time.
    Expired(String),
}

impl fmt::Display for OcspRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::OtherCertificate(text) | Self::Unsupported(text) | Self::Untrusted(text) | Self::Expired(text)) =
            self;
        f.write_str(text)
    }
}

impl std::error::Error for OcspRefusal {}

/// A response that the issuer stands for, and whether it is of this time.
pub(crate) struct Word<'a> {
    pub(crate) verified: Verified<'a>,
    pub(crate) times: Result<(), OcspRefusal>,
    /// It ended; what it said of a revocation still holds.
    pub(crate) stale: bool,
}

impl OcspResponse {
    /// Relies on it for `certificate`, which `issuer` issued, at `now`. There is no tolerance for clocks that differ.
    ///
    /// The status can be any of the three: that a certificate was revoked is no error here.
    pub fn verify(
        &self,
        provider: &dyn Provider,
        certificate: &Certificate,
        issuer: &Certificate,
        now: UnixTime,
    ) -> Result<Verified<'_>, OcspRefusal> {
        let mut meter = Meter::new(Budget::default());
        match self.word(provider, certificate, issuer, now, &mut meter) {
            Ok(word) => word.and_then(|word| word.times.map(|()| word.verified)),
            // Two signatures for each of at most eight certificates: the default budget has more.
            Err(Exhausted) => Err(OcspRefusal::Untrusted("the OCSP response takes too many signatures".to_owned())),
        }
    }

    pub(crate) fn word(
        &self,
        provider: &dyn Provider,
        certificate: &Certificate,
        issuer: &Certificate,
        now: UnixTime,
        meter: &mut Meter,
    ) -> Result<Result<Word<'_>, OcspRefusal>, Exhausted> {
        let single = match self.single(provider, certificate, issuer) {
            Ok(single) => single,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Some(name) = self.unsupported.as_ref().or(single.unsupported.as_ref()) {
            let message = format!("the OCSP response has a critical extension that is not supported: {name}");
            return Ok(Err(OcspRefusal::Unsupported(message)));
        }
        let signer = match self.signer(provider, issuer, now, meter)? {
            Ok(signer) => signer,
            Err(why) => return Ok(Err(OcspRefusal::Untrusted(why))),
        };
        let (times, stale) = self.times(single, now);
        Ok(Ok(Word { verified: Verified { single, signer }, times, stale }))
    }

    /// It speaks of this certificate of this issuer.
    pub(crate) fn is_about(&self, provider: &dyn Provider, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.single(provider, certificate, issuer).is_ok()
    }

    /// §3.2, 1.: the certificate is the one that the response is about.
    fn single(
        &self,
        provider: &dyn Provider,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<&SingleStatus, OcspRefusal> {
        let mut same_serial = self.statuses.iter().filter(|single| single.serial == certificate.serial()).peekable();
        let label = certificate.label();
        if same_serial.peek().is_none() {
            let serials = self.statuses.iter().take(LISTED).map(|single| brief(&single.serial));
            let serials = serials.collect::<Vec<_>>().join(", ");
            let own = brief(certificate.serial());
            let message = format!("the OCSP response is about serial number {serials}, not about {label} ({own})");
            return Err(OcspRefusal::OtherCertificate(message));
        }
        let mut other_hash = None;
        for single in same_serial {
            let (name, key): (Vec<u8>, Vec<u8>) = match &single.hashed {
                Hashed::Sha1 => (
                    AwsLc::sha1_identifier(certificate.issuer_der()).to_vec(),
                    AwsLc::sha1_identifier(issuer.public_key()).to_vec(),
                ),
                Hashed::Sha256 => (sha256(provider, certificate.issuer_der()), sha256(provider, issuer.public_key())),
                Hashed::Other(name) => {
                    other_hash = Some(name);
                    continue;
                }
            };
            if single.issuer_name_hash == name && single.issuer_key_hash == key {
                return Ok(single);
            }
        }
        let message = match other_hash {
            Some(name) => {
                format!(
                    "the OCSP response names the issuer by a hash that is not supported ({name}; SHA-1 or SHA-256 are)"
                )
            }
            None => format!(
                "the OCSP response is about a certificate with the serial number of {label}, but of another issuer than {}",
                issuer.label()
            ),
        };
        Err(OcspRefusal::OtherCertificate(message))
    }

    /// §4.2.2.2: the issuer himself, or whoever has a certificate for it that he issued.
    fn signer(
        &self,
        provider: &dyn Provider,
        issuer: &Certificate,
        now: UnixTime,
        meter: &mut Meter,
    ) -> Result<Result<Signer<'_>, String>, Exhausted> {
        let mut why = format!(
            "the OCSP response is signed by {}, who is neither {} nor has a certificate of it in the response",
            self.responder,
            issuer.label()
        );
        if self.is_responder(issuer) {
            match self.signed_by(provider, issuer, meter)? {
                Ok(()) => return Ok(Ok(Signer::Issuer)),
                Err(refused) => why = refused,
            }
        }
        for certificate in &self.certificates {
            // The issuer's own was looked at.
            if !self.is_responder(certificate) || certificate.spki() == issuer.spki() {
                continue;
            }
            let delegated = match may_respond(certificate, issuer, now) {
                Ok(()) => issued(provider, certificate, issuer, meter)?,
                Err(refused) => Err(refused),
            };
            match delegated {
                Ok(()) => match self.signed_by(provider, certificate, meter)? {
                    Ok(()) => return Ok(Ok(Signer::Delegated(certificate))),
                    Err(refused) => why = refused,
                },
                Err(refused) => why = refused,
            }
        }
        Ok(Err(why))
    }

    /// The responder says that he is the owner of this certificate.
    fn is_responder(&self, certificate: &Certificate) -> bool {
        match (&self.responder, &self.responder_name) {
            (Responder::KeyHash(hash), _) => *hash == AwsLc::sha1_identifier(certificate.public_key()),
            (Responder::Name(_), Some(name)) => name.comparable() == certificate.subject_name().comparable(),
            (Responder::Name(_), None) => false,
        }
    }

    fn signed_by(
        &self,
        provider: &dyn Provider,
        signer: &Certificate,
        meter: &mut Meter,
    ) -> Result<Result<(), String>, Exhausted> {
        meter.signature()?;
        let signed = SignedBytes {
            part: self.signed.part.get(&self.basic),
            with: &self.signed.with,
            signature: self.signed.signature.get(&self.basic),
        };
        let made = signature::made_by(provider, &signed, signer, &[]);
        Ok(made.map_err(|refusal| format!("the OCSP response {}", refusal.text())))
    }

    /// §3.2, 5. and 6.; the flag says that it is over.
    fn times(&self, single: &SingleStatus, now: UnixTime) -> (Result<(), OcspRefusal>, bool) {
        let latest = single.this_update.max(self.produced_at);
        if latest > now {
            let until = period(now.seconds_until(latest));
            let message = format!("the OCSP response is of {latest}, in {until} (it is {now})");
            return (Err(OcspRefusal::Expired(message)), false);
        }
        let end = single.next_update.unwrap_or(UnixTime(single.this_update.0.saturating_add(WITHOUT_NEXT_UPDATE)));
        if end < now {
            let since = period(end.seconds_until(now));
            let how = if single.next_update.is_some() { "" } else { ", a day after it was made as it names no end" };
            let message = format!("the OCSP response ended at {end}{how}, {since} ago (it is {now})");
            return (Err(OcspRefusal::Expired(message)), true);
        }
        (Ok(()), false)
    }
}

impl CertificateStatus {
    /// Revoked for good, not put on hold.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Revoked { reason, .. } if *reason != Some(super::Reason::CERTIFICATE_HOLD))
    }
}

/// §4.2.2.2: what the certificate of a delegated responder has to be, but for its signature.
fn may_respond(certificate: &Certificate, issuer: &Certificate, now: UnixTime) -> Result<(), String> {
    let label = certificate.label();
    let refused = |why: String| Err(format!("the OCSP response is signed by {label}, {why}"));
    if certificate.issuer_name().comparable() != issuer.subject_name().comparable() {
        return refused(format!("whose certificate {} issued, not {}", certificate.issuer_label(), issuer.label()));
    }
    let extensions = certificate.extensions();
    // anyExtendedKeyUsage is not enough: the purpose has to be named.
    match &extensions.extended_key_usage {
        Some(usage) if usage.contains(&oid::OCSP_SIGNING) => {}
        Some(usage) => return refused(format!("whose certificate is for {}, not for OCSPSigning", usage.describe())),
        None => return refused("whose certificate is not for OCSPSigning".to_owned()),
    }
    if let Some(usage) = extensions.key_usage.filter(|usage| !usage.digital_signature()) {
        return refused(format!("whose key is for {}, not for digitalSignature", usage.describe()));
    }
    if let Some(unknown) = extensions.unknown_critical.first() {
        let name = oid::name(unknown);
        return refused(format!("whose certificate has a critical extension that is not supported: {name}"));
    }
    match validity::check(certificate, None, now) {
        Some(finding) => refused(format!("whose certificate is not valid now: {}", finding.message)),
        None => Ok(()),
    }
}

/// The issuer's key signed the responder's certificate.
fn issued(
    provider: &dyn Provider,
    certificate: &Certificate,
    issuer: &Certificate,
    meter: &mut Meter,
) -> Result<Result<(), String>, Exhausted> {
    meter.signature()?;
    let checked = signature::check(provider, certificate, issuer, &[]);
    Ok(checked.map_err(|refusal| {
        format!("the OCSP response is signed by {}, whose certificate {}", certificate.label(), refusal.text())
    }))
}

fn sha256(provider: &dyn Provider, data: &[u8]) -> Vec<u8> {
    let mut context = provider.hash(tlsmith_crypto::HashAlgorithm::Sha256);
    context.update(data);
    context.current().as_ref().to_vec()
}

/// A serial number for messages, at most 20 octets of it (RFC 5280 §4.1.2.2).
fn brief(serial: &[u8]) -> String {
    hex(serial.get(..20).unwrap_or(serial), ":")
}
