//! The new file.

use std::collections::{HashMap, HashSet};

use tlsmith_pki::{
    PrivateKey,
    container::{self, NamedCertificate},
};
use tlsmith_x509::Certificate;
use zeroize::Zeroizing;

use super::{
    Only, Opts, To, alias,
    gather::{self, Content, Gathered, Held, describe},
    order,
};
use crate::{
    exit::Usage,
    key::{Form, encode, listed},
};

/// What is to be written.
pub(super) struct Made {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) format: &'static str,
    pub(super) contents: Vec<Content>,
    pub(super) encrypted: bool,
    /// There is a private key in it.
    pub(super) is_secret: bool,
    pub(super) left_out: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Asks for the passphrase of what is written.
type Ask<'a> = &'a mut dyn FnMut() -> Result<Zeroizing<String>, Usage>;

/// Makes it of what was gathered.
pub(super) fn make(opts: &Opts, gathered: &mut Gathered, encrypt: bool, ask: Ask<'_>) -> Result<Made, Usage> {
    let left_out = choose(opts, gathered)?;
    let was_sorted = order::sort(gathered);
    let mut made = match (opts.to, opts.to.form()) {
        (_, Some(form)) => key_alone(gathered, form, opts.der, encrypt, ask)?,
        (To::P12, _) => pkcs12(opts, gathered, ask)?,
        (To::Der, _) => der(opts, gathered, encrypt, ask)?,
        _ => pem(gathered, encrypt, ask)?,
    };
    made.left_out.splice(0..0, left_out);
    if was_sorted && opts.to.form().is_none() {
        let note = "the certificates were sorted: the one of the key first, then its issuers";
        made.notes.push(String::from(note));
    }
    if let Some(scheme) = &gathered.was_legacy {
        let note = format!("the old file was encrypted in a way that is not safe any more: {scheme}");
        made.notes.push(note);
    }
    if gathered.was_encrypted && made.is_secret && !made.encrypted {
        made.notes.push(String::from("the key stands there without a passphrase now; --encrypt writes it under one"));
    }
    Ok(made)
}

/// Leaves out what `--key`, `--alias` and `--only` do not name.
fn choose(opts: &Opts, gathered: &mut Gathered) -> Result<Vec<String>, Usage> {
    let mut left_out: Vec<String> = Vec::new();
    for key in std::mem::take(&mut gathered.other_keys) {
        // The key of `--key` may stand in another file as well.
        if !gathered.keys.iter().any(|known| known.it.public_key_info() == key.public_key_info()) {
            left_out.push(gather::key_alone(&key));
        }
    }
    if let Some(alias) = &opts.alias {
        left_out.extend(lines(alias::choose(gathered, alias, opts.key.as_deref())?));
    }
    let mut others = Gathered::default();
    if opts.only == Some(Only::Certificates) {
        others.keys = std::mem::take(&mut gathered.keys);
    }
    if opts.only == Some(Only::Key) {
        others.certificates = std::mem::take(&mut gathered.certificates);
    }
    if opts.only.is_some() {
        others.requests = std::mem::take(&mut gathered.requests);
        others.crls = std::mem::take(&mut gathered.crls);
    }
    let Gathered { certificates, keys, requests, crls, .. } = &others;
    left_out.extend(lines(describe(certificates, keys, requests, crls)));
    Ok(left_out)
}

fn lines(contents: Vec<Content>) -> impl Iterator<Item = String> {
    contents.into_iter().map(|content| content.what)
}

/// The one key that there is.
fn only_key(gathered: &Gathered) -> Result<&Held<PrivateKey>, Usage> {
    match gathered.keys.as_slice() {
        [key] => Ok(key),
        [] => {
            let message = "there is no private key among the files";
            Err(match gathered.skipped().next() {
                Some(skipped) => Usage::new("usage.convert", format!("{message} that can be used: {skipped}"), ""),
                None => Usage::new("usage.convert", message, "name the file that holds it with --key"),
            })
        }
        keys => {
            let message = format!("there are {} private keys among the files", keys.len());
            let names: Vec<&str> = keys.iter().filter_map(|key| key.name.as_deref()).collect();
            let in_one_file = keys.iter().all(|key| keys.first().is_some_and(|first| first.file == key.file));
            let fix = match (names.as_slice(), in_one_file) {
                ([], true) => String::from("they stand in one file: take one that holds only the one that is meant"),
                ([], false) => String::from("say which with --key FILE"),
                (names, _) => format!("say which with --alias: {}", listed(names)),
            };
            Err(Usage::new("usage.convert", message, fix))
        }
    }
}

fn key_alone(gathered: &Gathered, form: Form, der: bool, encrypt: bool, ask: Ask<'_>) -> Result<Made, Usage> {
    let key = only_key(gathered)?;
    let passphrase = if encrypt { Some(ask()?) } else { None };
    Ok(Made {
        bytes: encode(&key.it, form, der, passphrase.as_ref().map(|text| text.as_str()))?,
        format: form.name(),
        contents: describe(&[], &gathered.keys, &[], &[]),
        encrypted: encrypt,
        is_secret: true,
        left_out: lines(describe(&gathered.certificates, &[], &gathered.requests, &gathered.crls)).collect(),
        notes: Vec::new(),
    })
}

fn pem(gathered: &Gathered, encrypt: bool, ask: Ask<'_>) -> Result<Made, Usage> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut blocks = Vec::new();
    blocks.extend(gathered.certificates.iter().map(|certificate| container::pem("CERTIFICATE", certificate.it.der())));
    blocks.extend(gathered.requests.iter().map(|request| container::pem("CERTIFICATE REQUEST", request.der())));
    blocks.extend(gathered.crls.iter().map(|crl| container::pem("X509 CRL", crl)));
    let passphrase = if encrypt && !gathered.keys.is_empty() { Some(ask()?) } else { None };
    let passphrase = passphrase.as_ref().map(|text| text.as_str());
    let keys = gathered.keys.iter().map(|key| encode(&key.it, Form::Pkcs8, false, passphrase));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    // Room for all of it at once: a vector that grows leaves copies behind.
    bytes.reserve_exact(
        blocks.iter().map(|block| block.len()).sum::<usize>() + keys.iter().map(|key| key.len()).sum::<usize>(),
    );
    blocks.iter().for_each(|block| bytes.extend_from_slice(block.as_bytes()));
    keys.iter().for_each(|key| bytes.extend_from_slice(key));
    if bytes.is_empty() {
        return Err(nothing(gathered));
    }
    Ok(Made {
        bytes,
        format: "PEM",
        contents: describe(&gathered.certificates, &gathered.keys, &gathered.requests, &gathered.crls),
        encrypted: passphrase.is_some(),
        is_secret: !gathered.keys.is_empty(),
        left_out: Vec::new(),
        notes: Vec::new(),
    })
}

fn der(opts: &Opts, gathered: &Gathered, encrypt: bool, ask: Ask<'_>) -> Result<Made, Usage> {
    let Gathered { certificates, keys, requests, crls, .. } = gathered;
    let plain = |der: &[u8]| Ok((Zeroizing::new(der.to_vec()), false));
    let (bytes, encrypted) = match (certificates.as_slice(), keys.as_slice(), requests.as_slice(), crls.as_slice()) {
        ([certificate], [], [], []) => plain(certificate.it.der()),
        ([], [], [request], []) => plain(request.der()),
        ([], [], [], [crl]) => plain(crl),
        ([], [key], [], []) => {
            let passphrase = if encrypt { Some(ask()?) } else { None };
            encode(&key.it, Form::Pkcs8, true, passphrase.as_ref().map(|text| text.as_str()))
                .map(|bytes| (bytes, encrypt))
        }
        ([], [], [], []) => Err(nothing(gathered)),
        _ => {
            let there = lines(describe(certificates, keys, requests, crls)).collect::<Vec<_>>().join(", ");
            let message = format!("DER holds one thing, and there is more: {there}");
            Err(Usage::new("usage.convert", message, one_of_many(opts, gathered)))
        }
    }?;
    Ok(Made {
        bytes,
        format: "DER",
        contents: describe(certificates, keys, requests, crls),
        encrypted,
        is_secret: !keys.is_empty(),
        left_out: Vec::new(),
        notes: Vec::new(),
    })
}

/// How one thing is taken out of many: by the options that would leave one, and were not given.
fn one_of_many(opts: &Opts, gathered: &Gathered) -> String {
    let (certificates, keys) = (gathered.certificates.len(), gathered.keys.len());
    let mut ways = Vec::new();
    if opts.only.is_none() && certificates == 1 {
        ways.push(String::from("--only certificates"));
    }
    if opts.only.is_none() && keys == 1 {
        ways.push(String::from("--only key"));
    }
    let aliases = alias::aliases(gathered);
    if opts.alias.is_none() && (certificates > 1 || keys > 1) && !aliases.is_empty() {
        ways.push(format!("--alias ({})", listed(&aliases)));
    }
    match ways.is_empty() {
        true => String::from("write --to pem, which holds all of them"),
        false => format!("take one of them with {}, or write --to pem", ways.join(" or ")),
    }
}

fn pkcs12(opts: &Opts, gathered: &Gathered, ask: Ask<'_>) -> Result<Made, Usage> {
    let key = match gathered.keys.is_empty() {
        true => None,
        false => Some(only_key(gathered)?),
    };
    if let Some(key) = key {
        if gathered.leaf_of(key).is_none() {
            let message = "none of the certificates belongs to the private key";
            let fix =
                "add the file that holds it; `tlsmith key show` and `tlsmith cert pin` show the same pin for both";
            return Err(Usage::new("usage.convert", message, fix));
        }
    } else if gathered.certificates.is_empty() {
        return Err(nothing(gathered));
    }
    let names = names(opts.name.as_deref(), key, &gathered.certificates);
    let certificates: Vec<NamedCertificate<'_>> = std::iter::zip(&gathered.certificates, &names)
        .map(|(held, name)| NamedCertificate {
            certificate: &held.it,
            name: name.as_deref(),
            // Java sees no certificate without a key that has not the mark.
            trusted: held.trusted || key.is_none(),
        })
        .collect();
    let passphrase = ask()?;
    let bytes = container::pkcs12(key.map(|key| &key.it), &certificates, &passphrase)
        .map_err(|error| Usage::new("internal.crypto", format!("it cannot be encrypted: {error}"), ""))?;
    // With a key the other names are of certificates of its chain, or of trusted ones beside it: Java shows these.
    let shown = std::iter::zip(&certificates, &names).enumerate();
    let shown = shown.filter(|(index, (certificate, _))| *index == 0 || certificate.trusted);
    let aliases: Vec<&str> = shown.filter_map(|(_, (_, name))| name.as_deref()).collect();
    Ok(Made {
        bytes,
        format: "PKCS#12",
        contents: describe(&gathered.certificates, &gathered.keys, &[], &[]),
        encrypted: true,
        is_secret: key.is_some(),
        left_out: lines(describe(&[], &[], &gathered.requests, &gathered.crls)).collect(),
        notes: vec![match aliases.as_slice() {
            [alias] => format!("the alias in it is {alias:?}"),
            aliases => format!("the aliases in it are {}", listed(aliases)),
        }],
    })
}

/// The alias of each certificate: the one that it had. The key's certificate has that of the key. `wanted` is for the first,
/// and in a truststore for all of them, with a number behind it. Java wants them to differ in more than capital letters.
fn names(
    wanted: Option<&str>,
    key: Option<&Held<PrivateKey>>,
    certificates: &[Held<Certificate>],
) -> Vec<Option<String>> {
    let mut taken: HashSet<String> = HashSet::new();
    // The last number behind a name, so that a thousand of one name are not counted from the start each time.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(certificates.len());
    for (index, held) in certificates.iter().enumerate() {
        let name = match (wanted, key, index) {
            (Some(wanted), _, 0) | (Some(wanted), None, _) => Some(wanted.to_owned()),
            (None, Some(key), 0) => key.name.clone().or_else(|| held.name.clone()).or_else(|| Some(label(&held.it))),
            (_, Some(_), _) => held.name.clone(),
            (None, None, _) => held.name.clone().or_else(|| Some(label(&held.it))),
        };
        names.push(name.map(|name| {
            if taken.insert(name.to_lowercase()) {
                return name;
            }
            let number = numbers.entry(name.to_lowercase()).or_insert(1);
            loop {
                *number += 1;
                let candidate = format!("{name}-{number}");
                if taken.insert(candidate.to_lowercase()) {
                    return candidate;
                }
            }
        }));
    }
    names
}

/// A name for a certificate that has none: its host's, or its holder's.
fn label(certificate: &Certificate) -> String {
    let host = certificate.dns_names().into_iter().next();
    host.or_else(|| certificate.common_name().map(str::to_owned)).unwrap_or_else(|| String::from("1"))
}

fn nothing(gathered: &Gathered) -> Usage {
    let message = "there is nothing among the files that could be written";
    match gathered.skipped().next() {
        Some(skipped) => Usage::new("usage.convert", format!("{message}: {skipped}"), ""),
        None => Usage::new("usage.convert", message, ""),
    }
}
