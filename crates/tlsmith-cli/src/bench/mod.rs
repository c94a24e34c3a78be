//! `tlsmith bench`: how many handshakes a second a server makes, and how long one takes.

mod client;
mod histogram;
mod load;
mod opts;
mod plan;
mod progress;
mod report;
mod run;
mod scenario;

pub(crate) use opts::Opts;
#[cfg(test)]
pub(crate) use report::example;
pub(crate) use report::{Report, Row, Summary};

use std::sync::Arc;

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    render,
};
use plan::Plan;
use progress::Progress;

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let plan = match Plan::new(opts) {
        Ok(plan) => Arc::new(plan),
        Err(usage) => {
            // The document is there whatever happens; the line on standard error and the exit code as without it.
            if globals.json {
                refused(&opts.target, &usage);
            }
            return Err(usage);
        }
    };
    for note in &plan.notes {
        render::note(note);
    }
    // One's own share of the work is as large as the server's: it takes all processors that there are.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Usage::new("usage.system", format!("cannot start: {error}"), ""))?;
    let progress = Progress::new(plan.target.to_string());
    let report = runtime.block_on(run::run(&plan, &progress));
    runtime.shutdown_background();
    let told = match globals.json {
        true => render::json(&report),
        false => render::bench_screen(&report, globals.verbose),
    };
    Ok(match (report.exit(), told) {
        // Who asked has not got what he asked for.
        (Exit::Good, false) => Exit::Failed,
        (exit, _) => exit,
    })
}

/// The document for a command that could not begin; whether it is there.
pub(crate) fn refused(target: &str, usage: &Usage) -> bool {
    render::json(&Report::refused(target, usage))
}
