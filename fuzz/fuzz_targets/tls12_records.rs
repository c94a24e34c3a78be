//! A stream of protected records of TLS 1.2, cut, opened by keys that take any tag, joined into handshake messages; what
//! opens is sealed and opened again.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::tls12_records(data);
});
