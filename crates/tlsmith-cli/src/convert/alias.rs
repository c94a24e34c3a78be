//! `--alias`: one entry of a PKCS#12 file that has several.

use std::{collections::HashSet, path::Path};

use tlsmith_pki::PrivateKey;

use super::{
    gather::{Content, Gathered, Held, describe},
    order,
};
use crate::{exit::Usage, key::listed};

/// Keeps the key of that alias with its chain, or the one certificate of it; with the key of the file `key_file`, which has no
/// alias, the certificate's chain. What is left out.
pub(super) fn choose(gathered: &mut Gathered, alias: &str, key_file: Option<&Path>) -> Result<Vec<Content>, Usage> {
    let key = match find(&gathered.keys, alias) {
        None => key_of_certificate(gathered, alias, key_file)?,
        named => named,
    };
    if let Some(held) = key.and_then(|at| gathered.keys.get_mut(at)) {
        call(held, alias);
    }
    let of_key = key.and_then(|at| gathered.keys.get(at)).and_then(|key| gathered.leaf_of(key));
    let places = match (key, of_key, find(&gathered.certificates, alias)) {
        (Some(_), Some(leaf), _) => order::chain(gathered, leaf),
        (Some(_), None, _) => Vec::new(),
        (None, _, Some(certificate)) => vec![certificate],
        (None, _, None) => return Err(unknown(gathered, alias)),
    };
    let left_out_keys = keep(&mut gathered.keys, &Vec::from_iter(key));
    let left_out = keep(&mut gathered.certificates, &places);
    let (requests, crls) = (std::mem::take(&mut gathered.requests), std::mem::take(&mut gathered.crls));
    Ok(describe(&left_out, &left_out_keys, &requests, &crls))
}

/// Of the keys of `--key`, that of the certificate of this alias. Another is not dropped in silence.
fn key_of_certificate(gathered: &Gathered, alias: &str, key_file: Option<&Path>) -> Result<Option<usize>, Usage> {
    let certificate = find(&gathered.certificates, alias).and_then(|at| gathered.certificates.get(at));
    let (Some(certificate), Some(path), false) = (certificate, key_file, gathered.keys.is_empty()) else {
        return Ok(None);
    };
    let belongs = |key: &Held<PrivateKey>| key.it.public_key_info().public_key() == certificate.it.public_key();
    match gathered.keys.iter().position(belongs) {
        Some(at) => Ok(Some(at)),
        None => {
            let message =
                format!("--key {}: it does not belong to the certificate of the alias {alias:?}", path.display());
            let fix = "leave --key out to take the certificate alone, or name its own key: `tlsmith key show` and \
                       `tlsmith cert pin` show the same pin for both";
            Err(Usage::new("usage.convert", message, fix))
        }
    }
}

/// By the name as it is, else as Java has it, for which capital letters are none.
fn find<T>(held: &[Held<T>], alias: &str) -> Option<usize> {
    let is_same = |name: &str| name.to_lowercase() == alias.to_lowercase();
    let by = |fits: &dyn Fn(&str) -> bool| held.iter().position(|held| held.names().any(fits));
    by(&|name| name == alias).or_else(|| by(&is_same))
}

/// Of several entries of one thing, the one that was asked for counts.
fn call<T>(held: &mut Held<T>, alias: &str) {
    if let Some(at) = held.also.iter().position(|name| name.to_lowercase() == alias.to_lowercase()) {
        let other = held.also.remove(at);
        held.also.extend(held.name.replace(other));
    }
}

/// Keeps those at `places`, in that order; the others.
fn keep<T>(held: &mut Vec<Held<T>>, places: &[usize]) -> Vec<Held<T>> {
    let mut all: Vec<Option<Held<T>>> = std::mem::take(held).into_iter().map(Some).collect();
    held.extend(places.iter().filter_map(|place| all.get_mut(*place).and_then(Option::take)));
    all.into_iter().flatten().collect()
}

/// The aliases of keys, then those of certificates, each once.
pub(super) fn aliases(gathered: &Gathered) -> Vec<&str> {
    let keys = gathered.keys.iter().flat_map(Held::names);
    let certificates = gathered.certificates.iter().flat_map(Held::names);
    let mut seen = HashSet::new();
    keys.chain(certificates).filter(|name| seen.insert(*name)).collect()
}

fn unknown(gathered: &Gathered, alias: &str) -> Usage {
    let fix = match aliases(gathered).as_slice() {
        [] => String::from("there are no aliases in the files at all; only PKCS#12 has them"),
        aliases => format!("there are {}", listed(aliases)),
    };
    Usage::new("usage.convert", format!("--alias {alias:?}: nothing in the files has this alias"), fix)
}
