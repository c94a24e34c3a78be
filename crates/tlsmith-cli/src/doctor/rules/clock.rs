//! The local clock: certificates that look expired, or not yet valid, because it is wrong here.

use tlsmith_x509::{Certificate, Code, UnixTime, cert::Detail, revocation::ocsp::OcspResponse};

use super::Diagnosis;
use crate::doctor::{
    causes::Cause,
    evidence::{Evidence, Kind},
    http,
};

/// Clocks and their servers may be apart by so much without anybody caring.
const TOLERANCE: i64 = 3600;

/// A hint of the time that does not come from the local clock.
struct Hint {
    time: UnixTime,
    /// It is this time; else it is this time or later.
    exact: bool,
    says: String,
}

/// Certificates fail by their dates, and somebody else has another date.
pub(super) fn off(evidence: &Evidence) -> Option<Diagnosis> {
    // The time that was asked for is no clock's.
    if evidence.time_is_given {
        return None;
    }
    let cause =
        evidence.report()?.findings.iter().find(|finding| matches!(finding.code, Code::Expired | Code::NotYetValid))?;
    let now = evidence.now;
    let hints = hints(evidence);
    let contradicts = |hint: &&Hint| {
        let ahead = now.seconds_until(hint.time);
        ahead > TOLERANCE || (hint.exact && -ahead > TOLERANCE)
    };
    let true_time = match hints.iter().filter(contradicts).find(|hint| hint.exact) {
        // The server's clock counts if the certificate would be good by it: else it may be the one that is wrong.
        Some(hint) => would_be_good(evidence, hint.time).then_some(hint)?,
        None if hints.iter().any(|hint| hint.exact) => return None,
        None => hints.iter().filter(contradicts).max_by_key(|hint| hint.time)?,
    };
    let days = now.days_until(true_time.time);
    let far = match (days, true_time.exact) {
        (0, _) => format!("{} minutes", now.seconds_until(true_time.time).abs() / 60),
        (1 | -1, _) => String::from("a day"),
        (days, _) => format!("{} days", days.abs()),
    };
    let (direction, least) = match now < true_time.time {
        true => ("behind", if true_time.exact { "about" } else { "at least" }),
        false => ("ahead", "about"),
    };
    let message = format!(
        "This machine's clock says {now}, which is {least} {far} {direction}: certificates look {} that are not.",
        if cause.code == Code::Expired { "expired" } else { "not yet valid" }
    );
    let fix =
        "Set the clock (timedatectl set-ntp true; chronyc makestep), and check that it keeps the time over a reboot.";
    let diagnosis = Diagnosis::new(Cause::ClockOff, message, fix);
    let evidence = hints.iter().filter(contradicts).map(|hint| hint.says.clone());
    Some(diagnosis.because_of(evidence).because(cause.message.clone()))
}

/// All certificates that came are within their dates.
fn would_be_good(evidence: &Evidence, time: UnixTime) -> bool {
    evidence.chain().iter().all(|certificate| certificate.not_before() <= time && time <= certificate.not_after())
}

fn hints(evidence: &Evidence) -> Vec<Hint> {
    let mut hints = Vec::new();
    if let Some(date) = evidence.of(&Kind::Request).and_then(|trial| http::date(&trial.seen.reply)) {
        hints.push(Hint { time: date, exact: true, says: format!("the server's HTTP answer is dated {date}") });
    }
    let Some(trial) = evidence.with_chain() else { return hints };
    let at_least = |time, says| Hint { time, exact: false, says };
    if let Some(Ok(response)) = trial.seen.ocsp_response.as_deref().map(OcspResponse::from_der) {
        let time = response.produced_at;
        hints.push(at_least(
            time,
            format!("the stapled OCSP response says that it was made {time}; its signature was not looked at"),
        ));
    }
    if let Some(time) = trial.leaf().and_then(newest_sct) {
        hints.push(at_least(
            time,
            format!("by its SCT, a log of certificates saw this one {time}; the signature was not looked at"),
        ));
    }
    let future = trial.seen.chain.iter().filter(|certificate| certificate.not_before() > evidence.now);
    let (count, all) = (future.clone().count(), trial.seen.chain.len());
    // Nobody issues from a CA that is not valid yet: the leaf alone may be dated ahead, its issuer hardly.
    if let (true, Some(time)) = (count > 1, future.map(Certificate::not_before).max()) {
        hints
            .push(at_least(time, format!("{count} of the {all} certificates sent look not yet valid, CAs among them")));
    }
    let time = evidence.not_before;
    hints.push(at_least(time, format!("the newest root that this program knows is valid since {time}")));
    hints
}

/// The newest timestamp that is embedded in the certificate; not verified.
fn newest_sct(leaf: &Certificate) -> Option<UnixTime> {
    let details = leaf.extension_details();
    let scts = details
        .iter()
        .filter_map(|extension| if let Detail::Scts(scts) = &extension.detail { Some(scts) } else { None });
    let newest = scts.flatten().map(|sct| sct.timestamp / 1000).max()?;
    i64::try_from(newest).ok().map(UnixTime)
}
