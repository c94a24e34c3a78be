//! A file of any kind with keys and certificates: PKCS#12 above all, but PKCS#7, PEM and encrypted keys as well.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    tlsmith_fuzz::container(data);
});
