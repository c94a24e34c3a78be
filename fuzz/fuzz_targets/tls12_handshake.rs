//! Any handshake message of TLS 1.2, its type first, or a key exchange of any suite: what decodes encodes to the same bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((first, body)) = data.split_first() {
        tlsmith::fuzzing::message_tls12(*first, body);
        tlsmith::fuzzing::key_exchange_tls12(*first, body);
    }
});
