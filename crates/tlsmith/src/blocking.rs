//! The loop over `std::io`.
