//! tlsmith
