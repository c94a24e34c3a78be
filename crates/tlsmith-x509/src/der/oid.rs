//! The object identifiers that are understood, under the names of the documents that assign them.

use asn1::{ObjectIdentifier, oid};

// Extensions, RFC 5280 §4.2.
/// id-pkix-ocsp-basic (RFC 6960 §4.2.1).
pub(crate) const OCSP_BASIC: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 48, 1, 1);
pub(crate) const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid!(2, 5, 29, 14);
pub(crate) const KEY_USAGE: ObjectIdentifier = oid!(2, 5, 29, 15);
pub(crate) const SUBJECT_ALT_NAME: ObjectIdentifier = oid!(2, 5, 29, 17);
pub(crate) const ISSUER_ALT_NAME: ObjectIdentifier = oid!(2, 5, 29, 18);
pub(crate) const BASIC_CONSTRAINTS: ObjectIdentifier = oid!(2, 5, 29, 19);
pub(crate) const NAME_CONSTRAINTS: ObjectIdentifier = oid!(2, 5, 29, 30);
pub(crate) const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid!(2, 5, 29, 31);
pub(crate) const CERTIFICATE_POLICIES: ObjectIdentifier = oid!(2, 5, 29, 32);
pub(crate) const POLICY_MAPPINGS: ObjectIdentifier = oid!(2, 5, 29, 33);
pub(crate) const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid!(2, 5, 29, 35);
pub(crate) const POLICY_CONSTRAINTS: ObjectIdentifier = oid!(2, 5, 29, 36);
pub(crate) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid!(2, 5, 29, 37);
pub(crate) const INHIBIT_ANY_POLICY: ObjectIdentifier = oid!(2, 5, 29, 54);
/// id-ce-noRevAvail (RFC 9608 §3).
pub(crate) const NO_REVOCATION_AVAILABLE: ObjectIdentifier = oid!(2, 5, 29, 56);
pub(crate) const AUTHORITY_INFO_ACCESS: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 1, 1);
pub(crate) const TLS_FEATURE: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 1, 24);
/// The SignedCertificateTimestampList of a certificate, RFC 6962 §3.3.
pub(crate) const SIGNED_CERTIFICATE_TIMESTAMPS: ObjectIdentifier = oid!(1, 3, 6, 1, 4, 1, 11129, 2, 4, 2);
/// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1): the certificate of a responder that need not be checked itself.
pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 48, 1, 5);
/// The poison of a precertificate, RFC 6962 §3.1.
pub(crate) const PRECERTIFICATE_POISON: ObjectIdentifier = oid!(1, 3, 6, 1, 4, 1, 11129, 2, 4, 3);

// Policies, RFC 5280 §4.2.1.4.
pub(crate) const ANY_POLICY: ObjectIdentifier = oid!(2, 5, 29, 32, 0);
pub(crate) const QUALIFIER_CPS: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 2, 1);
pub(crate) const QUALIFIER_USER_NOTICE: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 2, 2);

// Access methods, RFC 5280 §4.2.2.1.
pub(crate) const CA_ISSUERS: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 48, 2);
pub(crate) const OCSP: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 48, 1);

// Extensions of CRLs and of their entries, RFC 5280 §5.2, §5.3.
pub(crate) const CRL_NUMBER: ObjectIdentifier = oid!(2, 5, 29, 20);
pub(crate) const REASON_CODE: ObjectIdentifier = oid!(2, 5, 29, 21);
pub(crate) const INVALIDITY_DATE: ObjectIdentifier = oid!(2, 5, 29, 24);
pub(crate) const DELTA_CRL_INDICATOR: ObjectIdentifier = oid!(2, 5, 29, 27);
pub(crate) const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = oid!(2, 5, 29, 28);
pub(crate) const CERTIFICATE_ISSUER: ObjectIdentifier = oid!(2, 5, 29, 29);

// Extensions of OCSP responses.
/// id-pkix-ocsp-nonce (RFC 9654 §2.1).
pub(crate) const OCSP_NONCE: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 48, 1, 2);
/// The SCTs of a SingleResponse, RFC 6962 §3.3.
pub(crate) const OCSP_SCT_LIST: ObjectIdentifier = oid!(1, 3, 6, 1, 4, 1, 11129, 2, 4, 5);

// Extended key usages, RFC 5280 §4.2.1.12.
pub(crate) const ANY_EXTENDED_KEY_USAGE: ObjectIdentifier = oid!(2, 5, 29, 37, 0);
pub(crate) const SERVER_AUTH: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 3, 1);
pub(crate) const CLIENT_AUTH: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 3, 2);
pub(crate) const CODE_SIGNING: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 3, 3);
pub(crate) const EMAIL_PROTECTION: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 3, 4);
pub(crate) const TIME_STAMPING: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 3, 8);
pub(crate) const OCSP_SIGNING: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 3, 9);

// Public keys: RFC 3279 §2.3, RFC 4055 §1.2, RFC 5480 §2.1, RFC 8410 §3, RFC 9881 §2.
pub(crate) const RSA_ENCRYPTION: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 1);
pub(crate) const RSASSA_PSS: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 10);
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = oid!(1, 2, 840, 10045, 2, 1);
pub(crate) const ED25519: ObjectIdentifier = oid!(1, 3, 101, 112);
pub(crate) const ED448: ObjectIdentifier = oid!(1, 3, 101, 113);
pub(crate) const MLDSA44: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 3, 17);
pub(crate) const MLDSA65: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 3, 18);
pub(crate) const MLDSA87: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 3, 19);
pub(crate) const DSA: ObjectIdentifier = oid!(1, 2, 840, 10040, 4, 1);

// Curves, RFC 5480 §2.1.1.1.
pub(crate) const P192: ObjectIdentifier = oid!(1, 2, 840, 10045, 3, 1, 1);
pub(crate) const P224: ObjectIdentifier = oid!(1, 3, 132, 0, 33);
pub(crate) const P256: ObjectIdentifier = oid!(1, 2, 840, 10045, 3, 1, 7);
pub(crate) const P384: ObjectIdentifier = oid!(1, 3, 132, 0, 34);
pub(crate) const P521: ObjectIdentifier = oid!(1, 3, 132, 0, 35);
pub(crate) const SECP256K1: ObjectIdentifier = oid!(1, 3, 132, 0, 10);

// Signatures: RFC 4055 §5, RFC 5758 §3.
pub(crate) const MD5_WITH_RSA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 4);
pub(crate) const SHA1_WITH_RSA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 5);
pub(crate) const SHA256_WITH_RSA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 11);
pub(crate) const SHA384_WITH_RSA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 12);
pub(crate) const SHA512_WITH_RSA: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 13);
pub(crate) const ECDSA_WITH_SHA1: ObjectIdentifier = oid!(1, 2, 840, 10045, 4, 1);
pub(crate) const ECDSA_WITH_SHA256: ObjectIdentifier = oid!(1, 2, 840, 10045, 4, 3, 2);
pub(crate) const ECDSA_WITH_SHA384: ObjectIdentifier = oid!(1, 2, 840, 10045, 4, 3, 3);
pub(crate) const ECDSA_WITH_SHA512: ObjectIdentifier = oid!(1, 2, 840, 10045, 4, 3, 4);
pub(crate) const MGF1: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 1, 8);

// Hash functions, RFC 4055 §2.1.
pub(crate) const SHA1: ObjectIdentifier = oid!(1, 3, 14, 3, 2, 26);
pub(crate) const SHA256: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 2, 1);
pub(crate) const SHA384: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 2, 2);
pub(crate) const SHA512: ObjectIdentifier = oid!(2, 16, 840, 1, 101, 3, 4, 2, 3);

// Attributes of names that are looked at by meaning.
pub(crate) const COMMON_NAME: ObjectIdentifier = oid!(2, 5, 4, 3);
pub(crate) const ORGANIZATION: ObjectIdentifier = oid!(2, 5, 4, 10);
pub(crate) const EMAIL_ADDRESS: ObjectIdentifier = oid!(1, 2, 840, 113549, 1, 9, 1);

/// Attribute types of distinguished names and their short names (RFC 4514 §3 and common practice).
pub(crate) const ATTRIBUTES: &[(ObjectIdentifier, &str)] = &[
    (COMMON_NAME, "CN"),
    (oid!(2, 5, 4, 4), "SN"),
    (oid!(2, 5, 4, 5), "serialNumber"),
    (oid!(2, 5, 4, 6), "C"),
    (oid!(2, 5, 4, 7), "L"),
    (oid!(2, 5, 4, 8), "ST"),
    (oid!(2, 5, 4, 9), "STREET"),
    (ORGANIZATION, "O"),
    (oid!(2, 5, 4, 11), "OU"),
    (oid!(2, 5, 4, 12), "title"),
    (oid!(2, 5, 4, 15), "businessCategory"),
    (oid!(2, 5, 4, 17), "postalCode"),
    (oid!(2, 5, 4, 42), "GN"),
    (oid!(2, 5, 4, 46), "dnQualifier"),
    (oid!(2, 5, 4, 97), "organizationIdentifier"),
    (oid!(0, 9, 2342, 19200300, 100, 1, 1), "UID"),
    (oid!(0, 9, 2342, 19200300, 100, 1, 25), "DC"),
    (EMAIL_ADDRESS, "emailAddress"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 1), "jurisdictionL"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 2), "jurisdictionST"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 60, 2, 1, 3), "jurisdictionC"),
];

/// Names of extensions and extended key usages, for messages.
const NAMED: &[(ObjectIdentifier, &str)] = &[
    // Keys and signatures that are not supported, and still have names: RFC 3279, RFC 5639 §4.1, RFC 5758 §3.
    (oid!(1, 2, 840, 10040, 4, 3), "dsa-with-SHA1"),
    (oid!(2, 16, 840, 1, 101, 3, 4, 3, 1), "dsa-with-SHA224"),
    (oid!(2, 16, 840, 1, 101, 3, 4, 3, 2), "dsa-with-SHA256"),
    (oid!(1, 2, 840, 113549, 1, 1, 2), "md2WithRSAEncryption"),
    (oid!(1, 2, 840, 113549, 1, 1, 14), "sha224WithRSAEncryption"),
    (oid!(1, 2, 840, 10045, 4, 3, 1), "ecdsa-with-SHA224"),
    (oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 7), "brainpoolP256r1"),
    (oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 11), "brainpoolP384r1"),
    (oid!(1, 3, 36, 3, 3, 2, 8, 1, 1, 13), "brainpoolP512r1"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 20, 2, 3), "userPrincipalName"),
    (oid!(1, 3, 101, 110), "X25519"),
    (oid!(1, 3, 101, 111), "X448"),
    (SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier"),
    (KEY_USAGE, "keyUsage"),
    (SUBJECT_ALT_NAME, "subjectAltName"),
    (ISSUER_ALT_NAME, "issuerAltName"),
    (BASIC_CONSTRAINTS, "basicConstraints"),
    (NAME_CONSTRAINTS, "nameConstraints"),
    (CRL_DISTRIBUTION_POINTS, "cRLDistributionPoints"),
    (CERTIFICATE_POLICIES, "certificatePolicies"),
    (POLICY_MAPPINGS, "policyMappings"),
    (AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier"),
    (POLICY_CONSTRAINTS, "policyConstraints"),
    (EXTENDED_KEY_USAGE, "extKeyUsage"),
    (INHIBIT_ANY_POLICY, "inhibitAnyPolicy"),
    (AUTHORITY_INFO_ACCESS, "authorityInfoAccess"),
    (TLS_FEATURE, "TLS feature"),
    (OCSP_NO_CHECK, "OCSP no check"),
    (NO_REVOCATION_AVAILABLE, "noRevAvail"),
    (CRL_NUMBER, "cRLNumber"),
    (REASON_CODE, "reasonCode"),
    (INVALIDITY_DATE, "invalidityDate"),
    (DELTA_CRL_INDICATOR, "deltaCRLIndicator"),
    (ISSUING_DISTRIBUTION_POINT, "issuingDistributionPoint"),
    (CERTIFICATE_ISSUER, "certificateIssuer"),
    (OCSP_NONCE, "OCSP nonce"),
    (OCSP_SCT_LIST, "SCT list of OCSP"),
    (PRECERTIFICATE_POISON, "precertificate poison"),
    (ANY_EXTENDED_KEY_USAGE, "anyExtendedKeyUsage"),
    (SERVER_AUTH, "serverAuth"),
    (CLIENT_AUTH, "clientAuth"),
    (CODE_SIGNING, "codeSigning"),
    (EMAIL_PROTECTION, "emailProtection"),
    (TIME_STAMPING, "timeStamping"),
    (OCSP_SIGNING, "OCSPSigning"),
];

/// A name for people, or the dotted numbers.
pub(crate) fn name(oid: &ObjectIdentifier) -> String {
    NAMED.iter().find(|(known, _)| known == oid).map_or_else(|| oid.to_string(), |(_, name)| (*name).to_owned())
}
