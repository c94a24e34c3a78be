//! nameConstraints (RFC 5280 §4.2.1.10).

use crate::ParseError;
use crate::der::{read, sequence};
use crate::name::constraints::Subtree;
use crate::name::general::GeneralName;
use asn1::{Implicit, SequenceOf, Tlv};

#[derive(Clone, Debug)]
pub(crate) struct NameConstraints {
    pub(crate) permitted: Vec<Subtree>,
    pub(crate) excluded: Vec<Subtree>,
}

const FIELD: &str = "nameConstraints";

impl NameConstraints {
    pub(super) fn parse(value: &[u8]) -> Result<Self, ParseError> {
        type Subtrees<'a> = SequenceOf<'a, Tlv<'a>, 1>;
        sequence(value, FIELD, |p| {
            let permitted = read::<Option<Implicit<Subtrees<'_>, 0>>>(p, FIELD)?;
            let excluded = read::<Option<Implicit<Subtrees<'_>, 1>>>(p, FIELD)?;
            if permitted.is_none() && excluded.is_none() {
                return Err(ParseError::new(FIELD, "it neither permits nor excludes anything"));
            }
            let parse = |subtrees: Option<Implicit<Subtrees<'_>, 0>>| match subtrees {
                Some(subtrees) => subtrees.into_inner().map(|tlv| subtree(&tlv)).collect(),
                None => Ok(Vec::new()),
            };
            let excluded = excluded.map(|subtrees| Implicit::new(subtrees.into_inner()));
            Ok(Self { permitted: parse(permitted)?, excluded: parse(excluded)? })
        })
    }
}

/// `GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }`; RFC 5280 has no use for the last two.
fn subtree(tlv: &Tlv<'_>) -> Result<Subtree, ParseError> {
    sequence(tlv.full_data(), FIELD, |p| {
        let base = GeneralName::parse(&read::<Tlv<'_>>(p, FIELD)?, FIELD)?;
        let minimum = read::<Option<Implicit<u64, 0>>>(p, FIELD)?.map_or(0, Implicit::into_inner);
        if minimum != 0 || !p.is_empty() {
            return Err(ParseError::new(FIELD, "a subtree has a minimum or maximum"));
        }
        Subtree::new(base).map_err(|why| ParseError::new(FIELD, why))
    })
}
