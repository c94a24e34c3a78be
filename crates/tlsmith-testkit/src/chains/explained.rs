//! Where another differs from RFC 5280 and RFC 9525 as they are carried out here, and why. Each row was looked at.

use super::{Fault, Judge};

/// Why `judge` says the contrary about a chain with this fault, accepting or refusing; none: nobody knows.
pub(super) fn why(judge: Judge, fault: Fault, accepts: bool) -> Option<&'static str> {
    let row = TABLE.iter().find(|row| row.0 == judge && row.1 == fault && row.2 == accepts);
    row.map(|row| row.3)
}

const ACCEPTS: bool = true;
const REFUSES: bool = false;

type Row = (Judge, Fault, bool, &'static str);

const TABLE: &[Row] = &[
    (Judge::OpenSsl, Fault::LeafWildcardPartial, ACCEPTS, PARTIAL),
    (Judge::OpenSsl, Fault::LeafCommonNameOnly, ACCEPTS, COMMON_NAME),
    (
        Judge::OpenSsl,
        Fault::LeafShortKey,
        ACCEPTS,
        "openssl verify looks at the length of keys at -auth_level 1 and above; its default is below",
    ),
    (
        Judge::OpenSsl,
        Fault::CaDemandsPolicy,
        ACCEPTS,
        "policies are processed with -policy_check only; without, the critical extension passes as known",
    ),
    (Judge::GnuTls, Fault::LeafCommonNameOnly, ACCEPTS, COMMON_NAME),
    (
        Judge::GnuTls,
        Fault::LeafShortKey,
        ACCEPTS,
        "certtool selects no verification profile unless told to, and profiles are what sets a least length",
    ),
    (
        Judge::GnuTls,
        Fault::LeafForAnything,
        ACCEPTS,
        "GnuTLS lets anyExtendedKeyUsage in a leaf stand for every purpose, as RFC 5280 §4.2.1.12 allows an application to",
    ),
    (
        Judge::GnuTls,
        Fault::CaPermitsOtherDirectory,
        ACCEPTS,
        "GnuTLS does not carry out constraints on directory names",
    ),
    (
        Judge::GnuTls,
        Fault::CaDemandsPolicyAndHasIt,
        REFUSES,
        "GnuTLS does not know policyConstraints, which is critical",
    ),
    (
        Judge::GnuTls,
        Fault::SentWithExpiredTwin,
        REFUSES,
        "GnuTLS sorts what was sent into one list, and tries no other path",
    ),
    (
        Judge::Cryptography,
        Fault::LeafShortKey,
        ACCEPTS,
        "cryptography holds the keys of issuers to 2048 bits, not that of the leaf",
    ),
    (
        Judge::Cryptography,
        Fault::Ed25519,
        REFUSES,
        "cryptography allows the algorithms of the CA/B Forum, to which Ed25519 does not belong",
    ),
    (
        Judge::Cryptography,
        Fault::CaWithoutKeyUsage,
        REFUSES,
        "cryptography demands the key usage that RFC 5280 §4.2.1.3 demands of issuers, not of verifiers",
    ),
    (
        Judge::Cryptography,
        Fault::CaDemandsPolicyAndHasIt,
        REFUSES,
        "cryptography does not know policyConstraints, which is critical",
    ),
    (
        Judge::Cryptography,
        Fault::CaPermitsOtherDirectory,
        ACCEPTS,
        "older versions of cryptography pass over constraints on directory names",
    ),
    (
        Judge::Cryptography,
        Fault::CaPermitsDirectory,
        REFUSES,
        "cryptography does not carry out constraints on directory names, and newer versions say so where they are critical",
    ),
];

const PARTIAL: &str = "RFC 9525 §6.3 has no wildcards inside of a label; OpenSSL takes them unless X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS is set";
const COMMON_NAME: &str = "the common name is taken where there is no subjectAltName, which RFC 9525 §2 ended";
