//! The provider on `aws-lc-rs`.

/// The provider on `aws-lc-rs`.
#[derive(Clone, Copy, Debug, Default)]
pub struct AwsLc;
