//! `--alias`: one entry of a PKCS#12 file that has several.

use std::path::Path;

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
    let of_key = key.and_then(|at| gathered.keys.get(at)).and_then(|key| gathered.leaf_of(&key.it));
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
    let by = |fits: &dyn Fn(&str) -> bool| held.iter().position(|held| held.name.as_deref().is_some_and(fits));
    by(&|name| name == alias).or_else(|| by(&is_same))
}

/// Keeps those at `places`, in that order; the others.
fn keep<T>(held: &mut Vec<Held<T>>, places: &[usize]) -> Vec<Held<T>> {
    let mut all: Vec<Option<Held<T>>> = std::mem::take(held).into_iter().map(Some).collect();
    held.extend(places.iter().filter_map(|place| all.get_mut(*place).and_then(Option::take)));
    all.into_iter().flatten().collect()
}

/// The aliases of keys, then those of certificates, each once.
pub(super) fn aliases(gathered: &Gathered) -> Vec<&str> {
    let keys = gathered.keys.iter().filter_map(|key| key.name.as_deref());
    let certificates = gathered.certificates.iter().filter_map(|certificate| certificate.name.as_deref());
    let mut aliases: Vec<&str> = Vec::new();
    for name in keys.chain(certificates) {
        if !aliases.contains(&name) {
            aliases.push(name);
        }
    }
    aliases
}

fn unknown(gathered: &Gathered, alias: &str) -> Usage {
    let fix = match aliases(gathered).as_slice() {
        [] => String::from("there are no aliases in the files at all; only PKCS#12 has them"),
        aliases => format!("there are {}", listed(aliases)),
    };
    Usage::new("usage.convert", format!("--alias {alias:?}: nothing in the files has this alias"), fix)
}
