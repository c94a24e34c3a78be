//! A host name or an address, as a user or a peer writes it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::name(data);
});
