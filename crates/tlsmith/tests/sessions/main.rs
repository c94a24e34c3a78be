//! Resumption between our own sides, in memory: what resumes, and what must not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod altered;
mod limits;
mod rights;
mod world;
