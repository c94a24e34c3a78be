//! IP addresses as certificates hold them: bare octets, and octets with a mask in name constraints.

use std::net::IpAddr;

/// The octets of an iPAddress are this address. An IPv4 address in IPv6 form is not the IPv4 address (RFC 9525 §6.5).
pub(crate) fn equals(octets: &[u8], address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => octets == address.octets(),
        IpAddr::V6(address) => octets == address.octets(),
    }
}

/// An address from the 4 or 16 octets of an iPAddress.
pub(crate) fn from_octets(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from)).ok()
}

/// A range of addresses: the iPAddress of a name constraint (RFC 5280 §4.2.1.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IpRange {
    address: Box<[u8]>,
    mask: Box<[u8]>,
}

impl IpRange {
    /// From 8 or 32 octets, address then mask. The mask must be a prefix, as in CIDR (RFC 4632).
    pub(crate) fn from_octets(octets: &[u8]) -> Option<Self> {
        if !matches!(octets.len(), 8 | 32) {
            return None;
        }
        let (address, mask) = octets.split_at_checked(octets.len() / 2)?;
        let bits = mask.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1));
        let is_prefix = bits.skip_while(|bit| *bit == 1).all(|bit| bit == 0);
        is_prefix.then(|| Self { address: address.into(), mask: mask.into() })
    }

    /// The address with these octets is in the range. One of the other family is not.
    pub(crate) fn contains(&self, octets: &[u8]) -> bool {
        octets.len() == self.address.len()
            && self.address.iter().zip(&self.mask).zip(octets).all(|((base, mask), octet)| base & mask == octet & mask)
    }

    /// `192.0.2.0/24`.
    pub(crate) fn describe(&self) -> String {
        let length: u32 = self.mask.iter().map(|octet| octet.count_ones()).sum();
        match from_octets(&self.address) {
            Some(address) => format!("{address}/{length}"),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_contain_their_addresses() {
        let range = IpRange::from_octets(&[192, 0, 2, 0, 255, 255, 255, 0]).unwrap();
        assert!(range.contains(&[192, 0, 2, 200]));
        assert!(!range.contains(&[192, 0, 3, 1]));
        assert!(!range.contains(&[0; 16]));
        assert_eq!(range.describe(), "192.0.2.0/24");
        let all = IpRange::from_octets(&[0; 8]).unwrap();
        assert!(all.contains(&[255, 255, 255, 255]));
        assert!(!all.contains(&[0; 16]), "0.0.0.0/0 says nothing about IPv6");
        let odd = IpRange::from_octets(&[10, 1, 0, 0, 255, 240, 0, 0]).unwrap();
        assert!(odd.contains(&[10, 15, 1, 1]) && !odd.contains(&[10, 16, 1, 1]));
    }

    #[test]
    fn masks_with_holes_and_wrong_lengths_are_refused() {
        for octets in
            [&[192u8, 0, 2, 0][..], &[192, 0, 2, 0, 255, 0, 255, 0], &[0, 0, 0, 0, 0, 0, 0, 1], &[], &[0; 16], &[0; 33]]
        {
            assert!(IpRange::from_octets(octets).is_none(), "{octets:?}");
        }
    }

    #[test]
    fn addresses_equal_exactly() {
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        assert!(equals(&[192, 0, 2, 1], "192.0.2.1".parse().unwrap()));
        assert!(!equals(&[192, 0, 2, 1], mapped));
        assert!(!equals(&[192, 0, 2], "192.0.2.1".parse().unwrap()));
    }
}
