//! How strict to be: `web`, `private`, or the rules of a file, which changes one of these two.

use std::{borrow::Cow, path::Path};

use serde::Deserialize;
use tlsmith_crypto::{Curve, SignatureAlgorithm};
use tlsmith_x509::{
    Profile, UnixTime,
    profile::{CommonName, Issuers, Keys, Lifetime, Names, Oid, PolicyDemands, Wildcards},
};

use crate::{exit::Usage, files};

/// What the file may hold, for `--help`.
pub(crate) const HELP: &str = "\
A profile's file is JSON with a name and a base (web or private); whatever else
it leaves out is as in the base:
  {\"name\": \"acme\", \"base\": \"private\",
   \"lifetimes\": [{\"issued_from\": \"2026-01-01\", \"days\": 90}],
   \"keys\": {\"rsa_min_bits\": 3072, \"curves\": [\"P-256\", \"P-384\"],
            \"rsa\": true, \"ed25519\": true, \"ml_dsa\": false}}
Days have 86,400 seconds, and both ends count, so that `openssl -days 90` makes
a second more than 90. Further keys: lifetimes_bind (all, public), names (any,
hosts), wildcards (one_label, not_public_suffixes), common_name (free,
same_spelling, repeats), leaf_may_be_ca, any_purpose, version_3, serial_numbers,
key_identifiers (true, false), max_path_length (a number), policies with
acceptable (a list of OIDs), require_explicit, inhibit_mapping, inhibit_any
(true, false).";

/// A caller's own profile, as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    name: String,
    base: Base,
    lifetimes: Option<Vec<OwnLifetime>>,
    lifetimes_bind: Option<OwnIssuers>,
    keys: Option<OwnKeys>,
    names: Option<OwnNames>,
    wildcards: Option<OwnWildcards>,
    common_name: Option<OwnCommonName>,
    leaf_may_be_ca: Option<bool>,
    any_purpose: Option<bool>,
    version_3: Option<bool>,
    serial_numbers: Option<bool>,
    key_identifiers: Option<bool>,
    max_path_length: Option<u64>,
    policies: Option<OwnPolicies>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Base {
    Web,
    Private,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnLifetime {
    issued_from: String,
    days: u32,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OwnIssuers {
    All,
    Public,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnKeys {
    rsa: Option<bool>,
    rsa_min_bits: Option<u32>,
    curves: Option<Vec<OwnCurve>>,
    ed25519: Option<bool>,
    ml_dsa: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum OwnCurve {
    #[serde(rename = "P-256")]
    P256,
    #[serde(rename = "P-384")]
    P384,
    #[serde(rename = "P-521")]
    P521,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OwnNames {
    Any,
    Hosts,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OwnWildcards {
    OneLabel,
    NotPublicSuffixes,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OwnCommonName {
    Free,
    SameSpelling,
    Repeats,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnPolicies {
    #[serde(default)]
    acceptable: Vec<String>,
    #[serde(default)]
    require_explicit: bool,
    #[serde(default)]
    inhibit_mapping: bool,
    #[serde(default)]
    inhibit_any: bool,
}

/// The profile that `--profile` names.
pub(crate) fn load(option: &Path) -> Result<Profile, Usage> {
    match option.to_str() {
        Some("web") => return Ok(Profile::web()),
        Some("private") => return Ok(Profile::private()),
        _ => {}
    }
    if !option.exists() {
        let message = format!("--profile {}: no profile of that name, and no such file", option.display());
        return Err(Usage::new("usage.file", message, "say web, private, or the file of a profile"));
    }
    let content = files::read("--profile", option)?;
    parse(&content).map_err(|what| {
        let message = format!("--profile {}: {what}", option.display());
        Usage::new("usage.file", message, "`tlsmith cert verify --help` has the keys of a profile's file")
    })
}

fn parse(content: &[u8]) -> Result<Profile, String> {
    if content.iter().all(u8::is_ascii_whitespace) {
        return Err(String::from("it is empty"));
    }
    let document: serde_json::Value =
        serde_json::from_slice(content).map_err(|error| format!("it is no JSON: {error}"))?;
    if !document.is_object() {
        return Err(String::from("it is no JSON object, {\"name\": ..., \"base\": ...}"));
    }
    let own: Own = serde_json::from_value(document).map_err(|error| error.to_string())?;
    if own.name.trim().is_empty() {
        return Err(String::from("name: it is empty"));
    }
    let mut profile = match own.base {
        Base::Web => Profile::web(),
        Base::Private => Profile::private(),
    };
    profile.name = Cow::Owned(own.name);
    if let Some(lifetimes) = own.lifetimes {
        profile.lifetimes = lifetimes_of(lifetimes)?;
        // Rules of one's own are for one's own CAs as well, unless they say otherwise.
        profile.lifetimes_bind = Issuers::All;
    }
    if let Some(bind) = own.lifetimes_bind {
        profile.lifetimes_bind = match bind {
            OwnIssuers::All => Issuers::All,
            OwnIssuers::Public => Issuers::Public,
        };
    }
    if let Some(keys) = own.keys {
        let keys = keys_of(&keys, profile.keys.take())?;
        allow_signatures(&mut profile, &keys);
        profile.keys = Some(keys);
    }
    if let Some(names) = own.names {
        profile.names = match names {
            OwnNames::Any => Names::Any,
            OwnNames::Hosts => Names::Hosts,
        };
    }
    if let Some(wildcards) = own.wildcards {
        profile.wildcards = match wildcards {
            OwnWildcards::OneLabel => Wildcards::OneLabel,
            OwnWildcards::NotPublicSuffixes => Wildcards::NotPublicSuffixes,
        };
    }
    if let Some(common_name) = own.common_name {
        profile.common_name = match common_name {
            OwnCommonName::Free => CommonName::Free,
            OwnCommonName::SameSpelling => CommonName::SameSpelling,
            OwnCommonName::Repeats => CommonName::Repeats,
        };
    }
    for (own, field) in [
        (own.leaf_may_be_ca, &mut profile.leaf_may_be_ca),
        (own.any_purpose, &mut profile.any_purpose),
        (own.version_3, &mut profile.version_3),
        (own.serial_numbers, &mut profile.serial_numbers),
        (own.key_identifiers, &mut profile.key_identifiers),
    ] {
        *field = own.unwrap_or(*field);
    }
    profile.max_path_length = own.max_path_length.or(profile.max_path_length);
    if let Some(policies) = own.policies {
        profile.policies = policies_of(&policies)?;
    }
    Ok(profile)
}

fn lifetimes_of(own: Vec<OwnLifetime>) -> Result<Vec<Lifetime>, String> {
    let mut lifetimes = Vec::with_capacity(own.len());
    for lifetime in own {
        let issued_from: UnixTime =
            lifetime.issued_from.parse().map_err(|error| format!("issued_from {:?}: {error}", lifetime.issued_from))?;
        lifetimes.push(Lifetime { issued_from, days: lifetime.days });
    }
    // The last row that has begun counts.
    lifetimes.sort_by_key(|lifetime| lifetime.issued_from);
    Ok(lifetimes)
}

/// What a key may be, may sign: the list of the web lacks the signatures of keys that it does not allow.
fn allow_signatures(profile: &mut Profile, keys: &Keys) {
    if profile.signatures.is_empty() {
        return;
    }
    let ed25519 = keys.ed25519.then_some(SignatureAlgorithm::Ed25519);
    let ml_dsa = [SignatureAlgorithm::MlDsa44, SignatureAlgorithm::MlDsa65, SignatureAlgorithm::MlDsa87];
    profile.signatures.extend(ed25519.into_iter().chain(ml_dsa.into_iter().filter(|_| keys.ml_dsa)));
}

/// `base` with changes; none is any key that is supported.
fn keys_of(own: &OwnKeys, base: Option<Keys>) -> Result<Keys, String> {
    let mut keys = base.unwrap_or_else(|| Keys {
        // What is shorter is supported under no profile.
        rsa_min_bits: Some(2048),
        rsa_whole_octets: false,
        curves: vec![Curve::P256, Curve::P384, Curve::P521],
        ed25519: true,
        ml_dsa: true,
    });
    match (own.rsa, own.rsa_min_bits) {
        (Some(false), Some(_)) => return Err(String::from("keys: rsa is false, so rsa_min_bits says nothing")),
        (Some(false), None) => keys.rsa_min_bits = None,
        (Some(true), None) => keys.rsa_min_bits = keys.rsa_min_bits.or(Some(2048)),
        (None | Some(true), Some(bits)) => keys.rsa_min_bits = Some(bits),
        (None, None) => {}
    }
    if let Some(curves) = &own.curves {
        keys.curves = curves
            .iter()
            .map(|curve| match curve {
                OwnCurve::P256 => Curve::P256,
                OwnCurve::P384 => Curve::P384,
                OwnCurve::P521 => Curve::P521,
            })
            .collect();
    }
    keys.ed25519 = own.ed25519.unwrap_or(keys.ed25519);
    keys.ml_dsa = own.ml_dsa.unwrap_or(keys.ml_dsa);
    if keys.rsa_min_bits.is_none() && keys.curves.is_empty() && !keys.ed25519 && !keys.ml_dsa {
        return Err(String::from("keys: no key is left"));
    }
    Ok(keys)
}

fn policies_of(own: &OwnPolicies) -> Result<PolicyDemands, String> {
    let oid = |text: &String| text.parse::<Oid>().map_err(|error| format!("policy {text:?}: {error}"));
    Ok(PolicyDemands {
        acceptable: own.acceptable.iter().map(oid).collect::<Result<_, _>>()?,
        inhibit_mapping: own.inhibit_mapping,
        require_explicit: own.require_explicit,
        inhibit_any: own.inhibit_any,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_changes_what_it_starts_from() {
        let profile = parse(
            br#"{"name": "acme", "base": "web", "leaf_may_be_ca": true, "max_path_length": 1, "names": "any",
                 "lifetimes": [{"issued_from": "2027-01-01", "days": 30}, {"issued_from": "2026-01-01", "days": 90}],
                 "keys": {"rsa": false, "curves": ["P-384"]}, "policies": {"acceptable": ["1.2.3"], "require_explicit": true}}"#,
        )
        .unwrap();
        let web = Profile::web();
        assert_eq!((&*profile.name, &profile.leaf, profile.names), ("acme", &web.leaf, Names::Any));
        assert_eq!((profile.leaf_may_be_ca, profile.any_purpose, profile.max_path_length), (true, false, Some(1)));
        assert_eq!(profile.lifetimes.iter().map(|row| row.days).collect::<Vec<_>>(), [90, 30]);
        assert_eq!(profile.lifetimes_bind, Issuers::All);
        let keys = profile.keys.unwrap();
        assert_eq!((keys.rsa_min_bits, keys.curves, keys.ed25519), (None, vec![Curve::P384], false));
        assert!(profile.policies.require_explicit && profile.policies.acceptable.len() == 1);
        let same = parse(br#"{"name": "private", "base": "private"}"#).unwrap();
        assert_eq!(same, Profile::private());
        // One key of an object changes that one alone.
        let keys = |base: &str, keys: &str| {
            parse(format!(r#"{{"name": "x", "base": "{base}", "keys": {keys}}}"#).as_bytes()).unwrap().keys.unwrap()
        };
        let private = keys("private", r#"{"rsa_min_bits": 3072}"#);
        assert_eq!(
            (private.rsa_min_bits, private.curves.len(), private.ed25519, private.ml_dsa),
            (Some(3072), 3, true, true)
        );
        let signs = parse(br#"{"name": "x", "base": "web", "keys": {"ed25519": true}}"#).unwrap().signatures;
        assert!(signs.contains(&SignatureAlgorithm::Ed25519) && !signs.contains(&SignatureAlgorithm::MlDsa44));
        let of_web = Keys { ed25519: true, ..Profile::web().keys.unwrap() };
        assert_eq!(keys("web", r#"{"ed25519": true}"#), of_web);
    }

    #[test]
    fn mistakes_are_named() {
        for (content, expected) in [
            (r#"{"base": "web"}"#, "missing field `name`"),
            (r#"{"name": "x", "base": "strict"}"#, "unknown variant `strict`"),
            (r#"{"name": "x", "base": "web", "lifetime": 1}"#, "unknown field `lifetime`"),
            (r#"{"name": "x", "base": "web", "keys": {"rsa": false, "curves": []}}"#, "no key is left"),
            (
                r#"{"name": "x", "base": "web", "keys": {"rsa": false, "rsa_min_bits": 3072}}"#,
                "rsa_min_bits says nothing",
            ),
            (r#"{"name": " ", "base": "web"}"#, "name: it is empty"),
            ("[]", "no JSON object"),
            (r#"{"name": "x", "base": "web", "policies": {"acceptable": ["one"]}}"#, "policy \"one\""),
            (
                r#"{"name": "x", "base": "web", "lifetimes": [{"issued_from": "soon", "days": 1}]}"#,
                "issued_from \"soon\": not a time",
            ),
            ("{", "it is no JSON: EOF"),
            ("", "it is empty"),
        ] {
            let message = parse(content.as_bytes()).unwrap_err();
            assert!(message.contains(expected), "{content}: {message}");
        }
        let usage = load(Path::new("webb")).unwrap_err();
        assert!(usage.message.contains("--profile webb: no profile of that name"), "{usage}");
    }
}
