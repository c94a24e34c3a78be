//! The new file.

use tlsmith_pki::{PrivateKey, container};
use zeroize::Zeroizing;

use super::{
    Only, Opts, To,
    gather::{self, Gathered, describe},
};
use crate::{
    exit::Usage,
    key::{Form, encode},
};

/// What is to be written.
pub(super) struct Made {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) format: &'static str,
    pub(super) contents: Vec<String>,
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
    let left_out = choose(opts, gathered);
    leaf_first(gathered);
    let mut made = match (opts.to, opts.to.form()) {
        (_, Some(form)) => key_alone(gathered, form, opts.der, encrypt, ask)?,
        (To::P12, _) => pkcs12(opts, gathered, ask)?,
        (To::Der, _) => der(gathered, encrypt, ask)?,
        _ => pem(gathered, encrypt, ask)?,
    };
    made.left_out.splice(0..0, left_out);
    if let Some(scheme) = &gathered.was_legacy {
        let note = format!("the old file was encrypted in a way that is not safe any more: {scheme}");
        made.notes.push(note);
    }
    if gathered.was_encrypted && made.is_secret && !made.encrypted {
        made.notes.push(String::from("the key stands there without a passphrase now; --encrypt writes it under one"));
    }
    Ok(made)
}

/// Leaves out what `--only` does not name.
fn choose(opts: &Opts, gathered: &mut Gathered) -> Vec<String> {
    let mut left_out = Vec::new();
    if opts.only == Some(Only::Certificates) {
        left_out.extend(gathered.keys.drain(..).map(|key| gather::key(&key)));
    }
    if opts.only == Some(Only::Key) {
        left_out.extend(gathered.certificates.drain(..).map(|certificate| gather::certificate(&certificate)));
    }
    if opts.only.is_some() {
        left_out.extend(describe(
            &[],
            &[],
            &std::mem::take(&mut gathered.requests),
            &std::mem::take(&mut gathered.crls),
        ));
    }
    left_out
}

/// The certificate of the key goes to the front: servers want it there, and PKCS#12 is made of it.
fn leaf_first(gathered: &mut Gathered) {
    let [key] = gathered.keys.as_slice() else { return };
    let is_leaf = |certificate: &tlsmith_x509::Certificate| {
        certificate.subject_public_key_info().public_key() == key.public_key_info().public_key()
    };
    if let Some(at) = gathered.certificates.iter().position(is_leaf)
        && let Some(front) = gathered.certificates.get_mut(..=at)
    {
        front.rotate_right(1);
    }
}

/// The one key that there is.
fn only_key(gathered: &Gathered) -> Result<&PrivateKey, Usage> {
    match gathered.keys.as_slice() {
        [key] => Ok(key),
        [] => {
            let message = "there is no private key among the files";
            let mut skipped = gathered.found.iter().flat_map(|found| &found.skipped);
            Err(match skipped.next() {
                Some(skipped) => Usage::new("usage.convert", format!("{message} that can be used: {skipped}"), ""),
                None => Usage::new("usage.convert", message, "name the file that holds it with --key"),
            })
        }
        keys => {
            let message = format!("there are {} private keys among the files", keys.len());
            Err(Usage::new("usage.convert", message, "say which with --key"))
        }
    }
}

fn key_alone(gathered: &Gathered, form: Form, der: bool, encrypt: bool, ask: Ask<'_>) -> Result<Made, Usage> {
    let key = only_key(gathered)?;
    let passphrase = if encrypt { Some(ask()?) } else { None };
    Ok(Made {
        bytes: encode(key, form, der, passphrase.as_ref().map(|text| text.as_str()))?,
        format: form.name(),
        contents: vec![gather::key(key)],
        encrypted: encrypt,
        is_secret: true,
        left_out: describe(&gathered.certificates, &[], &gathered.requests, &gathered.crls),
        notes: Vec::new(),
    })
}

fn pem(gathered: &Gathered, encrypt: bool, ask: Ask<'_>) -> Result<Made, Usage> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut blocks = Vec::new();
    blocks.extend(gathered.certificates.iter().map(|certificate| container::pem("CERTIFICATE", certificate.der())));
    blocks.extend(gathered.requests.iter().map(|request| container::pem("CERTIFICATE REQUEST", request.der())));
    blocks.extend(gathered.crls.iter().map(|crl| container::pem("X509 CRL", crl)));
    let passphrase = if encrypt && !gathered.keys.is_empty() { Some(ask()?) } else { None };
    let passphrase = passphrase.as_ref().map(|text| text.as_str());
    let keys = gathered.keys.iter().map(|key| encode(key, Form::Pkcs8, false, passphrase));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    // Room for all of it at once: a vector that grows leaves copies behind.
    bytes.reserve_exact(
        blocks.iter().map(|block| block.len()).sum::<usize>() + keys.iter().map(|key| key.len()).sum::<usize>(),
    );
    blocks.iter().for_each(|block| bytes.extend_from_slice(block.as_bytes()));
    keys.iter().for_each(|key| bytes.extend_from_slice(key));
    if bytes.is_empty() {
        return Err(nothing());
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

fn der(gathered: &Gathered, encrypt: bool, ask: Ask<'_>) -> Result<Made, Usage> {
    let Gathered { certificates, keys, requests, crls, .. } = gathered;
    let plain = |der: &[u8]| Ok((Zeroizing::new(der.to_vec()), false));
    let (bytes, encrypted) = match (certificates.as_slice(), keys.as_slice(), requests.as_slice(), crls.as_slice()) {
        ([certificate], [], [], []) => plain(certificate.der()),
        ([], [], [request], []) => plain(request.der()),
        ([], [], [], [crl]) => plain(crl),
        ([], [key], [], []) => {
            let passphrase = if encrypt { Some(ask()?) } else { None };
            encode(key, Form::Pkcs8, true, passphrase.as_ref().map(|text| text.as_str())).map(|bytes| (bytes, encrypt))
        }
        ([], [], [], []) => Err(nothing()),
        _ => {
            let there = describe(certificates, keys, requests, crls).join(", ");
            let fix = "take one of them with --only certificates or --only key, or write --to pem or p12";
            Err(Usage::new("usage.convert", format!("DER holds one thing, and there is more: {there}"), fix))
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

fn pkcs12(opts: &Opts, gathered: &Gathered, ask: Ask<'_>) -> Result<Made, Usage> {
    let key = match gathered.keys.is_empty() {
        true => None,
        false => Some(only_key(gathered)?),
    };
    let leaf = gathered.certificates.first();
    if let Some(key) = key {
        let public = key.public_key_info().public_key();
        if leaf.is_none_or(|leaf| leaf.public_key() != public) {
            let message = "none of the certificates belongs to the private key";
            let fix =
                "add the file that holds it; `tlsmith key show` and `tlsmith cert pin` show the same pin for both";
            return Err(Usage::new("usage.convert", message, fix));
        }
    } else if leaf.is_none() {
        return Err(nothing());
    }
    let name = match (&opts.name, &gathered.name, leaf) {
        (Some(name), _, _) | (None, Some(name), _) => name.clone(),
        (None, None, Some(leaf)) => leaf
            .dns_names()
            .into_iter()
            .next()
            .or_else(|| leaf.common_name().map(str::to_owned))
            .unwrap_or_else(|| String::from("1")),
        (None, None, None) => String::from("1"),
    };
    let passphrase = ask()?;
    let bytes = container::pkcs12(key, &gathered.certificates, &name, &passphrase)
        .map_err(|error| Usage::new("internal.crypto", format!("it cannot be encrypted: {error}"), ""))?;
    Ok(Made {
        bytes,
        format: "PKCS#12",
        contents: describe(&gathered.certificates, key.map_or(&[], std::slice::from_ref), &[], &[]),
        encrypted: true,
        is_secret: key.is_some(),
        left_out: describe(&[], &[], &gathered.requests, &gathered.crls),
        notes: vec![format!("the alias in it is {name:?}")],
    })
}

fn nothing() -> Usage {
    Usage::new("usage.convert", "there is nothing among the files that could be written", "")
}
