//! Certificate compression (RFC 8879): which algorithms, and Certificate messages packed and unpacked.

mod brotli;
mod zlib;
mod zstd;

use std::{fmt::Debug, sync::Arc};

pub use self::{brotli::Brotli, zlib::Zlib, zstd::Zstd};
use crate::{
    error::{Error, Rule},
    msg::{CertificateMessage, CompressedCertificate, MAX_CERTIFICATE_MESSAGE},
    registry::CertificateCompressionAlgorithm,
    wire::Writer,
};

/// Compresses and decompresses Certificate messages: the seam.
pub trait CertificateCompression: Send + Sync + Debug {
    /// Its code point.
    fn algorithm(&self) -> CertificateCompressionAlgorithm;

    /// Compresses a message; `None` where that gains nothing, then it goes as it is. The result is kept as long as the
    /// certificate and what is stapled to it stay, so it may take its time.
    fn compress(&self, message: &[u8]) -> Option<Vec<u8>>;

    /// Decompresses to exactly the length of `out`, from exactly these bytes; anything else is `false`. They come from a
    /// peer that may be hostile: work and memory must be bounded by the two lengths.
    fn decompress(&self, compressed: &[u8], out: &mut [u8]) -> bool;
}

/// The algorithms of one side, most wanted first: it accepts all of them, and sends by the first that the peer accepts.
#[derive(Clone, Debug)]
pub(crate) struct Compressions(pub(crate) Vec<Arc<dyn CertificateCompression>>);

impl Default for Compressions {
    /// All three of RFC 8879, by how well they compress certificates.
    fn default() -> Self {
        Self(vec![Arc::new(Brotli), Arc::new(Zlib), Arc::new(Zstd)])
    }
}

impl Compressions {
    /// The code points, for `compress_certificate`.
    pub(crate) fn algorithms(&self) -> Vec<CertificateCompressionAlgorithm> {
        self.0.iter().map(|compression| compression.algorithm()).collect()
    }

    /// What to send with to a peer that accepts these.
    pub(crate) fn choose(&self, accepted: &[CertificateCompressionAlgorithm]) -> Option<&dyn CertificateCompression> {
        self.0.iter().find(|compression| accepted.contains(&compression.algorithm())).map(AsRef::as_ref)
    }

    /// Decompresses the body of a Certificate message.
    pub(crate) fn unpack(&self, message: &CompressedCertificate<'_>) -> Result<Vec<u8>, Error> {
        let CompressedCertificate { algorithm, uncompressed_length, data } = *message;
        if self.0.is_empty() {
            return Err(Error::new(Rule::UnexpectedMessage, "CompressedCertificate where compression is turned off"));
        }
        // "The algorithm ... MUST be one of the algorithms provided in the peer's compress_certificate extension" (§4).
        let compression = self.0.iter().find(|compression| compression.algorithm() == algorithm).ok_or_else(|| {
            Error::new(
                Rule::IllegalParameter,
                format!("a certificate compressed by {algorithm}, which was not offered"),
            )
        })?;
        let length = usize::try_from(uncompressed_length).unwrap_or(usize::MAX);
        // §4: bounded as if it had come uncompressed, and before anything is unpacked.
        if length > MAX_CERTIFICATE_MESSAGE {
            let detail = format!("{length} bytes announced; at most {MAX_CERTIFICATE_MESSAGE} are accepted");
            return Err(Error::new(Rule::BadCertificateCompression, detail));
        }
        let mut body = vec![0; length];
        match compression.decompress(data, &mut body) {
            true => Ok(body),
            false => {
                let detail = format!("{} bytes of {algorithm} are not the {length} bytes announced", data.len());
                Err(Error::new(Rule::BadCertificateCompression, detail))
            }
        }
    }
}

/// A compressed Certificate message, ready to be sent.
#[derive(Debug)]
pub(crate) struct Packed {
    algorithm: CertificateCompressionAlgorithm,
    uncompressed_length: u32,
    data: Vec<u8>,
}

impl Packed {
    /// Compresses a message; `None` if it is better sent as it is.
    pub(crate) fn new(compression: &dyn CertificateCompression, message: &CertificateMessage<'_>) -> Option<Self> {
        let mut body = Vec::new();
        let mut w = Writer::new(&mut body);
        message.encode_body(&mut w);
        w.finish().ok()?;
        let uncompressed_length = u32::try_from(body.len()).ok()?;
        let data = compression.compress(&body)?;
        Some(Self { algorithm: compression.algorithm(), uncompressed_length, data })
    }

    pub(crate) fn algorithm(&self) -> CertificateCompressionAlgorithm {
        self.algorithm
    }

    pub(crate) fn message(&self) -> CompressedCertificate<'_> {
        let Self { algorithm, uncompressed_length, data } = self;
        CompressedCertificate { algorithm: *algorithm, uncompressed_length: *uncompressed_length, data }
    }
}

/// What did not get shorter is not worth the peer's work.
fn if_shorter(compressed: Vec<u8>, message: &[u8]) -> Option<Vec<u8>> {
    Some(compressed).filter(|compressed| compressed.len() < message.len())
}

#[cfg(test)]
mod tests;
