//! What one certificate may fail by.

use crate::report::Row;

pub(super) const MALFORMED: Row = Row {
    code: "certificate.malformed",
    section: "RFC 5280 §4.1, §4.2",
    why: "What is not a well-formed certificate can be read in two ways, and one of them is the attacker's.",
    fix: "Have the certificate issued again by software that follows RFC 5280.",
};

pub(super) const EXPIRED: Row = Row {
    code: "certificate.expired",
    section: "RFC 5280 §6.1.3 (a)(2)",
    why: "After its last day nobody answers for the key: revocations are no longer published.",
    fix: "Renew the certificate, install the new one, reload the server.",
};

pub(super) const NOT_YET_VALID: Row = Row {
    code: "certificate.not_yet_valid",
    section: "RFC 5280 §6.1.3 (a)(2)",
    why: "The issuer does not answer for the key before the first day.",
    fix: "Check the clock of this machine and of the one that issued the certificate; else wait, or issue it again.",
};

pub(super) const NAME_MISMATCH: Row = Row {
    code: "certificate.name_mismatch",
    section: "RFC 9525 §6",
    why: "The certificate proves who somebody is, but not the one who was asked for.",
    fix: "Connect by a name that the certificate holds, or have one issued that holds this name.",
};

pub(super) const NO_SUBJECT_ALT_NAME: Row = Row {
    code: "certificate.no_san",
    section: "RFC 9525 §2, §6.3",
    why: "Names are looked for in subjectAltName alone; the common name is text for people.",
    fix: "Have the certificate issued again with the host name as a DNS entry of subjectAltName.",
};

pub(super) const KEY_USAGE: Row = Row {
    code: "certificate.key_usage",
    section: "RFC 5280 §4.2.1.3, §6.1.4 (n)",
    why: "The issuer allowed the key for other uses than this one.",
    fix: "Have the certificate issued with the key usage it needs: digitalSignature for a host, keyCertSign for a CA.",
};

pub(super) const EXTENDED_KEY_USAGE: Row = Row {
    code: "certificate.extended_key_usage",
    section: "RFC 5280 §4.2.1.12",
    why: "The issuer allowed the certificate for other purposes than this one.",
    fix: "Have the certificate issued for this purpose: serverAuth for servers, clientAuth for clients.",
};

pub(super) const EXPIRES_SOON: Row = Row {
    code: "certificate.expires_soon",
    section: "RFC 5280 §4.1.2.5",
    why: "Renewal that works happens earlier; this one may have stopped.",
    fix: "Check that automatic renewal runs, and that the server is reloaded after it.",
};
