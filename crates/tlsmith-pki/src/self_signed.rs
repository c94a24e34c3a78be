//! Certificates that are their own issuer.
