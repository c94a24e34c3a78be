//! `--staple`: OCSP responses from files, each for the certificate that it is about.

use std::{path::Path, sync::Arc};

use tlsmith::auth::{Identity, Staples};
use tlsmith_x509::{
    UnixTime, pem,
    revocation::ocsp::{CertificateStatus, OcspResponse},
};

use crate::{exit::Usage, files};

const OPTION: &str = "--staple";

/// Reads the file and staples it to the certificate that it is about; what the operator should know of it.
///
/// The response is not verified here: clients do that, and they alone are to be convinced.
pub(crate) fn load(path: &Path, identities: &[Arc<Identity>], now: UnixTime) -> Result<Option<String>, Usage> {
    let content = files::read(OPTION, path)?;
    let fail =
        |what: String, fix: &'static str| Usage::new("usage.file", format!("{OPTION} {}: {what}", path.display()), fix);
    let der = pem::ocsp_response(&content).map_err(|error| fail(error.to_string(), ""))?;
    let response = OcspResponse::from_der(&der)
        .map_err(|error| fail(error.to_string(), "make one with `openssl ocsp -respout FILE`"))?;
    let about = |identity: &&Arc<Identity>| identity.chain().first().and_then(|leaf| response.about(leaf)).is_some();
    let Some(identity) = identities.iter().find(about) else {
        let fix = "ask the responder about the certificate of --cert: the serial numbers have to be the same";
        return Err(fail(String::from("it is not about a certificate that is shown here"), fix));
    };
    let single = identity.chain().first().and_then(|leaf| response.about(leaf));
    identity.staple(Staples::new(Some(der), None).map_err(Usage::from)?);
    Ok(single.and_then(|single| {
        let what = match (single.status, single.next_update) {
            (CertificateStatus::Revoked { .. }, _) => String::from("says that the certificate is revoked"),
            (CertificateStatus::Unknown, _) => String::from("says that the certificate is not known"),
            (CertificateStatus::Good, Some(until)) if until < now => format!("ended {until}: clients will refuse it"),
            (CertificateStatus::Good, _) => return None,
        };
        Some(format!("{OPTION} {}: it {what}", path.display()))
    }))
}
