//! A client of TLS 1.2 that is fed arbitrary bytes, with a session or a pre-shared key, without cryptography in the way.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::roles::fuzz(tlsmith_fuzz::sessions::tls12_client, data);
});
