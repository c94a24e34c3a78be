//! zlib (RFC 1950), by `miniz_oxide`.

use miniz_oxide::{
    deflate,
    inflate::{
        TINFLStatus,
        core::{DecompressorOxide, decompress, inflate_flags},
    },
};

use super::{CertificateCompression, if_shorter};
use crate::registry::CertificateCompressionAlgorithm;

/// The best of its levels.
const LEVEL: u8 = 10;

/// `zlib`.
#[derive(Clone, Copy, Debug)]
pub struct Zlib;

impl CertificateCompression for Zlib {
    fn algorithm(&self) -> CertificateCompressionAlgorithm {
        CertificateCompressionAlgorithm::ZLIB
    }

    fn compress(&self, message: &[u8]) -> Option<Vec<u8>> {
        if_shorter(deflate::compress_to_vec_zlib(message, LEVEL), message)
    }

    fn decompress(&self, compressed: &[u8], out: &mut [u8]) -> bool {
        // The output is the window as well, so that nothing grows; without HAS_MORE_INPUT the stream has to end here.
        let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
            | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
            | inflate_flags::TINFL_FLAG_COMPUTE_ADLER32;
        let mut state = Box::<DecompressorOxide>::default();
        let done = decompress(&mut state, compressed, out, 0, flags);
        done == (TINFLStatus::Done, compressed.len(), out.len())
    }
}
