//! Data through one connection, a record at a time.

use crate::{
    Result,
    figures::Figures,
    handshake::Pair,
    limit::Records,
    meter::{Meter, Wall},
    report::Row,
    stack::{self, Setup},
    turns::Turns,
};

/// How much data a stack sends and receives in its turn; in records of 100 bytes an eighth of it.
const A_TURN: usize = 1 << 18;
/// The records of a turn at most.
const MOST_RECORDS: usize = 320;

/// How a row of each direction is called.
pub(crate) const DIRECTIONS: [&str; 2] = ["send", "receive"];

struct Contestant {
    pair: Pair,
    wire: Vec<u8>,
    samples: [Vec<f64>; 2],
}

impl Contestant {
    fn turn(&mut self, data: &[u8], records: usize) -> Result<()> {
        let mark = Wall.start();
        for _ in 0..records {
            self.pair.client.send(data, &mut self.wire)?;
        }
        let sent = Wall.stop(mark);
        let mark = Wall.start();
        let received = self.pair.server.receive(&mut self.wire)?;
        let opened = Wall.stop(mark);
        if received != records * data.len() {
            return Err(format!("{received} bytes came of {}", records * data.len()).into());
        }
        push(&mut self.samples, received, [sent, opened]);
        Ok(())
    }
}

/// Megabytes a second are bytes a microsecond.
fn push(samples: &mut [Vec<f64>; 2], bytes: usize, times: [f64; 2]) {
    for (samples, time) in samples.iter_mut().zip(times) {
        samples.push(bytes as f64 / time);
    }
}

/// Times records of `size` bytes of data: a row for sending, one for receiving.
pub(crate) fn rates(name: &str, setup: &Setup<'_>, size: usize, turns: &Turns) -> Result<Vec<Row>> {
    let data = vec![0x5a; size];
    let records = (A_TURN / size).clamp(1, MOST_RECORDS);
    let mut contestants = Vec::new();
    for stack in turns.stacks() {
        let contestant = match stack::set_up(stack, setup)? {
            Some(made) => {
                let pair = Pair::make(made.as_ref(), &Wall)?;
                pair.check(setup, false)?;
                Some(Contestant { pair, wire: Vec::with_capacity(2 * A_TURN), samples: [Vec::new(), Vec::new()] })
            }
            None => None,
        };
        contestants.push((stack, contestant));
    }
    let mut limit = Records::new(setup.aead, size)?;
    let mut limits = [Vec::new(), Vec::new()];
    turns.take(|| {
        for (_, contestant) in &mut contestants {
            if let Some(contestant) = contestant {
                contestant.turn(&data, records)?;
            }
        }
        let mark = Wall.start();
        for _ in 0..records {
            limit.send()?;
        }
        let sent = Wall.stop(mark);
        let mark = Wall.start();
        for _ in 0..records {
            limit.receive()?;
        }
        push(&mut limits, records * size, [sent, Wall.stop(mark)]);
        Ok(())
    })?;
    let mut rows: Vec<Row> = DIRECTIONS
        .into_iter()
        .zip(limits)
        .map(|(direction, samples)| Row {
            limit: Figures::of(samples),
            ..Row::new(&format!("{name}/{direction}"), "MB/s", true)
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
