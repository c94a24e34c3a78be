//! What is measured of a step: its time, or the allocations that it makes.

use std::{alloc::System, time::Instant};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Counts what Rust code allocates; what C code does is not seen. Costs four atomic additions for each allocation and
/// its end, which both Rust stacks pay and OpenSSL does not.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Measures one step at a time.
pub(crate) trait Meter {
    /// What is known when the step begins.
    type Mark;
    fn start(&self) -> Self::Mark;
    /// How much it was.
    fn stop(&self, mark: Self::Mark) -> f64;
}

/// Microseconds by the wall clock.
pub(crate) struct Wall;

impl Meter for Wall {
    type Mark = Instant;

    fn start(&self) -> Instant {
        Instant::now()
    }

    fn stop(&self, mark: Instant) -> f64 {
        mark.elapsed().as_secs_f64() * 1e6
    }
}

/// Allocations; one that grows counts again.
pub(crate) struct Allocations;

impl Meter for Allocations {
    type Mark = usize;

    fn start(&self) -> usize {
        let stats = ALLOCATOR.stats();
        stats.allocations + stats.reallocations
    }

    fn stop(&self, mark: usize) -> f64 {
        (self.start() - mark) as f64
    }
}

/// The bytes that Rust code holds now.
pub(crate) fn bytes_held() -> isize {
    let stats = ALLOCATOR.stats();
    // What grows or shrinks is in both numbers already.
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}
