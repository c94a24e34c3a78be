//! tlsmith-tokio
