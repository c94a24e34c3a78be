//! Object identifiers of key files and containers.

use asn1::{ObjectIdentifier, oid};

// Content types, RFC 2315 §14.
pub(crate) const DATA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 7, 1);
pub(crate) const SIGNED_DATA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 7, 2);
pub(crate) const ENVELOPED_DATA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 7, 3);
pub(crate) const ENCRYPTED_DATA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 7, 6);

// Bags, RFC 7292 §4.2, and what they hold.
pub(crate) const KEY_BAG: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 10, 1, 1);
pub(crate) const SHROUDED_KEY_BAG: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 10, 1, 2);
pub(crate) const CERT_BAG: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 10, 1, 3);
pub(crate) const CRL_BAG: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 10, 1, 4);
pub(crate) const SECRET_BAG: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 10, 1, 5);
pub(crate) const SAFE_CONTENTS_BAG: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 10, 1, 6);
pub(crate) const X509_CERTIFICATE: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 22, 1);
pub(crate) const X509_CRL: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 23, 1);
pub(crate) const FRIENDLY_NAME: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 20);
pub(crate) const LOCAL_KEY_ID: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 21);
/// Oracle's mark of a certificate that is trusted: without it Java does not see one that has no key.
pub(crate) const JAVA_TRUSTED: ObjectIdentifier = oid!(2, 16, 840, 1, 113894, 746875, 1, 1);
/// RFC 5280 §4.2.1.12.
pub(crate) const ANY_EXTENDED_KEY_USAGE: ObjectIdentifier = oid!(2, 5, 29, 37, 0);

// Encryption under a passphrase: RFC 8018 §A, RFC 7292 §C, RFC 7914 §7, RFC 9579 §2.
pub(crate) const PBES2: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 5, 13);
pub(crate) const PBMAC1: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 5, 14);
pub(crate) const PBKDF2: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 5, 12);
pub(crate) const SCRYPT: ObjectIdentifier = oid!(1, 3, 6, 1, 4, 1, 11591, 4, 11);
pub(crate) const PBE_MD5_DES: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 5, 3);
pub(crate) const PBE_SHA1_DES: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 5, 10);
pub(crate) const PBE_SHA1_RC4_128: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 1, 1);
pub(crate) const PBE_SHA1_RC4_40: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 1, 2);
pub(crate) const PBE_SHA1_3DES: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 1, 3);
pub(crate) const PBE_SHA1_2KEY_3DES: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 1, 4);
pub(crate) const PBE_SHA1_RC2_128: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 1, 5);
pub(crate) const PBE_SHA1_RC2_40: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 12, 1, 6);

// Ciphers, RFC 8018 §B.2, RFC 3565 §4.1.
pub(crate) const DES_CBC: ObjectIdentifier = oid!(1, 3, 14, 3, 2, 7);
pub(crate) const TRIPLE_DES_CBC: ObjectIdentifier = oid!(1, 2, 840, 113549, 3, 7);
pub(crate) const AES128_CBC: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 1, 2);
pub(crate) const AES192_CBC: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 1, 22);
pub(crate) const AES256_CBC: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 1, 42);

// Hash functions and HMAC, RFC 8018 §B.1.
pub(crate) const SHA1: ObjectIdentifier = oid!(1, 3, 14, 3, 2, 26);
pub(crate) const SHA256: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 2, 1);
pub(crate) const SHA384: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 2, 2);
pub(crate) const SHA512: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 2, 3);
pub(crate) const HMAC_SHA1: ObjectIdentifier = oid!(1, 2, 840, 113549, 2, 7);
pub(crate) const HMAC_SHA256: ObjectIdentifier = oid!(1, 2, 840, 113549, 2, 9);
pub(crate) const HMAC_SHA384: ObjectIdentifier = oid!(1, 2, 840, 113549, 2, 10);
pub(crate) const HMAC_SHA512: ObjectIdentifier = oid!(1, 2, 840, 113549, 2, 11);

// Keys, RFC 8017 §A.1, RFC 5480 §2.1.1.
pub(crate) const RSA_ENCRYPTION: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 1);
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = oid!(1, 2, 840, 10045, 2, 1);
/// RFC 3279 §2.3.2.
pub(crate) const DSA: ObjectIdentifier = oid!(1, 2, 840, 10040, 4, 1);
pub(crate) const P256: ObjectIdentifier = oid!(1, 2, 840, 10045, 3, 1, 7);
pub(crate) const P384: ObjectIdentifier = oid!(1, 3, 132, 0, 34);
pub(crate) const P521: ObjectIdentifier = oid!(1, 3, 132, 0, 35);
