//! Chains made by the thousand, whole and broken in known ways, judged by us and by others: `openssl verify`, GnuTLS'
//! `certtool` and Python's `cryptography`.
//!
//! What RFC 5280 has to say of each chain is known from how it was made, so that our verdict is not measured by a vote. Where
//! another disagrees, `explained.rs` has to say why; a disagreement without a reason fails.

mod build;
mod explained;
mod faults;
mod judges;

use std::collections::BTreeMap;

pub use build::Chain;
pub use faults::Fault;
pub use judges::Judge;

use build::Maker;
use judges::{Verdict, ours};

/// What became of all chains.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many were judged.
    pub chains: usize,
    /// How many of them are valid.
    pub valid: usize,
    /// Where we are wrong: the chain, and what we said.
    pub wrong: Vec<String>,
    /// Where another differs, with the reason: how often, and one example of what it said.
    pub explained: BTreeMap<(Judge, Fault), (usize, String)>,
    /// Where another differs and nobody knows why.
    pub unexplained: Vec<String>,
}

impl Outcome {
    /// We are right everywhere, and every disagreement has its reason.
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.unexplained.is_empty()
    }
}

/// Makes `count` chains from `seed` and has them judged.
pub fn run(count: usize, seed: u64) -> Outcome {
    let maker = Maker::new();
    let mut random = Random(seed);
    let chains: Vec<Chain> = (0..count).map(|_| maker.chain(&Fault::pick(&mut random), &mut random)).collect();
    let others = judges::others(&chains);
    let mut outcome = Outcome { chains: count, ..Outcome::default() };
    for (chain, verdicts) in chains.iter().zip(others) {
        outcome.valid += usize::from(chain.valid);
        let own = ours(chain);
        if own.accepted != chain.valid {
            outcome.wrong.push(format!("{}: {}", chain.label(), own.reason));
        }
        for (judge, verdict) in verdicts {
            if verdict.accepted != chain.valid {
                note(&mut outcome, chain, judge, verdict);
            }
        }
    }
    outcome
}

fn note(outcome: &mut Outcome, chain: &Chain, judge: Judge, verdict: Verdict) {
    let reason = chain.faults.iter().find(|fault| explained::why(judge, **fault, verdict.accepted).is_some());
    match reason {
        Some(fault) => {
            let (count, example) = outcome.explained.entry((judge, *fault)).or_default();
            *count += 1;
            *example = verdict.reason;
        }
        None => {
            let verb = if verdict.accepted { "accepts" } else { "refuses" };
            outcome.unexplained.push(format!("{judge} {verb} {}: {}", chain.label(), verdict.reason));
        }
    }
}

/// Why a judge differs on a fault.
pub fn reason(judge: Judge, fault: Fault) -> &'static str {
    [true, false].into_iter().find_map(|accepts| explained::why(judge, fault, accepts)).unwrap_or_default()
}

/// Numbers that look random and come again from the same seed (SplitMix64, Steele et al. 2014).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }
}
