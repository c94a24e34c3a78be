//! `tlsmith serve`: ends TLS in front of an HTTP server, or shows a page about the connection.

mod opts;
mod plan;
mod report;
mod staple;
mod tickets;
mod watch;

use std::io::{self, IsTerminal as _};

use tlsmith_proxy::{Service, Shutdown, Terminator, listen};
use tracing_subscriber::EnvFilter;

pub(crate) use opts::Opts;

use crate::{
    cli::Globals,
    exit::{Exit, Usage},
    render,
};
use plan::Plan;
use report::Report;

/// Runs the command.
pub(crate) fn main(opts: Opts, globals: &Globals) -> Result<Exit, Usage> {
    log(globals);
    let result = start(opts, globals);
    if let (Err(usage), true) = (&result, globals.json) {
        // The document is there whatever happens; the line on standard error and the exit code as without it.
        render::json(&usage.document());
    }
    result
}

fn start(opts: Opts, globals: &Globals) -> Result<Exit, Usage> {
    let plan = Plan::new(opts)?;
    for warning in &plan.warnings {
        render::warn(warning);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Usage::new("usage.system", format!("cannot start: {error}"), ""))?;
    let result = runtime.block_on(serve(plan, globals));
    // What did not end in time ends with the process.
    runtime.shutdown_background();
    result.map(|()| Exit::Good)
}

async fn serve(plan: Plan, globals: &Globals) -> Result<(), Usage> {
    let listeners = listen(&plan.listen).await.map_err(|error| Usage::new(error.code, error.message, error.fix))?;
    let system = |error: io::Error| Usage::new("usage.system", format!("cannot start: {error}"), "");
    let addresses = listeners.iter().map(|listener| listener.local_addr()).collect::<Result<Vec<_>, _>>();
    let report = Report::new(&plan, &addresses.map_err(system)?);
    let shutdown = Shutdown::new();
    // Before it is said that it serves: who reads that may send a signal at once.
    let signals = shutdown.catch_signals().map_err(system)?;
    // It serves all the same: who started it may have closed standard output on purpose.
    match globals.json {
        true => render::json(&report),
        false => render::plain(|width| report.screen(width)),
    };
    tokio::spawn(signals);
    if let Some(demonstration) = plan.demonstration.clone() {
        let shutdown = shutdown.clone();
        tokio::spawn(async move { demonstration.keep_renewed(shutdown).await });
    }
    if !plan.watched.is_empty() {
        tokio::spawn(watch::watch(plan.watched, plan.provider, plan.clock.clone()));
    }
    let service = match (plan.backend, plan.demonstration) {
        (Some((backend, timeouts)), _) => Service::Backend(backend, timeouts),
        (None, Some(demonstration)) => Service::Demo(demonstration.page()),
        (None, None) => return Err(Usage::new("usage.serve", "there is nothing to serve", "")),
    };
    Terminator::new(plan.config, service, plan.clock, plan.limits, shutdown).run(listeners).await;
    tracing::info!("ended");
    Ok(())
}

/// The log, on standard error: lines for people, or JSON beside `--json`.
fn log(globals: &Globals) {
    let level = if globals.verbose { "info,tlsmith_proxy=debug" } else { "info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    match globals.json {
        true => log.json().init(),
        false => log.with_ansi(colour).compact().init(),
    }
}
