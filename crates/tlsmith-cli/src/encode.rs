//! Bytes as text.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Base64 with padding (RFC 4648 §4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
