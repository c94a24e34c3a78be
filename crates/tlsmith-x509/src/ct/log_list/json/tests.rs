//! The public format, with keys of our own.

use super::{
    BASE64_STANDARD, Engine, LONGEST, Log, LogKind, LogListError, LogState, MOST, Provider, UnixTime, read, time,
};
use crate::ct::{LogId, LogList};
use serde_json::{Value, json};

use tlsmith_crypto::{HashAlgorithm, aws_lc::AwsLc};

fn spki() -> Vec<u8> {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    AwsLc.load_key(&key.serialize_der()).unwrap().spki().to_vec()
}

fn id(spki: &[u8]) -> [u8; 32] {
    let mut hash = AwsLc.hash(HashAlgorithm::Sha256);
    hash.update(spki);
    hash.current().as_ref().try_into().unwrap()
}

fn entry(spki: &[u8]) -> Value {
    json!({
        "description": "Example 'Log2026h2'",
        "log_id": BASE64_STANDARD.encode(id(spki)),
        "key": BASE64_STANDARD.encode(spki),
        "url": "https://ct.example.com/2026h2/",
        "mmd": 86400,
        "state": { "usable": { "timestamp": "2025-03-01T00:00:00Z" } },
        "temporal_interval": {
            "start_inclusive": "2026-07-01T00:00:00Z",
            "end_exclusive": "2027-01-01T00:00:00Z",
        },
    })
}

fn list(logs: &[Value], tiled: &[Value]) -> Value {
    json!({
        "is_all_logs": false,
        "version": "80.12",
        "log_list_timestamp": "2026-11-20T12:55:17.250Z",
        "operators": [{ "name": "Example", "email": ["ct@example.com"], "logs": logs, "tiled_logs": tiled }],
    })
}

fn parse(list: &Value) -> Result<LogList, LogListError> {
    LogList::from_json(&AwsLc, list.to_string().as_bytes())
}

/// The one log of a list in which `change` was done.
fn changed(change: impl Fn(&mut Value)) -> Result<Log, LogListError> {
    let mut entry = entry(&spki());
    change(&mut entry);
    let (_, logs) = read(&AwsLc, list(&[entry], &[]).to_string().as_bytes())?;
    Ok(logs.into_iter().next().unwrap())
}

fn at(year: i32, month: u8, day: u8) -> UnixTime {
    UnixTime::from_civil(year, month, day, 0, 0, 0).unwrap()
}

#[test]
fn a_list_of_the_public_format_is_read() {
    let (one, other) = (spki(), spki());
    let mut tile = entry(&other);
    tile["url"].take();
    tile["monitoring_url"] = json!("https://mon.example.com/");
    let logs = parse(&list(&[entry(&one)], &[tile])).unwrap();
    assert_eq!(logs.timestamp(), UnixTime::from_civil(2026, 11, 20, 12, 55, 17));
    assert_eq!(logs.logs().count(), 2);
    let log = logs.get(&LogId(id(&one))).unwrap();
    assert_eq!((log.description.as_str(), log.operator.as_str()), ("Example 'Log2026h2'", "Example"));
    assert_eq!((log.url.as_str(), log.kind), ("https://ct.example.com/2026h2/", LogKind::Rfc6962));
    assert_eq!((log.maximum_merge_delay, log.state), (Some(86_400), LogState::Usable(at(2025, 3, 1))));
    assert_eq!(log.interval, Some((at(2026, 7, 1), at(2027, 1, 1))));
    assert_eq!(log.key.der(), one);
    let log = logs.get(&LogId(id(&other))).unwrap();
    assert_eq!((log.url.as_str(), log.kind), ("https://mon.example.com/", LogKind::Tiled));
    assert!(logs.get(&LogId([0; 32])).is_none());
}

#[test]
fn every_state_is_read_and_a_new_one_is_worth_nothing() {
    let since = at(2025, 3, 1);
    for (name, state) in [
        ("pending", LogState::Pending),
        ("qualified", LogState::Qualified(since)),
        ("usable", LogState::Usable(since)),
        ("readonly", LogState::ReadOnly(since)),
        ("retired", LogState::Retired(since)),
        ("rejected", LogState::Rejected(since)),
        ("frozen", LogState::Pending),
    ] {
        let log = changed(|log| {
            log["state"] =
                json!({ name: { "timestamp": "2025-03-01T00:00:00Z", "final_tree_head": { "tree_size": 1 } } });
        });
        assert_eq!(log.unwrap().state, state);
    }
    let log = changed(|log| drop(log.as_object_mut().unwrap().remove("state"))).unwrap();
    assert_eq!(log.state, LogState::Pending);
}

#[test]
fn former_operators_are_known_by_their_time() {
    let log = changed(|log| {
        log["previous_operators"] = json!([
            { "name": "Second", "end_time": "2026-06-01T00:00:00Z" },
            { "name": "First", "end_time": "2025-06-01T00:00:00Z" },
        ]);
    });
    let log = log.unwrap();
    for (time, operator) in [
        (at(2025, 1, 1), "First"),
        (at(2025, 6, 1), "Second"),
        (at(2026, 5, 31), "Second"),
        (at(2026, 6, 1), "Example"),
    ] {
        assert_eq!(log.operator_at(time), operator, "{time}");
    }
}

#[test]
fn what_is_wrong_with_a_log_is_told_with_its_name() {
    let other = BASE64_STANDARD.encode([7; 32]);
    let cases: [(&str, Value, &str); 7] = [
        ("log_id", json!(other), "not the SHA-256"),
        ("log_id", json!("?"), "log_id is not base64"),
        ("key", json!("?"), "key is not base64"),
        ("key", json!(other), "malformed subjectPublicKeyInfo"),
        ("state", json!({}), "not one state"),
        ("state", json!({ "usable": { "timestamp": "yesterday" } }), "yesterday is not a time"),
        ("temporal_interval", json!({ "start_inclusive": "2026", "end_exclusive": "2027" }), "2026 is not a time"),
    ];
    for (field, value, told) in cases {
        let error = changed(|log| log[field] = value.clone()).unwrap_err().to_string();
        assert!(error.contains("the log Example 'Log2026h2': ") && error.contains(told), "{error}");
    }
}

#[test]
fn what_is_no_list_is_refused() {
    for json in
        ["", "[]", "{}", "{\"operators\": 1}", "{\"operators\": []}", "{\"operators\": [{\"name\": \"x\"}]}", "\u{0}"]
    {
        let error = LogList::from_json(&AwsLc, json.as_bytes()).unwrap_err().to_string();
        assert!(!error.chars().any(char::is_control), "{error}");
    }
    let deep = "[".repeat(100_000);
    assert!(LogList::from_json(&AwsLc, deep.as_bytes()).is_err());
    let long = vec![b' '; LONGEST + 1];
    assert!(LogList::from_json(&AwsLc, &long).unwrap_err().0.contains("longer than 4 MiB"));
    let many = vec![entry(&spki()); MOST + 1];
    assert!(parse(&list(&many, &[])).unwrap_err().0.contains("more than 4096"));
}

#[test]
fn escapes_of_json_are_read_and_names_steer_no_terminal() {
    let text = list(&[entry(&spki())], &[]).to_string().replace('/', "\\/");
    assert!(LogList::from_json(&AwsLc, text.as_bytes()).is_ok());
    let log = changed(|log| log["description"] = json!("a\u{1b}[2Jb")).unwrap();
    assert_eq!(log.description, "a\u{fffd}[2Jb");
}

#[test]
fn times_are_those_of_rfc_3339_in_utc() {
    assert_eq!(time("2024-01-31T23:59:59Z"), Ok(UnixTime::from_civil(2024, 1, 31, 23, 59, 59).unwrap()));
    assert_eq!(time("2024-01-31T23:59:59.123456Z"), time("2024-01-31T23:59:59Z"));
    for wrong in [
        "2024-01-31",
        "2024-01-31T00:00:00",
        "2024-01-31T00:00:00+00:00",
        "2024-02-30T00:00:00Z",
        "2024-01-31T24:00:00Z",
        "2024-01-31T00:00:00.Z",
        "2024-01-31T00:00:00.xZ",
        "2024-1-31-1T00:00:00Z",
        "+024-01-31T00:00:00Z",
        "2024--1-31T00:00:00Z",
        "99999-01-31T00:00:00Z",
    ] {
        assert!(time(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_fingerprint_is_about_what_decides() {
    let (one, other) = (entry(&spki()), entry(&spki()));
    let print = |logs: &[Value]| parse(&list(logs, &[])).unwrap().fingerprint();
    let whole = print(&[one.clone(), other.clone()]);
    assert_eq!(whole, print(&[other.clone(), one.clone()]));
    let mut renamed = one.clone();
    renamed["description"] = json!("another name");
    assert_eq!(whole, print(&[renamed, other.clone()]));
    assert_ne!(whole, print(std::slice::from_ref(&one)));
    for (field, value) in [
        ("state", json!({ "retired": { "timestamp": "2025-03-01T00:00:00Z" } })),
        ("state", json!({ "usable": { "timestamp": "2025-03-02T00:00:00Z" } })),
        ("temporal_interval", json!(null)),
        ("previous_operators", json!([{ "name": "First", "end_time": "2025-06-01T00:00:00Z" }])),
    ] {
        let mut changed = one.clone();
        changed[field] = value;
        assert_ne!(whole, print(&[changed, other.clone()]), "{field}");
    }
}
