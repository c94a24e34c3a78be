//! Of which certificates a CRL speaks: issuingDistributionPoint (RFC 5280 §5.2.5), and whether one of them is in its scope
//! (§6.3.3 (b), (d)).

use super::Crl;
use crate::cert::ext::crl_distribution_points::PointName;
use crate::der::{read, sequence};
use crate::revocation::reason::Reasons;
use crate::{Certificate, ParseError};
use asn1::{BitString, Explicit, Implicit, Tlv};

/// issuingDistributionPoint. All of its fields narrow the scope.
#[derive(Clone, Debug)]
pub(super) struct IssuingDistributionPoint {
    name: Option<PointName>,
    only_user: bool,
    only_ca: bool,
    only_attribute: bool,
    reasons: Option<Reasons>,
    pub(super) indirect: bool,
}

impl IssuingDistributionPoint {
    pub(super) fn parse(value: &[u8]) -> Result<Self, ParseError> {
        let field = "issuingDistributionPoint";
        sequence(value, field, |p| {
            let name = read::<Option<Explicit<Tlv<'_>, 0>>>(p, field)?;
            let name = name.map(|name| PointName::parse(&name.into_inner(), field)).transpose()?;
            // DEFAULT FALSE each; an encoded FALSE is taken, as it is where extensions say `critical`.
            let only_user = read::<Option<Implicit<bool, 1>>>(p, field)?.is_some_and(Implicit::into_inner);
            let only_ca = read::<Option<Implicit<bool, 2>>>(p, field)?.is_some_and(Implicit::into_inner);
            let reasons = read::<Option<Implicit<BitString<'_>, 3>>>(p, field)?;
            let reasons = reasons.map(|bits| Reasons::from_bits(&bits.into_inner()));
            let indirect = read::<Option<Implicit<bool, 4>>>(p, field)?.is_some_and(Implicit::into_inner);
            let only_attribute = read::<Option<Implicit<bool, 5>>>(p, field)?.is_some_and(Implicit::into_inner);
            if [only_user, only_ca, only_attribute].into_iter().filter(|only| *only).count() > 1 {
                return Err(ParseError::new(field, "it says of two kinds of certificates that it has those alone"));
            }
            Ok(Self { name, only_user, only_ca, only_attribute, reasons, indirect })
        })
    }

    /// For people: `only CA certificates, distribution point URI:http://…`.
    pub(super) fn describe(&self) -> String {
        let kinds = [
            (self.only_user, "only certificates that are no CA's"),
            (self.only_ca, "only CA certificates"),
            (self.only_attribute, "only attribute certificates"),
            (self.reasons.is_some(), "only some reasons"),
        ];
        let mut parts: Vec<String> =
            kinds.into_iter().filter(|(holds, _)| *holds).map(|(_, text)| text.to_owned()).collect();
        parts.extend(self.name.as_ref().map(|name| format!("distribution point {}", name.brief())));
        parts.join(", ")
    }
}

impl Crl {
    /// For which reasons of revocation it speaks of `certificate`, whose issuer has the name of this CRL's.
    pub(crate) fn scope(&self, certificate: &Certificate) -> Reasons {
        let Some(idp) = &self.0.distribution_point else { return Reasons::ALL };
        let is_ca = certificate.is_ca();
        // §6.3.3 (b)(2)(ii) to (iv).
        if (idp.only_user && is_ca) || (idp.only_ca && !is_ca) || idp.only_attribute {
            return Reasons::NONE;
        }
        let own = idp.reasons.unwrap_or(Reasons::ALL);
        // (b)(2)(i). After the points of the certificate comes one that is named as its issuer is.
        let Some(name) = &idp.name else { return own };
        if name.is_issuer(certificate.issuer_name()) {
            return own;
        }
        let points = certificate.extensions().crl_distribution_points.iter();
        let met = points.filter(|point| {
            // (b)(1): a point whose CRL another issuer signs is not this one.
            let ours = point.crl_issuer.is_empty();
            ours && point.name.as_ref().is_some_and(|point| name.meets(point, certificate.issuer_name()))
        });
        // (d)
        met.fold(Reasons::NONE, |all, point| all.or(own.and(point.reasons.unwrap_or(Reasons::ALL))))
    }
}
