//! What others say of a certificate after it was issued. So far OCSP responses are read, and not verified.

pub mod ocsp;
