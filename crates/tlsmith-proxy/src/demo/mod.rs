//! The demonstration: a private CA for this machine's own names, and a page that shows each connection to itself.

mod ca;
mod json;
mod leaf;
mod page;
pub(crate) mod service;
mod state;

use std::{path::Path, sync::Arc};

use tlsmith::auth::{ServerIdentities, UnknownName};
use tlsmith_crypto::Provider;
use tlsmith_x509::Certificate;

pub use state::{StateError, default_state_dir};

use crate::{clock::Clock, shutdown::Shutdown, terminate::DemoPage};
use ca::Authority;
use leaf::Renewed;
use service::Demo;

/// A private CA in a state directory, and a certificate of it for `localhost`, 127.0.0.1 and ::1 that is always fresh.
#[derive(Clone, Debug)]
pub struct Demonstration {
    provider: Arc<dyn Provider>,
    clock: Arc<dyn Clock>,
    renewed: Arc<Renewed>,
}

impl Demonstration {
    /// Opens the state directory, where a CA is made if there is none, and issues the certificate.
    ///
    /// # Errors
    /// The directory cannot be used, or what lies in it is damaged.
    pub fn open(
        directory: &Path,
        provider: Arc<dyn Provider>,
        clock: Arc<dyn Clock>,
        unknown: UnknownName,
    ) -> Result<Self, StateError> {
        let now = clock.now();
        let authority = Authority::open(directory, &provider, now)?;
        let renewed = Renewed::new(authority, Arc::clone(&provider), unknown, now)?;
        Ok(Self { provider, clock, renewed: Arc::new(renewed) })
    }

    /// For a server's configuration.
    pub fn identities(&self) -> Arc<dyn ServerIdentities> {
        Arc::clone(&self.renewed) as Arc<dyn ServerIdentities>
    }

    /// Where the CA's certificate is: absolute.
    pub fn ca_path(&self) -> &Path {
        &self.renewed.authority().path
    }

    /// The CA's certificate.
    pub fn ca(&self) -> &Certificate {
        &self.renewed.authority().certificate
    }

    /// The certificate that is shown now.
    pub fn certificate(&self) -> Certificate {
        self.renewed.leaf()
    }

    /// What requests can be answered with.
    pub fn page(&self) -> DemoPage {
        DemoPage(Demo::new(Arc::clone(&self.provider), self.ca_path().to_owned()))
    }

    /// Renews the certificate if a third of its life is left; says whether it did.
    ///
    /// # Errors
    /// No certificate can be issued; the one before stays.
    pub fn renew_if_due(&self) -> Result<bool, StateError> {
        self.renewed.renew_if_due(self.clock.now())
    }

    /// Renews the certificate before it ends, until the shutdown begins.
    pub async fn keep_renewed(&self, shutdown: Shutdown) {
        Arc::clone(&self.renewed).keep(Arc::clone(&self.clock), shutdown).await;
    }
}
