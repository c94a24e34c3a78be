//! An OCSP response, as servers staple it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::ocsp(data);
});
