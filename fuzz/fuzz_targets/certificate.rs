//! A certificate in DER, and everything that can be asked of it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::certificate(data);
});
