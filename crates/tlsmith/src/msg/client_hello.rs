//! ClientHello (RFC 8446 §4.1.2).

use crate::{
    ext::{self, Extension, KeyShareEntry, OfferedPsks, Place},
    registry::{CertificateCompressionAlgorithm, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    wire::{Malformed, Problem, Reader, Writer},
};

const VERSION: &str = "ClientHello.legacy_version";
const RANDOM: &str = "ClientHello.random";
const SESSION_ID: &str = "ClientHello.session_id";
const SUITES: &str = "ClientHello.cipher_suites";
const COMPRESSION: &str = "ClientHello.compression_methods";

/// What a client offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientHello<'a> {
    pub(crate) legacy_version: ProtocolVersion,
    pub(crate) random: [u8; 32],
    pub(crate) session_id: &'a [u8],
    pub(crate) cipher_suites: Vec<CipherSuite>,
    pub(crate) compression_methods: &'a [u8],
    pub(crate) extensions: Vec<Extension<'a>>,
}

impl<'a> ClientHello<'a> {
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut r = Reader::new(body);
        let hello = Self {
            legacy_version: ProtocolVersion(r.u16(VERSION)?),
            random: r.array(RANDOM)?,
            session_id: r.u8_prefixed(0..=32, SESSION_ID)?,
            cipher_suites: Reader::new(r.u16_prefixed(2..=0xfffe, SUITES)?).code_points(CipherSuite, SUITES)?,
            compression_methods: r.u8_prefixed(1..=255, COMPRESSION)?,
            extensions: super::hello_extensions(&mut r, Place::ClientHello)?,
        };
        r.finish("ClientHello")?;
        hello.psk_is_last()?;
        Ok(hello)
    }

    /// "The pre_shared_key extension MUST be the last extension in the ClientHello" (§4.2.11).
    fn psk_is_last(&self) -> Result<(), Malformed> {
        let psk = self.extensions.iter().position(|e| matches!(e, Extension::PreSharedKeyOffer(_)));
        match psk {
            Some(at) if at + 1 != self.extensions.len() => Err(Malformed::new("pre_shared_key", Problem::NotLast)),
            _ => Ok(()),
        }
    }

    pub(crate) fn encode_body(&self, w: &mut Writer<'_>) {
        w.u16(self.legacy_version.0);
        w.bytes(&self.random);
        w.u8_prefixed(SESSION_ID, |w| w.bytes(self.session_id));
        w.u16_prefixed(SUITES, |w| self.cipher_suites.iter().for_each(|suite| w.u16(suite.0)));
        w.u8_prefixed(COMPRESSION, |w| w.bytes(self.compression_methods));
        super::encode_hello_extensions(&self.extensions, Place::ClientHello, w);
    }

    /// The extension of a type.
    pub(crate) fn find(&self, wanted: crate::registry::ExtensionType) -> Option<&Extension<'a>> {
        ext::find(&self.extensions, wanted)
    }

    /// The `host_name` of `server_name`, unjudged.
    pub(crate) fn server_name(&self) -> Option<&'a [u8]> {
        self.extensions.iter().find_map(|e| if let Extension::ServerName(name) = e { Some(*name) } else { None })
    }

    pub(crate) fn supported_groups(&self) -> Option<&[NamedGroup]> {
        self.extensions
            .iter()
            .find_map(|e| if let Extension::SupportedGroups(v) = e { Some(v.as_slice()) } else { None })
    }

    pub(crate) fn signature_algorithms(&self) -> Option<&[SignatureScheme]> {
        super::signature_algorithms(&self.extensions)
    }

    pub(crate) fn signature_algorithms_cert(&self) -> Option<&[SignatureScheme]> {
        super::signature_algorithms_cert(&self.extensions)
    }

    pub(crate) fn alpn(&self) -> Option<&[&'a [u8]]> {
        self.extensions.iter().find_map(|e| if let Extension::Alpn(v) = e { Some(v.as_slice()) } else { None })
    }

    pub(crate) fn supported_versions(&self) -> Option<&[ProtocolVersion]> {
        self.extensions
            .iter()
            .find_map(|e| if let Extension::SupportedVersionsOffer(v) = e { Some(v.as_slice()) } else { None })
    }

    pub(crate) fn key_share(&self) -> Option<&[KeyShareEntry<'a>]> {
        self.extensions.iter().find_map(|e| if let Extension::KeyShareOffer(v) = e { Some(v.as_slice()) } else { None })
    }

    pub(crate) fn cookie(&self) -> Option<&'a [u8]> {
        self.extensions.iter().find_map(|e| if let Extension::Cookie(v) = e { Some(*v) } else { None })
    }

    pub(crate) fn compressions(&self) -> Option<&[CertificateCompressionAlgorithm]> {
        super::compressions(&self.extensions)
    }

    pub(crate) fn certificate_authorities(&self) -> Option<&[&'a [u8]]> {
        super::certificate_authorities(&self.extensions)
    }

    pub(crate) fn psk_key_exchange_modes(&self) -> Option<&'a [u8]> {
        self.extensions.iter().find_map(|e| if let Extension::PskKeyExchangeModes(v) = e { Some(*v) } else { None })
    }

    pub(crate) fn pre_shared_key(&self) -> Option<&OfferedPsks<'a>> {
        self.extensions.iter().find_map(|e| if let Extension::PreSharedKeyOffer(v) = e { Some(v) } else { None })
    }

    pub(crate) fn early_data(&self) -> bool {
        self.extensions.iter().any(|e| matches!(e, Extension::EarlyData))
    }
}
