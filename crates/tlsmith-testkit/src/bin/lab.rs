//! Brings up the lab: broken TLS servers on loopback for `tlsmith doctor` and for people.
#![allow(clippy::panic, reason = "a server that does not come up is told by a panic of the launcher")]

use std::{
    io::{self, Write},
    process::ExitCode,
};

use tlsmith_testkit::lab::{Fault, Lab, faults};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
Broken TLS servers on loopback, one for each thing that people get wrong, until Ctrl-C.

Usage: lab [NAME...]   all of them, or those whose names begin so (lab expired wrong-host-nginx)
       lab --list      what there is: name, server, what `tlsmith doctor` has to say first, what was done wrong
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("--help" | "-h") => io::stdout().write_all(USAGE.as_bytes()),
        Some("--list") => list(&mut io::stdout().lock()),
        _ => match wanted(&arguments) {
            Ok(faults) => run(&faults),
            Err(name) => {
                eprintln!("lab: there is no fault {name:?}; lab --list names them\n\n{USAGE}");
                return ExitCode::from(2);
            }
        },
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has read enough (`lab --list | head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lab: {error}");
            ExitCode::FAILURE
        }
    }
}

fn list(out: &mut impl Write) -> io::Result<()> {
    let faults = faults::all();
    let names = faults.iter().map(|fault| fault.name.len()).max().unwrap_or(0);
    let causes = faults.iter().map(|fault| fault.cause.len()).max().unwrap_or(0);
    for Fault { name, server, cause, title, .. } in &faults {
        writeln!(out, "{name:names$}  {server:8}  {cause:causes$}  {title}")?;
    }
    Ok(())
}

/// The faults whose names begin as one of these, all if there is none; an error is what nothing begins with.
fn wanted(beginnings: &[String]) -> Result<Vec<Fault>, &String> {
    let all = faults::all();
    if beginnings.is_empty() {
        return Ok(all);
    }
    let begins = |fault: &Fault, beginning: &String| fault.name.starts_with(beginning.as_str());
    match beginnings.iter().find(|beginning| !all.iter().any(|fault| begins(fault, beginning))) {
        Some(nothing) => Err(nothing),
        None => Ok(all.into_iter().filter(|fault| beginnings.iter().any(|name| begins(fault, name))).collect()),
    }
}

fn run(faults: &[Fault]) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // From here on they end the lab in good order, while it comes up as well.
    let (mut interrupted, mut terminated) = {
        let _entered = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    let lab = Lab::new();
    let mut running = Vec::new();
    let mut out = io::stdout().lock();
    for fault in faults {
        let server = lab.start(fault);
        writeln!(out, "{} ({}): {}", fault.name, fault.server, fault.title)?;
        writeln!(out, "  tlsmith doctor {}", server.command_line().join(" "))?;
        running.push(server);
    }
    writeln!(out, "\n{} of them are up until Ctrl-C; the line below each is the one to try.", running.len())?;
    writeln!(out, "The program is target/debug/tlsmith after: cargo build -p tlsmith-cli")?;
    out.flush()?;
    runtime.block_on(async {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    });
    Ok(())
}
