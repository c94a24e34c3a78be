//! An extension block; the first byte says of which message.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((place, block)) = data.split_first() {
        tlsmith::fuzzing::extensions(*place, block);
    }
});
