//! A client that is fed arbitrary bytes, without cryptography in the way.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::roles::fuzz(tlsmith_fuzz::roles::client, data);
});
