//! One certificate as reports have it.

use serde::Serialize;
use serde_json::{Value, json};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{
    Certificate, UnixTime,
    cert::{Detail, ExtensionDetail},
};

use crate::{connect::hex, encode::base64};

/// One certificate.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    /// RFC 4514.
    pub(crate) subject: String,
    /// RFC 4514.
    pub(crate) issuer: String,
    /// `DNS:example.com`, `IP:192.0.2.1`.
    pub(crate) sans: Vec<String>,
    /// RFC 3339.
    pub(crate) not_before: String,
    /// RFC 3339, the last second.
    pub(crate) not_after: String,
    /// `valid`, `expired` or `not_yet_valid`.
    pub(crate) validity: &'static str,
    /// Whole days until `not_after`; negative once it is past.
    pub(crate) days_left: i64,
    /// Whole days from the first second to the last, both included (RFC 5280 §4.1.2.5).
    pub(crate) lifetime_days: i64,
    pub(crate) key: String,
    pub(crate) signature: String,
    /// Hexadecimal.
    pub(crate) serial: String,
    pub(crate) version: u8,
    /// basicConstraints say so.
    pub(crate) ca: bool,
    /// How many CAs may follow it.
    pub(crate) path_length: Option<u64>,
    /// Subject and issuer are the same name.
    pub(crate) self_issued: bool,
    /// None where the extension is not there: all uses.
    pub(crate) key_usage: Option<Vec<&'static str>>,
    /// None where the extension is not there: all purposes.
    pub(crate) extended_key_usage: Option<Vec<String>>,
    pub(crate) sha256: String,
    pub(crate) sha1: String,
    pub(crate) spki_sha256: String,
    /// The same in base64.
    pub(crate) spki_pin: String,
    pub(crate) extensions: Vec<Extension>,
}

/// One extension.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Extension {
    pub(crate) oid: String,
    pub(crate) name: Option<&'static str>,
    pub(crate) critical: bool,
    /// What it says; for one that is not known its elements, a line each.
    pub(crate) value: Value,
    /// The value as it stands, hexadecimal.
    pub(crate) der: String,
    /// The same for people, a line each.
    #[serde(skip)]
    pub(crate) lines: Vec<String>,
}

/// One certificate in short.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Brief {
    /// RFC 4514.
    pub(crate) subject: String,
    /// RFC 4514.
    pub(crate) issuer: String,
    /// RFC 3339.
    pub(crate) not_before: String,
    /// RFC 3339, the last second.
    pub(crate) not_after: String,
    /// Whole days until `not_after`; negative once it is past.
    pub(crate) days_left: i64,
    pub(crate) ca: bool,
    pub(crate) key: String,
    /// Hexadecimal.
    pub(crate) serial: String,
}

impl Brief {
    pub(crate) fn new(certificate: &Certificate, now: UnixTime) -> Self {
        Self {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            days_left: now.days_until(certificate.not_after()),
            ca: certificate.is_ca(),
            key: certificate.key_description(),
            serial: hex(certificate.serial()),
        }
    }
}

impl Entry {
    pub(crate) fn new(certificate: &Certificate, provider: &dyn Provider, now: UnixTime) -> Self {
        let details = certificate.extension_details();
        let find = |wanted: fn(&Detail) -> bool| details.iter().map(|extension| &extension.detail).find(|d| wanted(d));
        let path_length = match find(|detail| matches!(detail, Detail::BasicConstraints { .. })) {
            Some(Detail::BasicConstraints { path_length, .. }) => *path_length,
            _ => None,
        };
        let key_usage = match find(|detail| matches!(detail, Detail::KeyUsage(_))) {
            Some(Detail::KeyUsage(names)) => Some(names.clone()),
            _ => None,
        };
        let extended_key_usage = match find(|detail| matches!(detail, Detail::ExtendedKeyUsage(_))) {
            Some(Detail::ExtendedKeyUsage(names)) => Some(names.clone()),
            _ => None,
        };
        let (from, to) = (certificate.not_before(), certificate.not_after());
        let spki_sha256 = certificate.spki_sha256(provider);
        Self {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            sans: certificate.sans(),
            not_before: from.to_string(),
            not_after: to.to_string(),
            validity: match () {
                () if now > to => "expired",
                () if now < from => "not_yet_valid",
                () => "valid",
            },
            days_left: now.days_until(to),
            lifetime_days: from.days_until(UnixTime(to.0.saturating_add(1))),
            key: certificate.key_description(),
            signature: certificate.signature_description(),
            serial: hex(certificate.serial()),
            version: certificate.version(),
            ca: certificate.is_ca(),
            path_length,
            self_issued: certificate.is_self_issued(),
            key_usage,
            extended_key_usage,
            sha256: hex(&certificate.sha256(provider)),
            sha1: hex(&AwsLc::sha1_identifier(certificate.der())),
            spki_sha256: hex(&spki_sha256),
            spki_pin: base64(&spki_sha256),
            extensions: details.iter().map(Extension::new).collect(),
        }
    }
}

impl Extension {
    pub(crate) fn new(extension: &ExtensionDetail) -> Self {
        Self {
            oid: extension.id.clone(),
            name: extension.name,
            critical: extension.critical,
            value: value(&extension.detail),
            der: hex(&extension.value),
            lines: lines(&extension.detail),
        }
    }
}

/// When a log promised to publish; its clock counts milliseconds.
fn sct_time(timestamp: u64) -> String {
    UnixTime(i64::try_from(timestamp / 1000).unwrap_or(i64::MAX)).to_string()
}

fn value(detail: &Detail) -> Value {
    match detail {
        Detail::Names(names) => json!(names),
        Detail::KeyUsage(names) => json!(names),
        Detail::ExtendedKeyUsage(names) => json!(names),
        Detail::BasicConstraints { ca, path_length } => json!({"ca": ca, "path_length": path_length}),
        Detail::AuthorityKeyIdentifier { key, issuer, serial } => json!({
            "key": key.as_deref().map(hex), "issuer": issuer, "serial": serial.as_deref().map(hex),
        }),
        Detail::SubjectKeyIdentifier(key) => json!(hex(key)),
        Detail::Access(places) => {
            let places: Vec<Value> =
                places.iter().map(|(method, place)| json!({"method": method, "location": place})).collect();
            json!(places)
        }
        Detail::DistributionPoints(points) => json!(points.iter().flatten().collect::<Vec<_>>()),
        Detail::Policies(policies) => {
            let policies: Vec<Value> = policies
                .iter()
                .map(|policy| json!({"oid": policy.id, "name": policy.name, "qualifiers": policy.qualifiers}))
                .collect();
            json!(policies)
        }
        Detail::PolicyMappings(mappings) => {
            let mappings: Vec<Value> =
                mappings.iter().map(|(issuer, subject)| json!({"issuer": issuer, "subject": subject})).collect();
            json!(mappings)
        }
        Detail::PolicyConstraints { require_explicit, inhibit_mapping } => {
            json!({"require_explicit_policy": require_explicit, "inhibit_policy_mapping": inhibit_mapping})
        }
        Detail::InhibitAnyPolicy(count) => json!(count),
        Detail::NameConstraints { permitted, excluded } => json!({"permitted": permitted, "excluded": excluded}),
        Detail::TlsFeatures(features) => json!(features),
        Detail::Scts(scts) => {
            let scts: Vec<Value> = scts
                .iter()
                .map(|sct| json!({"log_id": base64(&sct.log_id), "timestamp": sct_time(sct.timestamp)}))
                .collect();
            json!(scts)
        }
        Detail::Present => json!(true),
        Detail::Outline(lines) => json!(lines),
        // `Detail` may grow; what is not known here yet stands under `der`.
        _ => Value::Null,
    }
}

fn lines(detail: &Detail) -> Vec<String> {
    match detail {
        Detail::Names(names) => names.clone(),
        Detail::KeyUsage(names) => vec![names.join(", ")],
        Detail::ExtendedKeyUsage(names) => vec![names.join(", ")],
        Detail::BasicConstraints { ca, path_length } => vec![match (ca, path_length) {
            (true, Some(count)) => format!("CA, {} below it", cas(*count)),
            (true, None) => String::from("CA"),
            (false, _) => String::from("not a CA"),
        }],
        Detail::AuthorityKeyIdentifier { key, issuer, serial } => {
            let key = key.as_deref().map(|key| format!("key {}", hex(key)));
            let serial = serial.as_deref().map(|serial| format!("serial {}", hex(serial)));
            key.into_iter().chain(issuer.iter().map(|name| format!("issuer {name}"))).chain(serial).collect()
        }
        Detail::SubjectKeyIdentifier(key) => vec![hex(key)],
        Detail::Access(places) => places.iter().map(|(method, place)| format!("{method} {place}")).collect(),
        Detail::DistributionPoints(points) => points.iter().flatten().cloned().collect(),
        Detail::Policies(policies) => policies
            .iter()
            .map(|policy| {
                let name = policy.name.map_or_else(String::new, |name| format!(" {name}"));
                let qualifiers: String = policy.qualifiers.iter().map(|text| format!(", {text}")).collect();
                format!("{}{name}{qualifiers}", policy.id)
            })
            .collect(),
        Detail::PolicyMappings(mappings) => {
            mappings.iter().map(|(issuer, subject)| format!("{issuer} is {subject} of the subject")).collect()
        }
        Detail::PolicyConstraints { require_explicit, inhibit_mapping } => {
            let require = require_explicit.map(|count| format!("a policy is required after {count} certificates"));
            let inhibit = inhibit_mapping.map(|count| format!("no mapping after {count} certificates"));
            require.into_iter().chain(inhibit).collect()
        }
        Detail::InhibitAnyPolicy(count) => vec![format!("anyPolicy counts no more after {count} certificates")],
        Detail::NameConstraints { permitted, excluded } => {
            let permitted = permitted.iter().map(|name| format!("permitted {name}"));
            permitted.chain(excluded.iter().map(|name| format!("excluded {name}"))).collect()
        }
        Detail::TlsFeatures(features) => features
            .iter()
            .map(|feature| match feature {
                // RFC 7633 §4.2.3.1.
                5 => String::from("status_request (must-staple)"),
                17 => String::from("status_request_v2"),
                other => other.to_string(),
            })
            .collect(),
        Detail::Scts(scts) => {
            scts.iter().map(|sct| format!("{} log {}", sct_time(sct.timestamp), base64(&sct.log_id))).collect()
        }
        Detail::Present => vec![String::from("yes")],
        Detail::Outline(lines) => lines.clone(),
        _ => Vec::new(),
    }
}

/// `no CA`, `1 CA`, `2 CAs`.
pub(crate) fn cas(count: u64) -> String {
    match count {
        0 => String::from("no CA"),
        1 => String::from("at most 1 CA"),
        count => format!("at most {count} CAs"),
    }
}
