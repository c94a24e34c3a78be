//! brotli (RFC 7932), by `brotli`.

use brotli::{
    BrotliCompress, BrotliDecompressStream, BrotliResult, BrotliState,
    enc::{BrotliEncoderParams, StandardAlloc},
};

use super::{CertificateCompression, if_shorter};
use crate::registry::CertificateCompressionAlgorithm;

/// The largest window that a certificate message can use: 2^17 bytes.
const WINDOW_BITS: i32 = 17;

/// `brotli`.
#[derive(Clone, Copy, Debug)]
pub struct Brotli;

impl CertificateCompression for Brotli {
    fn algorithm(&self) -> CertificateCompressionAlgorithm {
        CertificateCompressionAlgorithm::BROTLI
    }

    fn compress(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let params = BrotliEncoderParams { lgwin: WINDOW_BITS, size_hint: message.len(), ..Default::default() };
        BrotliCompress(&mut &*message, &mut out, &params).ok()?;
        if_shorter(out, message)
    }

    fn decompress(&self, compressed: &[u8], out: &mut [u8]) -> bool {
        // "Strict": without the large windows that RFC 7932 does not have. The ring buffer grows with what was unpacked,
        // whatever window the stream announces.
        let alloc = StandardAlloc::default();
        let mut state = BrotliState::new_strict(alloc, alloc, alloc);
        let (mut left, mut read, mut room, mut written, mut total) = (compressed.len(), 0, out.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut read,
            compressed,
            &mut room,
            &mut written,
            out,
            &mut total,
            &mut state,
        );
        matches!(result, BrotliResult::ResultSuccess) && left == 0 && room == 0
    }
}
