//! tlsmith
fn main() {}
