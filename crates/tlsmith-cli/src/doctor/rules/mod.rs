//! From evidence to causes: one list of rules, the most telling first. A rule looks at the evidence and names its cause, or
//! says nothing; the first that speaks names the cause of the screen, the others what is wrong besides.

mod certificates;
mod client;
mod clock;
mod handshake;
mod names;
mod reach;
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

/// All rules, in the order in which they are asked, by what they are about: of each group the first that speaks counts, since
/// the others would tell the same event again.
///
/// What keeps the bytes from flowing comes first; then what makes certificates look wrong that are not (the clock, somebody in
/// between); then who vouches; then what the certificate says; at the end what works but should not stay.
const RULES: &[&[Rule]] = &[
    &[
        reach::unresolved,
        reach::no_connection,
        reach::starttls,
        handshake::another_protocol,
        handshake::large_hello,
        handshake::sni_needed,
        handshake::unknown_name,
        handshake::old_version,
        handshake::no_common_group,
        handshake::no_common_suite,
        client::refused,
        client::required,
        certificates::leaf_not_first,
        certificates::weak_key,
        handshake::key_mismatch,
        handshake::internal_error,
        handshake::silence,
    ],
    &[warnings::some_are_bad],
    &[clock::off],
    &[warnings::stale],
    &[certificates::middlebox, names::default_certificate],
    &[certificates::revoked],
    &[certificates::self_signed, certificates::wrong_intermediate, certificates::missing_intermediate],
    &[certificates::of_the_finding],
    &[names::mismatch],
    &[certificates::must_staple],
    &[warnings::different, warnings::address_down],
    &[warnings::order],
    &[warnings::expires_soon],
    &[warnings::only_with_sni],
];

/// Asked where no other rule spoke.
const LAST_RESORT: &[Rule] = &[certificates::any_other, handshake::any_other];

/// What is only a consequence of a cause, and not worth telling beside it.
fn follows_from(found: Cause, cause: Cause) -> bool {
    use Cause as C;
    match cause {
        C::ClockOff => matches!(found, C::ExpiredLeaf | C::ExpiredIntermediate | C::ExpiredRoot | C::NotYetValid),
        C::DifferentCertificates => matches!(found, C::ExpiredLeaf | C::NotYetValid | C::WrongHost | C::AddressDown),
        C::SelfSigned => matches!(found, C::NoSan),
        C::WrongVirtualHost => matches!(found, C::SelfSigned | C::WrongHost | C::NoSan | C::PrivateCa),
        C::StaleCertificate => matches!(found, C::ExpiredLeaf),
        C::WrongOrder => matches!(found, C::KeyMismatch | C::WrongHost | C::Purpose | C::NoSan),
        _ => false,
    }
}

/// The cause, and what is wrong besides. Where nothing is, that is the cause.
pub(crate) fn diagnose(evidence: &Evidence) -> (Diagnosis, Vec<Diagnosis>) {
    let mut all: Vec<Diagnosis> = Vec::new();
    for group in RULES {
        if let Some(found) = group.iter().find_map(|rule| rule(evidence))
            && !all.iter().any(|other| other.cause == found.cause || follows_from(found.cause, other.cause))
        {
            all.push(found);
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
