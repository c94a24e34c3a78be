//! How strict to be: `web`, `private`, or the rules of a file, which changes one of these two.

use std::{borrow::Cow, path::Path};

use serde::Deserialize;
use tlsmith_crypto::Curve;
use tlsmith_x509::{
    Profile, UnixTime,
    profile::{CommonName, Issuers, Keys, Lifetime, Names, Oid, PolicyDemands, Wildcards},
};

use crate::{exit::Usage, files};

/// What the file may hold, for `--help`.
pub(crate) const HELP: &str = "\
A profile's file is JSON; what it leaves out is as in the profile that it starts
from:
  {\"name\": \"acme\", \"base\": \"private\",
   \"lifetimes\": [{\"issued_from\": \"2026-01-01\", \"days\": 90}],
   \"keys\": {\"rsa_min_bits\": 3072, \"curves\": [\"P-256\", \"P-384\"],
            \"ed25519\": true, \"ml_dsa\": true}}
Further keys: lifetimes_bind (all, public), names (any, hosts), wildcards
(one_label, not_public_suffixes), common_name (free, same_spelling, repeats),
leaf_may_be_ca, any_purpose, version_3, serial_numbers, key_identifiers (true,
false), max_path_length (a number), policies {acceptable (OIDs),
require_explicit, inhibit_mapping, inhibit_any}.";

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
    /// Left out: no RSA.
    rsa_min_bits: Option<u32>,
    #[serde(default)]
    curves: Vec<OwnCurve>,
    #[serde(default)]
    ed25519: bool,
    #[serde(default)]
    ml_dsa: bool,
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
    let own: Own = serde_json::from_slice(content).map_err(|error| error.to_string())?;
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
        profile.keys = Some(keys_of(&keys)?);
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

fn keys_of(own: &OwnKeys) -> Result<Keys, String> {
    if own.rsa_min_bits.is_none() && own.curves.is_empty() && !own.ed25519 && !own.ml_dsa {
        return Err(String::from("keys: no key is left"));
    }
    let curve = |curve: &OwnCurve| match curve {
        OwnCurve::P256 => Curve::P256,
        OwnCurve::P384 => Curve::P384,
        OwnCurve::P521 => Curve::P521,
    };
    Ok(Keys {
        rsa_min_bits: own.rsa_min_bits,
        rsa_whole_octets: true,
        curves: own.curves.iter().map(curve).collect(),
        ed25519: own.ed25519,
        ml_dsa: own.ml_dsa,
    })
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
                 "keys": {"curves": ["P-384"]}, "policies": {"acceptable": ["1.2.3"], "require_explicit": true}}"#,
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
    }

    #[test]
    fn mistakes_are_named() {
        for (content, expected) in [
            (r#"{"base": "web"}"#, "missing field `name`"),
            (r#"{"name": "x", "base": "strict"}"#, "unknown variant `strict`"),
            (r#"{"name": "x", "base": "web", "lifetime": 1}"#, "unknown field `lifetime`"),
            (r#"{"name": "x", "base": "web", "keys": {}}"#, "no key is left"),
            (r#"{"name": "x", "base": "web", "policies": {"acceptable": ["one"]}}"#, "policy \"one\""),
            (
                r#"{"name": "x", "base": "web", "lifetimes": [{"issued_from": "soon", "days": 1}]}"#,
                "issued_from \"soon\": not a time",
            ),
            ("", "EOF"),
        ] {
            let message = parse(content.as_bytes()).unwrap_err();
            assert!(message.contains(expected), "{content}: {message}");
        }
        let usage = load(Path::new("webb")).unwrap_err();
        assert!(usage.message.contains("--profile webb: no profile of that name"), "{usage}");
    }
}
