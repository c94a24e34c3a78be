//! The single checks of a path, each in its file; `path::verify` calls them in the order of RFC 5280 §6.1.

pub(crate) mod names;
pub(crate) mod pins;
pub(crate) mod profile;
pub(crate) mod revocation;
pub(crate) mod signature;
pub(crate) mod transparency;
pub(crate) mod usage;
pub(crate) mod validity;
