//! What files hold that is not a certificate, in words.

use tlsmith_pki::{Problem, container::Contents};

/// What stands there instead of certificates, and what to do.
pub(super) fn instead_of_certificates(contents: &Contents) -> (String, String) {
    if let Some(skipped) = contents.skipped.iter().find(|skipped| skipped.why.problem() != Problem::PassphraseNeeded) {
        return (format!("{}: {}", skipped.what, skipped.why.message()), skipped.why.fix().to_owned());
    }
    let (what, fix) = if !contents.keys.is_empty() || !contents.skipped.is_empty() {
        ("it holds a private key and no certificate", "are the two files swapped?")
    } else if !contents.requests.is_empty() {
        let fix = "use the certificate that the CA answered the request with";
        ("it holds a certificate request, not a certificate", fix)
    } else if !contents.crls.is_empty() {
        ("it holds a CRL and no certificate", "")
    } else {
        ("it holds no certificate", "")
    };
    (what.to_owned(), fix.to_owned())
}

/// What was passed over, and why. A key that is locked away is nobody's matter here.
pub(super) fn skipped(contents: &Contents) -> Vec<String> {
    let told = contents.skipped.iter().filter(|skipped| skipped.why.problem() != Problem::PassphraseNeeded);
    told.map(|skipped| format!("{}: {}", skipped.what, skipped.why)).collect()
}
