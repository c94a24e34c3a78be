//! From the plan to the report: reaches the server, tries each kind of handshake once, then measures it. Prints nothing.

use std::{net::SocketAddr, sync::Arc};

use tlsmith_x509::UnixTime;
use tokio::net::TcpStream;

use super::{
    client::{Client, Done},
    load::{Load, Tally},
    plan::Plan,
    progress::Progress,
    report::{Bucket, Report, Row, Summary},
    scenario::Scenario,
};
use crate::connect::{Error, reach};

/// Measures all of it.
pub(crate) async fn run(plan: &Arc<Plan>, progress: &Progress) -> Report {
    let mut report = Report {
        target: plan.target.to_string(),
        time: UnixTime::now().to_string(),
        concurrency: plan.concurrency,
        seconds: plan.bound.time.map(|time| time.as_secs_f64()),
        count: plan.bound.count,
        path: plan.path.clone(),
        ..Report::default()
    };
    if let Err(error) = measure(plan, progress, &mut report).await {
        report.error = Some(error);
    }
    report
}

async fn measure(plan: &Arc<Plan>, progress: &Progress, report: &mut Report) -> Result<(), Error> {
    let (tcp, address) = reach(plan, report).await?;
    // The connection that found the address is the first one's: a server is not called and left standing.
    let mut tcp = Some(tcp);
    let mut first_error = None;
    for scenario in Scenario::ALL {
        let (row, error) = scenario_row(plan, progress, report, (tcp.take(), address), scenario).await;
        report.rows.push(row);
        // A server that is not trusted is not measured with the other kinds either.
        match error {
            Some(error) if error.is_about_trust() => return Err(error),
            error => first_error = first_error.or(error),
        }
    }
    match report.rows.iter().any(|row| row.handshakes > 0) {
        true => Ok(()),
        false => first_error.map_or(Ok(()), Err),
    }
}

/// The first address that takes a connection: all the others go there, too.
async fn reach(plan: &Plan, report: &mut Report) -> Result<(TcpStream, SocketAddr), Error> {
    let addresses = match (plan.target.ip(), plan.target.host.contains('%')) {
        (Some(ip), false) => vec![SocketAddr::new(ip, plan.target.port)],
        _ => reach::resolve(&plan.target, plan.timeout).await?,
    };
    let (tcp, address, _) = reach::connect(&addresses, plan.timeout, &mut Vec::new()).await?;
    report.address = Some(address.to_string());
    Ok((tcp, address))
}

async fn scenario_row(
    plan: &Arc<Plan>,
    progress: &Progress,
    report: &mut Report,
    (tcp, address): (Option<TcpStream>, SocketAddr),
    scenario: Scenario,
) -> (Row, Option<Error>) {
    let mut row = Row::new(scenario);
    if scenario.is_early() && plan.request.is_none() {
        row.status = "skipped";
        row.why = Some(String::from("it needs a request that may be made twice: --path /"));
        return (row, None);
    }
    let client = match Client::new(plan, scenario, address) {
        Ok(client) => client,
        Err(usage) => {
            row.status = "skipped";
            row.why = Some(usage.message);
            return (row, None);
        }
    };
    match attempt(&client, scenario, tcp).await {
        Ok(done) => {
            row.take_facts(&done);
            report.trusted = done.seen.trusted.or(report.trusted);
        }
        Err(error) => {
            row.status = if scenario.is_unsupported(&error) { "unsupported" } else { "failed" };
            row.why = Some(error.message.clone());
            return (row, Some(error));
        }
    }
    let load = Arc::new(Load::new(plan, scenario, address));
    let tally = progress.watch(&scenario.to_string(), &load, plan.bound).await;
    row.take_tally(tally);
    if load.gave_up() {
        row.why = Some(String::from("given up after too many failures in a row"));
    }
    (row, None)
}

/// One by itself, which is not counted: it says whether the server can do it, and warms up both sides.
async fn attempt(client: &Client<'_>, scenario: Scenario, tcp: Option<TcpStream>) -> Result<Done, Error> {
    if !scenario.resumes() {
        return client.measure(tcp).await;
    }
    client.prepare(tcp).await?;
    client.measure(None).await
}

impl Row {
    fn new(scenario: Scenario) -> Self {
        Self {
            scenario: scenario.kind(),
            protocol: scenario.version.to_string(),
            status: "measured",
            why: None,
            cipher_suite: None,
            group: None,
            handshakes: 0,
            prepared: 0,
            elapsed_seconds: 0.0,
            per_second: 0.0,
            latency_ms: None,
            tcp_ms: None,
            first_byte_ms: None,
            histogram: Vec::new(),
            errors: std::collections::BTreeMap::new(),
            http_statuses: std::collections::BTreeMap::new(),
        }
    }

    fn take_facts(&mut self, done: &Done) {
        self.cipher_suite = done.seen.cipher_suite.map(|suite| suite.to_string());
        self.group = done.seen.group.map(|group| group.to_string());
    }

    fn take_tally(&mut self, tally: Tally) {
        self.handshakes = tally.tls.count();
        self.prepared = tally.prepared;
        self.elapsed_seconds = round(tally.elapsed().as_secs_f64());
        self.per_second = round(tally.per_second);
        self.latency_ms = Summary::of(&tally.tls);
        self.tcp_ms = Summary::of(&tally.tcp);
        self.first_byte_ms = Summary::of(&tally.first_byte);
        self.histogram = Bucket::all(&tally.tls);
        self.errors = tally.errors;
        self.http_statuses = tally.statuses;
    }
}

/// Three decimals: what the clock is good for.
fn round(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
