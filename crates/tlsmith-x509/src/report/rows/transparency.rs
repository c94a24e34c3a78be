//! What is wrong with the timestamps of CT logs.

use crate::report::Row;

pub(super) const TOO_FEW_SCTS: Row = Row {
    code: "certificate.ct_too_few",
    section: "RFC 6962 §5.2",
    why: "A certificate that no log knows can be issued behind the back of the name's owner; browsers refuse such ones.",
    fix: "Have the certificate issued again by a CA that logs it, as public CAs do; do not ask for timestamps where a private CA issues.",
};

pub(super) const INVALID_SCT: Row = Row {
    code: "certificate.ct_invalid_sct",
    section: "RFC 6962 §3.2, §5.2",
    why: "A timestamp that its log did not make for this certificate proves nothing, and somebody put it there.",
    fix: "Serve the timestamps that belong to the certificate: reload the server's SCT files after each renewal, or have it issued again.",
};

pub(super) const UNKNOWN_LOG: Row = Row {
    code: "certificate.ct_unknown_log",
    section: "RFC 6962 §5.2",
    why: "Only logs that are watched are worth something; this one is not, or not any more.",
    fix: "Nothing, as long as enough others count; else get the current list of logs.",
};
