//! Every algorithm: there and back, exactly, against its own output and that of the reference implementations.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use CertificateCompressionAlgorithm as Algorithm;

/// What repeats, as names in certificates do.
fn sample(len: usize) -> Vec<u8> {
    b"CN=host.example, O=Example, C=XX; ".iter().copied().cycle().take(len).collect()
}

fn each() -> Vec<Arc<dyn CertificateCompression>> {
    Compressions::default().0
}

#[test]
fn there_and_back() {
    for compression in each() {
        for len in [200, 4000, MAX_CERTIFICATE_MESSAGE] {
            let message = sample(len);
            let packed = compression.compress(&message).unwrap();
            assert!(packed.len() < len / 2, "{compression:?} {len}: {}", packed.len());
            let mut out = vec![0; len];
            assert!(compression.decompress(&packed, &mut out), "{compression:?} {len}");
            assert_eq!(out, message);
        }
    }
}

#[test]
fn what_gains_nothing_is_not_compressed() {
    let noise: Vec<u8> = (0..64_u8).map(|at| at.wrapping_mul(151) ^ 0x5a).collect();
    for compression in each() {
        assert_eq!(compression.compress(&noise), None, "{compression:?}");
        assert_eq!(compression.compress(b""), None);
    }
}

/// One byte less room or more, one byte less input or more: nothing but the announced length is right.
#[test]
fn lengths_are_exact() {
    for compression in each() {
        let message = sample(3000);
        let packed = compression.compress(&message).unwrap();
        let fits = |packed: &[u8], len: usize| compression.decompress(packed, &mut vec![0; len]);
        assert!(fits(&packed, 3000));
        for len in [0, 1, 2999, 3001, 6000] {
            assert!(!fits(&packed, len), "{compression:?} {len}");
        }
        for cut in 0..packed.len() {
            assert!(!fits(&packed[..cut], 3000), "{compression:?} cut at {cut}");
        }
        assert!(!fits(&[&packed[..], &[0]].concat(), 3000), "{compression:?}");
        assert!(!fits(&[&packed[..], &packed[..]].concat(), 3000), "{compression:?}");
        assert!(!fits(&[&packed[..], &packed[..]].concat(), 6000), "{compression:?}");
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// What zlib (Python), brotli (Node) and zstd (its own tool) make of the sample.
#[test]
fn the_output_of_others() {
    let zlib = "78da73f6b3cdc82f2ed14bad48cc2dc849d551f0b77585319d6d2322ac159c47550c331500d1c1a448";
    let brotli = "1bf301f81d09368e765d49810ed5202e434faa082b7b769cba114d3ca14d0710032420b10587b1618c3904";
    let zstd = "28b52ffd64f400250100d0434e3d686f73742e6578616d706c652c204f3d45433d58583b200200cf45a9c26f61021dd75a19";
    let made: [(&dyn CertificateCompression, _); 3] = [(&Zlib, zlib), (&Brotli, brotli), (&Zstd, zstd)];
    for (compression, packed) in made {
        let mut out = [0; 500];
        assert!(compression.decompress(&hex(packed), &mut out), "{compression:?}");
        assert_eq!(out[..], sample(500)[..]);
    }
}

/// A window of a gigabyte is announced (zstd: 2^41; brotli: the large windows that RFC 7932 does not have).
#[test]
fn large_windows_are_refused() {
    // Frame header: no single segment, window descriptor with exponent 20 (2^30), then an empty raw last block.
    let zstd = hex("28b52ffd 00 a0 010000");
    assert!(!Zstd.decompress(&zstd, &mut []));
    // The same with 8 MiB (exponent 13) is an empty frame.
    assert!(Zstd.decompress(&hex("28b52ffd 00 68 010000"), &mut []));
    assert!(!Zstd.decompress(&hex("28b52ffd 00 70 010000"), &mut []));
    // WBITS 0b0010001, then "large window", 30 bits.
    assert!(!Brotli.decompress(&hex("11 de"), &mut []));
    assert!(Brotli.decompress(&hex("06"), &mut []));
}

#[test]
fn checksums_are_compared() {
    let message = sample(500);
    let mut zlib = Zlib.compress(&message).unwrap();
    *zlib.last_mut().unwrap() ^= 1;
    assert!(!Zlib.decompress(&zlib, &mut [0; 500]));
    // A raw block "tlsmith" in a frame with a checksum, made by zstd 1.5.
    let mut zstd = hex(ZSTD_WITH_CHECKSUM);
    let mut out = [0; 7];
    assert!(Zstd.decompress(&zstd, &mut out));
    assert_eq!(&out, b"tlsmith");
    *zstd.last_mut().unwrap() ^= 1;
    assert!(!Zstd.decompress(&zstd, &mut out));
}

/// `printf tlsmith | zstd -19 --check --no-content-size`.
const ZSTD_WITH_CHECKSUM: &str = "28b52ffd0468390000746c736d697468569aa710";

#[test]
fn what_was_not_offered_or_is_too_long() {
    let message = |algorithm, uncompressed_length| CompressedCertificate { algorithm, uncompressed_length, data: b"x" };
    let rule = |side: &Compressions, message| side.unpack(&message).unwrap_err().rule();
    let zlib_alone = Compressions(vec![Arc::new(Zlib)]);
    assert_eq!(rule(&zlib_alone, message(Algorithm::BROTLI, 5)), Rule::IllegalParameter);
    assert_eq!(rule(&zlib_alone, message(Algorithm(0x4444), 5)), Rule::IllegalParameter);
    assert_eq!(rule(&Compressions(Vec::new()), message(Algorithm::ZLIB, 5)), Rule::UnexpectedMessage);
    for length in [0, 5, 128 * 1024, 128 * 1024 + 1, (1 << 24) - 1] {
        assert_eq!(rule(&zlib_alone, message(Algorithm::ZLIB, length)), Rule::BadCertificateCompression);
    }
    assert_eq!(zlib_alone.choose(&[Algorithm::BROTLI, Algorithm::ZLIB]).unwrap().algorithm(), Algorithm::ZLIB);
    assert!(zlib_alone.choose(&[Algorithm::ZSTD]).is_none());
    // This side's order, not the peer's.
    let all = Compressions::default();
    assert_eq!(all.choose(&[Algorithm::ZSTD, Algorithm::ZLIB]).unwrap().algorithm(), Algorithm::ZLIB);
}

proptest! {
    #[test]
    fn noise_never_panics(data in proptest::collection::vec(any::<u8>(), 0..300), len in 0..2000_usize) {
        for compression in each() {
            compression.decompress(&data, &mut vec![0; len]);
        }
    }

    #[test]
    fn a_changed_byte_never_panics(at in any::<proptest::sample::Index>(), value in any::<u8>()) {
        for (compression, packed) in PACKED.iter() {
            let mut packed = packed.clone();
            let at = at.index(packed.len());
            packed[at] = value;
            compression.decompress(&packed, &mut vec![0; 3000]);
        }
    }
}

type PackedSample = (Arc<dyn CertificateCompression>, Vec<u8>);

/// What each algorithm makes of the sample.
static PACKED: LazyLock<Vec<PackedSample>> = LazyLock::new(|| {
    let message = sample(3000);
    each().into_iter().map(|compression| (compression.clone(), compression.compress(&message).unwrap())).collect()
});
