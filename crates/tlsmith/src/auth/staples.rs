//! What is shown along with an identity's certificate: its status and its timestamps (RFC 6066 §8, RFC 6962 §3.3).

use std::sync::{Arc, Mutex, PoisonError};

use crate::{config::ConfigError, ext, registry::CertificateCompressionAlgorithm, tls13::compress::Packed};

/// What an identity staples to its leaf for peers that ask. Both are bytes that others signed; they are not judged here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staples {
    ocsp_response: Option<Vec<u8>>,
    sct_list: Option<Vec<u8>>,
}

/// The extensions of a certificate hold 2^16 - 1 bytes in all: half of that for each, headers left out. Real ones have
/// some hundred bytes to a few thousand.
const MAX_STAPLE: usize = (1 << 15) - 8;
/// How text in place of DER begins: the mistake that is commonly made.
const PEM: &[u8] = b"-----BEGIN";

impl Staples {
    /// The DER of an `OCSPResponse` about the leaf, and a `SignedCertificateTimestampList` with its length, as far as
    /// there are any. What could not be sent is refused.
    pub fn new(ocsp_response: Option<Vec<u8>>, sct_list: Option<Vec<u8>>) -> Result<Self, ConfigError> {
        if let Some(response) = &ocsp_response
            && (response.is_empty() || response.starts_with(PEM) || response.len() > MAX_STAPLE)
        {
            return Err(ConfigError {
                code: "config.ocsp_response",
                message: format!("{} bytes that are no OCSP response to staple", response.len()),
                fix: "give the DER of an OCSP response of at most 32 KiB (openssl ocsp -respout)",
            });
        }
        if let Some(list) = &sct_list
            && (!ext::is_sct_list(list) || list.len() > MAX_STAPLE)
        {
            return Err(ConfigError {
                code: "config.sct_list",
                message: format!("{} bytes that are no list of signed certificate timestamps", list.len()),
                fix: "give a SignedCertificateTimestampList of RFC 6962 §3.3, its two bytes of length included",
            });
        }
        Ok(Self { ocsp_response, sct_list })
    }

    /// The DER of the OCSP response.
    pub fn ocsp_response(&self) -> Option<&[u8]> {
        self.ocsp_response.as_deref()
    }

    /// The `SignedCertificateTimestampList`, its length included.
    pub fn sct_list(&self) -> Option<&[u8]> {
        self.sct_list.as_deref()
    }
}

/// What an identity shows now: the staples, and the Certificate messages that were compressed with them. New staples make
/// a new one, so that nothing stale is sent.
#[derive(Debug, Default)]
pub(crate) struct Showing {
    pub(crate) staples: Arc<Staples>,
    packed: Mutex<Vec<(PackedAs, Option<Arc<Packed>>)>>,
}

/// Which of the messages of one identity: by algorithm, and by what is stapled to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PackedAs {
    pub(crate) algorithm: CertificateCompressionAlgorithm,
    pub(crate) ocsp_response: bool,
    pub(crate) sct_list: bool,
}

/// How many compressed messages an identity keeps: three algorithms, with and without either staple, and some of the
/// application's own.
const MAX_PACKED: usize = 32;

impl Showing {
    pub(super) fn new(staples: Staples) -> Self {
        Self { staples: Arc::new(staples), packed: Mutex::default() }
    }

    /// The compressed message, made by `pack` the first time it is asked for; `None` if it is better sent as it is.
    pub(crate) fn packed(&self, wanted: PackedAs, pack: impl FnOnce() -> Option<Packed>) -> Option<Arc<Packed>> {
        let kept = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, made)) = kept.iter().find(|(made_as, _)| *made_as == wanted) {
            return made.clone();
        }
        // Compressing takes its time, and other connections go on meanwhile: at worst one of them does it again.
        drop(kept);
        let made = pack().map(Arc::new);
        let mut kept = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MAX_PACKED && !kept.iter().any(|(made_as, _)| *made_as == wanted) {
            kept.push((wanted, made.clone()));
        }
        made
    }
}
