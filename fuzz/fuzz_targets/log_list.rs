//! A list of CT logs in the public format.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::log_list(data);
});
