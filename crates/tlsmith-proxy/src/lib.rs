//! tlsmith-proxy
