//! `cargo run -p tlsmith-testkit --bin chains -- [COUNT [SEED]]`: generated chains, judged by us and by OpenSSL, GnuTLS and
//! Python's cryptography; prints every kind of disagreement with its reason, and fails on one without.
#![allow(clippy::expect_used, reason = "a test tool: a panic is a failed run")]

use std::process::ExitCode;

use tlsmith_testkit::chains;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(2_000, |text| text.parse().expect("COUNT"));
    let seed = arguments.next().map_or(1, |text| text.parse().expect("SEED"));
    let outcome = chains::run(count, seed);
    for ((judge, fault), (count, example)) in &outcome.explained {
        println!("{judge} differs {count} times on {fault:?}: {}\n    {example}", chains::reason(*judge, *fault));
    }
    outcome.wrong.iter().for_each(|wrong| println!("WRONG {wrong}"));
    outcome.unexplained.iter().for_each(|row| println!("UNEXPLAINED {row}"));
    let explained: usize = outcome.explained.values().map(|(count, _)| count).sum();
    println!(
        "chains {} ({} valid), wrong {}, explained disagreements {explained}, unexplained {}",
        outcome.chains,
        outcome.valid,
        outcome.wrong.len(),
        outcome.unexplained.len()
    );
    match outcome.is_good() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
