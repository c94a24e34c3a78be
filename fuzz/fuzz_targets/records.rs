//! A stream of plaintext records, cut, joined into handshake messages, those decoded and encoded again.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith::fuzzing::records(data);
});
