//! A CRL, as it comes from a file or from where a certificate says.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::crl(data);
});
