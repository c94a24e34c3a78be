//! Names: those that a peer is asked for (RFC 6125, 9525), distinguished names, constraints on both.

pub(crate) mod constraints;
pub(crate) mod dn;
mod dns;
pub(crate) mod general;
pub(crate) mod ip;
mod reference;

pub use dns::DnsName;
pub(crate) use dns::{is_dns_name, pattern_matches};
pub use reference::ReferenceName;

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// Why a name is not one. Says what is wrong with it in `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName(pub String);

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidName {}

/// Whom a client means to reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerName {
    /// A host name; sent as SNI.
    Dns(DnsName),
    /// An address; never sent as SNI (RFC 6066 §3).
    Ip(IpAddr),
}

impl FromStr for ServerName {
    type Err = InvalidName;

    /// An address first (IPv6 with or without brackets), then a host name; the one trailing dot of a fully qualified name,
    /// which neither SNI nor certificates carry (RFC 6066 §3), is dropped.
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Ip(address));
        }
        if let Some(bracketed) = text.strip_prefix('[') {
            let address = bracketed.strip_suffix(']').and_then(|inner| inner.parse::<Ipv6Addr>().ok());
            let error = || InvalidName(format!("{} is not an IPv6 address in brackets", quoted(text)));
            return address.map(|address| Self::Ip(IpAddr::V6(address))).ok_or_else(error);
        }
        DnsName::new(text.strip_suffix('.').unwrap_or(text)).map(Self::Dns)
    }
}

impl From<DnsName> for ServerName {
    fn from(name: DnsName) -> Self {
        Self::Dns(name)
    }
}

impl From<IpAddr> for ServerName {
    fn from(address: IpAddr) -> Self {
        Self::Ip(address)
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => name.fmt(f),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

/// How many characters of one name a message repeats. Neither its length nor the work of writing it, once for every path
/// that is tried, is the peer's to choose.
pub(crate) const BRIEF: usize = 256;

/// Text from outside in quotes, control characters escaped, cut to a sensible length.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.chars().nth(LONGEST).is_none() {
        return format!("{text:?}");
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{cut:?}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_before_names() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::1", "::1"),
            ("[2001:DB8::1]", "2001:db8::1"),
            ("Example.COM", "example.com"),
            ("example.com.", "example.com"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(text.parse::<ServerName>().unwrap().to_string(), expected);
        }
        assert!(matches!("192.0.2.1".parse(), Ok(ServerName::Ip(_))));
        assert!(matches!("[::1]".parse(), Ok(ServerName::Ip(_))));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in
            ["", ".", "[192.0.2.1]", "[::1", "::g", "1.2.3", "256.1.1.1", "a..b", "example.com..", "*.example.com"]
        {
            assert!(text.parse::<ServerName>().is_err(), "{text}");
        }
    }
}
