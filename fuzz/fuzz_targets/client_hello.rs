//! The body of a ClientHello: what decodes encodes to the same bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith::fuzzing::message(1, data);
});
