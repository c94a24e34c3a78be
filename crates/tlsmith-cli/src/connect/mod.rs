//! `tlsmith connect`: reaches a server and says what was negotiated, who answered, and whether to trust it.

pub(crate) mod failure;
mod key_log;
pub(crate) mod link;
mod ocsp;
mod opts;
mod plan;
mod progress;
mod psk;
pub(crate) mod reach;
mod report;
mod run;
mod sessions;
pub(crate) mod starttls;
mod talk;
mod target;

use std::io::{self, IsTerminal as _};

pub(crate) use opts::Opts;
pub(crate) use plan::shares;
#[cfg(test)]
pub(crate) use report::StartTls;
#[cfg(test)]
pub(crate) use report::example;
pub(crate) use report::{Error, FailedAddress, Finding, Mend, Message, Report, Spoken, hex, ms};
pub(crate) use run::{of_broken, stalled};
pub(crate) use target::{HTTPS, Target};

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    render::{self, Destination},
};
use plan::{Mode, Plan};

/// Runs the command.
pub(crate) fn main(opts: &Opts, globals: &Globals) -> Result<Exit, Usage> {
    let plan = Plan::new(opts, globals.json, io::stdin().is_terminal());
    let plan = match plan {
        Ok(plan) => plan,
        Err(usage) if globals.json => {
            // The document is there whatever happens; the line on standard error and the exit code as without it.
            refused(&opts.target, &usage);
            return Err(usage);
        }
        Err(usage) => return Err(usage),
    };
    for note in &plan.notes {
        render::note(note);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Usage::new("usage.system", format!("cannot start: {error}"), ""))?;
    let (report, told) = runtime.block_on(carry_out(plan, opts, globals));
    // A resolver that hangs must not keep the process: its thread is left behind.
    runtime.shutdown_background();
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

/// Shakes hands, shows the screen, converses. The report, and whether it could be written.
async fn carry_out(plan: Plan, opts: &Opts, globals: &Globals) -> (Report, bool) {
    // Where the peer's bytes go to standard output, the screen goes to standard error.
    let screen = match plan.mode {
        Mode::Report => Destination::Stdout,
        Mode::Send(_) | Mode::Interactive => Destination::Stderr,
    };
    let (phases, watch) = progress::channel(plan.target.to_string());
    let mut session = tokio::select! {
        session = run::establish(&plan, &phases) => session,
        never = watch.run() => match never {},
    };
    if let (true, Some(finding)) = (opts.trust.insecure, session.report.cause()) {
        render::warn(&format!("NOT TRUSTED, gone on because of --insecure: {}: {}", finding.code, finding.message));
    }
    let shown = globals.json || render::screen(&session.report, screen, globals.verbose);
    if session.link.is_some() {
        talk::converse(&plan, &mut session, globals.json).await;
    }
    if let Some(trouble) = plan.key_log.as_ref().and_then(|log| log.trouble()) {
        render::warn(&trouble);
    }
    let told = match globals.json {
        true => render::json(&session.report),
        false => render::afterword(&session.report, screen, globals.verbose),
    };
    (session.report, shown && told)
}
