//! What `aws-lc-rs` lacks, by RustCrypto.

pub(crate) mod ccm;
