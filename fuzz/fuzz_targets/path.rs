//! Path building and validation over certificates that a fuzzer made, every signature being good.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::path(data);
});
