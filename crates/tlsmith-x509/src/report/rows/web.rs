//! What the rules of a profile find.

use crate::report::Row;

pub(super) const VERSION: Row = Row {
    code: "certificate.version",
    section: "RFC 5280 §4.1.2.1; CA/B Forum BR §7.1.1",
    why: "Only version 3 has extensions: a certificate of another version can say neither what it is for nor whose it is.",
    fix: "Have the certificate issued again, as X.509 version 3.",
};

pub(super) const SERIAL_NUMBER: Row = Row {
    code: "certificate.serial_number",
    section: "RFC 5280 §4.1.2.2; CA/B Forum BR §7.1",
    why: "Revocation goes by serial numbers; one that software reads in different ways cannot be revoked for certain.",
    fix: "Have the certificate issued again with a positive serial number of at most 20 octets (openssl: -rand_serial).",
};

pub(super) const VALIDITY_TOO_LONG: Row = Row {
    code: "certificate.validity_too_long",
    section: "RFC 5280 §4.1.2.5; CA/B Forum BR §6.3.2 (ballot SC-081v3)",
    why: "The longer a certificate lives, the longer a stolen key or a name that changed hands goes on working.",
    fix: "Have a certificate issued for a shorter time, and renew it automatically (ACME).",
};

pub(super) const WILDCARD: Row = Row {
    code: "certificate.wildcard",
    section: "RFC 9525 §7.1; CA/B Forum BR §3.2.2.6",
    why: "Names below a public suffix belong to different people: a certificate for all of them is for none.",
    fix: "Have the certificate issued for names below your own domain.",
};

pub(super) const EXTENSION_MISSING: Row = Row {
    code: "certificate.extension_missing",
    section: "RFC 5280 §4.2; CA/B Forum BR §7.1.2",
    why: "What a certificate does not say, software guesses, and each in its own way.",
    fix: "Have the certificate issued again with the extension.",
};

pub(super) const EXTENSION_FORBIDDEN: Row = Row {
    code: "certificate.extension_forbidden",
    section: "RFC 5280 §4.2; CA/B Forum BR §7.1.2",
    why: "An extension in a place that is not its own binds nobody, though somebody relies on it.",
    fix: "Have the certificate issued again without the extension.",
};

pub(super) const EXTENSION_CRITICALITY: Row = Row {
    code: "certificate.extension_criticality",
    section: "RFC 5280 §4.2; CA/B Forum BR §7.1.2",
    why: "Critical decides whether old software obeys or passes over an extension; the wrong mark lets it do either.",
    fix: "Have the certificate issued again with the extension marked as its section says.",
};

pub(super) const KEY_IDENTIFIER: Row = Row {
    code: "certificate.key_identifier",
    section: "RFC 5280 §4.2.1.1; CA/B Forum BR §7.1.2.11.1",
    why: "Path builders go by it: one that points elsewhere, or at one certificate of the issuer's many, leads them astray.",
    fix: "Have the certificate issued again with the issuer's subjectKeyIdentifier as keyIdentifier and nothing else \
          (openssl: authorityKeyIdentifier=keyid:always).",
};

pub(super) const COMMON_NAME: Row = Row {
    code: "certificate.common_name",
    section: "RFC 9525 §2; CA/B Forum BR §7.1.4.3",
    why: "Old software still looks at the common name; where it says something else, the two sides see different hosts.",
    fix: "Have the certificate issued without a common name, or with one copied from subjectAltName.",
};

pub(super) const LEAF_IS_CA: Row = Row {
    code: "certificate.leaf_is_ca",
    section: "RFC 5280 §4.2.1.9; CA/B Forum BR §7.1.2.7.8",
    why: "Whoever takes the server takes a CA with it, and issues certificates for every name.",
    fix: "Issue a certificate for the server from the CA (CA:FALSE, keyUsage digitalSignature), and keep the CA's key elsewhere.",
};

pub(super) const BAD_NAME: Row = Row {
    code: "certificate.bad_name",
    section: "RFC 5280 §4.2.1.6; CA/B Forum BR §7.1.2.7.12",
    why: "A name that is not in its form is matched by some software and passed over by other.",
    fix: "Have the certificate issued again with DNS names (A-labels for other letters) and IP addresses, each as its own kind.",
};

pub(super) const KEY_NOT_ALLOWED: Row = Row {
    code: "certificate.key_not_allowed",
    section: "RFC 5280 §4.1.2.7; CA/B Forum BR §6.1.5, §7.1.3.1",
    why: "Clients of the web take RSA and the NIST curves; another key shuts some of them out.",
    fix: "Make a new key (ECDSA P-256, or RSA of 2048, 3072 or 4096 bits) and have a certificate issued for it.",
};
