//! The body of a ServerHello or HelloRetryRequest: what decodes encodes to the same bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith::fuzzing::message(2, data);
});
