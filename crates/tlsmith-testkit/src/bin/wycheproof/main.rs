//! Runs vectors of Wycheproof, C2SP's suite of attacks on primitives and their encodings, through what tlsmith parses and judges
//! itself: public keys, signatures, key exchange, private keys, record protection, key derivation.
//!
//! `wycheproof PATH... [-v]`: a PATH is a file of vectors or a directory of them (`testvectors_v1`). It prints the cases in which
//! tlsmith says otherwise than the suite, a line of counts for each file, what became of the cases that may go either way, and a
//! line of all counts. It exits with 0 when nothing differs.
//!
//! - `pass`: as the suite has it. A case that is `acceptable` passes if it is refused, and if it is accepted with the result that
//!   the suite has; what became of them is listed under their flags.
//! - `accept`: accepted wrongly, or with another result.
//! - `reject`: valid, and refused or with another result.
//! - `skip`: an algorithm, curve, hash, size or encoding that tlsmith does not speak, named behind the counts.

mod agreement;
mod judge;
mod keys;
mod signatures;
mod suite;
mod symmetric;

use judge::{Stop, Verdict, judge};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use suite::{Case, Expected};

const USAGE: &str = "usage: wycheproof PATH... [-v]";

#[derive(Clone, Copy, Default)]
struct Counts {
    pass: usize,
    /// Accepted wrongly.
    accept: usize,
    /// Rejected wrongly.
    reject: usize,
    skip: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pass {}, accept {}, reject {}, skip {}", self.pass, self.accept, self.reject, self.skip)
    }
}

/// What became of the cases so far.
#[derive(Default)]
struct Tally {
    all: Counts,
    /// Of the cases that may go either way, by flag: how many were accepted and how many refused.
    acceptable: BTreeMap<String, (usize, usize)>,
    verbose: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("wycheproof: {why}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing differs.
fn run() -> Result<bool, String> {
    let mut tally = Tally::default();
    let mut paths = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "-v" => tally.verbose = true,
            option if option.starts_with('-') => return Err(USAGE.to_owned()),
            path => paths.extend(files(Path::new(path))?),
        }
    }
    if paths.is_empty() {
        return Err(USAGE.to_owned());
    }
    for path in paths {
        tally.file(&path).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    for (flag, (accepted, refused)) in &tally.acceptable {
        println!("acceptable {flag}: {accepted} accepted, {refused} refused");
    }
    println!("{}", tally.all);
    Ok(tally.all.accept + tally.all.reject == 0)
}

/// The file itself, or the files of vectors in the directory, by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let entries = std::fs::read_dir(path).map_err(failed)?;
    let mut all: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>().map_err(failed)?;
    all.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    all.sort();
    if all.is_empty() {
        return Err(format!("{}: it holds no file of vectors", path.display()));
    }
    Ok(all)
}

impl Tally {
    /// Runs the cases of a file and prints its line.
    fn file(&mut self, path: &Path) -> Result<(), String> {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let suite = suite::read(&bytes)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let before = self.all;
        let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
        for group in &suite.groups {
            for case in &group.tests {
                match judge(&suite.algorithm, group, case) {
                    Ok(verdict) => self.count(&name, case, &verdict),
                    Err(Stop::Skipped(why)) => {
                        self.all.skip += 1;
                        *skipped.entry(why).or_default() += 1;
                    }
                    Err(Stop::Malformed(why)) => return Err(format!("case {}: {why}", case.id)),
                }
            }
        }
        let counts = self.all.since(&before);
        if counts.total() == 0 {
            return Err("it holds no test case".to_owned());
        }
        let reasons: Vec<String> = skipped.iter().map(|(why, count)| format!("{count} {why}")).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(": {}", reasons.join(", ")) };
        println!("{name}: {counts}{reasons}");
        Ok(())
    }

    fn count(&mut self, file: &str, case: &Case, verdict: &Verdict) {
        let (what, counter) = match (case.result, verdict) {
            (Expected::Valid | Expected::Acceptable, Verdict::Accepted)
            | (Expected::Invalid | Expected::Acceptable, Verdict::Refused(_)) => ("pass", &mut self.all.pass),
            (Expected::Valid, Verdict::Refused(_) | Verdict::Differs(_)) => ("reject", &mut self.all.reject),
            (Expected::Invalid, Verdict::Accepted | Verdict::Differs(_))
            | (Expected::Acceptable, Verdict::Differs(_)) => ("accept", &mut self.all.accept),
        };
        *counter += 1;
        if case.result == Expected::Acceptable {
            for flag in &case.flags {
                let (accepted, refused) = self.acceptable.entry(flag.clone()).or_default();
                *(if matches!(verdict, Verdict::Refused(_)) { refused } else { accepted }) += 1;
            }
        }
        if what != "pass" || self.verbose {
            let (id, flags, comment) = (case.id, case.flags.join(" "), &case.comment);
            println!("{what:<6} {file} {id}: {}, {verdict} ({flags}: {comment})", expected(case.result));
        }
    }
}

impl Counts {
    fn since(&self, before: &Self) -> Self {
        Self {
            pass: self.pass - before.pass,
            accept: self.accept - before.accept,
            reject: self.reject - before.reject,
            skip: self.skip - before.skip,
        }
    }

    fn total(&self) -> usize {
        self.pass + self.accept + self.reject + self.skip
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Differs(how) => write!(f, "accepted, with {how}"),
            Self::Refused(why) => write!(f, "refused: {why}"),
        }
    }
}

fn expected(result: Expected) -> &'static str {
    match result {
        Expected::Valid => "valid",
        Expected::Invalid => "invalid",
        Expected::Acceptable => "acceptable",
    }
}
