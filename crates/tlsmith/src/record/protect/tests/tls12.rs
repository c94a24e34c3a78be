//! Records of TLS 1.2. The known ones are OpenSSL's work, by way of Python's `cryptography`.

use super::{
    super::tls12::{additional_data, form},
    *,
};

/// Those that a suite of TLS 1.2 has.
const SUITES: [AeadAlgorithm; 7] = [
    AeadAlgorithm::Aes128Gcm,
    AeadAlgorithm::Aes256Gcm,
    AeadAlgorithm::ChaCha20Poly1305,
    AeadAlgorithm::Aes128Ccm,
    AeadAlgorithm::Aes256Ccm,
    AeadAlgorithm::Aes128Ccm8,
    AeadAlgorithm::Aes256Ccm8,
];

/// 0x80, 0x81 and so on.
fn key(algorithm: AeadAlgorithm) -> Box<dyn AeadKey> {
    AwsLc.aead(algorithm, &(0x80..).take(algorithm.key_len()).collect::<Vec<u8>>()).unwrap()
}

/// 0xa0, 0xa1 and so on; as long as the algorithm has it.
fn fixed_iv(algorithm: AeadAlgorithm) -> Vec<u8> {
    (0xa0..).take(if algorithm == AeadAlgorithm::ChaCha20Poly1305 { 12 } else { 4 }).collect()
}

fn pair(algorithm: AeadAlgorithm) -> (Sealer, Opener) {
    let iv = fixed_iv(algorithm);
    let sealer = Sealer::tls12(key(algorithm), &iv, KeyLimits { update_after: 0, refuse_after: u64::MAX });
    (sealer.unwrap(), Opener::tls12(key(algorithm), &iv).unwrap())
}

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Sealed with this explicit nonce, whatever the sequence number.
fn forge(algorithm: AeadAlgorithm, explicit: u64, sequence: u64, record_type: RecordType, content: &[u8]) -> Vec<u8> {
    let keyed = Keyed::new(key(algorithm), form(&fixed_iv(algorithm)).unwrap());
    let explicit = explicit.to_be_bytes();
    let header = header(record_type, 8 + content.len() + algorithm.tag_len()).unwrap();
    let mut out = [&header[..], &explicit].concat();
    out.extend_from_slice(content);
    let aad = additional_data(sequence, header, content.len()).unwrap();
    keyed.encrypt(explicit, &aad, 13, &mut out).unwrap();
    out
}

#[test]
fn known_records() {
    const FINISHED: &[u8] = b"\x14\0\0\x0c\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b";
    const LATE: u64 = 0x0102_0304_0506_0708;
    let records: [(AeadAlgorithm, [&str; 4]); 7] = [
        (
            AeadAlgorithm::Aes128Gcm,
            [
                "16030300280000000000000000cb2902e07fb9e5e2b8d291f8e53f1b1eee3b0bd3e731027fcac02bc8f3f872ef",
                "170303002a00000000000000010b8bbc722e75c188f484a0af1fae5d0a27eaf5a94ea667805b2c5418428273f3cae8",
                "150303001a010203040506070808d59fc4a4aae9d462bd004bf0ab90ccb556",
                "170303001801020304050607090c9d1f30dad4abe082705f36862af2a2",
            ],
        ),
        (
            AeadAlgorithm::Aes256Gcm,
            [
                "1603030028000000000000000027e7be7b3b2352f285ba5130951e24112de5582e66af25e5e6fc47cf071e4cc2",
                "170303002a0000000000000001b16836260bb46d0b60104441a227a1003dad1701d2296752002843e812a116d5bdb4",
                "150303001a0102030405060708be7a3c49c13efa16b3584faed3281f4c0b4b",
                "170303001801020304050607097b881b32abd0a8c7dd8abd89015b7319",
            ],
        ),
        (
            AeadAlgorithm::ChaCha20Poly1305,
            [
                "1603030020c1f429aad7f26a2d9dfba239549bba6f9e7d5e21352552b5bfedb0e41f71bda1",
                "170303002205aaf3abff03e4ff3131c61efd0959a0b3bf2aa21f6c49e7ab6711a35fd530a6c06a",
                "1503030012de6cec40cf777521fe418393105078a76ea7",
                "17030300104b4792f136982931c9a430a96f0d7c77",
            ],
        ),
        (
            AeadAlgorithm::Aes128Ccm,
            [
                "160303002800000000000000009784642fc7ceb0367ca85c60ba4b61198beebb9dafce316e5432561c5f3a9860",
                "170303002a000000000000000175d7ff9420a23d07330290343023fdb86741337dc56467421804a8f56f30073575ca",
                "150303001a010203040506070812579d707a642dbc4592fd2aff9d85a54b60",
                "17030300180102030405060709f72437640f9e298ac3948113f114c138",
            ],
        ),
        (
            AeadAlgorithm::Aes256Ccm,
            [
                "16030300280000000000000000872713e17ce4b4e08604e70f07641e21e5dbe8bbbd2952ac04bc0fdcb281e044",
                "170303002a0000000000000001b388484721d369816fd8428e36c4f9f6118f3a7beec9e4f6e1c3ad6a5cc689811430",
                "150303001a0102030405060708088849762ab233b253cd8b9b2e1ec16c7db1",
                "1703030018010203040506070905950c77dd60b0dc33c412598f11de3c",
            ],
        ),
        (
            AeadAlgorithm::Aes128Ccm8,
            [
                "160303002000000000000000009784642fc7ceb0367ca85c60ba4b6119c0f6021fe277e66e",
                "1703030022000000000000000175d7ff9420a23d07330290343023fdb86741a51df6a10e0c1df1",
                "150303001201020304050607081257e19cdf4361464ef7",
                "1703030010010203040506070966ced862695b6ab8",
            ],
        ),
        (
            AeadAlgorithm::Aes256Ccm8,
            [
                "16030300200000000000000000872713e17ce4b4e08604e70f07641e21b495ede5d8bc7082",
                "17030300220000000000000001b388484721d369816fd8428e36c4f9f6118f29b0fe0113b98bfe",
                "150303001201020304050607080888b1636186c05d01cd",
                "17030300100102030405060709ca21c6c5a3f3f364",
            ],
        ),
    ];
    for (algorithm, records) in records {
        let (mut sealer, mut opener) = pair(algorithm);
        for (record, (sequence, record_type, content)) in records.iter().zip([
            (0, RecordType::Handshake, FINISHED),
            (1, RecordType::ApplicationData, b"GET / HTTP/1.1\r\n\r\n"),
            (LATE, RecordType::Alert, &[1, 0]),
            (LATE + 1, RecordType::ApplicationData, &[]),
        ]) {
            (sealer.keyed.sequence, opener.keyed.sequence) = (sequence, sequence);
            let mut out = vec![0xee];
            // Padding does not exist in TLS 1.2.
            sealer.seal(record_type, content, Padding::Bytes(100), &mut out).unwrap();
            assert_eq!(out[1..], hex(record), "{algorithm:?} {sequence}");
            let opened = opener.open(&mut out[1..]).unwrap();
            assert_eq!((opened.record_type, &out[1..][opened.content]), (record_type, content));
        }
    }
}

/// RFC 5246 §6.2.3.3: the sender chooses the explicit nonce; the sequence number is not it.
#[test]
fn an_explicit_nonce_of_the_peers_own_choice() {
    let mut known = hex("1703030025fedcba98765432103b5eb54a3b3a485166b0780d62ab900498fe2df645defca541c100e6d6");
    let (_, mut opener) = pair(AeadAlgorithm::Aes128Gcm);
    opener.keyed.sequence = 5;
    let opened = opener.open(&mut known).unwrap();
    assert_eq!(&known[opened.content], b"another nonce");
    // The same nonce again is the peer's folly, and no concern of whoever reads.
    for sequence in 6..9 {
        let mut record = forge(AeadAlgorithm::Aes128Gcm, 7, sequence, RecordType::ApplicationData, b"data");
        assert!(opener.open(&mut record.clone()).is_ok());
        // But a record that comes twice, or later than it was sent, is noticed by its sequence number.
        assert_eq!(opener.open(&mut record), Err(RecordError::BadMac));
    }
}

#[test]
fn only_two_lengths_of_fixed_iv() {
    for len in 0..20 {
        let iv = vec![1; len];
        let (sealer, opener) =
            (Sealer::tls12(key(ALL[0]), &iv, KeyLimits::of(ALL[0])).err(), Opener::tls12(key(ALL[0]), &iv).err());
        let expected = if [4, 12].contains(&len) { None } else { Some(RecordError::SealFailed) };
        assert_eq!((sealer, opener), (expected, expected), "{len}");
    }
}

#[test]
fn too_short_for_nonce_and_tag() {
    for algorithm in SUITES {
        let mut least = Vec::new();
        pair(algorithm).0.seal(RecordType::ApplicationData, b"", Padding::None, &mut least).unwrap();
        for len in 0..least.len() {
            assert_eq!(pair(algorithm).1.open(&mut least[..len].to_vec()), Err(RecordError::BadMac), "{len}");
        }
        assert_eq!(least.len() - HEADER_LEN, algorithm.tag_len() + if fixed_iv(algorithm).len() == 4 { 8 } else { 0 });
    }
}

#[test]
fn the_longest_plaintext() {
    for algorithm in [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes128Ccm8] {
        let longest = vec![7; MAX_PLAINTEXT];
        let mut record = forge(algorithm, 0, 0, RecordType::ApplicationData, &longest);
        let (mut sealer, mut opener) = pair(algorithm);
        assert_eq!(opener.open(&mut record).unwrap().content.len(), MAX_PLAINTEXT);
        let mut out = Vec::new();
        let over = vec![7; MAX_PLAINTEXT + 1];
        let overflow = RecordError::Overflow { len: MAX_PLAINTEXT + 1, max: MAX_PLAINTEXT };
        assert_eq!(sealer.seal(RecordType::ApplicationData, &over, Padding::None, &mut out), Err(overflow));
        let mut record = forge(algorithm, 1, 1, RecordType::ApplicationData, &over);
        assert_eq!(opener.open(&mut record), Err(overflow));
        // As long as a header can say, and forged.
        let mut longest = vec![23; HEADER_LEN + 0xffff];
        assert_eq!(opener.open(&mut longest), Err(RecordError::BadMac));
    }
}

#[test]
fn only_application_data_may_be_empty() {
    let (mut sealer, _) = pair(ALL[0]);
    for record_type in [RecordType::Handshake, RecordType::Alert, RecordType::ChangeCipherSpec] {
        let mut record = forge(ALL[0], 0, 0, record_type, &[]);
        assert_eq!(pair(ALL[0]).1.open(&mut record), Err(RecordError::Empty(record_type)));
        let mut out = vec![1];
        let refused = sealer.seal(record_type, &[], Padding::None, &mut out);
        assert_eq!((refused, out), (Err(RecordError::Empty(record_type)), vec![1]));
    }
    let mut record = forge(ALL[0], 0, 0, RecordType::ApplicationData, &[]);
    assert_eq!(pair(ALL[0]).1.open(&mut record).unwrap().content, 13..13);
}

/// A type that does not exist never gets so far; and if it did, after its MAC it would still be judged.
#[test]
fn an_unknown_type_that_authenticates() {
    let mut record = forge(ALL[0], 0, 0, RecordType::ApplicationData, b"data");
    let keyed = Keyed::new(key(ALL[0]), form(&fixed_iv(ALL[0])).unwrap());
    record[0] = 99;
    let header: [u8; HEADER_LEN] = record[..HEADER_LEN].try_into().unwrap();
    record.truncate(13);
    record.extend_from_slice(b"data");
    let aad = additional_data(0, header, 4).unwrap();
    keyed.encrypt([0; 8], &aad, 13, &mut record).unwrap();
    assert_eq!(pair(ALL[0]).1.open(&mut record), Err(RecordError::InvalidContentType(ContentType(99))));
}

#[test]
fn sequence_numbers_do_not_wrap_and_no_key_update_is_asked_for() {
    for algorithm in SUITES {
        let (mut sealer, mut opener) = pair(algorithm);
        (sealer.keyed.sequence, opener.keyed.sequence) = (u64::MAX - 1, u64::MAX - 1);
        assert!(!sealer.needs_key_update());
        let mut out = Vec::new();
        sealer.seal(RecordType::ApplicationData, b"last", Padding::None, &mut out).unwrap();
        assert!(opener.open(&mut out.clone()).is_ok());
        let over = sealer.seal(RecordType::ApplicationData, b"x", Padding::None, &mut out);
        assert_eq!(over, Err(RecordError::KeyExhausted));
        assert_eq!(opener.open(&mut out), Err(RecordError::KeyExhausted));
    }
    let limits = KeyLimits { update_after: 0, refuse_after: 1 };
    let mut sealer = Sealer::tls12(key(ALL[0]), &[0; 4], limits).unwrap();
    let mut seal = || sealer.seal(RecordType::ApplicationData, b"x", Padding::None, &mut Vec::new());
    assert_eq!((seal(), seal()), (Ok(()), Err(RecordError::KeyExhausted)));
}

/// A record of one version is none of the other, even under the same key and nonce.
#[test]
fn versions_do_not_mix() {
    let algorithm = AeadAlgorithm::ChaCha20Poly1305;
    let (mut sealer, mut opener) = pair(algorithm);
    let iv: [u8; NONCE_LEN] = fixed_iv(algorithm).try_into().unwrap();
    let mut sealer13 = Sealer::new(key(algorithm), iv, KeyLimits::of(algorithm));
    let mut opener13 = Opener::new(key(algorithm), iv);
    assert!(opener.covers_every_type() && !opener13.covers_every_type());
    let (mut new, mut old) = (Vec::new(), Vec::new());
    sealer13.seal(RecordType::ApplicationData, b"data", Padding::None, &mut new).unwrap();
    sealer.seal(RecordType::ApplicationData, b"data", Padding::None, &mut old).unwrap();
    assert_eq!(opener.open(&mut new), Err(RecordError::BadMac));
    assert_eq!(opener13.open(&mut old), Err(RecordError::BadMac));
}

proptest! {
    #[test]
    fn sealed_records_open(
        which in 0..SUITES.len(),
        contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..200), 1..4),
    ) {
        let (mut sealer, mut opener) = pair(SUITES[which]);
        for content in contents {
            for record_type in [RecordType::Handshake, RecordType::ApplicationData, RecordType::Alert] {
                let mut out = Vec::new();
                sealer.seal(record_type, &content, Padding::None, &mut out).unwrap();
                prop_assert_eq!(&out[..3], &[record_type.value().0, 3, 3]);
                let opened = opener.open(&mut out).unwrap();
                prop_assert_eq!(opened.record_type, record_type);
                prop_assert_eq!(&out[opened.content], &content[..]);
            }
        }
    }

    /// Type, version, nonce, ciphertext, tag: nothing can be altered. (The length belongs to the deframer; cut or grown
    /// with its header unchanged a record fails as well.)
    #[test]
    fn a_tampered_byte_is_always_rejected(
        which in 0..SUITES.len(), content in proptest::collection::vec(any::<u8>(), 0..80),
        at: proptest::sample::Index, mask in 1..=255_u8,
    ) {
        let (mut sealer, mut opener) = pair(SUITES[which]);
        let mut out = Vec::new();
        sealer.seal(RecordType::ApplicationData, &content, Padding::None, &mut out).unwrap();
        let mut bad = out.clone();
        // Not the length in the header: the additional data has that of the plaintext, as it was found.
        let at = (0..out.len()).filter(|at| ![3, 4].contains(at)).nth(at.index(out.len() - 2)).unwrap();
        bad[at] ^= mask;
        prop_assert_eq!(opener.open(&mut bad), Err(RecordError::BadMac));
        prop_assert_eq!(opener.open(&mut out[..at].to_vec()), Err(RecordError::BadMac));
        let mut long = out.clone();
        long.push(mask);
        prop_assert_eq!(opener.open(&mut long), Err(RecordError::BadMac));
        prop_assert!(opener.open(&mut out).is_ok());
    }
}
