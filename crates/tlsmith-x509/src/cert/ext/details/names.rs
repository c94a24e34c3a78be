//! Names of what certificates hold beyond what validation looks at, under the names of the documents that assign them.

use crate::der::oid;
use asn1::{ObjectIdentifier, oid};

/// RFC 5280 §4.2.2.2.
pub(super) const SUBJECT_INFO_ACCESS: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 1, 11);
/// RFC 5280 §4.2.1.15.
pub(super) const FRESHEST_CRL: ObjectIdentifier = oid!(2, 5, 29, 46);
/// RFC 6960 §4.2.2.2.1.
pub(super) const OCSP_NO_CHECK: ObjectIdentifier = oid!(1, 3, 6, 1, 5, 5, 7, 48, 1, 5);
/// RFC 6962 §3.3.
pub(super) const SCT_LIST: ObjectIdentifier = oid!(1, 3, 6, 1, 4, 1, 11129, 2, 4, 2);

const EXTENSIONS: &[(ObjectIdentifier, &str)] = &[
    (oid::SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier"),
    (oid::KEY_USAGE, "keyUsage"),
    (oid::SUBJECT_ALT_NAME, "subjectAltName"),
    (oid::ISSUER_ALT_NAME, "issuerAltName"),
    (oid::BASIC_CONSTRAINTS, "basicConstraints"),
    (oid::NAME_CONSTRAINTS, "nameConstraints"),
    (oid::CRL_DISTRIBUTION_POINTS, "cRLDistributionPoints"),
    (oid::CERTIFICATE_POLICIES, "certificatePolicies"),
    (oid::POLICY_MAPPINGS, "policyMappings"),
    (oid::AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier"),
    (oid::POLICY_CONSTRAINTS, "policyConstraints"),
    (oid::EXTENDED_KEY_USAGE, "extKeyUsage"),
    (oid::INHIBIT_ANY_POLICY, "inhibitAnyPolicy"),
    (oid::AUTHORITY_INFO_ACCESS, "authorityInfoAccess"),
    (oid::TLS_FEATURE, "TLS feature"),
    (oid::PRECERTIFICATE_POISON, "precertificate poison"),
    (SUBJECT_INFO_ACCESS, "subjectInfoAccess"),
    (FRESHEST_CRL, "freshestCRL"),
    (OCSP_NO_CHECK, "OCSP no check"),
    (SCT_LIST, "signed certificate timestamps"),
    (oid!(2, 5, 29, 9), "subjectDirectoryAttributes"),
    (oid!(2, 5, 29, 16), "privateKeyUsagePeriod"),
    (oid!(1, 3, 6, 1, 5, 5, 7, 1, 3), "qcStatements"),
    (oid!(1, 3, 6, 1, 4, 1, 44363, 44), "delegationUsage"),
    (oid!(2, 16, 840, 1, 113730, 1, 1), "Netscape certificate type"),
    (oid!(2, 16, 840, 1, 113730, 1, 13), "Netscape comment"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 20, 2), "Microsoft certificate template name"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 21, 1), "Microsoft CA version"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 21, 2), "Microsoft previous CA certificate hash"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 21, 7), "Microsoft certificate template"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 21, 10), "Microsoft application policies"),
    (oid!(1, 2, 840, 113533, 7, 65, 0), "Entrust version"),
];

const PURPOSES: &[(ObjectIdentifier, &str)] = &[
    (oid!(1, 3, 6, 1, 5, 5, 7, 3, 17), "ipsecIKE"),
    (oid!(1, 3, 6, 1, 5, 5, 7, 3, 36), "documentSigning"),
    (oid!(1, 3, 6, 1, 5, 2, 3, 4), "PKINIT client"),
    (oid!(1, 3, 6, 1, 5, 2, 3, 5), "PKINIT KDC"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 20, 2, 2), "Microsoft smart card logon"),
    (oid!(1, 3, 6, 1, 4, 1, 311, 10, 3, 3), "Microsoft server gated crypto"),
    (oid!(2, 16, 840, 1, 113730, 4, 1), "Netscape server gated crypto"),
    (oid!(1, 3, 6, 1, 4, 1, 11129, 2, 4, 4), "precertificate signing"),
];

/// Reserved by the CA/Browser Forum (BR §7.1.6.1, EV guidelines, S/MIME BR §7.1.6.1, code signing BR §7.1.6.1); RFC 5280
/// §4.2.1.4.
const POLICIES: &[(ObjectIdentifier, &str)] = &[
    (oid::ANY_POLICY, "any policy"),
    (oid!(2, 23, 140, 1, 1), "extended validation (EV)"),
    (oid!(2, 23, 140, 1, 2, 1), "domain validated (DV)"),
    (oid!(2, 23, 140, 1, 2, 2), "organization validated (OV)"),
    (oid!(2, 23, 140, 1, 2, 3), "individual validated (IV)"),
    (oid!(2, 23, 140, 1, 3), "EV code signing"),
    (oid!(2, 23, 140, 1, 31), "EV for .onion"),
    (oid!(2, 23, 140, 1, 4, 1), "code signing"),
    (oid!(2, 23, 140, 1, 4, 2), "time stamping"),
    (oid!(2, 23, 140, 1, 5, 1, 1), "S/MIME mailbox validated, legacy"),
    (oid!(2, 23, 140, 1, 5, 1, 2), "S/MIME mailbox validated, multipurpose"),
    (oid!(2, 23, 140, 1, 5, 1, 3), "S/MIME mailbox validated, strict"),
];

/// RFC 5280 §4.2.2, RFC 6960 §3.1.
const METHODS: &[(ObjectIdentifier, &str)] = &[
    (oid!(1, 3, 6, 1, 5, 5, 7, 48, 1), "OCSP"),
    (oid::CA_ISSUERS, "caIssuers"),
    (oid!(1, 3, 6, 1, 5, 5, 7, 48, 3), "timeStamping"),
    (oid!(1, 3, 6, 1, 5, 5, 7, 48, 5), "caRepository"),
];

fn find(table: &[(ObjectIdentifier, &'static str)], id: &ObjectIdentifier) -> Option<&'static str> {
    table.iter().find(|(known, _)| known == id).map(|(_, name)| *name)
}

pub(super) fn extension(id: &ObjectIdentifier) -> Option<&'static str> {
    find(EXTENSIONS, id)
}

pub(super) fn policy(id: &ObjectIdentifier) -> Option<&'static str> {
    find(POLICIES, id)
}

pub(super) fn purpose(id: &ObjectIdentifier) -> String {
    find(PURPOSES, id).map_or_else(|| oid::name(id), str::to_owned)
}

pub(super) fn access_method(id: &ObjectIdentifier) -> String {
    find(METHODS, id).map_or_else(|| id.to_string(), str::to_owned)
}
