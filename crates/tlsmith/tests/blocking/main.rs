//! `blocking::Stream` against itself: threads over TCP, and both ends in one thread over a pipe that is seldom ready.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod early;
mod examples;
mod nonblocking;
mod pipe;
mod pki;
mod tcp;
