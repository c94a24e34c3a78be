//! What is wrong with the keys of a path against those that were pinned.

use crate::report::Row;

pub(super) const PIN_MISMATCH: Row = Row {
    code: "certificate.pin_mismatch",
    section: "RFC 7469 §2.6",
    why: "Whoever pins a key trusts no other, whichever CA vouches for it: somebody else may have had a certificate issued.",
    fix: "If the CA or the key was changed on purpose, pin the new one (`tlsmith cert pin FILE` says it); if not, do not go on.",
};

pub(super) const PIN_ON_LEAF: Row = Row {
    code: "certificate.pin_on_leaf",
    section: "RFC 7469 §4.1, §4.3",
    why: "Keys of hosts are replaced, some at every renewal; on that day a pin on one locks everybody out.",
    fix: "Pin the key of the CA that issues, and a second one that is kept aside (`tlsmith cert pin FILE` lists them).",
};
