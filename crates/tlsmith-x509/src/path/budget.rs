//! How much one verification may cost.

use std::fmt;

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
    /// Comparisons of names with name constraints, and policies looked at.
    pub name_comparisons: u32,
    /// Certificates in a path, leaf and anchor included.
    pub depth: u32,
}

impl Default for Budget {
    /// - 100 signatures: an RSA or ECDSA verification takes up to 0.2 ms, so 20 ms at most.
    /// - 1,000 candidates: each can end a path that is then checked, at some microseconds without signatures, which are
    ///   remembered.
    /// - 250,000 comparisons of names, at some ten nanoseconds each; as many policies, at a hundred or two.
    /// - 10 certificates in a path; the longest in public use have five.
    fn default() -> Self {
        Self { signatures: 100, candidates: 1_000, name_comparisons: 250_000, depth: 10 }
    }
}

/// How much work a verification took; see [`Budget`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Signatures verified; those that a [`SignatureCache`](super::SignatureCache) remembered are none.
    pub signatures: u32,
    /// Issuer candidates looked at.
    pub candidates: u32,
    /// Comparisons of names with name constraints, and policies looked at.
    pub name_comparisons: u32,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { signatures, candidates, name_comparisons } = self;
        let rest = "comparisons of names and policies";
        write!(f, "{signatures} {SIGNATURES}, {candidates} {CANDIDATES}, {name_comparisons} {rest}")
    }
}

const SIGNATURES: &str = "signatures";
const CANDIDATES: &str = "issuer candidates";
const NAME_COMPARISONS: &str = "comparisons with name constraints";
/// On the same account as comparisons of names.
const POLICIES: &str = "certificate policies";

/// What was done, and how much may be.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: Budget,
    done: Work,
    exhausted: Option<(&'static str, u32)>,
}

/// The budget is used up; the [`Meter`] knows which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Meter {
    pub(crate) fn new(limit: Budget) -> Self {
        Self { limit, done: Work::default(), exhausted: None }
    }

    pub(crate) fn signature(&mut self) -> Result<(), Exhausted> {
        Self::charge(&mut self.done.signatures, self.limit.signatures, SIGNATURES, &mut self.exhausted)
    }

    pub(crate) fn candidate(&mut self) -> Result<(), Exhausted> {
        Self::charge(&mut self.done.candidates, self.limit.candidates, CANDIDATES, &mut self.exhausted)
    }

    pub(crate) fn name_comparison(&mut self) -> Result<(), Exhausted> {
        let limit = self.limit.name_comparisons;
        Self::charge(&mut self.done.name_comparisons, limit, NAME_COMPARISONS, &mut self.exhausted)
    }

    pub(crate) fn policy(&mut self) -> Result<(), Exhausted> {
        let limit = self.limit.name_comparisons;
        Self::charge(&mut self.done.name_comparisons, limit, POLICIES, &mut self.exhausted)
    }

    pub(crate) fn depth(&self) -> usize {
        usize::try_from(self.limit.depth).unwrap_or(usize::MAX)
    }

    pub(crate) fn done(&self) -> Work {
        self.done
    }

    /// What was used up, its limit, and what was done so far; if something was.
    pub(crate) fn exhausted(&self) -> Option<String> {
        let (what, limit) = self.exhausted?;
        Some(format!("it takes more than {limit} {what}, more than any chain in use (done so far: {})", self.done))
    }

    fn charge(
        done: &mut u32,
        limit: u32,
        what: &'static str,
        exhausted: &mut Option<(&'static str, u32)>,
    ) -> Result<(), Exhausted> {
        if *done >= limit {
            *exhausted = Some((what, limit));
            return Err(Exhausted);
        }
        *done += 1;
        Ok(())
    }
}
