//! Resumption between our own sides, in memory: what resumes, and what must not.

mod altered;
mod limits;
mod rights;
mod world;
