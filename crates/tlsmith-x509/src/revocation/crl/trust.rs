//! Whether a CRL may be relied on: RFC 5280 §6.3.3 (f), (g), and its times.

use super::Crl;
use crate::check::signature::{self, SignedBytes};
use crate::check::validity::period;
use crate::der::hex;
use crate::path::Budget;
use crate::path::budget::{Exhausted, Meter};
use crate::{Certificate, UnixTime};
use std::fmt;
use tlsmith_crypto::Provider;

/// Why a CRL is not relied on; the text says it with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CrlRefusal {
    /// Another kind of CRL than is supported, or one with critical extensions that are not known.
    Unsupported(String),
    /// The certificate's issuer did not sign it, or may not.
    Untrusted(String),
    /// It is not of this time.
    Expired(String),
}

impl fmt::Display for CrlRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Unsupported(text) | Self::Untrusted(text) | Self::Expired(text)) = self;
        f.write_str(text)
    }
}

impl std::error::Error for CrlRefusal {}

/// What a CRL that its issuer signed is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// All that it says, and what it leaves out.
    Current,
    /// It ended. What it lists for good is still revoked: an entry stays at least until the certificate has ended (§3.3).
    Stale(CrlRefusal),
}

impl Crl {
    /// Whether it may be relied on at `now` for what `issuer` issued, within its scope. Path validation asks by itself; this is
    /// for those who keep CRLs.
    pub fn verify(&self, provider: &dyn Provider, issuer: &Certificate, now: UnixTime) -> Result<(), CrlRefusal> {
        if self.issuer_name().comparable() != issuer.subject_name().comparable() {
            let message = format!("{} is not one of {}", self.label(), issuer.label());
            return Err(CrlRefusal::Untrusted(message));
        }
        match self.standing(provider, issuer, now, &mut Meter::new(Budget::default())) {
            Ok(Ok(Standing::Current)) => Ok(()),
            Ok(Ok(Standing::Stale(refusal)) | Err(refusal)) => Err(refusal),
            // It takes one signature.
            Err(Exhausted) => Err(CrlRefusal::Untrusted(format!("{} takes too many signatures", self.label()))),
        }
    }

    /// Relies on it for certificates that `issuer` issued, whose name is that of this CRL's issuer.
    pub(crate) fn standing(
        &self,
        provider: &dyn Provider,
        issuer: &Certificate,
        now: UnixTime,
        meter: &mut Meter,
    ) -> Result<Result<Standing, CrlRefusal>, Exhausted> {
        if let Err(refusal) = self.kind_is_supported().and_then(|()| self.may_sign(issuer)) {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = self.signature(provider, issuer, meter)? {
            return Ok(Err(refusal));
        }
        Ok(self.times(now))
    }

    fn kind_is_supported(&self) -> Result<(), CrlRefusal> {
        let refused = |why: &str| Err(CrlRefusal::Unsupported(format!("{} {why}", self.label())));
        if self.delta_base().is_some() {
            return refused("is a delta CRL, which only tells what changed since another: complete CRLs are needed");
        }
        if self.is_indirect() {
            return refused("is an indirect CRL (it lists certificates of other issuers), which is not supported");
        }
        match &self.0.unsupported {
            Some(name) => refused(&format!("has a critical extension that is not supported: {name}")),
            None => Ok(()),
        }
    }

    /// §6.3.3 (f): the key usage of the issuer, where present, allows to sign CRLs.
    fn may_sign(&self, issuer: &Certificate) -> Result<(), CrlRefusal> {
        match issuer.extensions().key_usage {
            Some(usage) if !usage.crl_sign() => Err(CrlRefusal::Untrusted(format!(
                "{} is signed by {}, whose key is for {}, not for cRLSign",
                self.label(),
                issuer.label(),
                usage.describe()
            ))),
            _ => Ok(()),
        }
    }

    /// §6.3.3 (g). By which key it was verified is remembered, since a CRL is asked again and again and can be long: a
    /// signature costs the hash of all of it.
    fn signature(
        &self,
        provider: &dyn Provider,
        issuer: &Certificate,
        meter: &mut Meter,
    ) -> Result<Result<(), CrlRefusal>, Exhausted> {
        if self.0.verified_by.get().is_some_and(|key| **key == *issuer.spki()) {
            return Ok(Ok(()));
        }
        meter.signature()?;
        let signed = SignedBytes {
            part: self.0.signed.part.get(self.der()),
            with: &self.0.signed.with,
            signature: self.0.signed.signature.get(self.der()),
        };
        Ok(match signature::made_by(provider, &signed, issuer, &[]) {
            Ok(()) => {
                // Another key before it stays: of two keys that verify it, which cannot be, one is as good as the other.
                let _ = self.0.verified_by.set(issuer.spki().into());
                Ok(())
            }
            Err(refusal) => {
                let other = match (self.authority_key_id(), issuer.subject_key_id()) {
                    (Some(wanted), Some(found)) if wanted != found => {
                        format!(" (it names the key {})", hex(wanted.get(..20).unwrap_or(wanted), ":"))
                    }
                    _ => String::new(),
                };
                Err(CrlRefusal::Untrusted(format!("{} {}{other}", self.label(), refusal.text())))
            }
        })
    }

    fn times(&self, now: UnixTime) -> Result<Standing, CrlRefusal> {
        let label = self.label();
        if self.this_update() > now {
            let until = period(now.seconds_until(self.this_update()));
            return Err(CrlRefusal::Expired(format!("{label} is of a time to come, in {until} (it is {now})")));
        }
        match self.next_update() {
            Some(next) if next < now => {
                let since = period(next.seconds_until(now));
                let message = format!("{label} ended at {next}, {since} ago (it is {now})");
                Ok(Standing::Stale(CrlRefusal::Expired(message)))
            }
            Some(_) => Ok(Standing::Current),
            // §5.1.2.5: it has to be there. Without it an old CRL could be passed off as the latest for ever.
            None => Ok(Standing::Stale(CrlRefusal::Expired(format!("{label} does not say until when it is good")))),
        }
    }
}
