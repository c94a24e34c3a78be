//! Pins (RFC 7469 §2.6): one of the keys that were pinned stands in the path.

use crate::path::Node;
use crate::pin::Pin;
use crate::report::{Code, Finding, LISTED};
use tlsmith_crypto::Provider;

/// A path without a pinned key is not the one that is expected, but another path may be. No pins: any will do.
pub(crate) fn check(provider: &dyn Provider, path: &[Node<'_>], pins: &[Pin]) -> Option<Finding> {
    if pins.is_empty() {
        return None;
    }
    let found: Vec<Pin> = path.iter().map(|node| Pin::of(node.certificate, provider)).collect();
    let (leaf, above) = found.split_first()?;
    if above.iter().any(|pin| pins.contains(pin)) {
        return None;
    }
    if pins.contains(leaf) {
        let message = format!("the key of the leaf alone is pinned ({leaf}): it is trusted until the next key");
        return Some(Finding::new(Code::PinOnLeaf, Some(0), message));
    }
    let keys: Vec<String> = path
        .iter()
        .zip(&found)
        .take(LISTED)
        .map(|(node, pin)| format!("{pin} ({})", node.certificate.label()))
        .collect();
    let wanted = match pins {
        [one] => format!("the key {one} is expected"),
        many => format!("one of {} pinned keys is expected", many.len()),
    };
    let message = format!("{wanted}, but the path has {}", keys.join(", "));
    Some(Finding::new(Code::PinMismatch, None, message))
}
