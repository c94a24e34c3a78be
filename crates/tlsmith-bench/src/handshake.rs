//! Handshakes, client and server apart.

use crate::{
    Result,
    figures::Figures,
    limit::{Flights, Limit},
    meter::{Allocations, Meter, Wall},
    report::{Row, Side},
    stack::{self, End, Setup, Stack},
    turns::Turns,
};

/// How many handshakes a stack makes in its turn: so that its code and data are in the caches, but the next one's turn is
/// in the same weather.
const A_TURN: usize = 4;

/// Both ends of a handshake that is complete, and what each cost.
pub(crate) struct Pair {
    pub(crate) client: Box<dyn End>,
    pub(crate) server: Box<dyn End>,
    pub(crate) flights: Flights,
    cost: [f64; 2],
}

impl Pair {
    /// One handshake from nothing.
    pub(crate) fn make(stack: &dyn Stack, meter: &impl Meter) -> Result<Self> {
        let (mut to_server, mut to_client) = (Vec::with_capacity(1 << 13), Vec::with_capacity(1 << 13));
        let mark = meter.start();
        let mut client = stack.client()?;
        client.handshake(&mut to_client, &mut to_server)?;
        let mut client_cost = meter.stop(mark);
        let client_hello = to_server.len();

        let mark = meter.start();
        let mut server = stack.server()?;
        server.handshake(&mut to_server, &mut to_client)?;
        let mut server_cost = meter.stop(mark);
        let flights = Flights { client_hello, server: to_client.len() };

        while !to_client.is_empty() || !to_server.is_empty() {
            let mark = meter.start();
            client.handshake(&mut to_client, &mut to_server)?;
            client_cost += meter.stop(mark);
            if to_server.is_empty() {
                break;
            }
            let mark = meter.start();
            server.handshake(&mut to_server, &mut to_client)?;
            server_cost += meter.stop(mark);
        }
        if client.is_handshaking() || server.is_handshaking() {
            return Err("the handshake did not complete".into());
        }
        Ok(Self { client, server, flights, cost: [client_cost, server_cost] })
    }

    pub(crate) fn check(&self, setup: &Setup<'_>, resumed: bool) -> Result<()> {
        self.client.check(setup, resumed)?;
        self.server.check(setup, resumed)
    }

    /// What it cost from the making of its ends to their end.
    fn finish(self, meter: &impl Meter) -> [f64; 2] {
        let Self { client, server, cost: [client_cost, server_cost], .. } = self;
        let mark = meter.start();
        drop(client);
        let client_drop = meter.stop(mark);
        let mark = meter.start();
        drop(server);
        [client_cost + client_drop, server_cost + meter.stop(mark)]
    }
}

/// A stack that has made its first handshake.
struct Contestant {
    stack: Box<dyn Stack>,
    samples: [Vec<f64>; 2],
}

impl Contestant {
    /// None if the stack does not know what is wanted. Where sessions are resumed the first handshake is the one that is.
    fn new(name: &str, setup: &Setup<'_>, flights: &mut Flights) -> Result<Option<Self>> {
        let Some(stack) = stack::set_up(name, setup)? else { return Ok(None) };
        for resumed in [false, setup.resume] {
            let mut pair = Pair::make(stack.as_ref(), &Wall)?;
            pair.check(setup, resumed)?;
            pair.client.close()?;
            *flights = pair.flights;
        }
        Ok(Some(Self { stack, samples: [Vec::new(), Vec::new()] }))
    }

    fn turn(&mut self, setup: &Setup<'_>) -> Result<()> {
        for _ in 0..A_TURN {
            let mut pair = Pair::make(self.stack.as_ref(), &Wall)?;
            pair.check(setup, setup.resume)?;
            pair.client.close()?;
            let costs = pair.finish(&Wall);
            for (samples, cost) in self.samples.iter_mut().zip(costs) {
                samples.push(cost);
            }
        }
        Ok(())
    }
}

/// Times handshakes: a row for the client, one for the server.
pub(crate) fn times(name: &str, setup: &Setup<'_>, turns: &Turns) -> Result<Vec<Row>> {
    let mut flights = Flights::default();
    let mut contestants = Vec::new();
    for stack in turns.stacks() {
        contestants.push((stack, Contestant::new(stack, setup, &mut flights)?));
    }
    let limit = Limit::new(setup, setup.resume, flights)?;
    let mut limits = [Vec::new(), Vec::new()];
    turns.take(|| {
        for (_, contestant) in &mut contestants {
            if let Some(contestant) = contestant {
                contestant.turn(setup)?;
            }
        }
        for _ in 0..A_TURN {
            let [client, server] = &mut limits;
            let mark = Wall.start();
            limit.client()?;
            client.push(Wall.stop(mark));
            let mark = Wall.start();
            limit.server()?;
            server.push(Wall.stop(mark));
        }
        Ok(())
    })?;
    let mut rows: Vec<Row> = Side::BOTH
        .into_iter()
        .zip(limits)
        .map(|(side, samples)| Row {
            limit: Figures::of(samples),
            ..Row::new(&format!("{name}/{}", side.name()), "us", false)
        })
        .collect();
    for (stack, contestant) in contestants {
        let samples = contestant.map(|contestant| contestant.samples).unwrap_or_default();
        for (row, samples) in rows.iter_mut().zip(samples) {
            row.set(stack, Figures::of(samples));
        }
    }
    Ok(rows)
}

/// Counts the allocations of a handshake.
pub(crate) fn allocations(name: &str, setup: &Setup<'_>, turns: &Turns) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> =
        Side::BOTH.into_iter().map(|side| Row::new(&format!("{name}/{}", side.name()), "allocations", false)).collect();
    for stack in turns.stacks() {
        let counted = if stack == "openssl" { None } else { stack::set_up(stack, setup)? };
        let Some(counted) = counted else {
            rows.iter_mut().for_each(|row| row.set(stack, None));
            continue;
        };
        // Whatever is made once is made in the first ones.
        for _ in 0..A_TURN {
            Pair::make(counted.as_ref(), &Allocations)?;
        }
        let pair = Pair::make(counted.as_ref(), &Allocations)?;
        pair.check(setup, setup.resume)?;
        for (row, count) in rows.iter_mut().zip(pair.finish(&Allocations)) {
            row.set(stack, Some(Figures::exact(count)));
        }
    }
    Ok(rows)
}
