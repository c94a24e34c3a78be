//! ServerKeyExchange and ClientKeyExchange (RFC 5246 §7.4.3, §7.4.7; RFC 8422 §5.4, §5.7; RFC 4279 §2; RFC 5489 §2).
//!
//! Their shape depends on the cipher suite, so the messages keep their bytes, and whoever knows the suite reads them.

use crate::{
    msg::CertificateVerify,
    registry::NamedGroup,
    wire::{Malformed, Problem, Reader, TooLong, Writer},
};

const HINT: &str = "ServerKeyExchange.psk_identity_hint";
const CURVE_TYPE: &str = "ServerECDHParams.curve_params.curve_type";
const NAMED_CURVE: &str = "ServerECDHParams.curve_params.namedcurve";
const EC_PUBLIC: &str = "ServerECDHParams.public";
const DH_P: &str = "ServerDHParams.dh_p";
const DH_G: &str = "ServerDHParams.dh_g";
const DH_YS: &str = "ServerDHParams.dh_Ys";
const IDENTITY: &str = "ClientKeyExchange.psk_identity";
const EC_YC: &str = "ClientECDiffieHellmanPublic.ecdh_Yc";
const DH_YC: &str = "ClientDiffieHellmanPublic.dh_Yc";

/// `ECCurveType` named_curve (RFC 8422 §5.4). Explicit curves must not be used.
const NAMED_CURVE_TYPE: u8 = 3;

/// What the suite's key exchange puts into both messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// An identity hint and an identity (PSK).
    pub(crate) psk: bool,
    /// Public values.
    pub(crate) exchange: Option<Exchange>,
    /// A signature over the server's values (no PSK).
    pub(crate) signed: bool,
}

/// In which kind of group keys are agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// Elliptic curves.
    Ecdhe,
    /// Finite fields.
    Dhe,
}

/// ServerKeyExchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerKeyExchange<'a> {
    pub(crate) body: &'a [u8],
}

/// What a ServerKeyExchange holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerParams<'a> {
    pub(crate) values: Option<ServerValues<'a>>,
    /// The bytes that the signature covers, besides the randoms.
    pub(crate) bytes: &'a [u8],
    pub(crate) signature: Option<CertificateVerify<'a>>,
}

/// The server's public value and its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerValues<'a> {
    /// On a named curve.
    Ecdhe { group: NamedGroup, public: &'a [u8] },
    /// In a field that the message describes; big-endian numbers.
    Dhe { prime: &'a [u8], generator: &'a [u8], public: &'a [u8] },
}

impl<'a> ServerKeyExchange<'a> {
    /// Reads the body as the suite demands.
    pub(crate) fn read(&self, parameters: Parameters) -> Result<ServerParams<'a>, Malformed> {
        let mut r = Reader::new(self.body);
        if parameters.psk {
            // Hints mean nothing without an application profile (RFC 4279 §5.2).
            r.u16_prefixed(0..=0xffff, HINT)?;
        }
        let values = parameters.exchange.map(|exchange| ServerValues::decode(exchange, &mut r)).transpose()?;
        let rest = r.rest();
        let bytes = self.body.get(..self.body.len().saturating_sub(rest.len())).unwrap_or_default();
        let signature = match parameters.signed {
            true => Some(CertificateVerify::decode(rest)?),
            false => {
                Reader::new(rest).finish("ServerKeyExchange")?;
                None
            }
        };
        Ok(ServerParams { values, bytes, signature })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.bytes(self.body);
    }
}

impl<'a> ServerValues<'a> {
    fn decode(exchange: Exchange, r: &mut Reader<'a>) -> Result<Self, Malformed> {
        match exchange {
            Exchange::Ecdhe => {
                if r.u8(CURVE_TYPE)? != NAMED_CURVE_TYPE {
                    return Err(Malformed::new(CURVE_TYPE, Problem::BadValue));
                }
                Ok(Self::Ecdhe { group: NamedGroup(r.u16(NAMED_CURVE)?), public: r.u8_prefixed(1..=255, EC_PUBLIC)? })
            }
            Exchange::Dhe => Ok(Self::Dhe {
                prime: r.u16_prefixed(1..=0xffff, DH_P)?,
                generator: r.u16_prefixed(1..=0xffff, DH_G)?,
                public: r.u16_prefixed(1..=0xffff, DH_YS)?,
            }),
        }
    }

    fn encode(&self, w: &mut Writer<'_>) {
        match self {
            Self::Ecdhe { group, public } => {
                w.u8(NAMED_CURVE_TYPE);
                w.u16(group.0);
                w.u8_prefixed(EC_PUBLIC, |w| w.bytes(public));
            }
            Self::Dhe { prime, generator, public } => {
                w.u16_prefixed(DH_P, |w| w.bytes(prime));
                w.u16_prefixed(DH_G, |w| w.bytes(generator));
                w.u16_prefixed(DH_YS, |w| w.bytes(public));
            }
        }
    }

    /// The bytes of the values, with an empty identity hint before them if the suite has one: all but the signature.
    pub(crate) fn encode_params(values: Option<Self>, psk: bool) -> Result<Vec<u8>, TooLong> {
        /// Room for the uncompressed point of the longest curve, secp521r1 (RFC 8422 §5.4: type, curve, length, point).
        const ECDHE: usize = 1 + 2 + 1 + 133;
        let mut out = Vec::with_capacity(ECDHE);
        let mut w = Writer::new(&mut out);
        if psk {
            w.u16_prefixed(HINT, |_| ());
        }
        if let Some(values) = values {
            values.encode(&mut w);
        }
        w.finish()?;
        Ok(out)
    }
}

/// ClientKeyExchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientKeyExchange<'a> {
    pub(crate) body: &'a [u8],
}

/// What a ClientKeyExchange holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientParams<'a> {
    /// The identity of a PSK suite.
    pub(crate) identity: Option<&'a [u8]>,
    /// The client's public value.
    pub(crate) public: Option<(Exchange, &'a [u8])>,
}

impl<'a> ClientKeyExchange<'a> {
    /// Reads the body as the suite demands.
    pub(crate) fn read(&self, parameters: Parameters) -> Result<ClientParams<'a>, Malformed> {
        let mut r = Reader::new(self.body);
        let identity = parameters.psk.then(|| r.u16_prefixed(0..=0xffff, IDENTITY)).transpose()?;
        let public = match parameters.exchange {
            None => None,
            Some(Exchange::Ecdhe) => Some((Exchange::Ecdhe, r.u8_prefixed(1..=255, EC_YC)?)),
            Some(Exchange::Dhe) => Some((Exchange::Dhe, r.u16_prefixed(1..=0xffff, DH_YC)?)),
        };
        r.finish("ClientKeyExchange")?;
        Ok(ClientParams { identity, public })
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.bytes(self.body);
    }
}

impl ClientParams<'_> {
    /// The body of the message.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, TooLong> {
        let mut out = Vec::new();
        let mut w = Writer::new(&mut out);
        if let Some(identity) = self.identity {
            w.u16_prefixed(IDENTITY, |w| w.bytes(identity));
        }
        match self.public {
            None => (),
            Some((Exchange::Ecdhe, public)) => w.u8_prefixed(EC_YC, |w| w.bytes(public)),
            Some((Exchange::Dhe, public)) => w.u16_prefixed(DH_YC, |w| w.bytes(public)),
        }
        w.finish()?;
        Ok(out)
    }
}
