//! Trust anchors: where every path ends.

use crate::{Certificate, pem};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// The certificates that are trusted without proof. Cheap to clone.
#[derive(Clone, Default)]
pub struct TrustAnchors(Arc<Inner>);

#[derive(Clone, Default)]
struct Inner {
    certificates: Vec<Certificate>,
    /// Subject, in its comparable form, to indices.
    by_subject: HashMap<Box<[u8]>, Vec<usize>>,
    skipped: usize,
}

/// Why anchors could not be loaded.
#[derive(Debug)]
pub struct AnchorsError(String);

impl fmt::Display for AnchorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AnchorsError {}

impl TrustAnchors {
    /// No anchors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate; one that is there already is not added twice.
    ///
    /// Its signature does not count. All else does, as RFC 5937 has it for constraints and as other stacks have it for dates:
    /// name, key, validity, and in a version 3 certificate basic constraints, key usage, extended key usage and name
    /// constraints. A version 1 certificate, which can say nothing of this, is taken as a CA without limits.
    pub fn add(&mut self, certificate: Certificate) {
        let inner = Arc::make_mut(&mut self.0);
        let of_name = inner.by_subject.entry(certificate.subject_name().comparable().into()).or_default();
        let known = of_name.iter().any(|index| inner.certificates.get(*index) == Some(&certificate));
        if !known {
            of_name.push(inner.certificates.len());
            inner.certificates.push(certificate);
        }
    }

    /// All certificates of a PEM or DER file's content.
    pub fn from_pem(data: &[u8]) -> Result<Self, pem::PemError> {
        pem::certificates(data).map(Self::from_iter)
    }

    /// The system's store. Certificates that do not parse are skipped and counted.
    ///
    /// Where `SSL_CERT_FILE` or `SSL_CERT_DIR` (a list separated by colons) is set, those and nothing else. Otherwise the
    /// first bundle of the usual places; where there is none, the first directory of certificates.
    pub fn system() -> Result<Self, AnchorsError> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        match (variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR")) {
            (None, None) => {
                let places = openssl_probe::probe();
                Self::from_places(places.cert_file.as_deref(), &places.cert_dir)
            }
            (file, directories) => Self::from_variables(file.as_deref(), directories.as_deref()),
        }
    }

    fn from_variables(file: Option<&OsStr>, directories: Option<&OsStr>) -> Result<Self, AnchorsError> {
        let mut anchors = Self::new();
        if let Some(file) = file {
            anchors.load_file(Path::new(file)).map_err(|why| AnchorsError(format!("SSL_CERT_FILE: {why}")))?;
        }
        for directory in directories.into_iter().flat_map(std::env::split_paths) {
            anchors.load_directory(&directory).map_err(|why| AnchorsError(format!("SSL_CERT_DIR: {why}")))?;
        }
        if anchors.is_empty() {
            let why = "SSL_CERT_FILE and SSL_CERT_DIR are set, but no certificate is there";
            return Err(AnchorsError(why.to_owned()));
        }
        Ok(anchors)
    }

    /// The bundle; where it holds nothing, the first directory that holds something.
    fn from_places(file: Option<&Path>, directories: &[PathBuf]) -> Result<Self, AnchorsError> {
        let mut anchors = Self::new();
        if let Some(file) = file {
            anchors.load_file(file).map_err(AnchorsError)?;
        }
        for directory in directories {
            if anchors.is_empty() {
                anchors.load_directory(directory).map_err(AnchorsError)?;
            }
        }
        if anchors.is_empty() {
            let why = "the system has no CA certificates where they are looked for: install its package of them \
                       (ca-certificates), or name a file in SSL_CERT_FILE";
            return Err(AnchorsError(why.to_owned()));
        }
        Ok(anchors)
    }

    /// Mozilla's set, embedded.
    pub fn mozilla() -> Self {
        let mut anchors = Self::new();
        for der in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
            anchors.add_or_skip(Certificate::from_der(der).ok());
        }
        anchors
    }

    /// A root of Mozilla's set, or another certificate of the same CA and key.
    pub(crate) fn is_public(certificate: &Certificate) -> bool {
        static PUBLIC: LazyLock<TrustAnchors> = LazyLock::new(TrustAnchors::mozilla);
        let mut of_name = PUBLIC.with_subject(certificate.subject_name().comparable());
        of_name.any(|(_, root)| root.is_same_entity(certificate))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.certificates.len()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.0.certificates.is_empty()
    }

    /// The anchors.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// How many certificates of the source did not parse and were left out.
    pub fn skipped(&self) -> usize {
        self.0.skipped
    }

    /// This very certificate is an anchor.
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.with_subject(certificate.subject_name().comparable()).any(|(_, anchor)| anchor == certificate)
    }

    /// The anchors of a name in its comparable form, with their indices.
    pub(crate) fn with_subject(&self, comparable: &[u8]) -> impl Iterator<Item = (usize, &Certificate)> {
        let indices = self.0.by_subject.get(comparable).map(Vec::as_slice).unwrap_or_default();
        indices.iter().filter_map(|index| Some((*index, self.0.certificates.get(*index)?)))
    }

    fn add_or_skip(&mut self, certificate: Option<Certificate>) {
        match certificate {
            Some(certificate) => self.add(certificate),
            None => Arc::make_mut(&mut self.0).skipped += 1,
        }
    }

    fn load_file(&mut self, path: &Path) -> Result<(), String> {
        let data = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        self.load(&data);
        Ok(())
    }

    /// Every file of a directory, in the order of their names; links to the same certificate count once. A file that cannot
    /// be read or holds no certificate is passed over: such directories hold others as well.
    fn load_directory(&mut self, path: &Path) -> Result<(), String> {
        let entries = std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files.iter().filter(|file| file.is_file()) {
            if let Ok(data) = std::fs::read(file) {
                self.load(&data);
            }
        }
        Ok(())
    }

    fn load(&mut self, data: &[u8]) {
        for certificate in pem::certificates_leniently(data) {
            self.add_or_skip(certificate);
        }
    }
}

impl FromIterator<Certificate> for TrustAnchors {
    fn from_iter<T: IntoIterator<Item = Certificate>>(certificates: T) -> Self {
        let mut anchors = Self::new();
        certificates.into_iter().for_each(|certificate| anchors.add(certificate));
        anchors
    }
}

impl fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustAnchors({} certificates, {} skipped)", self.len(), self.0.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roots() -> Vec<&'static [u8]> {
        webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().take(4).map(AsRef::as_ref).collect()
    }

    #[test]
    fn a_certificate_is_added_once() {
        let certificates: Vec<Certificate> = roots().iter().map(|der| Certificate::from_der(der).unwrap()).collect();
        let anchors: TrustAnchors = certificates.iter().chain(&certificates).cloned().collect();
        assert_eq!(anchors.certificates(), certificates);
        let mut grown = anchors.clone();
        grown.add(Certificate::from_der(webpki_root_certs::TLS_SERVER_ROOT_CERTS[5].as_ref()).unwrap());
        assert_eq!((anchors.len(), grown.len()), (4, 5), "a clone is a value of its own");
        assert!(!anchors.is_empty() && TrustAnchors::new().is_empty());
    }

    #[test]
    fn files_and_directories_are_loaded_and_bad_certificates_counted() {
        let place = tempfile::tempdir().unwrap();
        let (one, two) = (place.path().join("one"), place.path().join("two"));
        std::fs::create_dir(&one).unwrap();
        std::fs::create_dir(&two).unwrap();
        std::fs::write(one.join("a.der"), roots()[0]).unwrap();
        std::fs::write(one.join("a-again.der"), roots()[0]).unwrap();
        std::fs::write(one.join("README"), "not a certificate").unwrap();
        std::fs::create_dir(one.join("private")).unwrap();
        std::fs::write(two.join("b.der"), roots()[1]).unwrap();
        std::fs::write(two.join("bad.pem"), "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n").unwrap();

        let both = std::env::join_paths([&one, &two]).unwrap();
        let anchors = TrustAnchors::from_variables(None, Some(&both)).unwrap();
        assert_eq!((anchors.len(), anchors.skipped()), (2, 1));
        let file = one.join("a.der");
        let anchors = TrustAnchors::from_variables(Some(file.as_os_str()), Some(two.as_os_str())).unwrap();
        assert_eq!(anchors.len(), 2);
        // Where nothing is set, a bundle is enough; without one, the first directory.
        assert_eq!(TrustAnchors::from_places(Some(&file), std::slice::from_ref(&two)).unwrap().len(), 1);
        assert_eq!(TrustAnchors::from_places(None, &[two, one.clone()]).unwrap().len(), 1);

        let error = |result: Result<TrustAnchors, AnchorsError>| result.unwrap_err().to_string();
        let nowhere = place.path().join("nowhere");
        let missing = error(TrustAnchors::from_variables(Some(nowhere.as_os_str()), None));
        assert!(missing.starts_with("SSL_CERT_FILE: ") && missing.contains("nowhere"), "{missing}");
        assert!(error(TrustAnchors::from_variables(None, Some(nowhere.as_os_str()))).starts_with("SSL_CERT_DIR: "));
        let private = one.join("private");
        assert!(
            error(TrustAnchors::from_variables(None, Some(private.as_os_str()))).contains("no certificate is there")
        );
        assert!(error(TrustAnchors::from_places(None, &[private])).contains("ca-certificates"));
    }
}
