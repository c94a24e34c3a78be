//! A ticket, the session in it, and a file of ticket keys.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::tickets::fuzz(data);
});
