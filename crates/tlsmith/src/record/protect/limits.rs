//! How long one key may be used (RFC 8446 §5.5, RFC 9001 §B.2, RFC 9325 §4.4).

use tlsmith_crypto::AeadAlgorithm;

/// How many records one key may protect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyLimits {
    /// From here on [`Sealer::needs_key_update`](super::Sealer::needs_key_update) asks for another key.
    pub(crate) update_after: u64,
    /// From here on the key is refused.
    pub(crate) refuse_after: u64,
}

impl KeyLimits {
    /// §5.5, and for CCM what RFC 9001 §B.2 derives for such. Every record counts as if it were full.
    pub(crate) const fn of(algorithm: AeadAlgorithm) -> Self {
        match algorithm {
            // 2^24.5 = 23 726 566.4 full-size records; asked for at 2^24, so that seven million are left for a peer's
            // KeyUpdate to be waited for, and for data that is queued already.
            AeadAlgorithm::Aes128Gcm | AeadAlgorithm::Aes256Gcm => {
                Self { update_after: 1 << 24, refuse_after: 23_726_566 }
            }
            // (2l * q)^2 / 2^128 is the attacker's advantage after q records of l = 2^10 blocks (RFC 9001 §B.2); 2^23 keep
            // it at 2^-60. The length of the tag does not matter here: see [`MAX_FORGERIES_CCM_8`].
            AeadAlgorithm::Aes128Ccm
            | AeadAlgorithm::Aes256Ccm
            | AeadAlgorithm::Aes128Ccm8
            | AeadAlgorithm::Aes256Ccm8 => Self { update_after: 1 << 22, refuse_after: 1 << 23 },
            // The sequence number would wrap before. An algorithm that is not known here gets no more than AES-GCM.
            AeadAlgorithm::ChaCha20Poly1305 => Self { update_after: 1 << 63, refuse_after: u64::MAX },
            _ => Self { update_after: 1 << 24, refuse_after: 23_726_566 },
        }
    }
}

/// How many records that do not authenticate may be tried with one key of CCM_8. Each is a forgery with a chance of 2^-64
/// (RFC 6655 §6.1), and 2^7 of them keep to the 2^-57 that RFC 9001 §B.2 aims at. With a tag of 16 bytes, what bounds
/// skipped early data is far below any limit.
pub(super) const MAX_FORGERIES_CCM_8: u32 = 1 << 7;
