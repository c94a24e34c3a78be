//! The body of a CompressedCertificate message (RFC 8879).
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith::fuzzing::compressed_certificate(data);
});
