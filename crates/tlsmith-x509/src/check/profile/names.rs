//! The names of a server's certificate: their forms, wildcards over public suffixes, the common name.

use crate::der::oid;
use crate::name::general::{GeneralName, clean};
use crate::name::{BRIEF, ip, is_dns_name, pattern_matches};
use crate::path::{PathRequest, Purpose};
use crate::profile::{CommonName, Names, Profile, Wildcards};
use crate::report::{Code, Finding, Severity};
use crate::{Certificate, ReferenceName, ServerName};
use std::net::IpAddr;
use tlsmith_suffix::{Suffix, suffix};

/// BR §7.1.2.7.12: DNS names in preferred name syntax (RFC 1034 §3.5), and addresses; nothing else. Clients have other names.
pub(super) fn host_names(certificate: &Certificate, sent: Option<usize>, request: &PathRequest<'_>) -> Option<Finding> {
    if request.profile.names == Names::Any || request.purpose != Purpose::ServerAuth {
        return None;
    }
    let names = certificate.alternative_names().iter();
    let (name, why) = names.filter_map(|name| not_a_host(name).map(|why| (name, why))).next()?;
    let message = format!("{} holds {}, {why}", certificate.label(), name.brief());
    Some(Finding::new(Code::BadName, sent, message))
}

fn not_a_host(name: &GeneralName) -> Option<&'static str> {
    let name = match name {
        GeneralName::Ip(_) => return None,
        GeneralName::Dns(name) => name,
        _ => return Some("which is no name of a server"),
    };
    let host = name.strip_prefix("*.").unwrap_or(name);
    if name.parse::<IpAddr>().is_ok() {
        Some("an address that stands there as a DNS name")
    } else if !name.is_ascii() {
        Some("which holds letters beyond ASCII where A-labels belong (RFC 5280 §7.2)")
    } else if host.contains('*') {
        Some("with a star that does not stand for the whole leftmost label")
    } else if host.contains('_') {
        Some("with an underscore, which is no part of a host name")
    } else if !is_dns_name(host) {
        Some("which is not a DNS name")
    } else {
        None
    }
}

/// BR §3.2.2.6: no wildcard over what belongs to different people.
///
/// Below a suffix of the ICANN section of the public suffix list (`*.com`, `*.co.uk`) there is no excuse. One of the private
/// section (`*.s3.amazonaws.com`) has an operator, who may have a certificate for all of it: the wildcard counts where the
/// certificate holds the suffix itself as well. Where it does not, the other names of the certificate do not suffer from it.
pub(super) fn wildcards(certificate: &Certificate, sent: Option<usize>, request: &PathRequest<'_>) -> Option<Finding> {
    if request.profile.wildcards == Wildcards::OneLabel {
        return None;
    }
    let label = certificate.label();
    if let Some(name) = dns_names(certificate).find(|name| is_over_icann_suffix(name)) {
        let name = clean(name, BRIEF);
        let message =
            format!("{label} holds DNS:{name}: all names below a public suffix, which belong to different people");
        return Some(Finding::new(Code::Wildcard, sent, message));
    }
    let Some(ReferenceName::Host(ServerName::Dns(asked))) = request.name else { return None };
    let parent = over_private_suffix(certificate, asked.as_str())?;
    let message = format!(
        "{label} holds DNS:*.{parent}, and not {parent} itself: a public suffix, below which names belong to different people, so \
         that the wildcard does not count for {asked}"
    );
    Some(Finding::new(Code::Wildcard, sent, message))
}

fn dns_names(certificate: &Certificate) -> impl Iterator<Item = &str> {
    let all = certificate.alternative_names().iter();
    all.filter_map(|name| if let GeneralName::Dns(name) = name { Some(name.as_ref()) } else { None })
}

/// The root itself is a public suffix too.
fn is_over_icann_suffix(name: &str) -> bool {
    name == "*" || name.strip_prefix("*.").is_some_and(|parent| suffix(parent) == Suffix::Icann)
}

/// The private suffix above `asked`, where nothing in the certificate covers `asked` but a wildcard over that suffix, and the
/// certificate does not hold the suffix itself.
fn over_private_suffix<'a>(certificate: &Certificate, asked: &'a str) -> Option<&'a str> {
    let (_, parent) = asked.split_once('.')?;
    let covering: Vec<&str> = dns_names(certificate).filter(|name| pattern_matches(name, asked)).collect();
    let by_wildcard_alone = !covering.is_empty() && covering.iter().all(|name| name.starts_with("*."));
    let holds_suffix = || dns_names(certificate).any(|name| name.eq_ignore_ascii_case(parent));
    (by_wildcard_alone && suffix(parent) == Suffix::Private && !holds_suffix()).then_some(parent)
}

/// BR §7.1.4.3: the common name, where there is one, repeats a name of the subjectAltName character for character.
pub(super) fn common_name(certificate: &Certificate, sent: Option<usize>, profile: &Profile) -> Option<Finding> {
    // Without other names there is nothing to repeat, and worse is said of it.
    if profile.common_name == CommonName::Free || certificate.alternative_names().is_empty() {
        return None;
    }
    let mut all = certificate.subject_name().values(&oid::COMMON_NAME);
    let common = all.next()?;
    let names = certificate.alternative_names();
    let spelt = names.iter().any(|name| is_spelt(name, common));
    if spelt && all.next().is_none() {
        return None;
    }
    let (shown, label) = (clean(common, BRIEF), certificate.label());
    let misspelt = !spelt && (is_u_label(common) || names.iter().any(|name| means(name, common)));
    let message = if spelt {
        format!("{label} has more than one common name; nobody looks at them")
    } else if misspelt {
        format!("the common name {shown} of {label} spells a host otherwise than subjectAltName does")
    } else {
        format!("the common name {shown} of {label} is none of the names in its subjectAltName; nobody looks at it")
    };
    let is_error = misspelt || profile.common_name == CommonName::Repeats;
    let severity = if is_error { Severity::Error } else { Severity::Warning };
    Some(Finding { severity, ..Finding::new(Code::CommonName, sent, message) })
}

/// The text is this name, character for character; an address in the form of RFC 5952.
fn is_spelt(name: &GeneralName, text: &str) -> bool {
    match name {
        GeneralName::Dns(name) => AsRef::<str>::as_ref(name) == text,
        GeneralName::Ip(octets) => ip::from_octets(octets).is_some_and(|address| address.to_string() == text),
        _ => false,
    }
}

/// The text means this name, perhaps in another spelling.
fn means(name: &GeneralName, text: &str) -> bool {
    match name {
        GeneralName::Dns(name) => name.eq_ignore_ascii_case(text),
        GeneralName::Ip(octets) => ip::from_octets(octets).is_some_and(|address| spelt_address(text) == Some(address)),
        _ => false,
    }
}

/// An address, also in the spelling `192.168.001.001`.
fn spelt_address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let parts: Option<Vec<u8>> = text.split('.').take(5).map(|part| part.parse().ok()).collect();
    <[u8; 4]>::try_from(parts?).ok().map(IpAddr::from)
}

/// A host name with letters beyond ASCII: more than one label, no white space.
fn is_u_label(text: &str) -> bool {
    !text.is_ascii() && text.contains('.') && !text.contains(char::is_whitespace)
}
