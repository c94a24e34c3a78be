//! How much one verification may cost.

/// How much work one verification may cost.
///
/// Building and checking draw on the same budget, so that no chain, however it is made, costs more. A chain in use takes
/// three signatures, three candidates, and as many comparisons of names as it has names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Signatures verified.
    pub signatures: u32,
    /// Issuer candidates looked at.
    pub candidates: u32,
    /// Comparisons of names with name constraints.
    pub name_comparisons: u32,
    /// Certificates in a path, leaf and anchor included.
    pub depth: u32,
}

impl Default for Budget {
    /// - 100 signatures: an RSA or ECDSA verification takes up to 0.2 ms, so 20 ms at most.
    /// - 1,000 candidates: each can end a path that is then checked, at some microseconds without signatures, which are
    ///   remembered.
    /// - 250,000 comparisons of names, at some ten nanoseconds each.
    /// - 10 certificates in a path; the longest in public use have five.
    fn default() -> Self {
        Self { signatures: 100, candidates: 1_000, name_comparisons: 250_000, depth: 10 }
    }
}

/// What is left of a budget.
#[derive(Debug)]
pub(crate) struct Meter {
    left: Budget,
    exhausted: Option<&'static str>,
}

/// The budget is used up; the [`Meter`] knows which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Meter {
    pub(crate) fn new(budget: Budget) -> Self {
        Self { left: budget, exhausted: None }
    }

    pub(crate) fn signature(&mut self) -> Result<(), Exhausted> {
        Self::take(&mut self.left.signatures, "signatures", &mut self.exhausted)
    }

    pub(crate) fn candidate(&mut self) -> Result<(), Exhausted> {
        Self::take(&mut self.left.candidates, "issuer candidates", &mut self.exhausted)
    }

    pub(crate) fn name_comparison(&mut self) -> Result<(), Exhausted> {
        Self::take(&mut self.left.name_comparisons, "comparisons with name constraints", &mut self.exhausted)
    }

    pub(crate) fn depth(&self) -> usize {
        usize::try_from(self.left.depth).unwrap_or(usize::MAX)
    }

    /// What was used up, if something was.
    pub(crate) fn exhausted(&self) -> Option<&'static str> {
        self.exhausted
    }

    fn take(left: &mut u32, what: &'static str, exhausted: &mut Option<&'static str>) -> Result<(), Exhausted> {
        match left.checked_sub(1) {
            Some(rest) => {
                *left = rest;
                Ok(())
            }
            None => {
                *exhausted = Some(what);
                Err(Exhausted)
            }
        }
    }
}
