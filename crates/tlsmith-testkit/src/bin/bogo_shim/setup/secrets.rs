//! The secrets of a connection.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tlsmith::config::KeyLog;

/// Keeps the secrets that the runner wants to compare.
#[derive(Debug, Default)]
pub(crate) struct TrafficSecrets(Mutex<BTreeMap<String, Vec<u8>>>);

impl TrafficSecrets {
    /// The secret of this label.
    pub(crate) fn get(&self, label: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(label).cloned()
    }
}

impl KeyLog for TrafficSecrets {
    fn log(&self, label: &str, _client_random: &[u8; 32], secret: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), secret.to_vec());
    }
}
