//! Medians and quartiles.

/// What many samples say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Figures {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

impl Figures {
    /// None of no sample.
    pub(crate) fn of(mut samples: Vec<f64>) -> Option<Self> {
        samples.sort_by(f64::total_cmp);
        Some(Self { lower: quantile(&samples, 1)?, median: quantile(&samples, 2)?, upper: quantile(&samples, 3)? })
    }

    /// A count, which does not vary.
    pub(crate) const fn exact(value: f64) -> Self {
        Self { lower: value, median: value, upper: value }
    }
}

/// The sample that so many quarters of the others lie below; between two of them, their mean.
fn quantile(sorted: &[f64], quarters: usize) -> Option<f64> {
    let position = sorted.len().checked_sub(1)? * quarters;
    let (below, above) = (sorted.get(position / 4)?, sorted.get(position.div_ceil(4))?);
    Some((below + above) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles() {
        assert_eq!(Figures::of(Vec::new()), None);
        assert_eq!(Figures::of(vec![7.0]), Some(Figures::exact(7.0)));
        let five = Figures::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!(five, Some(Figures { lower: 2.0, median: 3.0, upper: 4.0 }));
        assert_eq!(Figures::of(vec![1.0, 2.0]).map(|figures| figures.median), Some(1.5));
    }
}
