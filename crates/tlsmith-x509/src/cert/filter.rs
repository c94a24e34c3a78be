//! What a server may ask of a client's certificate: a filter of `oid_filters` (RFC 8446 §4.2.5).

use super::Certificate;
use super::ext::{ExtendedKeyUsage, KeyUsage};
use crate::der::{oid, single};
use asn1::ObjectIdentifier;

impl Certificate {
    /// Whether it meets one filter: the DER of an extension's OID, and of the values that the extension has to hold (empty: it
    /// only has to be there). `None` for an extension that RFC 8446 §4.2.5 gives no rule for: such filters are to be ignored.
    ///
    /// - keyUsage: every bit of the filter is set in the certificate.
    /// - extKeyUsage: every purpose of the filter stands in the certificate; anyExtendedKeyUsage must not be asked for.
    ///
    /// Values that are malformed are met by nobody.
    pub fn meets_filter(&self, extension: &[u8], values: &[u8]) -> Option<bool> {
        let id = single::<ObjectIdentifier>(extension, "certificate_extension_oid").ok()?;
        let extensions = self.extensions();
        if id == oid::KEY_USAGE {
            return Some(extensions.key_usage.is_some_and(|own| {
                values.is_empty() || KeyUsage::parse(values).is_ok_and(|wanted| own.includes(wanted))
            }));
        }
        if id == oid::EXTENDED_KEY_USAGE {
            return Some(extensions.extended_key_usage.as_ref().is_some_and(|own| {
                let meets = |wanted: ExtendedKeyUsage| !wanted.contains_any() && own.includes(&wanted);
                values.is_empty() || ExtendedKeyUsage::parse(values).is_ok_and(meets)
            }));
        }
        None
    }
}
