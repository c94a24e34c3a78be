//! Durations, counted: bounded memory however many there are, and each within one part in 128.

use std::time::Duration;

/// Values below are counted one by one; from there on each doubling has as many buckets.
const LINEAR: u64 = 128;
/// The logarithm of it.
const LINEAR_BITS: u32 = 7;
/// Longer than this (2^36 µs, 19 hours) is counted as this.
const MAX: u64 = 1 << 36;

/// A histogram of durations in microseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    sum: u128,
    min: u64,
    max: u64,
}

impl Histogram {
    /// Counts one.
    pub(crate) fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(MAX).min(MAX);
        let index = index(micros);
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(index) {
            *count += 1;
        }
        self.min = if self.total == 0 { micros } else { self.min.min(micros) };
        self.max = self.max.max(micros);
        self.total += 1;
        self.sum += u128::from(micros);
    }

    /// Counts what another one has counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.total == 0 {
            return;
        }
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.min = if self.total == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.total += other.total;
        self.sum += other.sum;
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.total
    }

    /// The shortest, exactly.
    pub(crate) fn min(&self) -> Duration {
        Duration::from_micros(self.min)
    }

    /// The longest, exactly.
    pub(crate) fn max(&self) -> Duration {
        Duration::from_micros(self.max)
    }

    /// The mean, exactly.
    pub(crate) fn mean(&self) -> Duration {
        let mean = self.sum.checked_div(u128::from(self.total)).unwrap_or_default();
        Duration::from_micros(u64::try_from(mean).unwrap_or(MAX))
    }

    /// The time within which this part of all came, from 0 to 1.
    pub(crate) fn percentile(&self, part: f64) -> Duration {
        #[expect(
            clippy::cast_sign_loss,
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "a part of a count"
        )]
        let rank = ((self.total as f64 * part).ceil() as u64).max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                let (from, width) = bucket(index);
                return Duration::from_micros((from + width / 2).clamp(self.min, self.max));
            }
        }
        self.max()
    }

    /// The buckets that are not empty: from, to, how many.
    pub(crate) fn buckets(&self) -> impl Iterator<Item = (Duration, Duration, u64)> {
        self.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(index, count)| {
            let (from, width) = bucket(index);
            (Duration::from_micros(from), Duration::from_micros(from + width), *count)
        })
    }
}

/// Which bucket counts a value.
fn index(micros: u64) -> usize {
    let index = match micros.checked_ilog2() {
        Some(log) if log >= LINEAR_BITS => {
            let shift = log - LINEAR_BITS;
            LINEAR * u64::from(shift + 1) + (micros >> shift) - LINEAR
        }
        _ => micros,
    };
    usize::try_from(index).unwrap_or(usize::MAX)
}

/// The least value of a bucket, and how many values it has.
fn bucket(index: usize) -> (u64, u64) {
    let index = index as u64;
    match index / LINEAR {
        0 => (index, 1),
        octave => {
            let shift = octave - 1;
            ((index % LINEAR + LINEAR) << shift, 1 << shift)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(values: impl IntoIterator<Item = u64>) -> Histogram {
        let mut histogram = Histogram::default();
        values.into_iter().for_each(|value| histogram.record(Duration::from_micros(value)));
        histogram
    }

    #[test]
    fn every_value_lies_in_its_bucket_and_buckets_follow_each_other() {
        for value in (0..5000).chain((0..36).map(|bit| 1 << bit)).chain((1..36).map(|bit| (1 << bit) - 1)) {
            let (from, width) = bucket(index(value));
            assert!((from..from + width).contains(&value), "{value}: {from} +{width}");
            assert!(width == 1 || width * LINEAR <= value, "{value}: within one part in 128");
        }
        for at in 0..3000 {
            let (from, width) = bucket(at);
            assert_eq!(bucket(at + 1).0, from + width, "{at}");
        }
    }

    #[test]
    fn percentiles_of_a_known_series() {
        let histogram = micros(1..=100);
        let at = |part| histogram.percentile(part).as_micros();
        assert_eq!((at(0.0), at(0.5), at(0.9), at(0.99), at(1.0)), (1, 50, 90, 99, 100));
        assert_eq!(
            (histogram.min().as_micros(), histogram.max().as_micros(), histogram.mean().as_micros()),
            (1, 100, 50)
        );
        let wide = micros((1..=1000).map(|value| value * 100));
        let median = wide.percentile(0.5).as_micros();
        assert!((49_600..=50_400).contains(&median), "{median}");
        assert_eq!(micros([]).percentile(0.5), Duration::ZERO);
        assert_eq!(micros([7]).percentile(0.99).as_micros(), 7);
    }

    #[test]
    fn parts_make_a_whole() {
        let mut sum = micros([]);
        sum.merge(&micros([5, 900]));
        sum.merge(&micros([]));
        sum.merge(&micros([3, 1 << 50]));
        assert_eq!((sum.count(), sum.min().as_micros(), sum.max().as_micros()), (4, 3, u128::from(MAX)));
        assert_eq!(sum.buckets().map(|(_, _, count)| count).sum::<u64>(), 4);
    }
}
