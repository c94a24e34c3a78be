//! `compress_certificate` (RFC 8879 §3).

use crate::{
    registry::CertificateCompressionAlgorithm,
    wire::{Malformed, Problem, Reader, Writer},
};

const LIST: &str = "compress_certificate.algorithms";

/// The algorithms that the sender can decompress. One that stands in the list twice is a mistake.
pub(super) fn decode(r: &mut Reader<'_>) -> Result<Vec<CertificateCompressionAlgorithm>, Malformed> {
    let list = r.u8_prefixed(2..=254, LIST)?;
    let algorithms = Reader::new(list).code_points(CertificateCompressionAlgorithm, LIST)?;
    if super::has_duplicates(algorithms.iter().map(|algorithm| algorithm.0)) {
        return Err(Malformed::new(LIST, Problem::Repeated));
    }
    Ok(algorithms)
}

pub(super) fn encode(algorithms: &[CertificateCompressionAlgorithm], w: &mut Writer<'_>) {
    w.u8_prefixed(LIST, |w| algorithms.iter().for_each(|algorithm| w.u16(algorithm.0)));
}
