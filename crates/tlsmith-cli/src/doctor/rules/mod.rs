//! From evidence to causes: one list of rules, the most telling first. A rule looks at the evidence and names its cause, or
//! says nothing; the first that speaks names the cause of the screen, the others what is wrong besides.

mod certificates;
mod client;
mod clock;
mod handshake;
mod issuers;
mod names;
mod reach;
mod revocation;
#[cfg(test)]
mod tests;
mod warnings;

use tlsmith_x509::Severity;

use super::{causes::Cause, evidence::Evidence};
pub(crate) use crate::connect::Mend;
use crate::exit::Exit;

/// A cause in this case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnosis {
    pub(crate) cause: Cause,
    /// Index into the chain as sent, where it is about one certificate.
    pub(crate) certificate: Option<usize>,
    /// What is wrong, with the actual values; a sentence.
    pub(crate) message: String,
    /// What speaks for it, strongest first.
    pub(crate) evidence: Vec<String>,
    /// What to do.
    pub(crate) fix: String,
    /// The same for the products that are known.
    pub(crate) mends: Vec<Mend>,
    /// How bad.
    pub(crate) severity: Severity,
    /// How the command ends because of it.
    pub(crate) exit: Exit,
}

impl Diagnosis {
    fn new(cause: Cause, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            cause,
            certificate: None,
            message: message.into(),
            evidence: Vec::new(),
            fix: fix.into(),
            mends: super::mends::of(cause),
            severity: cause.row().severity,
            exit: cause.row().exit,
        }
    }

    /// This client gets along with it.
    fn works(self) -> Self {
        Self { severity: Severity::Warning, exit: Exit::Good, ..self }
    }

    /// It is as it should be, and worth knowing.
    fn noted(self) -> Self {
        Self { severity: Severity::Info, exit: Exit::Good, ..self }
    }

    fn about(mut self, certificate: Option<usize>) -> Self {
        self.certificate = certificate;
        self
    }

    fn because(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    fn because_of(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(evidence);
        self
    }
}

/// A rule.
type Rule = fn(&Evidence) -> Option<Diagnosis>;

/// Rules that are asked together.
enum Step {
    /// Of these the first that speaks counts, since the others would tell the same event again.
    First(&'static [Rule]),
    /// What this finds counts one by one.
    Each(fn(&Evidence) -> Vec<Diagnosis>),
}

use Step::{Each, First};

/// All rules, in the order in which they are asked, by what they are about.
///
/// What keeps the bytes from flowing comes first; then what makes certificates look wrong that are not (the clock, somebody in
/// between); then who vouches; then what the certificate says; at the end what works but should not stay.
const RULES: &[Step] = &[
    First(&[
        reach::unresolved,
        reach::no_connection,
        reach::starttls,
        handshake::another_protocol,
        handshake::large_hello,
        handshake::sni_needed,
        handshake::unknown_name,
        handshake::old_version,
        handshake::no_common_group,
        handshake::no_common_signature,
        handshake::no_common_suite,
        client::refused,
        client::required,
        certificates::leaf_not_first,
        certificates::key_usage,
        certificates::weak_key,
        handshake::key_mismatch,
        handshake::internal_error,
        handshake::silence,
    ]),
    First(&[warnings::some_are_bad]),
    First(&[clock::off]),
    First(&[warnings::stale]),
    First(&[issuers::middlebox, names::default_certificate]),
    First(&[revocation::revoked]),
    First(&[issuers::self_signed, issuers::wrong_intermediate, issuers::missing_intermediate]),
    Each(certificates::findings),
    First(&[issuers::perhaps_missing, issuers::private_ca]),
    First(&[names::mismatch, names::suffix_wildcard]),
    First(&[revocation::must_staple]),
    First(&[revocation::bad_staple]),
    First(&[revocation::bad_crl]),
    First(&[warnings::different]),
    First(&[warnings::address_down]),
    First(&[warnings::order]),
    First(&[warnings::expires_soon]),
    First(&[warnings::only_with_sni]),
];

/// Asked where no other rule spoke.
const LAST_RESORT: &[Rule] = &[certificates::any_other, handshake::any_other];

/// What is only a consequence of a cause, and not worth telling beside it.
fn follows_from(found: Cause, cause: Cause) -> bool {
    use Cause as C;
    match cause {
        C::ClockOff => matches!(found, C::ExpiredLeaf | C::ExpiredIntermediate | C::ExpiredRoot | C::NotYetValid),
        C::DifferentCertificates => matches!(found, C::ExpiredLeaf | C::NotYetValid | C::WrongHost | C::AddressDown),
        // A CA more than was allowed, since it is none.
        C::NotACa => matches!(found, C::PathLength),
        C::SelfSigned => matches!(found, C::NoSan),
        C::Revoked | C::MustStaple => matches!(found, C::BadStaple | C::BadCrl),
        C::WrongVirtualHost => matches!(found, C::SelfSigned | C::WrongHost | C::NoSan | C::PrivateCa),
        C::StaleCertificate => matches!(found, C::ExpiredLeaf),
        C::WrongOrder => matches!(found, C::KeyMismatch | C::WrongHost | C::Purpose | C::NoSan),
        _ => false,
    }
}

/// The cause, and what is wrong besides. Where nothing is, that is the cause.
pub(crate) fn diagnose(evidence: &Evidence) -> (Diagnosis, Vec<Diagnosis>) {
    let mut all: Vec<Diagnosis> = Vec::new();
    for step in RULES {
        let found = match step {
            First(rules) => rules.iter().find_map(|rule| rule(evidence)).into_iter().collect(),
            Each(findings) => findings(evidence),
        };
        let before = all.len();
        for found in found {
            // A clock or a time that is wrong makes all of them early.
            let several = matches!(step, Each(_)) && found.cause != Cause::NotYetValid;
            // One cause twice is one fault told by two rules; but two certificates may have the same.
            let is_told = |(at, other): (usize, &Diagnosis)| {
                other.cause == found.cause && (at < before || !several || other.certificate == found.certificate)
            };
            let follows = all.iter().any(|other| follows_from(found.cause, other.cause));
            if !follows && !all.iter().enumerate().any(is_told) {
                all.push(found);
            }
        }
    }
    if all.is_empty() {
        all.extend(LAST_RESORT.iter().find_map(|rule| rule(evidence)));
    }
    match all.is_empty() {
        true => (warnings::nothing(evidence), all),
        false => (all.remove(0), all),
    }
}
