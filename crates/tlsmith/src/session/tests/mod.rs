//! What sessions are held to, over generated ones.

mod codec;
mod policy;
mod replay;
mod rights;
mod stores;

use std::sync::OnceLock;

use tlsmith_x509::Certificate;

/// Certificates to be told apart.
pub(super) fn certificates() -> &'static [Certificate] {
    static MADE: OnceLock<Vec<Certificate>> = OnceLock::new();
    MADE.get_or_init(|| ["one.example", "two.example"].map(certificate).to_vec())
}

fn certificate(name: &str) -> Certificate {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec![String::from(name)]).unwrap();
    Certificate::from_der(params.self_signed(&key).unwrap().der()).unwrap()
}
