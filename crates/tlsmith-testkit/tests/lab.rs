//! `tlsmith doctor` in the lab: it names the right cause first for every broken server and claims no second one, and
//! nothing for healthy ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::{
    collections::BTreeSet,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tlsmith_testkit::{
    lab::{Fault, Lab, Running, faults},
    peers::tlsmith::command,
    process::run,
};

/// How many doctors are at work at a time: some wait for servers that never answer.
const AT_A_TIME: usize = 4;

/// How long the doctor waits for each answer where nothing is slow on purpose: a busy machine is no finding.
const PATIENCE: &str = "30s";

/// Every cause that the doctor knows has at least one fault here.
const CAUSES: [&str; 61] = [
    "address_down",
    "bad_crl",
    "bad_signature",
    "bad_staple",
    "bare_domain",
    "certificate_refused",
    "client_certificate_expired",
    "client_certificate_refused",
    "client_certificate_required",
    "client_certificate_unknown_ca",
    "clock_off",
    "closed_without_alert",
    "connect_timeout",
    "connection_refused",
    "connection_reset",
    "different_certificates",
    "dns_failure",
    "expired_intermediate",
    "expired_leaf",
    "expired_root",
    "expires_soon",
    "extra_certificate",
    "handshake_failed",
    "handshake_timeout",
    "internal_error",
    "ip_address",
    "key_mismatch",
    "large_client_hello",
    "middlebox",
    "missing_intermediate",
    "must_staple",
    "name_constraints",
    "no_common_group",
    "no_common_signature_scheme",
    "no_common_suite",
    "no_san",
    "not_a_ca",
    "not_tls",
    "not_yet_valid",
    "nothing_wrong",
    "old_tls_only",
    "other_certificate",
    "path_length",
    "plain_http",
    "private_ca",
    "purpose",
    "revoked",
    "self_signed",
    "sni_needed",
    "ssl3_only",
    "stale_certificate",
    "starttls_failed",
    "unknown_name",
    "weak_key",
    "weak_signature",
    "wildcard_depth",
    "wildcard_suffix",
    "wrong_host",
    "wrong_intermediate",
    "wrong_order",
    "wrong_virtual_host",
];

/// Faults with which a second thing is wrong indeed, and may be told as well.
const BESIDES: [(&str, &str); 2] =
    [("wrong-virtual-host-default", "doctor.self_signed"), ("self-signed-gnutls", "doctor.no_san")];

/// What the doctor said.
struct Diagnosis {
    cause: String,
    /// What else he takes for an error.
    others: Vec<String>,
    exit: i32,
    text: String,
    elapsed: Duration,
}

fn ask(running: &Running) -> Diagnosis {
    let begun = Instant::now();
    let mut doctor = command();
    doctor.arg("doctor").args(running.command_line()).arg("--json");
    if !running.arguments.iter().any(|argument| argument == "--timeout") {
        doctor.args(["--timeout", PATIENCE]);
    }
    let ended = run(&mut doctor);
    let document: Value = serde_json::from_slice(&ended.stdout).unwrap_or(Value::Null);
    let cause = document.pointer("/cause/code").and_then(Value::as_str).unwrap_or("no cause").to_owned();
    let others = document["others"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let others = others.filter(|other| other["severity"] == "error");
    let others = others.map(|other| other["code"].as_str().unwrap_or_default().to_owned()).collect();
    Diagnosis { cause, others, exit: ended.code(), text: ended.text(), elapsed: begun.elapsed() }
}

/// Brings a fault up, asks the doctor, and says what is not as it should be.
fn examine(lab: &Lab, starting: &Mutex<()>, fault: &Fault) -> Result<(), String> {
    // One at a time: two programs that look for free ports do not take them from each other.
    let running = {
        let _alone = starting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        lab.start(fault)
    };
    let said = ask(&running);
    let expected = (format!("doctor.{}", fault.cause), fault.exit as i32);
    let invented = said.others.iter().any(|other| !BESIDES.contains(&(fault.name, other.as_str())));
    let good = (&said.cause, said.exit) == (&expected.0, expected.1) && !invented;
    println!(
        "{} {:38} {:8} {} (exit {}) after {} ms {}",
        if good { "ok  " } else { "BAD " },
        fault.name,
        fault.server,
        said.cause,
        said.exit,
        said.elapsed.as_millis(),
        said.others.join(" ")
    );
    if good {
        return Ok(());
    }
    Err(format!(
        "{} ({}): {}\n  expected {} (exit {}) alone, not {} (exit {}) {}\n  tlsmith doctor {}\n{}",
        fault.name,
        fault.server,
        fault.title,
        expected.0,
        expected.1,
        said.cause,
        said.exit,
        said.others.join(" "),
        running.command_line().join(" "),
        said.text
    ))
}

#[test]
fn the_doctor_names_the_cause_first() {
    let all = faults::all();
    let lab = Lab::new();
    let (queue, starting, failures) = (Mutex::new(all.iter()), Mutex::new(()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(fault) = queue.lock().unwrap().next() else { return };
                    if let Err(failure) = examine(&lab, &starting, fault) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    println!("lab: {} of {}", all.len() - failures.len(), all.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_cause_has_a_server() {
    let provoked: BTreeSet<&str> = faults::all().iter().map(|fault| fault.cause).collect();
    assert_eq!(provoked, CAUSES.into_iter().collect());
}

#[test]
fn names_are_different() {
    let all = faults::all();
    let names: BTreeSet<&str> = all.iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.len() >= 40);
}
