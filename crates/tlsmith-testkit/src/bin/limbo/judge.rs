//! What tlsmith says of one test case.

use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::revocation::{Crl, Revocation, RevocationPolicy};
use tlsmith_x509::{
    Certificate, PathRequest, Profile, Purpose, ReferenceName, ServerName, TrustAnchors, UnixTime, pem, verify,
};

use crate::suite::{Case, Kind, PeerName};

/// What became of a case.
#[derive(Debug)]
pub(crate) enum Verdict {
    Accepted,
    /// With the first finding.
    Rejected(String),
    /// It asks for what cannot be asked here.
    Skipped(String),
}

/// `case` under `profile`.
pub(crate) fn judge(case: &Case, profile: &Profile, now: UnixTime) -> Verdict {
    match prepared(case, profile, now) {
        Ok(verdict) => verdict,
        Err(why) => Verdict::Skipped(why),
    }
}

/// `Err`: why the case is skipped.
fn prepared(case: &Case, profile: &Profile, now: UnixTime) -> Result<Verdict, String> {
    if !case.signature_algorithms.is_empty() {
        return Err(format!("it limits signatures to {}", case.signature_algorithms.join(", ")));
    }
    let purpose = purpose(case)?;
    let now = time(case)?.unwrap_or(now);
    // An anchor that is malformed cannot be had, an intermediate that is malformed is of no use; both may be beside the path.
    let anchors: TrustAnchors = case.trusted_certs.iter().filter_map(|pem| certificate(pem).ok()).collect();
    let leaf = match certificate(&case.peer_certificate) {
        Ok(leaf) => leaf,
        Err(why) => return Ok(Verdict::Rejected(why)),
    };
    let mut chain = vec![leaf];
    chain.extend(case.untrusted_intermediates.iter().filter_map(|pem| certificate(pem).ok()));
    let profile = Profile { max_path_length: case.max_chain_depth, ..profile.clone() };
    let crls = match case.crls.iter().map(|pem| Crl::from_pem(pem.as_bytes())).collect::<Result<Vec<Crl>, _>>() {
        Ok(crls) => crls,
        Err(why) => return Ok(Verdict::Rejected(why.to_string())),
    };
    // Where a case has CRLs they are the only source: what none of them speaks of is not known to be good.
    let policy = if crls.is_empty() { RevocationPolicy::Ignore } else { RevocationPolicy::Require };
    let revocation = Revocation { policy, crls: &crls, ..Revocation::default() };
    let request = PathRequest { profile: &profile, revocation, ..PathRequest::new(&chain, &anchors, purpose, now) };
    Ok(match verdict(&AwsLc, case, &request) {
        Ok(()) => Verdict::Accepted,
        Err(why) => Verdict::Rejected(why),
    })
}

/// The chain holds for every name that the case has, and for none if it has none. `Err`: the first finding.
fn verdict(provider: &dyn Provider, case: &Case, request: &PathRequest<'_>) -> Result<(), String> {
    let names: Vec<&PeerName> = case.expected_peer_name.iter().chain(&case.expected_peer_names).collect();
    if names.is_empty() {
        return accepted(provider, request);
    }
    names.into_iter().try_for_each(|name| match name {
        // What is no name of a host is nobody's.
        PeerName::Dns(text) | PeerName::Ip(text) => {
            let host: ServerName = text.parse().map_err(|error| format!("{error}"))?;
            accepted(provider, &PathRequest { name: Some(ReferenceName::Host(&host)), ..request.clone() })
        }
        PeerName::Email(text) => {
            accepted(provider, &PathRequest { name: Some(ReferenceName::Email(text)), ..request.clone() })
        }
    })
}

fn accepted(provider: &dyn Provider, request: &PathRequest<'_>) -> Result<(), String> {
    verify(provider, request).cause().map_or(Ok(()), |cause| Err(cause.to_string()))
}

/// What for. Other purposes and key usages than those of TLS are not known here; digitalSignature is always asked for.
fn purpose(case: &Case) -> Result<Purpose, String> {
    if let Some(other) = case.key_usage.iter().find(|usage| *usage != "digitalSignature") {
        return Err(format!("it asks for the key usage {other}"));
    }
    let (purpose, name) = match case.validation_kind {
        Kind::Server => (Purpose::ServerAuth, "serverAuth"),
        Kind::Client => (Purpose::ClientAuth, "clientAuth"),
    };
    match case.extended_key_usage.iter().find(|usage| *usage != name) {
        Some(other) => Err(format!("it asks for the purpose {other}")),
        None => Ok(purpose),
    }
}

/// Fractions of a second are cut off, as a clock that counts seconds does.
fn time(case: &Case) -> Result<Option<UnixTime>, String> {
    let Some(text) = &case.validation_time else { return Ok(None) };
    let format = &time::format_description::well_known::Rfc3339;
    let parsed = time::OffsetDateTime::parse(text, format);
    parsed.map(|time| Some(UnixTime(time.unix_timestamp()))).map_err(|error| format!("its time {text}: {error}"))
}

fn certificate(text: &str) -> Result<Certificate, String> {
    let mut all = pem::certificates(text.as_bytes()).map_err(|error| error.to_string())?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err("it is not one certificate".to_owned()),
    }
}
