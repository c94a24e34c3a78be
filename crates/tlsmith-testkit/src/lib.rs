//! tlsmith-testkit
