//! Name constraints (RFC 5280 §4.2.1.10): is a name inside a subtree?

use super::dn::DistinguishedName;
use super::general::{GeneralName, clean};
use super::ip::IpRange;
use super::{BRIEF, is_dns_name};

/// The base of a GeneralSubtree, checked.
#[derive(Clone, Debug)]
pub(crate) enum Subtree {
    /// A DNS name and everything below it; everything when empty. With a leading dot, only what is below.
    Dns(String),
    /// A mailbox, a host, or with a leading dot every host below.
    Email(String),
    /// The host of a URI, or with a leading dot every host below.
    Uri(String),
    /// A range of addresses.
    Ip(IpRange),
    /// A distinguished name and everything below it.
    Directory(DistinguishedName),
    /// A kind of name that has no rule here.
    Unsupported(Kind),
}

/// Inside, outside, or a subtree for another kind of name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Inside,
    Outside,
    OtherKind,
    /// The name, or the constraint for names of its kind, cannot be judged. The certificate is refused (RFC 5280 §4.2.1.10).
    Undecidable,
}

impl Subtree {
    /// From the base of a GeneralSubtree; an error says what is wrong with it.
    pub(crate) fn new(base: GeneralName) -> Result<Self, &'static str> {
        match base {
            GeneralName::Dns(name) => {
                let bare = name.strip_prefix('.').unwrap_or(&name);
                if name.is_empty() || is_dns_name(bare) { Ok(Self::Dns(name)) } else { Err("a DNS name is malformed") }
            }
            GeneralName::Email(address) => {
                let host = match address.split_once('@') {
                    Some(("", _)) => return Err("an email address has no local part"),
                    Some((_, host)) => host,
                    None => address.strip_prefix('.').unwrap_or(&address),
                };
                if is_dns_name(host) { Ok(Self::Email(address)) } else { Err("an email address is malformed") }
            }
            GeneralName::Uri(host) => {
                let bare = host.strip_prefix('.').unwrap_or(&host);
                if is_dns_name(bare) { Ok(Self::Uri(host)) } else { Err("a URI constraint is not a host name") }
            }
            GeneralName::Ip(octets) => {
                IpRange::from_octets(&octets).map(Self::Ip).ok_or("an address range is not in CIDR form")
            }
            GeneralName::Directory(name) => Ok(Self::Directory(name)),
            GeneralName::Other(..) => Ok(Self::Unsupported(Kind::Other)),
            GeneralName::X400 => Ok(Self::Unsupported(Kind::X400)),
            GeneralName::EdiParty => Ok(Self::Unsupported(Kind::EdiParty)),
            GeneralName::RegisteredId(_) => Ok(Self::Unsupported(Kind::RegisteredId)),
        }
    }

    /// For a permitted subtree: all that `name` stands for is inside.
    pub(crate) fn permits(&self, name: &Constrained<'_>) -> Match {
        self.compare(name, dns_permits)
    }

    /// For an excluded subtree: something that `name` stands for is inside.
    pub(crate) fn excludes(&self, name: &Constrained<'_>) -> Match {
        self.compare(name, dns_excludes)
    }

    fn compare(&self, name: &Constrained<'_>, dns: fn(&str, &str) -> bool) -> Match {
        let inside = match (self, name) {
            (Self::Dns(base), Constrained::Dns(name)) => dns(base, name),
            (Self::Email(base), Constrained::Email { local, host }) => email_inside(base, local, host),
            (Self::Uri(base), Constrained::Uri { host }) => host_inside(base, host),
            (Self::Ip(range), Constrained::Ip(octets)) => range.contains(octets),
            (Self::Directory(base), Constrained::Directory(name)) => name.comparable().starts_with(base.comparable()),
            (subtree, Constrained::Undecidable(kind)) if *kind == subtree.kind() => return Match::Undecidable,
            _ => return Match::OtherKind,
        };
        if inside { Match::Inside } else { Match::Outside }
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Dns(_) => Kind::Dns,
            Self::Email(_) => Kind::Email,
            Self::Uri(_) => Kind::Uri,
            Self::Ip(_) => Kind::Ip,
            Self::Directory(_) => Kind::Directory,
            Self::Unsupported(kind) => *kind,
        }
    }

    /// For messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Dns(name) if name.is_empty() => "every DNS name".to_owned(),
            Self::Dns(name) => format!("DNS:{name}"),
            Self::Email(address) => format!("email:{}", clean(address, BRIEF)),
            Self::Uri(host) => format!("URI:{host}"),
            Self::Ip(range) => format!("IP:{}", range.describe()),
            Self::Directory(name) => format!("dirName:{}", name.brief()),
            Self::Unsupported(kind) => format!("names of the kind {kind:?}"),
        }
    }
}

/// The kinds of GeneralName.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Dns,
    Email,
    Uri,
    Ip,
    Directory,
    Other,
    X400,
    EdiParty,
    RegisteredId,
}

/// A name of a certificate that constraints of the CAs above apply to, taken apart once for many comparisons.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Constrained<'a> {
    /// Well formed, perhaps with a wildcard.
    Dns(&'a str),
    Email {
        local: &'a str,
        host: &'a str,
    },
    Uri {
        host: &'a str,
    },
    Ip(&'a [u8]),
    Directory(&'a DistinguishedName),
    /// Malformed, or of a kind that has no rule here.
    Undecidable(Kind),
}

impl<'a> From<&'a GeneralName> for Constrained<'a> {
    fn from(name: &'a GeneralName) -> Self {
        match name {
            GeneralName::Dns(name) if is_dns_name(name.strip_prefix("*.").unwrap_or(name)) => Self::Dns(name),
            GeneralName::Dns(_) => Self::Undecidable(Kind::Dns),
            GeneralName::Email(address) => Self::email(address),
            GeneralName::Uri(uri) => uri_host(uri).map_or(Self::Undecidable(Kind::Uri), |host| Self::Uri { host }),
            GeneralName::Ip(octets) => Self::Ip(octets),
            GeneralName::Directory(name) => Self::Directory(name),
            GeneralName::Other(..) => Self::Undecidable(Kind::Other),
            GeneralName::X400 => Self::Undecidable(Kind::X400),
            GeneralName::EdiParty => Self::Undecidable(Kind::EdiParty),
            GeneralName::RegisteredId(_) => Self::Undecidable(Kind::RegisteredId),
        }
    }
}

impl<'a> Constrained<'a> {
    /// A mailbox, `local@host`.
    pub(crate) fn email(address: &'a str) -> Self {
        match address.split_once('@') {
            Some((local, host)) if !local.is_empty() && is_dns_name(host) => Self::Email { local, host },
            _ => Self::Undecidable(Kind::Email),
        }
    }
}

/// "Any DNS name that can be constructed by adding zero or more labels to the left" (RFC 5280 §4.2.1.10).
fn dns_permits(base: &str, name: &str) -> bool {
    // Everything that a wildcard stands for is below its parent: inside if the parent is, or if the base is the parent with
    // a leading dot.
    let (name, wildcard) = match name.strip_prefix("*.") {
        Some(parent) => (parent, true),
        None => (name, false),
    };
    match base.strip_prefix('.') {
        Some(parent) => is_below(parent, name) || (wildcard && parent.eq_ignore_ascii_case(name)),
        None => base.is_empty() || base.eq_ignore_ascii_case(name) || is_below(base, name),
    }
}

/// As [`dns_permits`], and a wildcard that could stand for an excluded name is excluded too: RFC 5280 does not know
/// wildcards, and the CA that excluded `bar.example.com` did not mean to let `*.example.com` reach it.
fn dns_excludes(base: &str, name: &str) -> bool {
    if dns_permits(base, name) {
        return true;
    }
    let Some(parent) = name.strip_prefix("*.") else {
        return false;
    };
    let base_parent = base.split_once('.').map(|(_, rest)| rest);
    !base.starts_with('.') && base_parent.is_some_and(|base_parent| base_parent.eq_ignore_ascii_case(parent))
}

/// `name` has at least one label more than `parent`.
fn is_below(parent: &str, name: &str) -> bool {
    let Some(split) = name.len().checked_sub(parent.len()) else {
        return false;
    };
    match name.split_at_checked(split) {
        Some((left, right)) => left.ends_with('.') && right.eq_ignore_ascii_case(parent),
        None => false,
    }
}

/// A host, or below one when the base starts with a dot: the rule of email hosts and URIs.
fn host_inside(base: &str, host: &str) -> bool {
    match base.strip_prefix('.') {
        Some(parent) => is_below(parent, host),
        None => base.eq_ignore_ascii_case(host),
    }
}

fn email_inside(base: &str, local: &str, host: &str) -> bool {
    match base.split_once('@') {
        // The local part is compared as it stands (RFC 5280 §7.5).
        Some((base_local, base_host)) => base_local == local && base_host.eq_ignore_ascii_case(host),
        None => host_inside(base, host),
    }
}

/// The host of `scheme://user@host:port/…`; `None` without an authority, or with an IP address for a host: RFC 5280 §4.2.1.10
/// demands to refuse both under a constraint. So is what RFC 3986 §3 does not allow: others may see another host in it.
fn uri_host(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once(':')?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
    let (user, host) = authority.split_once('@').unwrap_or(("", authority));
    let is_user = user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:".contains(&byte));
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    (is_scheme && is_user && is_port && is_dns_name(host)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dns_subtrees() {
        for (base, name, permits, excludes) in [
            ("example.com", "example.com", true, true),
            ("example.com", "Foo.Example.com", true, true),
            ("example.com", "fooexample.com", false, false),
            ("example.com", "com", false, false),
            ("", "anything.example", true, true),
            (".example.com", "a.example.com", true, true),
            (".example.com", "example.com", false, false),
            ("example.com", "*.example.com", true, true),
            (".example.com", "*.example.com", true, true),
            ("bar.example.com", "*.example.com", false, true),
            ("a.bar.example.com", "*.example.com", false, false),
            ("bar.example.com", "*.bar.example.com", true, true),
            ("example.com", "*.org", false, false),
        ] {
            let subtree = Subtree::new(GeneralName::Dns(base.into())).unwrap();
            let as_match = |inside| if inside { Match::Inside } else { Match::Outside };
            let presented = GeneralName::Dns(name.into());
            let name = Constrained::from(&presented);
            assert_eq!(subtree.permits(&name), as_match(permits), "{base} permits {presented:?}");
            assert_eq!(subtree.excludes(&name), as_match(excludes), "{base} excludes {presented:?}");
            assert_eq!(subtree.excludes(&Constrained::email("a@example.com")), Match::OtherKind);
        }
    }

    #[test]
    fn names_that_cannot_be_judged() {
        let base = |name| Subtree::new(name).unwrap();
        let dns = base(GeneralName::Dns("example.com".into()));
        let uri = base(GeneralName::Uri("example.com".into()));
        let email = base(GeneralName::Email("example.com".into()));
        let other = base(GeneralName::Other(asn1::oid!(1, 2, 3), None));
        for (subtree, name, expected) in [
            (&dns, GeneralName::Dns("a b.example.com".into()), Match::Undecidable),
            (&dns, GeneralName::Dns("*".into()), Match::Undecidable),
            (&dns, GeneralName::Dns("192.0.2.1".into()), Match::Undecidable),
            (&uri, GeneralName::Uri("urn:x".into()), Match::Undecidable),
            (&uri, GeneralName::Uri("https://192.0.2.1/".into()), Match::Undecidable),
            (&uri, GeneralName::Uri("urn:x://example.com/".into()), Match::Undecidable),
            (&uri, GeneralName::Uri("/x://example.com/".into()), Match::Undecidable),
            (&uri, GeneralName::Uri("://example.com/".into()), Match::Undecidable),
            (&uri, GeneralName::Uri("https://evil.test\\@example.com/".into()), Match::Undecidable),
            (&uri, GeneralName::Uri("https://example.com:1:2/".into()), Match::Undecidable),
            (&email, GeneralName::Email("a@b@example.com".into()), Match::Undecidable),
            (&email, GeneralName::Dns("a b".into()), Match::OtherKind),
            (&other, GeneralName::Other(asn1::oid!(1, 2, 3), None), Match::Undecidable),
            (&other, GeneralName::Dns("a".into()), Match::OtherKind),
        ] {
            assert_eq!(subtree.permits(&Constrained::from(&name)), expected, "{name:?}");
            assert_eq!(subtree.excludes(&Constrained::from(&name)), expected, "{name:?}");
        }
    }

    #[test]
    fn email_and_uri_subtrees() {
        for (base, address, inside) in [
            ("a@example.com", "a@EXAMPLE.com", true),
            ("a@example.com", "A@example.com", false),
            ("*@example.com", "a@example.com", false),
            ("example.com", "a@example.com", true),
            ("example.com", "a@b.example.com", false),
            (".example.com", "a@b.example.com", true),
            (".example.com", "a@example.com", false),
        ] {
            let subtree = Subtree::new(GeneralName::Email(base.into())).unwrap();
            let expected = if inside { Match::Inside } else { Match::Outside };
            assert_eq!(subtree.permits(&Constrained::email(address)), expected, "{base} {address}");
        }
        for (base, uri, inside) in [
            ("example.com", "https://example.com/x", true),
            ("example.com", "https://u:p@Example.com:8443?x", true),
            ("example.com", "https://evil.test/@example.com", false),
            ("example.com", "spiffe://a.example.com/x", false),
            (".example.com", "spiffe://a.example.com/x", true),
        ] {
            let subtree = Subtree::new(GeneralName::Uri(base.into())).unwrap();
            let expected = if inside { Match::Inside } else { Match::Outside };
            let presented = GeneralName::Uri(uri.into());
            assert_eq!(subtree.permits(&Constrained::from(&presented)), expected, "{base} {uri}");
        }
    }

    #[test]
    fn malformed_bases_are_refused() {
        for base in [
            GeneralName::Dns("*.example.com".into()),
            GeneralName::Dns("..example.com".into()),
            GeneralName::Email("a@b@example.com".into()),
            GeneralName::Email("@example.com".into()),
            GeneralName::Email(String::new()),
            GeneralName::Uri("https://example.com".into()),
            GeneralName::Ip([192, 0, 2, 0].into()),
        ] {
            assert!(Subtree::new(base.clone()).is_err(), "{base:?}");
        }
    }
}
