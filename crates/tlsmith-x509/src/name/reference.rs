//! Reference identifiers (RFC 9525 §6.1): whom the leaf has to name.

use super::general::{GeneralName, clean};
use super::{BRIEF, ServerName, ip, pattern_matches};
use std::fmt;

/// Whom the leaf has to name in its subjectAltName.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferenceName<'a> {
    /// A host: DNS-ID or IP-ID (RFC 9525 §6.3, §6.5).
    Host(&'a ServerName),
    /// A URI, a SPIFFE ID for one. Compared as a whole, after the case of scheme and host (RFC 3986 §6.2.2.1): RFC 9525 §6.4
    /// and §6.5 look at scheme and host alone, but workloads of one trust domain differ in the path.
    Uri(&'a str),
    /// A mailbox: the local part as it stands, the host without regard to case (RFC 5280 §4.2.1.6, §7.5).
    Email(&'a str),
}

impl<'a> From<&'a ServerName> for ReferenceName<'a> {
    fn from(name: &'a ServerName) -> Self {
        Self::Host(name)
    }
}

impl fmt::Display for ReferenceName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) => name.fmt(f),
            Self::Uri(text) | Self::Email(text) => f.write_str(&clean(text, BRIEF)),
        }
    }
}

impl ReferenceName<'_> {
    /// A subjectAltName of these entries names it.
    pub(crate) fn is_named_by(&self, presented: &[GeneralName]) -> bool {
        // SPIFFE X.509-SVID §2: exactly one URI, which is the SPIFFE ID.
        if self.is_spiffe() && presented.iter().filter(|name| matches!(name, GeneralName::Uri(_))).count() != 1 {
            return false;
        }
        presented.iter().any(|name| self.matches(name))
    }

    /// Its scheme is that of SPIFFE IDs.
    pub(crate) fn is_spiffe(&self) -> bool {
        let Self::Uri(uri) = self else { return false };
        uri.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("spiffe"))
    }

    /// An entry is of the kind that it is looked for in.
    pub(crate) fn is_of_kind(&self, presented: &GeneralName) -> bool {
        match self {
            Self::Host(_) => matches!(presented, GeneralName::Dns(_) | GeneralName::Ip(_)),
            Self::Uri(_) => matches!(presented, GeneralName::Uri(_)),
            Self::Email(_) => matches!(presented, GeneralName::Email(_)),
        }
    }

    /// How the entry is called: what `DNS:example.com` begins with.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Host(ServerName::Dns(_)) => "DNS",
            Self::Host(ServerName::Ip(_)) => "IP",
            Self::Uri(_) => "URI",
            Self::Email(_) => "email",
        }
    }

    fn matches(&self, presented: &GeneralName) -> bool {
        match (self, presented) {
            (Self::Host(ServerName::Dns(name)), GeneralName::Dns(presented)) => {
                pattern_matches(presented, name.as_str())
            }
            (Self::Host(ServerName::Ip(address)), GeneralName::Ip(octets)) => ip::equals(octets, *address),
            (Self::Uri(uri), GeneralName::Uri(presented)) => same_uri(presented, uri),
            (Self::Email(address), GeneralName::Email(presented)) => same_mailbox(presented, address),
            _ => false,
        }
    }
}

/// Equal but for the case of scheme and host (RFC 3986 §6.2.2.1). Nothing else is normalised: a presented URI that is spelt
/// otherwise is another one.
fn same_uri(one: &str, other: &str) -> bool {
    match (UriParts::of(one), UriParts::of(other)) {
        (Some(one), Some(other)) => {
            one.scheme.eq_ignore_ascii_case(other.scheme)
                && one.user == other.user
                && one.host.eq_ignore_ascii_case(other.host)
                && one.rest == other.rest
        }
        _ => false,
    }
}

/// A URI taken apart as far as case matters.
struct UriParts<'a> {
    scheme: &'a str,
    /// What stands before the `@`, where there is one.
    user: Option<&'a str>,
    /// Host and port.
    host: &'a str,
    rest: &'a str,
}

impl<'a> UriParts<'a> {
    fn of(uri: &'a str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        let Some(after) = rest.strip_prefix("//") else {
            return Some(Self { scheme, user: None, host: "", rest });
        };
        let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        Some(Self { scheme, user, host, rest })
    }
}

fn same_mailbox(one: &str, other: &str) -> bool {
    match (one.rsplit_once('@'), other.rsplit_once('@')) {
        (Some((local, host)), Some((other_local, other_host))) => {
            !local.is_empty() && local == other_local && host.eq_ignore_ascii_case(other_host)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_compared_as_a_whole() {
        for (presented, asked, same) in [
            ("spiffe://example.org/web", "spiffe://example.org/web", true),
            ("SPIFFE://Example.ORG/web", "spiffe://example.org/web", true),
            ("spiffe://example.org/Web", "spiffe://example.org/web", false),
            ("spiffe://example.org/web/", "spiffe://example.org/web", false),
            ("spiffe://example.org", "spiffe://example.org/web", false),
            ("spiffe://example.org.evil/web", "spiffe://example.org/web", false),
            ("spiffe://example.org/web?x", "spiffe://example.org/web", false),
            ("https://User@example.org/", "https://user@example.org/", false),
            ("https://example.org/%41", "https://example.org/A", false),
            ("urn:Example:a", "URN:Example:a", true),
            ("urn:example:a", "urn:Example:a", false),
            ("example.org", "example.org", false),
            ("", "", false),
        ] {
            let names = [GeneralName::Uri(presented.to_owned())];
            assert_eq!(ReferenceName::Uri(asked).is_named_by(&names), same, "{presented} {asked}");
        }
    }

    #[test]
    fn a_spiffe_id_is_the_only_uri() {
        let uri = |uri: &str| GeneralName::Uri(uri.to_owned());
        let (web, other) = (uri("spiffe://example.org/web"), uri("https://example.org/"));
        let host = GeneralName::Dns("example.org".to_owned());
        let spiffe = ReferenceName::Uri("spiffe://example.org/web");
        assert!(spiffe.is_named_by(&[host, web.clone()]));
        assert!(!spiffe.is_named_by(&[web.clone(), other.clone()]));
        assert!(ReferenceName::Uri("https://example.org/").is_named_by(&[web, other]));
    }

    #[test]
    fn mailboxes_keep_the_case_of_their_local_part() {
        for (presented, asked, same) in [
            ("a@example.org", "a@Example.ORG", true),
            ("A@example.org", "a@example.org", false),
            ("a@b.example.org", "a@example.org", false),
            ("@example.org", "@example.org", false),
            ("example.org", "example.org", false),
        ] {
            let names = [GeneralName::Email(presented.to_owned())];
            assert_eq!(ReferenceName::Email(asked).is_named_by(&names), same, "{presented} {asked}");
        }
    }

    #[test]
    fn kinds_are_not_mixed() {
        let host: ServerName = "example.org".parse().unwrap();
        for name in [
            GeneralName::Uri("https://example.org/".to_owned()),
            GeneralName::Email("a@example.org".to_owned()),
            GeneralName::Other(asn1::oid!(1, 2, 3), None),
        ] {
            assert!(!ReferenceName::from(&host).is_named_by(std::slice::from_ref(&name)), "{name:?}");
        }
        let dns = [GeneralName::Dns("example.org".to_owned())];
        assert!(ReferenceName::Host(&host).is_named_by(&dns));
        assert!(!ReferenceName::Uri("example.org").is_named_by(&dns));
        assert!(!ReferenceName::Email("a@example.org").is_named_by(&dns));
    }
}
