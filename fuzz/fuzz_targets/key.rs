//! The content of a key file, PEM or DER, loaded by the real provider.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::key(data);
});
