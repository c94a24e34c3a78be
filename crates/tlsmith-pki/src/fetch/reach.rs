//! Which addresses are reached for the sake of a certificate.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far fetching goes. The address comes from a certificate, which may be a stranger's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses alone.
    #[default]
    Public,
    /// Those of private networks as well (RFC 1918, RFC 4193, RFC 6598), where private CAs keep their CRLs. Not this machine,
    /// nor link-local addresses, under which clouds keep the credentials of machines.
    Private,
    /// Any address: for tests, and for who knows that he looks at a certificate of his own.
    Any,
}

impl Reach {
    /// Whether this address is reached.
    pub fn allows(self, address: IpAddr) -> bool {
        // An IPv4 address in the clothes of IPv6 is what it is.
        let (never, private) = match address.to_canonical() {
            IpAddr::V4(address) => (v4_is_never_reached(address), v4_is_private(address)),
            IpAddr::V6(address) => (v6_is_never_reached(address), v6_is_private(address)),
        };
        match self {
            Self::Any => true,
            Self::Private => !never,
            Self::Public => !never && !private,
        }
    }
}

/// This host, link-local, multicast, broadcast, reserved (RFC 6890).
fn v4_is_never_reached(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    address.is_loopback() || address.is_link_local() || address.is_multicast() || first == 0 || first >= 240
}

/// RFC 1918, RFC 6598 (carriers), RFC 2544 (benchmarks), 192.0.0.0/24, and those for documentation.
fn v4_is_private(address: Ipv4Addr) -> bool {
    let octets = address.octets();
    address.is_private()
        || address.is_documentation()
        || matches!(octets, [100, 64..=127, ..] | [198, 18..=19, ..] | [192, 0, 0, _])
}

/// Likewise, and the addresses that stand for IPv4 ones, as such (RFC 4291 §2.5.5.1, which has this host as well) or behind a
/// translator or tunnel (RFC 6052, RFC 3056, RFC 4380): who they reach is not seen.
fn v6_is_never_reached(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    address.is_multicast()
        || first & 0xffc0 == 0xfe80
        || matches!(address.segments(), [0, 0, 0, 0, 0, 0, _, _])
        || matches!((first, second), (0x64, 0xff9b) | (0x2001, 0) | (0x2002, _))
}

/// RFC 4193, the site-local ones that came before (RFC 3879), and those for documentation (RFC 3849).
fn v6_is_private(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0 || (first, second) == (0x2001, 0xdb8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reached() {
        for (address, public, private) in [
            ("93.184.216.34", true, true),
            ("2606:2800:220:1::1", true, true),
            ("10.1.2.3", false, true),
            ("172.31.0.1", false, true),
            ("192.168.1.1", false, true),
            ("100.64.0.1", false, true),
            ("fd00::1", false, true),
            ("127.0.0.1", false, false),
            ("0.0.0.0", false, false),
            ("169.254.169.254", false, false),
            ("224.0.0.1", false, false),
            ("255.255.255.255", false, false),
            ("::1", false, false),
            ("::", false, false),
            ("fe80::1", false, false),
            ("ff02::1", false, false),
            ("::ffff:127.0.0.1", false, false),
            ("::ffff:10.0.0.1", false, true),
            ("64:ff9b::7f00:1", false, false),
            ("2002:7f00:1::", false, false),
            ("2001::7f00:1", false, false),
            ("::7f00:1", false, false),
            ("fec0::1", false, true),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(Reach::Public.allows(address), public, "{address}");
            assert_eq!(Reach::Private.allows(address), private, "{address}");
            assert!(Reach::Any.allows(address));
        }
    }
}
