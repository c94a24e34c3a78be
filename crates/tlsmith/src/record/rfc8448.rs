//! Every record of the traces of RFC 8448, byte for byte, in both directions.

use tlsmith_crypto::{AeadAlgorithm, Provider, aws_lc::AwsLc};

use super::{
    HEADER_LEN, MAX_PLAINTEXT, RecordType,
    deframe::{Deframed, Stage, deframe},
    fragment::append_plaintext,
    protect::{KeyLimits, Opener, Padding, Sealer},
};

const TRACES: &str = include_str!("rfc8448.txt");

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn record_type(name: &str) -> RecordType {
    match name {
        "handshake" => RecordType::Handshake,
        "alert" => RecordType::Alert,
        "application_data" => RecordType::ApplicationData,
        "change_cipher_spec" => RecordType::ChangeCipherSpec,
        other => panic!("{other}"),
    }
}

/// Keys of one sender: all traces have TLS_AES_128_GCM_SHA256.
fn keys(key: &str, iv: &str) -> (Sealer, Opener) {
    let algorithm = AeadAlgorithm::Aes128Gcm;
    let key = || AwsLc.aead(algorithm, &hex(key)).unwrap();
    let iv = hex(iv).try_into().unwrap();
    (Sealer::new(key(), iv, KeyLimits::of(algorithm)), Opener::new(key(), iv))
}

fn index(sender: &str) -> usize {
    match sender {
        "client" => 0,
        "server" => 1,
        other => panic!("{other}"),
    }
}

#[test]
fn all_records() {
    let mut current = [None, None];
    let (mut plain, mut protected) = (0, 0);
    for line in TRACES.lines().filter(|line| !line.is_empty()) {
        match *line.split(' ').collect::<Vec<_>>() {
            ["#", ..] => current = [None, None],
            ["key", sender, key, iv] => current[index(sender)] = Some(keys(key, iv)),
            [kind @ ("plain" | "record"), sender, name, payload, record] => {
                let (payload, mut record, name) = (hex(payload), hex(record), record_type(name));
                let outer = if kind == "plain" { name } else { RecordType::ApplicationData };
                let whole = Deframed::Record { record_type: outer, len: record.len() };
                assert_eq!(deframe(&record, Stage::Later), Ok(whole));
                let mut made = Vec::new();
                if kind == "plain" {
                    let version = u16::from_be_bytes([record[1], record[2]]);
                    append_plaintext(name, version, &payload, MAX_PLAINTEXT, &mut made);
                    assert_eq!(made, record);
                    assert_eq!(record[HEADER_LEN..], payload);
                    plain += 1;
                } else {
                    let (sealer, opener) = current[index(sender)].as_mut().unwrap();
                    sealer.seal(name, &payload, Padding::None, &mut made).unwrap();
                    assert_eq!(made, record);
                    let opened = opener.open(&mut record).unwrap();
                    assert_eq!((opened.record_type, &record[opened.content]), (name, &payload[..]));
                    protected += 1;
                }
            }
            _ => panic!("{line}"),
        }
    }
    assert_eq!((plain, protected), (14, 27));
}
