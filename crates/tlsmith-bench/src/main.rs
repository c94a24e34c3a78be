//! tlsmith beside rustls and OpenSSL, in one process and over memory, and beside the limit that the primitives set.
//!
//! Every stack has the same certificates, suite and group. They take turns (A B C, A B C, ...), so that a busy machine is
//! busy for all of them; client and server are timed apart, and medians are compared.

mod bulk;
mod figures;
mod handshake;
mod idle;
mod limit;
mod meter;
mod pki;
mod report;
mod scenario;
mod stack;
mod turns;

use std::{process::ExitCode, time::Duration};

use clap::Parser;

use crate::{
    scenario::{Certificates, Scenario},
    turns::Turns,
};

/// An error only ends the program.
type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Measures tlsmith beside rustls, OpenSSL and the limit that the primitives set.
#[derive(Debug, Parser)]
#[command(name = "tlsmith-bench")]
struct Opts {
    /// Print JSON: {"rows": [{"scenario", "unit", "higher_is_better", "tlsmith", "peers": {name: value}, "limit"}]}
    #[arg(long)]
    json: bool,
    /// Only scenarios with this in their name, e.g. handshake/1.3/full or bulk; may be given more than once
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,
    /// How long each scenario runs
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    seconds: f64,
    /// Exit with 1 if tlsmith is behind OpenSSL or below 0.9 of rustls anywhere
    #[arg(long)]
    check: bool,
    /// One stack alone, for a profiler: tlsmith, rustls or openssl
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,
    /// So many rounds of turns instead of a time, for a profiler
    #[arg(long, value_name = "COUNT")]
    rounds: Option<usize>,
    /// In a child: measures by how much the process grows
    #[arg(long, hide = true, requires_all = ["side", "resident_version"])]
    resident: Option<String>,
    #[arg(long, hide = true)]
    side: Option<String>,
    #[arg(long, hide = true)]
    resident_version: Option<String>,
}

fn main() -> ExitCode {
    match run(&Opts::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tlsmith-bench: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(opts: &Opts) -> Result<ExitCode> {
    let certificates = Certificates::new()?;
    if let (Some(stack), Some(side), Some(version)) = (&opts.resident, &opts.side, &opts.resident_version) {
        println!("{}", Scenario::resident(version, stack, side, &certificates)?);
        return Ok(ExitCode::SUCCESS);
    }
    let scenarios: Vec<Scenario> = scenario::all()
        .into_iter()
        .filter(|scenario| opts.filter.is_empty() || opts.filter.iter().any(|text| scenario.matches(text)))
        .collect();
    if scenarios.is_empty() {
        return Err("no scenario has that in its name".into());
    }
    let turns =
        Turns { time: Duration::try_from_secs_f64(opts.seconds)?, rounds: opts.rounds, only: opts.stack.clone() };
    if turns.stacks().next().is_none() {
        return Err("the stacks are tlsmith, rustls and openssl".into());
    }
    let mut rows = Vec::new();
    for scenario in scenarios {
        rows.extend(scenario.run(&certificates, &turns)?);
    }
    match opts.json {
        true => println!("{:#}", report::json(&rows)),
        false => {
            println!("{}", openssl::version::version());
            print!("{}", report::table(&rows));
        }
    }
    let missed = report::missed(&rows);
    for line in &missed {
        eprintln!("goal missed: {line}");
    }
    Ok(if opts.check && !missed.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
