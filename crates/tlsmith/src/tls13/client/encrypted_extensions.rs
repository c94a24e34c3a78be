//! WAIT_EE: EncryptedExtensions (RFC 8446 §4.3.1).

use super::{State, WaitCertificate, WaitEncryptedExtensions};
use crate::{
    error::{Error, Rule},
    ext::Extension,
    hello::record_size,
    msg::EncryptedExtensions,
    tls13::effects::{RecordSizeLimits, Sink},
};

impl WaitEncryptedExtensions {
    pub(super) fn on_extensions(
        mut self,
        message: &EncryptedExtensions<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let types = message.extensions.iter().map(Extension::extension_type);
        if let Some(stranger) = types.into_iter().find(|extension| !self.common.offered.contains(extension)) {
            return Err(Error::new(Rule::UnsolicitedExtension, format!("{stranger} in EncryptedExtensions")));
        }
        if let Some(chosen) = message.alpn() {
            // RFC 7301 §3.1: one of the offered names.
            if !self.common.config.alpn.iter().any(|name| name == chosen) {
                let name = chosen.escape_ascii();
                return Err(Error::new(
                    Rule::IllegalParameter,
                    format!("the server chose ALPN \"{name}\", not offered"),
                ));
            }
            sink.facts().alpn = Some(chosen.to_vec());
        }
        if let Some(sent) = record_size::of_server(&message.extensions, record_size::MAX_TLS13)? {
            sink.limit_records(RecordSizeLimits { sent, received: self.common.config.record_size_limit })?;
        }
        self.keys.transcript.add(raw);
        let Self { common, keys, secret } = self;
        Ok(State::WaitCertificateOrRequest(Box::new(WaitCertificate { common, keys, secret, request: None })))
    }
}
