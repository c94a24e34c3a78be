//! What may be peculiar about a chain, and whether it is valid all the same (RFC 5280, RFC 9525).

use super::Random;

/// One peculiarity. The names say where it stands: in the leaf, in a CA's certificate, in what is sent, in the root.
#[allow(missing_docs, reason = "the names say it")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// Nothing.
    None,
    /// All keys are Ed25519 but for the root's.
    Ed25519,
    LeafExpired,
    LeafNotYetValid,
    LeafOtherName,
    /// No subjectAltName; the common name is the host.
    LeafCommonNameOnly,
    LeafWildcard,
    /// `*.test` for host.example.test.
    LeafWildcardTooHigh,
    /// `h*.example.test`.
    LeafWildcardPartial,
    LeafUpperCase,
    LeafForClients,
    LeafForAnything,
    LeafWithoutPurpose,
    LeafForBoth,
    LeafUnknownCritical,
    LeafUnknownExtension,
    LeafAlteredSignature,
    LeafOfAnotherKey,
    LeafEmptySubject,
    LeafShortKey,
    LeafSelfSigned,
    CaExpired,
    CaNotYetValid,
    CaWithoutConstraints,
    CaSaysNoCa,
    CaMayNotSign,
    CaWithoutKeyUsage,
    CaForClients,
    CaForServers,
    CaPathLengthExceeded,
    CaPathLengthReached,
    CaPermitsOthers,
    CaPermits,
    CaPermitsAddressesOnly,
    CaExcludes,
    CaExcludesOthers,
    CaPermitsDirectory,
    CaPermitsOtherDirectory,
    CaUnknownCritical,
    CaDemandsPolicy,
    CaDemandsPolicyAndHasIt,
    SentWithout,
    SentReversed,
    SentTwice,
    SentWithStranger,
    SentWithRoot,
    /// The same CA's certificate, expired, before the one that is valid.
    SentWithExpiredTwin,
    RootUnknown,
    RootExpired,
}

impl Fault {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Ed25519,
        Self::LeafExpired,
        Self::LeafNotYetValid,
        Self::LeafOtherName,
        Self::LeafCommonNameOnly,
        Self::LeafWildcard,
        Self::LeafWildcardTooHigh,
        Self::LeafWildcardPartial,
        Self::LeafUpperCase,
        Self::LeafForClients,
        Self::LeafForAnything,
        Self::LeafWithoutPurpose,
        Self::LeafForBoth,
        Self::LeafUnknownCritical,
        Self::LeafUnknownExtension,
        Self::LeafAlteredSignature,
        Self::LeafOfAnotherKey,
        Self::LeafEmptySubject,
        Self::LeafShortKey,
        Self::LeafSelfSigned,
        Self::CaExpired,
        Self::CaNotYetValid,
        Self::CaWithoutConstraints,
        Self::CaSaysNoCa,
        Self::CaMayNotSign,
        Self::CaWithoutKeyUsage,
        Self::CaForClients,
        Self::CaForServers,
        Self::CaPathLengthExceeded,
        Self::CaPathLengthReached,
        Self::CaPermitsOthers,
        Self::CaPermits,
        Self::CaPermitsAddressesOnly,
        Self::CaExcludes,
        Self::CaExcludesOthers,
        Self::CaPermitsDirectory,
        Self::CaPermitsOtherDirectory,
        Self::CaUnknownCritical,
        Self::CaDemandsPolicy,
        Self::CaDemandsPolicyAndHasIt,
        Self::SentWithout,
        Self::SentReversed,
        Self::SentTwice,
        Self::SentWithStranger,
        Self::SentWithRoot,
        Self::SentWithExpiredTwin,
        Self::RootUnknown,
        Self::RootExpired,
    ];

    /// The chain is valid with it.
    pub const fn is_harmless(self) -> bool {
        matches!(
            self,
            Self::None
                | Self::Ed25519
                | Self::LeafWildcard
                | Self::LeafUpperCase
                | Self::LeafWithoutPurpose
                | Self::LeafForBoth
                | Self::LeafUnknownExtension
                | Self::LeafEmptySubject
                | Self::CaWithoutKeyUsage
                | Self::CaForServers
                | Self::CaPathLengthReached
                | Self::CaPermits
                | Self::CaPermitsAddressesOnly
                | Self::CaExcludesOthers
                | Self::CaPermitsDirectory
                | Self::CaDemandsPolicyAndHasIt
                | Self::SentReversed
                | Self::SentTwice
                | Self::SentWithStranger
                | Self::SentWithRoot
                | Self::SentWithExpiredTwin
        )
    }

    /// How many intermediates it takes.
    pub const fn least_depth(self) -> usize {
        match self {
            Self::CaPathLengthExceeded => 2,
            Self::CaExpired
            | Self::CaNotYetValid
            | Self::CaWithoutConstraints
            | Self::CaSaysNoCa
            | Self::CaMayNotSign
            | Self::CaWithoutKeyUsage
            | Self::CaForClients
            | Self::CaForServers
            | Self::CaPathLengthReached
            | Self::CaPermitsOthers
            | Self::CaPermits
            | Self::CaPermitsAddressesOnly
            | Self::CaExcludes
            | Self::CaExcludesOthers
            | Self::CaPermitsDirectory
            | Self::CaPermitsOtherDirectory
            | Self::CaUnknownCritical
            | Self::CaDemandsPolicy
            | Self::CaDemandsPolicyAndHasIt
            | Self::SentWithout
            | Self::SentReversed
            | Self::SentTwice
            | Self::SentWithExpiredTwin => 1,
            _ => 0,
        }
    }

    /// What it is about: two faults of one kind do not go together.
    const fn subject(self) -> u8 {
        match self {
            Self::None | Self::Ed25519 => 0,
            Self::LeafExpired | Self::LeafNotYetValid => 1,
            Self::LeafOtherName
            | Self::LeafCommonNameOnly
            | Self::LeafWildcard
            | Self::LeafWildcardTooHigh
            | Self::LeafWildcardPartial
            | Self::LeafUpperCase => 2,
            Self::LeafForClients | Self::LeafForAnything | Self::LeafWithoutPurpose | Self::LeafForBoth => 3,
            Self::LeafAlteredSignature | Self::LeafOfAnotherKey | Self::LeafShortKey | Self::LeafSelfSigned => 4,
            Self::LeafUnknownCritical | Self::LeafUnknownExtension => 5,
            Self::LeafEmptySubject => 6,
            Self::CaPermitsOthers
            | Self::CaPermits
            | Self::CaPermitsAddressesOnly
            | Self::CaExcludes
            | Self::CaExcludesOthers
            | Self::CaPermitsDirectory
            | Self::CaPermitsOtherDirectory => 7,
            Self::CaDemandsPolicy | Self::CaDemandsPolicyAndHasIt => 8,
            Self::RootUnknown | Self::RootExpired => 9,
            Self::SentWithout
            | Self::SentReversed
            | Self::SentTwice
            | Self::SentWithStranger
            | Self::SentWithRoot
            | Self::SentWithExpiredTwin => 10,
            _ => 11,
        }
    }

    /// One, two or three that go together.
    pub(super) fn pick(random: &mut Random) -> Vec<Self> {
        let mut picked: Vec<Self> = Vec::new();
        for _ in 0..[1, 1, 1, 2, 2, 3][random.below(6)] {
            let fault = Self::ALL[random.below(Self::ALL.len())];
            if picked.iter().all(|other| other.subject() != fault.subject()) {
                picked.push(fault);
            }
        }
        // A subject that is not there is in nobody's way.
        if picked.contains(&Self::LeafEmptySubject) {
            picked.retain(|fault| *fault != Self::CaPermitsOtherDirectory);
        }
        picked
    }
}
