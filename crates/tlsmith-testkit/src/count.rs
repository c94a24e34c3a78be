//! Counting: each test says how many peer combinations it ran; `scripts/test` adds them up.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::PathBuf,
};

/// Counts the combinations of one test. The expected number is stated where it is made, so that a combination that
/// silently falls away is a failure.
#[derive(Debug)]
pub struct Counter {
    test: &'static str,
    expected: usize,
    ran: usize,
}

impl Counter {
    /// A test that means to run exactly `expected` combinations.
    pub fn new(test: &'static str, expected: usize) -> Self {
        Self { test, expected, ran: 0 }
    }

    /// One more ran, to its end.
    pub fn ran(&mut self) {
        self.ran += 1;
    }

    /// Checks the number and reports it: to the directory `TLSMITH_COUNT_DIR` if it is set, and on standard output.
    pub fn finish(self) {
        assert_eq!(self.ran, self.expected, "{}: the table of combinations is not what it is said to be", self.test);
        println!("{}: {} peer combinations ran", self.test, self.ran);
        if let Some(dir) = std::env::var_os("TLSMITH_COUNT_DIR").map(PathBuf::from) {
            fs::create_dir_all(&dir).unwrap();
            let file = dir.join(self.test);
            let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(file).unwrap();
            writeln!(file, "{}", self.ran).unwrap();
        }
    }
}
