//! PEM (RFC 7468) and the private key formats of files.

use crate::Certificate;
use std::sync::Arc;
use tlsmith_crypto::{Provider, SigningKey};

/// What is wrong with a file's content: what, where (which block), what to do. `Display` says it in one line.
#[derive(Clone, Debug)]
pub struct PemError;

/// All certificates of `data`: PEM blocks in order (text between them ignored), or one DER certificate.
/// None at all is an error that says what stands there instead (a key, a CSR, nothing).
pub fn certificates(data: &[u8]) -> Result<Vec<Certificate>, PemError> {
    let _ = data;
    todo!()
}

/// The one private key of `data`: PEM (`PRIVATE KEY`, `EC PRIVATE KEY` with `EC PARAMETERS` before it, `RSA PRIVATE KEY`), or DER.
/// An encrypted key, two keys, a certificate instead of a key: each its own error with the mend (`openssl pkey -in ... -out ...`).
pub fn private_key(provider: &dyn Provider, data: &[u8]) -> Result<Arc<dyn SigningKey>, PemError> {
    let _ = (provider, data);
    todo!()
}
