//! What `tlsmith bench` found: one struct, shown as text or as JSON.

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use tlsmith_x509::UnixTime;

use super::histogram::Histogram;
use crate::{
    connect::{Error, ms},
    exit::{Exit, Usage},
};

/// Everything that is known at the end.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Report {
    /// Host and port, as asked for.
    pub(crate) target: String,
    /// When it began, RFC 3339.
    pub(crate) time: String,
    /// The address that answered.
    pub(crate) address: Option<String>,
    /// Whether the server's certificate is trusted; null where it did not come to a judgement.
    pub(crate) trusted: Option<bool>,
    /// Connections at a time.
    pub(crate) concurrency: u32,
    /// The bound on each kind's time.
    pub(crate) seconds: Option<f64>,
    /// The bound on each kind's number.
    pub(crate) count: Option<u64>,
    /// What was asked for on each connection.
    pub(crate) path: Option<String>,
    /// The kinds of handshake, in the order in which they were measured.
    pub(crate) rows: Vec<Row>,
    /// Why nothing could be measured.
    pub(crate) error: Option<Error>,
}

/// One kind of handshake.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// `full`, `resumed` or `0-rtt`.
    pub(crate) scenario: &'static str,
    /// `TLSv1.3`.
    pub(crate) protocol: String,
    /// `measured`, `unsupported`, `skipped` or `failed`.
    pub(crate) status: &'static str,
    /// Why it was not measured, or not to the end.
    pub(crate) why: Option<String>,
    /// IANA's name.
    pub(crate) cipher_suite: Option<String>,
    /// IANA's name.
    pub(crate) group: Option<String>,
    /// How many succeeded.
    pub(crate) handshakes: u64,
    /// Full handshakes between them for sessions to resume, which do not count.
    pub(crate) prepared: u64,
    /// From the first one's beginning to the last one's end.
    pub(crate) elapsed_seconds: f64,
    /// How many a second of the time that went into them, over all connections at a time.
    pub(crate) per_second: f64,
    /// From the ClientHello to the last message of the handshake.
    pub(crate) latency_ms: Option<Summary>,
    /// The TCP connection before it.
    pub(crate) tcp_ms: Option<Summary>,
    /// From the beginning of the TCP connection to the first byte of the answer, with `--path`.
    pub(crate) first_byte_ms: Option<Summary>,
    /// The distribution of `latency_ms`.
    pub(crate) histogram: Vec<Bucket>,
    /// Failures by their code.
    pub(crate) errors: BTreeMap<String, Failures>,
    /// Answers by their HTTP status, with `--path`.
    pub(crate) http_statuses: BTreeMap<String, u64>,
}

/// A distribution in six numbers, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Summary {
    pub(crate) min: f64,
    pub(crate) mean: f64,
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

/// How many took so long.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Bucket {
    pub(crate) from_ms: f64,
    pub(crate) to_ms: f64,
    pub(crate) count: u64,
}

/// Failures of one code.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Failures {
    pub(crate) count: u64,
    /// What the first one said.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) fix: String,
}

impl Summary {
    /// Of what was counted; none if nothing was.
    pub(crate) fn of(histogram: &Histogram) -> Option<Self> {
        let at = |part| ms(histogram.percentile(part));
        (histogram.count() > 0).then(|| Self {
            min: ms(histogram.min()),
            mean: ms(histogram.mean()),
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: ms(histogram.max()),
        })
    }
}

impl Bucket {
    pub(crate) fn all(histogram: &Histogram) -> Vec<Self> {
        let bucket = |(from, to, count): (Duration, Duration, u64)| Self { from_ms: ms(from), to_ms: ms(to), count };
        histogram.buckets().map(bucket).collect()
    }
}

impl Row {
    /// How many failed.
    pub(crate) fn failures(&self) -> u64 {
        self.errors.values().map(|failures| failures.count).sum()
    }
}

impl Report {
    /// The report of a command that could not begin.
    pub(crate) fn refused(target: &str, usage: &Usage) -> Self {
        let error = Error::of_usage(usage);
        Self { target: target.to_owned(), time: UnixTime::now().to_string(), error: Some(error), ..Self::default() }
    }

    /// The exit code that tells what the report tells.
    pub(crate) fn exit(&self) -> Exit {
        if self.trusted == Some(false) || self.error.as_ref().is_some_and(Error::is_about_trust) {
            return Exit::Untrusted;
        }
        let made = self.rows.iter().any(|row| row.handshakes > 0);
        match self.error.is_none() && made && self.rows.iter().all(|row| row.failures() == 0 && row.status != "failed")
        {
            true => Exit::Good,
            false => Exit::Failed,
        }
    }
}

/// A made-up report, for the tests of how reports are shown.
#[cfg(test)]
pub(crate) fn example() -> Report {
    let row = |scenario, protocol: &str, per_second: f64, factor: u64| {
        let mut histogram = Histogram::default();
        // Half of them take one, forty in a hundred two, nine four, one eight.
        for (count, millis) in [(50, 1000), (40, 2000), (9, 4000), (1, 8000)] {
            (0..count).for_each(|_| histogram.record(Duration::from_micros(millis * factor / 2)));
        }
        Row {
            scenario,
            protocol: protocol.to_owned(),
            status: "measured",
            why: None,
            cipher_suite: Some("TLS_AES_128_GCM_SHA256".into()),
            group: Some("x25519".into()),
            handshakes: 100,
            prepared: 0,
            elapsed_seconds: 3.0,
            per_second,
            latency_ms: Summary::of(&histogram),
            tcp_ms: Summary::of(&histogram),
            first_byte_ms: None,
            histogram: Bucket::all(&histogram),
            errors: BTreeMap::new(),
            http_statuses: BTreeMap::new(),
        }
    };
    let mut full = row("full", "TLSv1.3", 1234.5, 2);
    let failures = Failures { count: 2, message: "it reset the connection".into(), fix: "Look at its log.".into() };
    full.errors.insert("transport.reset".into(), failures);
    let unsupported = Row {
        status: "unsupported",
        why: Some("the server does not speak it".into()),
        latency_ms: None,
        tcp_ms: None,
        histogram: Vec::new(),
        handshakes: 0,
        per_second: 0.0,
        ..row("full", "TLSv1.2", 0.0, 2)
    };
    Report {
        target: "example.com:443".into(),
        time: "2026-11-21T00:00:00Z".into(),
        address: Some("192.0.2.1:443".into()),
        trusted: Some(true),
        concurrency: 4,
        seconds: Some(3.0),
        rows: vec![full, row("resumed", "TLSv1.3", 456.7, 1), unsupported],
        ..Report::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_follow_the_report() {
        let mut report = example();
        assert_eq!(report.exit(), Exit::Failed, "two failed");
        report.rows.iter_mut().for_each(|row| row.errors.clear());
        assert_eq!(report.exit(), Exit::Good, "what the server does not have is no failure");
        report.rows[2].status = "failed";
        assert_eq!(report.exit(), Exit::Failed, "one kind failed at once");
        report.rows[2].status = "unsupported";
        report.trusted = Some(false);
        assert_eq!(report.exit(), Exit::Untrusted);
        report.trusted = Some(true);
        report.rows.retain(|row| row.handshakes == 0);
        assert_eq!(report.exit(), Exit::Failed, "none was made");
    }

    #[test]
    fn the_document_has_the_promised_keys_whatever_happened() {
        let refused = Report::refused("example.com", &Usage::new("usage.file", "x", ""));
        for report in [refused, example()] {
            let json = serde_json::to_value(report).unwrap();
            for key in ["target", "address", "trusted", "concurrency", "seconds", "count", "path", "rows", "error"] {
                assert!(json.get(key).is_some(), "{key}");
            }
        }
        let json = serde_json::to_value(example()).unwrap();
        assert_eq!(json["rows"][0]["errors"]["transport.reset"]["count"], 2);
        let latency = &json["rows"][0]["latency_ms"];
        assert_eq!((latency["min"].as_f64(), latency["max"].as_f64()), (Some(1.0), Some(8.0)));
    }
}
