//! Names: DNS names and IP addresses that a peer is asked for (RFC 6125, 9525).

use std::net::IpAddr;

/// A DNS name, checked (LDH labels, lengths of RFC 1035 §2.3.4, A-labels), lower case, no trailing dot, no wildcard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DnsName(String);

impl DnsName {
    /// Checks and lower-cases `name`.
    pub fn new(name: &str) -> Result<Self, InvalidName> {
        let _ = name;
        todo!()
    }
    /// The name, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a name is not one. Says what is wrong with it in `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName(pub String);

/// Whom a client means to reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ServerName {
    /// A host name; sent as SNI.
    Dns(DnsName),
    /// An address; never sent as SNI (RFC 6066 §3).
    Ip(IpAddr),
}
// + FromStr (IP first, brackets allowed for v6; then DNS), Display, Error for InvalidName
