//! `tlsmith doctor`: the first command at 2 AM. A few handshakes, then the one likely cause, its evidence, its mend.
//!
//! [`examine`] asks the network and judges nothing; [`rules`] judges and asks nobody. Between them stands [`evidence`].

mod aside;
mod banners;
mod causes;
mod complete;
mod evidence;
mod examine;
mod http;
mod mends;
mod opts;
mod plan;
mod products;
mod report;
mod rules;

pub(crate) use causes::Cause;
pub(crate) use opts::Opts;
pub(crate) use report::{Report, Said, Tried};

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    input::Watch,
    render,
};
use plan::Plan;

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let plan = match Plan::new(opts) {
        Ok(plan) => plan,
        Err(usage) => {
            if globals.json {
                refused(&opts.target, &usage);
            }
            return Err(usage);
        }
    };
    for note in &plan.notes {
        render::note(note);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Usage::new("usage.system", format!("cannot start: {error}"), ""))?;
    let mut watch = Watch::new(format!("examining {}", plan.target), 1);
    let evidence = runtime.block_on(watch.until(examine::examine(&plan)));
    drop(watch);
    // A resolver that hangs must not keep the process: its thread is left behind.
    runtime.shutdown_background();
    let (cause, others) = rules::diagnose(&evidence);
    let report = Report::new(&evidence, &cause, &others);
    let told = match globals.json {
        true => render::json(&report),
        false => render::doctor_screen(&report, globals.verbose),
    };
    Ok(match (cause.exit, told) {
        // Who asked has not got what he asked for.
        (Exit::Good, false) => Exit::Failed,
        (exit, _) => exit,
    })
}

/// The document for a command that could not begin; whether it is there.
pub(crate) fn refused(target: &str, usage: &Usage) -> bool {
    render::json(&Report::refused(target, usage))
}
