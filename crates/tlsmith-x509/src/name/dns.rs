//! DNS names: the reference identifier that is asked for, the presented one of a certificate (RFC 9525 §6.3).

use super::{InvalidName, quoted};
use std::fmt;

/// A DNS name, checked (LDH labels, lengths of RFC 1035 §2.3.4, A-labels), lower case, no trailing dot, no wildcard.
///
/// Internationalised names come as A-labels (`xn--…`) and are compared as such, octet by octet without regard to case (RFC 9525
/// §6.3, RFC 5890 §2.3.2.4). What they decode to is not looked at: a label that is no valid A-label is a name of its own, which
/// only a certificate with the same octets covers, and RFC 5891 §5.4 leaves such tests to whoever looks names up.
///
/// Underscores are taken besides letters, digits and hyphens: they are no part of a host name, but in use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DnsName(String);

impl DnsName {
    /// Checks and lower-cases `name`.
    pub fn new(name: &str) -> Result<Self, InvalidName> {
        check(name).map_err(|why| InvalidName(format!("{} is not a DNS name: {why}", quoted(name))))?;
        Ok(Self(name.to_ascii_lowercase()))
    }

    /// The name, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that a certificate presents, `example.com` or `*.example.com`, covers this one (RFC 9525 §6.3).
    ///
    /// The star stands for one whole label, the leftmost, and at least two labels follow it: `*.com` covers nothing.
    pub fn is_covered_by(&self, presented: &str) -> bool {
        pattern_matches(presented, &self.0)
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for DnsName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        Self::new(name)
    }
}

/// `name` is a DNS name without wildcard and without trailing dot.
pub(crate) fn is_dns_name(name: &str) -> bool {
    check(name).is_ok()
}

/// See [`DnsName::is_covered_by`]; `reference` is a checked name.
pub(crate) fn pattern_matches(presented: &str, reference: &str) -> bool {
    match presented.strip_prefix("*.") {
        None => is_dns_name(presented) && presented.eq_ignore_ascii_case(reference),
        Some(parent) => {
            let covered = reference.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent));
            covered && parent.contains('.') && is_dns_name(parent)
        }
    }
}

fn check(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("it is empty");
    }
    if !name.is_ascii() {
        return Err("it holds letters beyond ASCII; give its A-label form, xn--…");
    }
    if name.len() > 253 {
        return Err("it is longer than 253 octets");
    }
    if name.starts_with("*.") {
        return Err("it is a wildcard, not the name of one host");
    }
    if name.ends_with('.') {
        return Err("it ends in a dot");
    }
    name.split('.').try_for_each(check_label)?;
    // A name whose last label is a number would be taken for an IPv4 address (RFC 3986 §3.2.2).
    let last = name.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("its last label is a number, and it is no IPv4 address");
    }
    Ok(())
}

fn check_label(label: &str) -> Result<(), &'static str> {
    if label.is_empty() {
        return Err("it has an empty label");
    }
    if label.len() > 63 {
        return Err("it has a label longer than 63 octets");
    }
    if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
        return Err("labels are made of letters, digits and hyphens");
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err("a label starts or ends with a hyphen");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_are_refused_say_why() {
        let long_label = format!("{}.com", "a".repeat(64));
        let long = format!("{}com", "abcdefg.".repeat(32));
        for (name, why) in [
            ("", "empty"),
            ("a..b", "empty label"),
            (".a", "empty label"),
            ("a.", "ends in a dot"),
            ("bücher.example", "A-label"),
            ("*.example.com", "wildcard"),
            ("a*.example.com", "letters, digits"),
            ("a b", "letters, digits"),
            ("-a.com", "hyphen"),
            ("a-.com", "hyphen"),
            ("1.2.3.4", "number"),
            ("example.1", "number"),
            (&long_label, "63"),
            (&long, "253"),
        ] {
            let error = DnsName::new(name).unwrap_err();
            assert!(error.to_string().contains(why), "{name}: {error}");
        }
        let name = "\u{1b}[31m\u{202e}".repeat(100);
        let error = DnsName::new(&name).unwrap_err().to_string();
        assert!(!error.contains('\u{1b}') && error.chars().count() < 1000, "{error}");
    }

    #[test]
    fn names_that_are_taken() {
        for name in
            ["a", "localhost", "XN--Bcher-KVA.example", "_dmarc.example.com", "3com.com", "a--b.c", "1.2.3.example"]
        {
            assert_eq!(DnsName::new(name).unwrap().as_str(), name.to_ascii_lowercase());
        }
        assert!(DnsName::new(&format!("{}com", "abcdefg.".repeat(31))).is_ok());
    }

    #[test]
    fn presented_names_cover_what_rfc_9525_says() {
        for (presented, reference, covers) in [
            ("example.com", "example.com", true),
            ("EXAMPLE.com", "example.com", true),
            ("example.com", "www.example.com", false),
            ("www.example.com", "example.com", false),
            ("example.com.", "example.com", false),
            ("*.example.com", "www.example.com", true),
            ("*.Example.com", "www.example.com", true),
            ("*.example.com", "xn--bcher-kva.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "wwwexample.com", false),
            ("*.*.example.com", "a.b.example.com", false),
            ("w*.example.com", "www.example.com", false),
            ("*w.example.com", "www.example.com", false),
            ("www.*.com", "www.example.com", false),
            ("*.com", "example.com", false),
            ("*.", "example", false),
            ("*", "localhost", false),
            ("*.localhost", "a.localhost", false),
            ("*..com", "a..com", false),
            ("", "example.com", false),
        ] {
            assert_eq!(pattern_matches(presented, reference), covers, "{presented} {reference}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in ".{0,300}", name in "[a-z0-9.-]{1,60}") {
            let _ = DnsName::new(&text);
            let _ = pattern_matches(&text, &name);
        }

        #[test]
        fn a_name_covers_itself_and_only_its_children_by_wildcard(name in "[a-z]{1,9}\\.[a-z]{1,9}\\.[a-z]{2,5}") {
            let dns = DnsName::new(&name).unwrap();
            prop_assert!(dns.is_covered_by(&name));
            let wildcard = format!("*.{name}");
            prop_assert!(!dns.is_covered_by(&wildcard));
            let child = format!("x.{name}");
            let grandchild = format!("y.x.{name}");
            prop_assert!(DnsName::new(&child).unwrap().is_covered_by(&wildcard));
            prop_assert!(!DnsName::new(&grandchild).unwrap().is_covered_by(&wildcard));
        }
    }
}
