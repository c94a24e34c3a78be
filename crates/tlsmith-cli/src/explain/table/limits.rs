//! Limits that a CA sets to what is below it: depth, names.

use super::{Meaning, noted, text};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "path_limits",
        title: "The chain breaks a limit that a CA in it set",
        means: "A CA in the chain allows fewer CAs below itself than there are, or the path is longer than a program goes.",
        causes: &["pathlen:0 in the issuer's certificate, and another CA below it."],
        commands: &["tlsmith cert verify HOST", "tlsmith cert show HOST -v"],
        codes: &["certificate.path_length", "doctor.path_length"],
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
    Meaning {
        id: "path_search",
        title: "No path was found within the bounds of the search",
        means: "A path is looked for among what was sent and what is trusted; how long it may be, and how much work is done, is bounded.",
        causes: &[
            "The server sends many certificates that have nothing to do with one another, or that sign each other in a circle.",
            "More intermediates than any public CA has.",
        ],
        commands: &["tlsmith cert show HOST", "tlsmith cert chain fullchain.pem --out clean.pem"],
        codes: &["certificate.path_too_long", "certificate.budget_exhausted"],
        texts: &[],
    },
    Meaning {
        id: "policy",
        title: "No certificate policy holds along the whole path",
        means: "A CA in the chain demands a policy (RFC 5280 §4.2.1.11), and not every certificate below it names it.",
        causes: &[
            "An intermediate lacks the certificatePolicies of the ones above it.",
            "A cross-signed chain between two companies or agencies, whose policies are mapped to nothing.",
        ],
        commands: &["tlsmith cert show HOST -v", "tlsmith cert verify HOST"],
        codes: &["certificate.policy"],
        texts: &[],
    },
];
