//! Limits that a CA sets to what is below it: depth, names.

use super::{Meaning, noted, text};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "path_limits",
        title: "The chain breaks a limit that a CA in it set",
        means: "A CA in the chain allows fewer CAs below itself than there are, or the path is longer than a program goes.",
        causes: &[
            "pathlen:0 in the issuer's certificate, and another CA below it.",
            "The chain is longer than the program goes.",
        ],
        commands: &["tlsmith cert verify HOST", "tlsmith cert show HOST -v"],
        codes: &[
            "certificate.path_length",
            "certificate.path_too_long",
            "certificate.budget_exhausted",
            "certificate.policy",
            "doctor.path_length",
        ],
        texts: &[
            noted("OpenSSL", "path length constraint exceeded", "Verify error 25."),
            noted("OpenSSL", "certificate chain too long", "Verify error 22."),
            text("Firefox", "SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID"),
            text("Go", "x509: too many intermediates for path length constraint"),
            text("nginx", "certificate chain too long"),
        ],
    },
    Meaning {
        id: "name_constraints",
        title: "The CA may not issue for this name",
        means: "Name constraints (RFC 5280 §4.2.1.10): a CA in the chain may issue for certain domains only, and a name of the certificate is outside.",
        causes: &[
            "A company's or cluster's CA that is bound to its own domain, and a certificate for another.",
            "The constraint is written with a leading dot, or for another kind of name (IP), and covers less than was meant.",
            "The certificate has one name too many: each of them has to be allowed.",
        ],
        commands: &["tlsmith cert show HOST -v", "tlsmith cert show ca.pem -v", "tlsmith cert verify HOST"],
        codes: &["certificate.name_constraints", "doctor.name_constraints"],
        texts: &[
            noted("OpenSSL", "permitted subtree violation", "Verify error 47."),
            noted("OpenSSL", "excluded subtree violation", "Verify error 48."),
            text("Chrome", "ERR_CERT_NAME_CONSTRAINT_VIOLATION"),
            text("Firefox", "SEC_ERROR_CERT_NOT_IN_NAME_SPACE"),
            text("Go", "is not permitted by any constraint"),
        ],
    },
];
