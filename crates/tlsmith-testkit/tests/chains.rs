//! Generated chains, judged by us and by three others; `cargo run -p tlsmith-testkit --bin chains` judges thousands.

use tlsmith_testkit::{chains, count::Counter};

/// The same chains in every run, so that a red run is never luck; the program of the same name takes any seed.
#[test]
fn we_are_right_and_who_differs_has_a_known_reason() {
    const CHAINS: usize = 200;
    const SEED: u64 = 1;
    let outcome = chains::run(CHAINS, SEED);
    assert!(outcome.is_good(), "wrong: {:#?}\nunexplained: {:#?}", outcome.wrong, outcome.unexplained);
    // A third is valid, as it happens; were nothing, or everything, the judges would have nothing to tell apart.
    assert!((CHAINS / 10..CHAINS / 2).contains(&outcome.valid), "{} valid of {CHAINS}", outcome.valid);
    assert!(!outcome.explained.is_empty(), "nobody differed in anything, so the programs may not have judged");
    let mut counter = Counter::new("chains", CHAINS * 3);
    (0..CHAINS * 3).for_each(|_| counter.ran());
    counter.finish();
}
