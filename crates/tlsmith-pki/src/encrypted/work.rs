//! How much work a file may ask for.

use crate::{ContainerError, error::Problem};

/// The iterations that one file may ask for, over all that is encrypted in it. The largest counts in use are below a
/// million; this many take some seconds.
pub const MAX_ITERATIONS: u64 = 10_000_000;

/// The memory that scrypt may ask for, in bytes: twice what OpenSSL takes (32 MiB).
pub const MAX_SCRYPT_MEMORY: u64 = 64 << 20;

/// The longest salt that is taken. Those in use have 8 to 64 bytes.
pub(super) const MAX_SALT: usize = 1024;

/// What is left of it.
#[derive(Debug)]
pub(crate) struct Work {
    left: u64,
}

impl Work {
    /// The work that one file may ask for.
    pub(crate) fn of_a_file() -> Self {
        Self { left: MAX_ITERATIONS }
    }

    /// Takes `iterations` from it, or says that they are too many.
    pub(crate) fn spend(&mut self, iterations: u64) -> Result<(), ContainerError> {
        self.left = self.left.checked_sub(iterations).ok_or_else(|| too_much(iterations))?;
        Ok(())
    }
}

fn too_much(iterations: u64) -> ContainerError {
    ContainerError::new(
        Problem::TooMuchWork,
        format!(
            "it asks for {iterations} iterations to make a key of the passphrase; \
             a file may ask for {MAX_ITERATIONS} in all"
        ),
    )
}

/// scrypt's memory and work (RFC 7914 §5, §6): `128 * r * (N + p)` bytes, and `4 * N * r * p` times Salsa20/8.
pub(super) fn scrypt(work: &mut Work, n: u64, r: u64, p: u64) -> Result<(), ContainerError> {
    let memory = n.checked_add(p).and_then(|sum| sum.checked_mul(r)).and_then(|blocks| blocks.checked_mul(128));
    if memory.is_none_or(|memory| memory > MAX_SCRYPT_MEMORY) {
        let mebibytes = MAX_SCRYPT_MEMORY >> 20;
        let message =
            format!("it asks scrypt for N = {n}, r = {r}, p = {p}; more than {mebibytes} MiB are not given to it");
        return Err(ContainerError::new(Problem::TooMuchWork, message));
    }
    let blocks = n.saturating_mul(r).saturating_mul(p).saturating_mul(4);
    // A block of Salsa20/8 costs about as much as an iteration of HMAC.
    work.spend(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds_over_a_file() {
        let mut work = Work::of_a_file();
        work.spend(MAX_ITERATIONS - 1).unwrap();
        work.spend(1).unwrap();
        let error = work.spend(1).unwrap_err();
        assert_eq!(error.problem(), Problem::TooMuchWork);
        assert!(error.to_string().contains("10000000 in all"), "{error}");
    }

    #[test]
    fn scrypt_is_bounded_in_memory_and_work() {
        // What `openssl pkcs8 -scrypt` writes.
        scrypt(&mut Work::of_a_file(), 16_384, 8, 1).unwrap();
        for (n, r, p) in
            [(1 << 20, 8, 1), (1 << 40, 1 << 40, 1), (2, 1 << 30, 1), (16_384, 8, 1 << 20), (2, 1, u64::MAX)]
        {
            let error = scrypt(&mut Work::of_a_file(), n, r, p).unwrap_err();
            assert_eq!(error.problem(), Problem::TooMuchWork, "{n} {r} {p}");
        }
    }
}
