//! A list of timestamps of CT logs, as it comes in TLS, in certificates and in OCSP.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::sct_list(data);
});
