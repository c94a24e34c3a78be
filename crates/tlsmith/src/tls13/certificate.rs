//! The Certificate message, sent and received (RFC 8446 §4.4.2), with what is stapled to it (§4.4.2.1).

use tlsmith_x509::Certificate;

use super::{effects::Sink, transcript::Transcript};
use crate::{
    auth::{Identity, Staples},
    conn::{CertificateRequestFacts, ClientHelloFacts, Facts},
    error::{Error, Rule},
    ext::Extension,
    msg::{CertificateEntry, CertificateMessage, Message},
    registry::ExtensionType,
};

/// What the peer asked to see along with a certificate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    ocsp_response: bool,
    sct_list: bool,
}

impl From<&ClientHelloFacts> for Wanted {
    fn from(hello: &ClientHelloFacts) -> Self {
        Self { ocsp_response: hello.wants_ocsp_response, sct_list: hello.wants_sct_list }
    }
}

impl From<&CertificateRequestFacts> for Wanted {
    fn from(request: &CertificateRequestFacts) -> Self {
        Self { ocsp_response: request.wants_ocsp_response, sct_list: request.wants_sct_list }
    }
}

impl Wanted {
    /// The extensions of the leaf's entry.
    fn of(self, staples: &Staples) -> Vec<Extension<'_>> {
        let status = staples.ocsp_response().filter(|_| self.ocsp_response).map(Extension::CertificateStatus);
        let scts = staples.sct_list().filter(|_| self.sct_list).map(Extension::Scts);
        status.into_iter().chain(scts).collect()
    }
}

/// Sends an identity's certificates.
pub(crate) fn send(
    identity: &Identity,
    context: &[u8],
    wanted: Wanted,
    transcript: &mut Transcript,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let staples = identity.staples();
    let mut entries: Vec<CertificateEntry<'_>> = identity.chain().iter().map(bare_entry).collect();
    if let Some(leaf) = entries.first_mut() {
        leaf.extensions = wanted.of(&staples);
    }
    sink.facts().own_certificates = identity.chain().to_vec();
    sink.send(&Message::Certificate(CertificateMessage { context, entries }), transcript)
}

fn bare_entry(certificate: &Certificate) -> CertificateEntry<'_> {
    CertificateEntry { data: certificate.der(), extensions: Vec::new() }
}

/// "If no certificates are available ... the client MUST send a Certificate message containing no certificates"
/// (RFC 8446 §4.4.2).
pub(crate) fn send_none(context: &[u8], transcript: &mut Transcript, sink: &mut dyn Sink) -> Result<(), Error> {
    sink.send(&Message::Certificate(CertificateMessage { context, entries: Vec::new() }), transcript)
}

/// What a Certificate message showed.
pub(crate) struct Shown {
    pub(crate) chain: Vec<Certificate>,
    ocsp_response: Option<Vec<u8>>,
    sct_list: Option<Vec<u8>>,
}

impl Shown {
    /// Reads a Certificate message. `asked` are the extensions that may stand beside a certificate.
    ///
    /// A staple of another certificate than the leaf may come, and is not kept: what is stapled to an intermediate
    /// changes nothing about it.
    pub(crate) fn read(message: &CertificateMessage<'_>, asked: &[ExtensionType]) -> Result<Self, Error> {
        for extension in message.entries.iter().flat_map(|entry| &entry.extensions) {
            let extension = extension.extension_type();
            if !asked.contains(&extension) {
                return Err(Error::new(Rule::UnsolicitedExtension, format!("{extension} in the Certificate message")));
            }
        }
        let parse = |(at, entry): (usize, &CertificateEntry<'_>)| {
            Certificate::from_der(entry.data).map_err(|error| {
                Error::new(Rule::CertificateUndecodable, format!("certificate {at} of the chain: {error}"))
            })
        };
        let chain = message.entries.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
        let mut shown = Self { chain, ocsp_response: None, sct_list: None };
        for extension in message.entries.first().iter().flat_map(|leaf| &leaf.extensions) {
            match extension {
                Extension::CertificateStatus(response) => shown.ocsp_response = Some(response.to_vec()),
                Extension::Scts(list) => shown.sct_list = Some(list.to_vec()),
                _ => (),
            }
        }
        Ok(shown)
    }

    /// Keeps it for the verifier and for whoever looks.
    pub(crate) fn keep(self, facts: &mut Facts) {
        facts.peer_certificates = self.chain;
        (facts.ocsp_response, facts.sct_list) = (self.ocsp_response, self.sct_list);
    }
}

/// In the handshake the context is empty (RFC 8446 §4.3.2, §4.4.2).
pub(crate) fn check_no_context(context: &[u8]) -> Result<(), Error> {
    match context.is_empty() {
        true => Ok(()),
        false => Err(Error::new(Rule::IllegalParameter, "certificate_request_context is not empty in the handshake")),
    }
}
