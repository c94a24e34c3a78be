//! Key agreement, by the shares that TLS puts on the wire.

use crate::judge::{Stop, Verdict, skip};
use crate::suite::{Case, Group};
use tlsmith_crypto::{
    CryptoError, Curve, Group as Named, KeyType, Provider,
    aws_lc::{AwsLc, ecdh_from_private},
};
use tlsmith_x509::{SubjectPublicKeyInfo, pem as files};

/// A curve in its names: of the group, of a key, and the length of its scalars in octets.
struct On {
    group: Named,
    key: KeyType,
    scalar: usize,
}

/// The peer's share as a point.
pub(crate) fn point(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let on = curve(group)?;
    let share = case.fields.octets("public")?;
    agreed(on.group, &scalar(&on, case)?, Ok(share), &case.fields.octets("shared")?)
}

/// The peer's share inside of a SubjectPublicKeyInfo, which is read as that of a certificate is.
pub(crate) fn public_key_info(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let on = curve(group)?;
    let share = share_of(&on, &case.fields.octets("public")?);
    agreed(on.group, &scalar(&on, case)?, share, &case.fields.octets("shared")?)
}

/// Both keys as PEM. The private one has to load; a key that signs agrees on nothing here, so the public one meets a fresh one and
/// the secret is not compared.
pub(crate) fn pem(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let on = curve(group)?;
    let (private, public) = (case.fields.text("private")?, case.fields.text("public")?);
    let both = || {
        let private = files::private_key(&AwsLc, private.as_bytes()).map_err(|error| error.to_string())?;
        if private.key_type() != on.key {
            return Err(format!("the private key is {}", private.key_type()));
        }
        let blocks = files::blocks(public.as_bytes()).map_err(|error| error.to_string())?;
        let [block] = blocks.as_slice() else { return Err("it is not one block".to_owned()) };
        if block.label() != "PUBLIC KEY" {
            return Err("it is no public key".to_owned());
        }
        let share = share_of(&on, &block.decode().map_err(|error| error.to_string())?)?;
        let fresh = AwsLc.start_key_exchange(on.group).map_err(|error| error.to_string())?;
        fresh.complete(&share).map_err(|error| error.to_string())
    };
    Ok(match both() {
        Ok(_) => Verdict::Accepted,
        Err(why) => Verdict::Refused(why),
    })
}

pub(crate) fn xdh(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    match group.fields.text("curve")? {
        "curve25519" => {
            let share = case.fields.octets("public")?;
            agreed(Named::X25519, &case.fields.octets("private")?, Ok(share), &case.fields.octets("shared")?)
        }
        other => skip(format!("{other} (a feature that is off by default)")),
    }
}

/// ML-KEM's encapsulation keys, as a client sends them. What is encapsulated is random and not compared.
pub(crate) fn encapsulation(group: &Group, case: &Case) -> Result<Verdict, Stop> {
    let mut share = case.fields.octets("ek")?;
    let group = match group.fields.text("parameterSet")? {
        "ML-KEM-768" => {
            let x25519 = AwsLc.start_key_exchange(Named::X25519).map_err(|error| error.to_string())?;
            share.extend(x25519.share());
            Named::X25519MlKem768
        }
        "ML-KEM-1024" => Named::MlKem1024,
        other => return skip(other),
    };
    Ok(match AwsLc.accept_key_exchange(group, &share) {
        Ok(_) => Verdict::Accepted,
        Err(error) => Verdict::Refused(error.to_string()),
    })
}

fn curve(group: &Group) -> Result<On, Stop> {
    let ecdsa = KeyType::Ecdsa;
    match group.fields.text("curve")? {
        "secp256r1" => Ok(On { group: Named::Secp256r1, key: ecdsa(Curve::P256), scalar: 32 }),
        "secp384r1" => Ok(On { group: Named::Secp384r1, key: ecdsa(Curve::P384), scalar: 48 }),
        "secp521r1" => Ok(On { group: Named::Secp521r1, key: ecdsa(Curve::P521), scalar: 66 }),
        other => skip(format!("ECDH on {other}")),
    }
}

/// The private key: a number that may have zeros before it, or lack them.
fn scalar(on: &On, case: &Case) -> Result<Vec<u8>, Stop> {
    let number = case.fields.octets("private")?;
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let missing = on.scalar.checked_sub(digits.len()).ok_or("its private key is too long".to_owned())?;
    Ok([vec![0; missing].as_slice(), digits].concat())
}

fn share_of(on: &On, der: &[u8]) -> Result<Vec<u8>, String> {
    let key = SubjectPublicKeyInfo::from_der(der).map_err(|error| error.to_string())?;
    match key.usable()? {
        kind if kind == on.key => Ok(key.public_key().to_vec()),
        kind => Err(format!("the public key is {kind}")),
    }
}

/// `share` is that of the peer, or why there is none.
fn agreed(group: Named, private: &[u8], share: Result<Vec<u8>, String>, expected: &[u8]) -> Result<Verdict, Stop> {
    // Every private key of the files is one.
    let own = ecdh_from_private(group, private).map_err(|error| format!("its private key: {error}"))?;
    let complete = |share: Vec<u8>| own.complete(&share).map_err(|error: CryptoError| error.to_string());
    Ok(match share.and_then(complete) {
        Ok(secret) if secret.expose() == expected => Verdict::Accepted,
        Ok(_) => Verdict::Differs("another secret"),
        Err(why) => Verdict::Refused(why),
    })
}
