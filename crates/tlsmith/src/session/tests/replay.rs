//! Anti-replay: one ClientHello counts once.

use std::collections::{HashMap, HashSet};

use proptest::{prelude::*, sample::select};

use super::super::{AntiReplay, ReplayWindow, UnixMillis};

const NOON: i64 = 1_800_000_000_000;

fn first(window: &ReplayWindow, id: u8, expected: i64, now: i64) -> bool {
    window.first_time(&[id; 32], UnixMillis(NOON + expected), UnixMillis(NOON + now))
}

fn open(tolerance: u32, entries: usize) -> ReplayWindow {
    ReplayWindow::with_new_keys(tolerance, entries, UnixMillis(NOON))
}

#[test]
fn once_and_in_time() {
    let window = open(1_000, 1_000);
    assert!(first(&window, 1, 0, 0));
    assert!(!first(&window, 1, 0, 0), "a replay");
    assert!(!first(&window, 1, 0, 1_000), "and later");
    assert!(first(&window, 2, 0, 1_000) && first(&window, 3, 2_000, 1_000), "up to the tolerance, to both sides");
    assert!(!first(&window, 4, 0, 1_001) && !first(&window, 5, 2_002, 1_001), "and no further");
    assert!(!first(&window, 6, i64::MIN - NOON.wrapping_neg(), 1_001));
    assert_eq!(format!("{window:?}"), "ReplayWindow(3 ClientHellos)");
}

#[test]
fn full_is_no() {
    let window = open(1_000, 3);
    assert!((1..=3).all(|id| first(&window, id, 0, 0)));
    assert!(!first(&window, 4, 0, 0));
    assert!(!first(&window, 4, 2_000, 2_000), "those of before could still come again");
    // After the second change of generations there is room again.
    assert!(!first(&window, 4, 2_001, 2_001));
    assert!(first(&window, 5, 4_002, 4_002));
    assert!(!first(&open(1_000, 0), 1, 0, 0));
}

/// Whatever was accepted before the start: not again.
#[test]
fn after_a_start_nothing_counts_for_the_length_of_the_window() {
    let before = open(1_000, 100);
    // The last moment before, and the furthest into the future.
    assert!(first(&before, 1, 1_000, 0));
    let after = ReplayWindow::new(1_000, 100, UnixMillis(NOON));
    for now in 0..3_000 {
        assert!(!first(&after, 1, 1_000, now), "{now} ms after the start");
    }
    let after = ReplayWindow::new(1_000, 100, UnixMillis(NOON));
    assert!(!first(&after, 2, 2_000, 2_000) && first(&after, 2, 2_001, 2_001));
}

#[test]
fn time_that_goes_back_brings_nothing_back() {
    let window = open(1_000, 100);
    assert!(first(&window, 1, 0, 0));
    // Forgotten by now, and too old.
    assert!(first(&window, 2, 10_000, 10_000));
    assert!(!first(&window, 1, 0, 0) && !first(&window, 1, 0, -500));
    assert!(!first(&window, 3, 0, 0), "nor anything else of that time");
    assert!(first(&window, 4, 10_000, 10_000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Each ClientHello has one expected arrival, and is sent and sent again whenever an attacker likes, clocks going back
    /// included: never accepted twice. And what is fresh and new is accepted while there is room.
    #[test]
    fn never_twice(
        tolerance in select(vec![0_u32, 1, 5, 100]),
        entries in select(vec![1_usize, 8, 1_000]),
        expected in prop::collection::vec(0..600_i64, 1..40),
        steps in prop::collection::vec((any::<prop::sample::Index>(), -20..60_i64), 0..300),
    ) {
        let window = open(tolerance, entries);
        let (mut now, mut latest) = (0, 0);
        let mut accepted: HashSet<usize> = HashSet::new();
        for (which, passed) in steps {
            now += passed / 3;
            latest = latest.max(now);
            let id = which.index(expected.len());
            let fresh = (latest - expected[id]).abs() <= i64::from(tolerance);
            if first(&window, id as u8, expected[id], now) {
                prop_assert!(fresh, "not in the window");
                prop_assert!(accepted.insert(id), "twice");
            } else {
                // Of at most 40 ids, a part of 1,000 / 15 entries has room for all.
                prop_assert!(!fresh || accepted.contains(&id) || entries < 1_000, "refused without a reason");
            }
        }
    }

    /// Even one whose expected arrival changes from copy to copy, which no honest server tells, counts once a window.
    #[test]
    fn never_twice_within_the_window(
        steps in prop::collection::vec((0..3_u8, 0..30_i64, -100..=100_i64), 0..300),
    ) {
        let window = open(100, 1_000);
        let mut now = 0;
        let mut last: HashMap<u8, i64> = HashMap::new();
        for (id, passed, off) in steps {
            now += passed;
            if first(&window, id, now + off, now) {
                let before = last.insert(id, now);
                prop_assert!(before.is_none_or(|before| now - before > 200));
            }
        }
    }

    /// However many come, so many are held.
    #[test]
    fn so_many_and_no_more(entries in 0..300_usize, come in 0..600_u16) {
        let window = open(1_000, entries);
        let mut accepted = 0;
        for id in 0..come {
            let mut whole = [0; 32];
            whole[..2].copy_from_slice(&id.to_be_bytes());
            accepted += usize::from(window.first_time(&whole, UnixMillis(NOON), UnixMillis(NOON)));
        }
        prop_assert!(accepted <= entries);
        // Parts fill one before the other, but not much.
        prop_assert!(usize::from(come) > entries / 2 || accepted == usize::from(come));
    }
}
