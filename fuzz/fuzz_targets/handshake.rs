//! Any handshake message, its type first: what decodes encodes to the same bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((handshake_type, body)) = data.split_first() {
        tlsmith::fuzzing::message(*handshake_type, body);
    }
});
