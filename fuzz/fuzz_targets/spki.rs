//! A public key by itself, as a peer without a certificate sends it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::spki(data);
});
