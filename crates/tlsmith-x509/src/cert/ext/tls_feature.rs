//! TLS feature (RFC 7633): extensions of the handshake that the server promises to carry. Of these the one for OCSP staples
//! counts, known as must-staple.

use super::non_empty;
use crate::ParseError;

/// The numbers of TLS extensions, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsFeature(Vec<u64>);

/// status_request (RFC 6066 §8).
const STATUS_REQUEST: u64 = 5;
/// status_request_v2 (RFC 6961), which nobody sends any more (RFC 8446 §4.4.2.1): whoever asks for it asks for a staple.
const STATUS_REQUEST_V2: u64 = 17;

impl TlsFeature {
    pub(super) fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let field = "TLS feature";
        let features =
            non_empty(value, field, |tlv| tlv.parse::<u64>().map_err(|error| ParseError::der(field, &error)));
        features.map(Self)
    }

    /// A staple is promised.
    pub(crate) fn must_staple(&self) -> bool {
        self.0.iter().any(|feature| matches!(*feature, STATUS_REQUEST | STATUS_REQUEST_V2))
    }

    /// Only staples are promised, so that nothing of a critical extension is left undone.
    pub(super) fn is_understood(&self) -> bool {
        self.0.iter().all(|feature| matches!(*feature, STATUS_REQUEST | STATUS_REQUEST_V2))
    }
}
