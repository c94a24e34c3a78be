//! The memory of connections that wait.

use std::{fs, process::Command};

use crate::{
    Result,
    figures::Figures,
    handshake::Pair,
    meter::{Wall, bytes_held},
    report::{Row, Side},
    stack::{self, End, Setup, Stack},
    turns::Turns,
};

/// How many connections are held.
const CONNECTIONS: usize = 5000;
/// As many are made and dropped before, so that what is made once is there.
const FIRST: usize = 50;
/// What passes in each direction before a connection falls idle.
const EXCHANGE: [u8; 1024] = [0x5a; 1024];

/// The bytes that one idle connection holds by the allocator's count (Rust's allocations alone), and by the growth of the
/// process (all memory), which is measured in a process of its own.
pub(crate) fn sizes(name: &str, setup: &Setup<'_>, turns: &Turns) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for side in Side::BOTH {
        let mut counted = Row::new(&format!("{name}/{}/allocated", side.name()), "bytes", false);
        let mut grown = Row::new(&format!("{name}/{}/resident", side.name()), "bytes", false);
        for stack in turns.stacks() {
            let Some(made) = stack::set_up(stack, setup)? else {
                counted.set(stack, None);
                grown.set(stack, None);
                continue;
            };
            // What C code allocates is not counted: of OpenSSL next to nothing would be.
            let count = match stack {
                "openssl" => None,
                _ => Some(Figures::exact(allocated(made.as_ref(), side)?)),
            };
            counted.set(stack, count);
            grown.set(stack, Some(Figures::exact(in_a_child(stack, side, setup)?)));
        }
        rows.extend([counted, grown]);
    }
    Ok(rows)
}

/// One end of a connection that has said something and heard something; the other end is gone.
fn idle_end(stack: &dyn Stack, side: Side) -> Result<Box<dyn End>> {
    let Pair { mut client, mut server, .. } = Pair::make(stack, &Wall)?;
    let mut wire = Vec::new();
    client.send(&EXCHANGE, &mut wire)?;
    server.receive(&mut wire)?;
    server.send(&EXCHANGE, &mut wire)?;
    client.receive(&mut wire)?;
    let mut end = match side {
        Side::Client => client,
        Side::Server => server,
    };
    end.fall_idle();
    Ok(end)
}

fn hold(stack: &dyn Stack, side: Side, count: usize) -> Result<Vec<Box<dyn End>>> {
    let mut ends = Vec::with_capacity(count);
    for _ in 0..count {
        ends.push(idle_end(stack, side)?);
    }
    Ok(ends)
}

fn allocated(stack: &dyn Stack, side: Side) -> Result<f64> {
    drop(hold(stack, side, FIRST)?);
    let before = bytes_held();
    let ends = hold(stack, side, CONNECTIONS)?;
    let growth = bytes_held() - before;
    drop(ends);
    Ok(growth as f64 / CONNECTIONS as f64)
}

/// By how much the process grows for each connection.
pub(crate) fn resident(stack: &str, side: Side, setup: &Setup<'_>) -> Result<f64> {
    let stack = stack::set_up(stack, setup)?.ok_or("the stack does not know what is wanted")?;
    drop(hold(stack.as_ref(), side, FIRST)?);
    let before = resident_bytes()?;
    let ends = hold(stack.as_ref(), side, CONNECTIONS)?;
    let growth = resident_bytes()? - before;
    drop(ends);
    Ok(growth / CONNECTIONS as f64)
}

fn in_a_child(stack: &str, side: Side, setup: &Setup<'_>) -> Result<f64> {
    let child = Command::new(std::env::current_exe()?)
        .args(["--resident", stack, "--side", side.name(), "--resident-version", setup.version.name()])
        .output()?;
    match child.status.success() {
        true => Ok(String::from_utf8(child.stdout)?.trim().parse()?),
        false => Err(String::from_utf8_lossy(&child.stderr).into()),
    }
}

/// The resident set of this process (proc_pid_status(5)).
fn resident_bytes() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
}
