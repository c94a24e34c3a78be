//! Rows, as a table and as JSON, and whether they miss the goal.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::figures::Figures;

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::Client, Self::Server];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// The goal: nowhere behind OpenSSL, nowhere below nine tenths of rustls.
const GOALS: [(&str, f64); 2] = [("openssl", 1.0), ("rustls", 0.9)];

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) scenario: String,
    pub(crate) unit: &'static str,
    pub(crate) higher_is_better: bool,
    pub(crate) tlsmith: Option<Figures>,
    pub(crate) peers: Vec<(&'static str, Option<Figures>)>,
    pub(crate) limit: Option<Figures>,
}

impl Row {
    pub(crate) fn new(scenario: &str, unit: &'static str, higher_is_better: bool) -> Self {
        Self { scenario: scenario.into(), unit, higher_is_better, tlsmith: None, peers: Vec::new(), limit: None }
    }

    /// Notes what a stack made of it.
    pub(crate) fn set(&mut self, stack: &'static str, figures: Option<Figures>) {
        match stack {
            "tlsmith" => self.tlsmith = figures,
            peer => self.peers.push((peer, figures)),
        }
    }

    /// How good tlsmith is, by this measure: 1 is as good, more is better.
    fn ratio(&self, other: Option<Figures>) -> Option<f64> {
        let (ours, other) = (self.tlsmith?.median, other?.median);
        Some(if self.higher_is_better { ours / other } else { other / ours })
    }

    fn ratio_to_best_peer(&self) -> Option<f64> {
        self.peers.iter().filter_map(|(_, figures)| self.ratio(*figures)).min_by(f64::total_cmp)
    }

    /// The peers that tlsmith is too far behind, and by how much.
    fn missed(&self) -> impl Iterator<Item = (&'static str, f64)> {
        GOALS.iter().filter_map(|(goal, least)| {
            let (_, figures) = self.peers.iter().find(|(name, _)| name == goal)?;
            self.ratio(*figures).filter(|ratio| ratio < least).map(|ratio| (*goal, ratio))
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "scenario": self.scenario,
            "unit": self.unit,
            "higher_is_better": self.higher_is_better,
            "tlsmith": self.tlsmith.map(|figures| figures.median),
            "peers": self.of_peers(|figures| json!(figures.median)),
            "limit": self.limit.map(|figures| figures.median),
        })
    }

    fn quartiles_to_json(&self) -> Value {
        let quartiles = |figures: Figures| json!([figures.lower, figures.upper]);
        json!({
            "scenario": self.scenario,
            "tlsmith": self.tlsmith.map(quartiles),
            "peers": self.of_peers(quartiles),
            "limit": self.limit.map(quartiles),
        })
    }

    fn of_peers(&self, value: impl Fn(Figures) -> Value) -> Map<String, Value> {
        self.peers.iter().map(|(name, figures)| ((*name).into(), figures.map_or(Value::Null, &value))).collect()
    }
}

/// `rows` holds the medians, `quartiles` the same with first and third quartile.
pub(crate) fn json(rows: &[Row]) -> Value {
    json!({
        "rows": rows.iter().map(Row::to_json).collect::<Vec<_>>(),
        "quartiles": rows.iter().map(Row::quartiles_to_json).collect::<Vec<_>>(),
    })
}

/// The table: the median of each stack with its quartiles, and how good tlsmith is beside the best peer and the limit.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut lines = vec![
        ["scenario", "unit", "tlsmith", "rustls", "openssl", "limit", "to best peer", "to limit"]
            .map(String::from)
            .to_vec(),
    ];
    for row in rows {
        let peer = |name: &str| row.peers.iter().find(|(peer, _)| *peer == name).and_then(|(_, figures)| *figures);
        lines.push(vec![
            row.scenario.clone(),
            row.unit.into(),
            cell(row.tlsmith),
            cell(peer("rustls")),
            cell(peer("openssl")),
            cell(row.limit),
            ratio(row.ratio_to_best_peer()),
            ratio(row.ratio(row.limit)),
        ]);
    }
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len))
        .map(|column| lines.iter().filter_map(|line| line.get(column)).map(String::len).max().unwrap_or(0))
        .collect();
    let mut table = String::new();
    for line in &lines {
        let mut text = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            // Words to the left, numbers to the right.
            let _ = match column {
                0 | 1 => write!(text, "{cell:<width$}  "),
                _ => write!(text, "{cell:>width$}  "),
            };
        }
        table.push_str(text.trim_end());
        table.push('\n');
    }
    table
}

fn cell(figures: Option<Figures>) -> String {
    match figures {
        None => String::from("-"),
        Some(Figures { lower, median, upper }) if lower == upper => number(median),
        Some(Figures { lower, median, upper }) => format!("{} ({}..{})", number(median), number(lower), number(upper)),
    }
}

fn number(value: f64) -> String {
    // Three digits say all that a median can.
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

fn ratio(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| String::from("-"), |ratio| format!("{ratio:.2}"))
}

/// What misses the goal, a line each.
pub(crate) fn missed(rows: &[Row]) -> Vec<String> {
    let of_row = |row: &Row| row.missed().map(|missed| describe(row, missed)).collect::<Vec<_>>();
    rows.iter().flat_map(of_row).collect()
}

/// Where the primitives alone are behind a peer's, no protocol code catches up: that is said as well.
fn describe(row: &Row, (peer, ratio): (&str, f64)) -> String {
    let line = format!("{}: {ratio:.2} of {peer}", row.scenario);
    match row.ratio(row.limit).map(|to_limit| ratio / to_limit) {
        Some(of_limit) if of_limit < 1.0 => format!("{line} (the limit itself: {of_limit:.2})"),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(higher_is_better: bool, tlsmith: f64, rustls: f64, openssl: Option<f64>) -> Row {
        let mut row = Row::new("a scenario", "unit", higher_is_better);
        row.set("tlsmith", Some(Figures::exact(tlsmith)));
        row.set("rustls", Some(Figures::exact(rustls)));
        row.set("openssl", openssl.map(Figures::exact));
        row
    }

    #[test]
    fn the_goal() {
        assert!(missed(&[row(false, 100.0, 91.0, Some(100.0)), row(true, 100.0, 110.0, None)]).is_empty());
        assert_eq!(missed(&[row(false, 100.0, 89.0, Some(101.0))]), ["a scenario: 0.89 of rustls"]);
        assert_eq!(missed(&[row(true, 98.0, 98.0, Some(100.0))]), ["a scenario: 0.98 of openssl"]);
        let mut slow = row(true, 72.0, 72.0, Some(100.0));
        slow.limit = Some(Figures::exact(80.0));
        assert_eq!(missed(&[slow]), ["a scenario: 0.72 of openssl (the limit itself: 0.80)"]);
    }

    #[test]
    fn json_has_null_where_a_peer_cannot() {
        let value = json(&[row(true, 2.0, 4.0, None)]);
        assert_eq!(
            value["rows"][0],
            json!({
                "scenario": "a scenario", "unit": "unit", "higher_is_better": true, "tlsmith": 2.0,
                "peers": { "rustls": 4.0, "openssl": null }, "limit": null,
            })
        );
    }

    #[test]
    fn columns_line_up() {
        let table = table(&[row(true, 2.0, 4.0, None), row(false, 2000.0, 4000.0, Some(1.0))]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0].find("unit"), lines[1].find("unit"));
        assert!(lines[1].contains("0.50") && lines[2].contains("0.00"), "{table}");
    }
}
