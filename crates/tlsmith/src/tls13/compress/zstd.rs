//! zstd (RFC 8878), by `ruzstd`.

use std::io::Read;

use ruzstd::{
    decoding::StreamingDecoder,
    encoding::{CompressionLevel, compress_to_vec},
};

use super::{CertificateCompression, if_shorter};
use crate::registry::CertificateCompressionAlgorithm;

/// The window that a decoder has to have (RFC 8878 §3.1.1.1.2 recommends this for interoperability); no peer may make us
/// hold more.
const MAX_WINDOW: u64 = 8 << 20;

/// `zstd`.
#[derive(Clone, Copy, Debug)]
pub struct Zstd;

impl CertificateCompression for Zstd {
    fn algorithm(&self) -> CertificateCompressionAlgorithm {
        CertificateCompressionAlgorithm::ZSTD
    }

    fn compress(&self, message: &[u8]) -> Option<Vec<u8>> {
        if_shorter(compress_to_vec(message, CompressionLevel::Fastest), message)
    }

    fn decompress(&self, compressed: &[u8], out: &mut [u8]) -> bool {
        let Ok(mut frame) = StreamingDecoder::new_with_max_window_size(compressed, MAX_WINDOW) else { return false };
        // One frame, of this length; its checksum, where it has one, is over what was read.
        let exact = frame.read_exact(out).is_ok() && matches!(frame.read(&mut [0]), Ok(0));
        let (rest, decoder) = frame.into_parts();
        let intact = decoder.get_checksum_from_data().is_none_or(|sum| Some(sum) == decoder.get_calculated_checksum());
        exact && rest.is_empty() && intact
    }
}
