//! What a path may fail by, from the leaf to an anchor.

use crate::report::Row;

pub(super) const SELF_SIGNED: Row = Row {
    code: "certificate.self_signed",
    section: "RFC 5280 §6.1",
    why: "Nobody but its owner says whose key it is; anyone in between can say the same.",
    fix: "Use a certificate of a CA that is trusted; for a test, trust this very certificate with --ca FILE.",
};

pub(super) const UNKNOWN_ISSUER: Row = Row {
    code: "certificate.unknown_issuer",
    section: "RFC 5280 §6.1.1 (d)",
    why: "A chain is worth as much as its end, and this end is nobody who is trusted.",
    fix: "If it is a private CA of yours, give its root certificate with --ca FILE.",
};

pub(super) const WRONG_INTERMEDIATE: Row = Row {
    code: "certificate.wrong_intermediate",
    section: "RFC 5280 §6.1.3 (a)(4)",
    why: "CAs issue from several intermediates and replace them: the one of the last certificate need not be that of this one.",
    fix: "Put the intermediate that came with the certificate in place of the one in the certificate file.",
};

pub(super) const MISSING_INTERMEDIATE: Row = Row {
    code: "certificate.missing_intermediate",
    section: "RFC 8446 §4.4.2",
    why: "Who verifies knows roots, not intermediates; those have to be sent along. Browsers that have seen one before hide the mistake.",
    fix: "Serve the full chain: put the intermediate after the leaf in the certificate file (nginx: ssl_certificate fullchain.pem).",
};

pub(super) const BAD_SIGNATURE: Row = Row {
    code: "certificate.bad_signature",
    section: "RFC 5280 §6.1.3 (a)(1)",
    why: "The certificate was changed after it was signed, or somebody else signed it.",
    fix: "Install the certificate as the CA delivered it, with the intermediate that belongs to it.",
};

pub(super) const UNSUPPORTED_SIGNATURE_ALGORITHM: Row = Row {
    code: "certificate.unsupported_signature_algorithm",
    section: "RFC 8446 §4.4.2.2",
    why: "SHA-1 and MD5 no longer tell one certificate from another; an algorithm that is not known proves nothing.",
    fix: "Have the certificate issued again, signed with SHA-256 or better by an RSA, ECDSA or Ed25519 key.",
};

pub(super) const UNSUPPORTED_KEY: Row = Row {
    code: "certificate.unsupported_key",
    section: "RFC 8446 §4.4.2.2",
    why: "A key that is too short can be computed from the certificate; one of an unknown type cannot be used.",
    fix: "Make a new key (ECDSA P-256, or RSA of 2048 to 8192 bits) and have a certificate issued for it.",
};

pub(super) const NOT_A_CA: Row = Row {
    code: "certificate.not_a_ca",
    section: "RFC 5280 §6.1.4 (k)",
    why: "Without this rule the owner of any certificate could issue one for any name.",
    fix: "Issue from a CA certificate: version 3, basicConstraints with CA:TRUE.",
};

pub(super) const PATH_LENGTH: Row = Row {
    code: "certificate.path_length",
    section: "RFC 5280 §6.1.4 (l), (m)",
    why: "The CA above allowed fewer CAs below itself than there are.",
    fix: "Issue from a CA nearer to the root, or have the CA's certificate issued with a larger pathlen.",
};

pub(super) const NAME_CONSTRAINTS: Row = Row {
    code: "certificate.name_constraints",
    section: "RFC 5280 §4.2.1.10, §6.1.3 (b), (c)",
    why: "A CA that may issue for one organisation's names only has issued for another's.",
    fix: "Have the certificate issued by a CA that may issue for this name.",
};

pub(super) const PATH_TOO_LONG: Row = Row {
    code: "certificate.path_too_long",
    section: "RFC 5280 §6.1",
    why: "Every certificate of a path costs a signature; chains in use have two to four.",
    fix: "Serve the leaf and the intermediates up to a root that clients trust, and nothing else.",
};

pub(super) const BUDGET_EXHAUSTED: Row = Row {
    code: "certificate.budget_exhausted",
    section: "RFC 4158 §2.4, RFC 5280 §8",
    why: "A chain can be made so that finding a path through it takes for ever; the search stops at a limit.",
    fix: "Serve the leaf and the intermediates up to a root that clients trust, and nothing else.",
};

pub(super) const UNKNOWN_CRITICAL_EXTENSION: Row = Row {
    code: "certificate.unknown_critical_extension",
    section: "RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f)",
    why: "Critical means: who does not understand this must not use the certificate.",
    fix: "Have the certificate issued without the extension, or with the extension not critical.",
};

pub(super) const POLICY: Row = Row {
    code: "certificate.policy",
    section: "RFC 5280 §6.1.3 (f), §6.1.5 (g); RFC 9618",
    why: "A policy says by which rules certificates are issued; who demands one does not take what was issued by other rules.",
    fix: "Have the certificate issued by a CA under a policy that is demanded (certificatePolicies in every certificate below \
          the root).",
};
