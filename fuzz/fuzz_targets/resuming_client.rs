//! A client with a session, tickets that are open to everybody, early data and PSKs, fed arbitrary bytes without cryptography in
//! the way.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::roles::fuzz(tlsmith_fuzz::sessions::client, data);
});
