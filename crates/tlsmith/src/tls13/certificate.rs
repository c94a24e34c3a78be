//! The Certificate message, sent and received (RFC 8446 §4.4.2), with what is stapled to it (§4.4.2.1).

use std::sync::Arc;

use tlsmith_x509::{Certificate, Purpose, SubjectPublicKeyInfo, UnixTime};

use super::{
    compress::{Compressions, Packed},
    effects::Sink,
    transcript::Transcript,
};
use crate::{
    auth::{Identity, PackedAs, PeerCertificates, PeerKey, Showing, Staples},
    conn::{CertificateRequestFacts, ClientHelloFacts, Facts},
    error::{Error, Rule},
    ext::Extension,
    msg::{CertificateEntry, CertificateMessage, Message},
    registry::{CertificateCompressionAlgorithm, CertificateType, ExtensionType},
    wire::Writer,
};

/// What the peer asked to see along with a certificate, and how it may be compressed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    ocsp_response: bool,
    sct_list: bool,
    compressions: &'a [CertificateCompressionAlgorithm],
}

impl<'a> From<&'a ClientHelloFacts> for Wanted<'a> {
    fn from(hello: &'a ClientHelloFacts) -> Self {
        Self {
            ocsp_response: hello.wants_ocsp_response,
            sct_list: hello.wants_sct_list,
            compressions: &hello.certificate_compressions,
        }
    }
}

impl<'a> From<&'a CertificateRequestFacts> for Wanted<'a> {
    fn from(request: &'a CertificateRequestFacts) -> Self {
        Self {
            ocsp_response: request.wants_ocsp_response,
            sct_list: request.wants_sct_list,
            compressions: &request.certificate_compressions,
        }
    }
}

impl Wanted<'_> {
    /// The extensions of the leaf's entry.
    fn of(self, staples: &Staples) -> Vec<Extension<'_>> {
        let status = staples.ocsp_response().filter(|_| self.ocsp_response).map(Extension::CertificateStatus);
        let scts = staples.sct_list().filter(|_| self.sct_list).map(Extension::Scts);
        status.into_iter().chain(scts).collect()
    }

    /// The compressed message, if both sides have an algorithm in common and it gains something.
    fn packed(
        self,
        showing: &Showing,
        compressions: &Compressions,
        message: &CertificateMessage<'_>,
    ) -> Option<Arc<Packed>> {
        // A context is another one each time: what comes after the handshake would be compressed for this once.
        if !message.context.is_empty() {
            return None;
        }
        let compression = compressions.choose(self.compressions)?;
        let packed_as = PackedAs {
            algorithm: compression.algorithm(),
            ocsp_response: self.ocsp_response && showing.staples.ocsp_response().is_some(),
            sct_list: self.sct_list && showing.staples.sct_list().is_some(),
        };
        showing.packed(packed_as, || Packed::new(compression, message))
    }
}

/// Sends an identity's certificates.
pub(crate) fn send(
    identity: &Identity,
    context: &[u8],
    wanted: Wanted<'_>,
    compressions: &Compressions,
    transcript: &mut Transcript,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let showing = identity.showing();
    let message = CertificateMessage { context, entries: entries(identity, wanted, &showing.staples) };
    sink.facts().own_certificates = identity.chain().to_vec();
    sink.facts().own_raw_key = identity.shown_key().cloned();
    let packed = wanted.packed(&showing, compressions, &message);
    sink.facts().own_certificate_compression = packed.as_ref().map(|packed| packed.algorithm());
    match packed {
        Some(packed) => sink.send(&Message::CompressedCertificate(packed.message()), transcript),
        None => sink.send(&Message::Certificate(message), transcript),
    }
}

fn entries<'a>(identity: &'a Identity, wanted: Wanted<'_>, staples: &'a Staples) -> Vec<CertificateEntry<'a>> {
    let shown = identity.chain().iter().map(Certificate::der).chain(identity.shown_key().map(|key| key.der()));
    let mut entries: Vec<CertificateEntry<'_>> =
        shown.map(|data| CertificateEntry { data, extensions: Vec::new() }).collect();
    if let Some(leaf) = entries.first_mut() {
        leaf.extensions = wanted.of(staples);
    }
    entries
}

/// The body of the message, for one that is sent later.
pub(crate) fn body(identity: &Identity, context: &[u8], wanted: Wanted<'_>) -> Result<Vec<u8>, Error> {
    let showing = identity.showing();
    let mut body = Vec::new();
    let mut w = Writer::new(&mut body);
    CertificateMessage { context, entries: entries(identity, wanted, &showing.staples) }.encode_body(&mut w);
    w.finish().map_err(|error| Error::new(Rule::Internal, format!("{} is too long", error.what)))?;
    Ok(body)
}

/// "If no certificates are available ... the client MUST send a Certificate message containing no certificates"
/// (RFC 8446 §4.4.2).
pub(crate) fn send_none(context: &[u8], transcript: &mut Transcript, sink: &mut dyn Sink) -> Result<(), Error> {
    sink.send(&Message::Certificate(CertificateMessage { context, entries: Vec::new() }), transcript)
}

/// What a Certificate message showed.
pub(crate) struct Shown {
    chain: Vec<Certificate>,
    raw_key: Option<SubjectPublicKeyInfo>,
    ocsp_response: Option<Vec<u8>>,
    sct_list: Option<Vec<u8>>,
}

impl Shown {
    /// Reads a Certificate message. `asked` are the extensions that may stand beside a certificate.
    ///
    /// A staple of another certificate than the leaf may come, and is not kept: what is stapled to an intermediate
    /// changes nothing about it.
    pub(crate) fn read(
        message: &CertificateMessage<'_>,
        kind: CertificateType,
        asked: &[ExtensionType],
    ) -> Result<Self, Error> {
        for extension in message.entries.iter().flat_map(|entry| &entry.extensions) {
            let extension = extension.extension_type();
            if !asked.contains(&extension) {
                return Err(Error::new(Rule::UnsolicitedExtension, format!("{extension} in the Certificate message")));
            }
        }
        let (chain, raw_key) = match kind {
            CertificateType::RAW_PUBLIC_KEY => (Vec::new(), read_raw_key(&message.entries)?),
            _ => (read_chain(&message.entries)?, None),
        };
        let mut shown = Self { chain, raw_key, ocsp_response: None, sct_list: None };
        for extension in message.entries.first().iter().flat_map(|leaf| &leaf.extensions) {
            match extension {
                Extension::CertificateStatus(response) => shown.ocsp_response = Some(response.to_vec()),
                Extension::Scts(list) => shown.sct_list = Some(list.to_vec()),
                _ => (),
            }
        }
        Ok(shown)
    }

    /// The key that the peer has to prove that it holds; none where it showed nothing.
    pub(crate) fn key(&self) -> Option<PeerKey> {
        let raw = self.raw_key.clone().map(PeerKey::Raw);
        raw.or_else(|| self.chain.first().cloned().map(PeerKey::Certificate))
    }

    /// What the verifier is to judge of a client, which was asked for an OCSP response or not.
    pub(crate) fn to_judge(&self, ocsp_asked: bool, now: UnixTime) -> PeerCertificates<'_> {
        PeerCertificates {
            chain: &self.chain,
            raw_public_key: self.raw_key.as_ref(),
            ocsp_response: self.ocsp_response.as_deref(),
            ocsp_asked,
            sct_list: self.sct_list.as_deref(),
            name: None,
            purpose: Purpose::ClientAuth,
            now,
        }
    }

    /// Keeps it for the verifier and for whoever looks.
    pub(crate) fn keep(self, facts: &mut Facts) {
        (facts.peer_certificates, facts.peer_raw_key) = (self.chain, self.raw_key);
        (facts.ocsp_response, facts.sct_list) = (self.ocsp_response, self.sct_list);
    }
}

fn read_chain(entries: &[CertificateEntry<'_>]) -> Result<Vec<Certificate>, Error> {
    let parse = |(at, entry): (usize, &CertificateEntry<'_>)| {
        Certificate::from_der(entry.data).map_err(|error| {
            Error::new(Rule::CertificateUndecodable, format!("certificate {at} of the chain: {error}"))
        })
    };
    entries.iter().enumerate().map(parse).collect()
}

/// "If the RawPublicKey certificate type was negotiated, then the certificate_list MUST contain no more than one
/// CertificateEntry" (RFC 8446 §4.4.2).
fn read_raw_key(entries: &[CertificateEntry<'_>]) -> Result<Option<SubjectPublicKeyInfo>, Error> {
    match entries {
        [] => Ok(None),
        [only] => SubjectPublicKeyInfo::from_der(only.data)
            .map(Some)
            .map_err(|error| Error::new(Rule::CertificateUndecodable, format!("the raw public key: {error}"))),
        more => Err(Error::new(Rule::IllegalParameter, format!("{} entries beside a raw public key", more.len()))),
    }
}

/// In the handshake the context is empty (RFC 8446 §4.3.2, §4.4.2).
pub(crate) fn check_no_context(context: &[u8]) -> Result<(), Error> {
    match context.is_empty() {
        true => Ok(()),
        false => Err(Error::new(Rule::IllegalParameter, "certificate_request_context is not empty in the handshake")),
    }
}
