//! Certificates that are their own issuer: for tests, for one's own machines, for peers that were told of them.

use rcgen::{ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SerialNumber};
use time::OffsetDateTime;
use tlsmith_crypto::{Provider as _, aws_lc::AwsLc};
use tlsmith_x509::{Certificate, UnixTime};

use crate::{
    PrivateKey, csr,
    names::{AlternativeName, Subject},
    signer::Signer,
};

/// The length of a serial number: 127 random bits (the CA/Browser Forum wants 64).
const SERIAL_LEN: usize = 16;

/// What it says.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// Holder, and issuer.
    pub subject: Subject,
    /// The names that it is for.
    pub names: Vec<AlternativeName>,
    /// Its first second.
    pub not_before: UnixTime,
    /// Its last second.
    pub not_after: UnixTime,
    /// It may identify clients too.
    pub client: bool,
}

impl NewCertificate {
    /// Signs it with `key`. What is wrong, for people, if it cannot be.
    pub fn sign(&self, key: &PrivateKey) -> Result<Certificate, String> {
        let mut parameters = csr::parameters(&self.subject, &self.names, false)?;
        let time = |time: UnixTime| OffsetDateTime::from_unix_timestamp(time.0).map_err(|error| error.to_string());
        (parameters.not_before, parameters.not_after) = (time(self.not_before)?, time(self.not_after)?);
        parameters.is_ca = IsCa::ExplicitNoCa;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if self.client {
            parameters.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
        }
        parameters.serial_number = Some(serial()?);
        let certificate = parameters.self_signed(&Signer::new(key)?).map_err(|error| error.to_string())?;
        Certificate::from_der(certificate.der()).map_err(|error| error.to_string())
    }
}

/// Positive, and not shorter than it is long (RFC 5280 §4.1.2.2).
fn serial() -> Result<SerialNumber, String> {
    let mut octets = [0; SERIAL_LEN];
    AwsLc.random(&mut octets).map_err(|error| error.to_string())?;
    let [first, ..] = &mut octets;
    *first = *first & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&octets))
}
