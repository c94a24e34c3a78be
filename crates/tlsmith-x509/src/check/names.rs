//! The name that was asked for (RFC 9525 §6), and the names that the CAs above allow (RFC 5280 §6.1.3 (b), (c)).

use crate::cert::ext::NameConstraints;
use crate::der::oid;
use crate::name::BRIEF;
use crate::name::constraints::{Constrained, Kind, Match, Subtree};
use crate::name::dn::DistinguishedName;
use crate::name::general::{GeneralName, clean};
use crate::path::budget::{Exhausted, Meter};
use crate::report::{Code, Finding, LISTED};
use crate::{Certificate, DnsName, ReferenceName, ServerName};
use std::net::IpAddr;

/// The leaf is for `name`.
pub(crate) fn reference(leaf: &Certificate, name: ReferenceName<'_>) -> Option<Finding> {
    if leaf.is_for(name) {
        return None;
    }
    let presented = leaf.alternative_names();
    let of_kind = presented.iter().filter(|entry| name.is_of_kind(entry)).count();
    if of_kind == 0 {
        return Some(no_names(leaf, name));
    }
    if name.is_spiffe() && of_kind > 1 {
        let message = format!("the certificate holds {of_kind} URIs; one that is used as a SPIFFE ID is the only one");
        let fix = format!("Have the certificate issued with {name} as its only URI (SPIFFE X.509-SVID §2).");
        return Some(Finding::new(Code::NameMismatch, Some(0), message).with_fix(fix));
    }
    let listed: Vec<String> = presented.iter().take(LISTED).map(GeneralName::brief).collect();
    let more = presented.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!("the certificate is not for {name}; it is for {}{more}", listed.join(", "));
    let finding = Finding::new(Code::NameMismatch, Some(0), message);
    let near_miss = if let ReferenceName::Host(name) = name { near_miss(presented, name) } else { None };
    Some(match near_miss {
        Some(fix) => finding.with_fix(fix),
        None => finding,
    })
}

fn no_names(leaf: &Certificate, name: ReferenceName<'_>) -> Finding {
    let common_name = leaf.common_name().filter(|common| common.eq_ignore_ascii_case(&name.to_string()));
    let (entry, nobody) = match name {
        ReferenceName::Host(_) => ("DNS or IP", "no host"),
        ReferenceName::Uri(_) => ("URI", "no workload"),
        ReferenceName::Email(_) => ("email", "no mailbox"),
    };
    let message = match common_name {
        Some(_) => {
            format!("the certificate holds {name} as common name only, and no {entry} entry in subjectAltName")
        }
        None => format!(
            "the certificate has no {entry} entry in subjectAltName, so it is for {nobody}; {name} was asked for"
        ),
    };
    let fix = format!("Have the certificate issued again with {}:{name} in subjectAltName.", name.kind());
    Finding::new(Code::NoSubjectAltName, Some(0), message).with_fix(fix)
}

/// A presented name that looks as if it were meant to cover `name`: the reason why it does not is the best help.
fn near_miss(presented: &[GeneralName], name: &ServerName) -> Option<String> {
    let texts =
        || presented.iter().filter_map(|name| if let GeneralName::Dns(text) = name { Some(text) } else { None });
    match name {
        ServerName::Dns(name) => texts().find_map(|text| near_miss_dns(text, name)),
        ServerName::Ip(address) => {
            let as_text = texts().any(|text| text.parse::<IpAddr>() == Ok(*address));
            as_text.then(|| format!("The address stands there as a DNS name: have it issued as IP:{address}."))
        }
    }
}

fn near_miss_dns(presented: &str, name: &DnsName) -> Option<String> {
    let presented = presented.to_ascii_lowercase();
    let name = name.as_str();
    if let Some(parent) = presented.strip_prefix("*.") {
        if parent == name {
            return Some(format!(
                "{presented} covers the names below {parent}, not {parent} itself: have DNS:{name} added to the certificate."
            ));
        }
        if name.strip_suffix(parent).is_some_and(|left| left.ends_with('.')) {
            let needed = name.split_once('.').map_or(name, |(_, rest)| rest);
            if needed == parent {
                return Some(format!(
                    "{presented} would cover a whole top-level domain, which most clients refuse: have DNS:{name} added to the \
                     certificate."
                ));
            }
            return Some(format!(
                "A wildcard stands for one label, so {presented} does not reach down to {name}: have DNS:{name} or \
                 DNS:*.{needed} added to the certificate."
            ));
        }
        return None;
    }
    let www = name.strip_prefix("www.") == Some(&presented) || presented.strip_prefix("www.") == Some(name);
    www.then(|| format!("Connect to {presented}, or have DNS:{name} added to the certificate."))
}

/// Every name of `certificate` is allowed by `constraints` of a CA above it.
///
/// The names are those of subjectAltName, the subject, and the email addresses in the subject when subjectAltName has none.
pub(crate) fn constrained(
    certificate: &Certificate,
    sent: Option<usize>,
    constraints: &NameConstraints,
    ca: &Certificate,
    meter: &mut Meter,
) -> Result<Option<Finding>, Exhausted> {
    for name in presented(certificate) {
        if let Some(complaint) = complaint(&name.constrained(), constraints, meter)? {
            let message = format!("{} holds {}, {complaint} {}", certificate.label(), name.describe(), ca.label());
            return Ok(Some(Finding::new(Code::NameConstraints, sent, message)));
        }
    }
    Ok(None)
}

/// A name that constraints apply to, and where it stands.
enum Presented<'a> {
    Alternative(&'a GeneralName),
    Subject(&'a DistinguishedName),
    /// `None` where the attribute is no text.
    EmailInSubject(Option<&'a str>),
}

fn presented(certificate: &Certificate) -> impl Iterator<Item = Presented<'_>> {
    let alternative = certificate.alternative_names();
    let subject = certificate.subject_name();
    let has_email = alternative.iter().any(|name| matches!(name, GeneralName::Email(_)));
    let emails = subject.all_values(&oid::EMAIL_ADDRESS).filter(move |_| !has_email).map(Presented::EmailInSubject);
    let directory = (!subject.is_empty()).then_some(Presented::Subject(subject));
    alternative.iter().map(Presented::Alternative).chain(directory).chain(emails)
}

impl<'a> Presented<'a> {
    fn constrained(&self) -> Constrained<'a> {
        match self {
            Self::Alternative(name) => Constrained::from(*name),
            Self::Subject(name) => Constrained::Directory(name),
            Self::EmailInSubject(address) => address.map_or(Constrained::Undecidable(Kind::Email), Constrained::email),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Alternative(name) => name.brief(),
            Self::Subject(name) => format!("the subject {}", name.brief()),
            Self::EmailInSubject(Some(address)) => format!("email:{}", clean(address, BRIEF)),
            Self::EmailInSubject(None) => "an email address that is no text".to_owned(),
        }
    }
}

fn complaint(
    name: &Constrained<'_>,
    constraints: &NameConstraints,
    meter: &mut Meter,
) -> Result<Option<String>, Exhausted> {
    for subtree in &constraints.excluded {
        meter.name_comparison()?;
        match subtree.excludes(name) {
            Match::Inside => {
                let how = match name {
                    Constrained::Dns(name) if name.starts_with("*.") => "which reaches into",
                    _ => "inside",
                };
                return Ok(Some(format!("{how} {}, excluded by", subtree.describe())));
            }
            Match::Undecidable => return Ok(Some("which cannot be compared with the constraints of".to_owned())),
            Match::Outside | Match::OtherKind => {}
        }
    }
    let mut of_this_kind = false;
    for subtree in &constraints.permitted {
        meter.name_comparison()?;
        match subtree.permits(name) {
            Match::Inside => return Ok(None),
            Match::Undecidable => return Ok(Some("which cannot be compared with the constraints of".to_owned())),
            Match::Outside => of_this_kind = true,
            Match::OtherKind => {}
        }
    }
    if !of_this_kind {
        return Ok(None);
    }
    let permitted: Vec<String> = constraints.permitted.iter().take(LISTED).map(Subtree::describe).collect();
    Ok(Some(format!("outside of what is permitted ({}) by", permitted.join(", "))))
}
