//! tlsmith-testkit
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test tools: a panic is a failed test, with the reason in its message"
)]

pub mod null_crypto;
