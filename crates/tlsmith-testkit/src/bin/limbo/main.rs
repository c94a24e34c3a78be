//! Runs the cases of x509-limbo, C2SP's suite of certificate chains, through tlsmith's verifier.
//!
//! `limbo FILE [--profile web|private] [-v]`: FILE is the suite's `limbo.json`, or packed by gzip. It prints the cases in which
//! tlsmith says otherwise than the suite, each with our first finding, and a line of counts. It exits with 0 when there is none, and
//! none was skipped, but those that are argued: `argued.json`, beside this file, names them and says why, each where two RFCs contradict.

mod judge;
mod suite;

use judge::{Verdict, judge};
use serde::Deserialize;
use std::process::ExitCode;
use suite::{Case, Expected};
use tlsmith_x509::{Profile, UnixTime};

const USAGE: &str = "usage: limbo FILE [--profile web|private] [-v]";

/// A case in which tlsmith says otherwise than the suite, and by which right.
#[derive(Debug, Deserialize)]
struct Argued {
    id: String,
    /// The profiles under which it does.
    profiles: Vec<String>,
    argument: String,
}

/// The arguments of the program.
struct Options {
    file: String,
    profile: Profile,
    verbose: bool,
}

#[derive(Default)]
struct Counts {
    pass: usize,
    /// Accepted wrongly.
    accept: usize,
    /// Rejected wrongly.
    reject: usize,
    skip: usize,
    argued: usize,
    /// Argued, but not found to differ.
    stale: usize,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("limbo: {why}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing differs but what is argued, and nothing was skipped.
fn run() -> Result<bool, String> {
    let options = options(std::env::args().skip(1))?;
    let bytes = std::fs::read(&options.file).map_err(|error| format!("{}: {error}", options.file))?;
    let suite = suite::read(&bytes).map_err(|why| format!("{}: {why}", options.file))?;
    if suite.testcases.is_empty() {
        return Err(format!("{}: it holds no test case", options.file));
    }
    let argued = argued(&options.profile)?;
    let now = UnixTime::now();
    let mut counts = Counts::default();
    for case in &suite.testcases {
        let argument = argued.iter().find(|argued| argued.id == case.id);
        count(case, judge(case, &options.profile, now), argument, options.verbose, &mut counts);
    }
    if counts.argued > 0 {
        println!("argued {}", counts.argued);
    }
    println!("pass {}, accept {}, reject {}, skip {}", counts.pass, counts.accept, counts.reject, counts.skip);
    Ok(counts.accept + counts.reject + counts.skip + counts.stale == 0)
}

fn count(case: &Case, verdict: Verdict, argument: Option<&Argued>, verbose: bool, counts: &mut Counts) {
    let id = &case.id;
    let detail = match &verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Rejected(why) | Verdict::Skipped(why) => why.clone(),
    };
    let (what, counter) = match (&verdict, case.expected_result, argument) {
        (Verdict::Skipped(_), _, _) => ("skip", &mut counts.skip),
        (Verdict::Accepted, Expected::Success, None) | (Verdict::Rejected(_), Expected::Failure, None) => {
            counts.pass += 1;
            if verbose {
                println!("pass    {id}: {detail}");
            }
            return;
        }
        (Verdict::Accepted, Expected::Success, Some(_)) | (Verdict::Rejected(_), Expected::Failure, Some(_)) => {
            counts.pass += 1;
            ("stale", &mut counts.stale)
        }
        (Verdict::Accepted, Expected::Failure, None) => ("accept", &mut counts.accept),
        (Verdict::Rejected(_), Expected::Success, None) => ("reject", &mut counts.reject),
        (_, _, Some(_)) => ("argued", &mut counts.argued),
    };
    *counter += 1;
    println!("{what:<7} {id}: expected {}, {detail}", expected(case.expected_result));
    match (what, argument) {
        ("argued", Some(argued)) => println!("        {}", argued.argument),
        ("stale", _) => println!("        argued.json names it, but it passes"),
        _ => {}
    }
}

fn expected(result: Expected) -> &'static str {
    match result {
        Expected::Success => "success",
        Expected::Failure => "failure",
    }
}

/// Those of `argued.json` that concern `profile`.
fn argued(profile: &Profile) -> Result<Vec<Argued>, String> {
    let all: Vec<Argued> =
        serde_json::from_str(include_str!("argued.json")).map_err(|error| format!("argued.json: {error}"))?;
    Ok(all.into_iter().filter(|argued| argued.profiles.iter().any(|name| *name == profile.name)).collect())
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let (mut file, mut profile, mut verbose) = (None, Profile::web(), false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-v" => verbose = true,
            "--profile" => {
                profile = match arguments.next().as_deref() {
                    Some("web") => Profile::web(),
                    Some("private") => Profile::private(),
                    _ => return Err(USAGE.to_owned()),
                }
            }
            option if option.starts_with('-') => return Err(USAGE.to_owned()),
            _ if file.is_some() => return Err(USAGE.to_owned()),
            _ => file = Some(argument),
        }
    }
    let file = file.ok_or(USAGE)?;
    Ok(Options { file, profile, verbose })
}
