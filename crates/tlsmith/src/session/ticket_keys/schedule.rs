//! Which key seals and which keys open at a time.

use std::sync::Arc;

use tlsmith_crypto::{CryptoError, Provider};
use tlsmith_x509::UnixTime;

use super::{
    key::{Name, TicketKey},
    list::List,
    mistake,
    root::Root,
};
use crate::{config::ConfigError, session::MAX_LIFETIME};

/// Keys and their times.
#[derive(PartialEq)]
pub(super) enum Schedule {
    /// They follow from a root secret and the time.
    Root(Root),
    /// They were given one by one.
    List(List),
}

impl Schedule {
    pub(super) fn lifetime(&self) -> u32 {
        match self {
            Self::Root(root) => root.lifetime(),
            Self::List(list) => list.lifetime(),
        }
    }

    pub(super) fn sealing_key(
        &self,
        provider: &dyn Provider,
        now: UnixTime,
    ) -> Result<Option<Arc<TicketKey>>, CryptoError> {
        match self {
            Self::Root(root) => root.sealing_key(provider, now).map(Some),
            Self::List(list) => list.sealing_key(provider, now),
        }
    }

    /// The key of this name, if it opens at this time.
    pub(super) fn opening_key(&self, provider: &dyn Provider, name: &Name, now: UnixTime) -> Option<Arc<TicketKey>> {
        match self {
            Self::Root(root) => root.opening_key(provider, name, now),
            Self::List(list) => list.opening_key(provider, name, now),
        }
    }
}

pub(super) fn check_lifetime(lifetime: u32) -> Result<(), ConfigError> {
    match lifetime <= MAX_LIFETIME {
        true => Ok(()),
        false => Err(mistake(
            format!("tickets are to count for {lifetime} s, and TLS allows {MAX_LIFETIME} s at most (RFC 8446 §4.6.1)"),
            "use a lifetime of at most seven days, 604800 seconds",
        )),
    }
}
