//! Certificate policies along a path (RFC 5280 §6.1, RFC 9618), with the cases that NIST's PKITS has in its sections 4.8 to 4.12.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::sync::Arc;
use support::raw::{self, Raw};
use support::{Case, case};
use tlsmith_crypto::SigningKey;
use tlsmith_x509::profile::PolicyDemands;
use tlsmith_x509::{Budget, Code, Profile};

/// 1.2.3.N.
const P1: &[u8] = &[0x2a, 3, 1];
const P2: &[u8] = &[0x2a, 3, 2];
const P3: &[u8] = &[0x2a, 3, 3];
const P4: &[u8] = &[0x2a, 3, 4];
const ANY: &[u8] = raw::ANY_POLICY;

/// What one certificate says of policies.
#[derive(Clone, Default)]
struct Says<'a> {
    policies: Option<Vec<&'a [u8]>>,
    mappings: Vec<(&'a [u8], &'a [u8])>,
    require: Option<u8>,
    inhibit_mapping: Option<u8>,
    inhibit_any: Option<u8>,
    /// Issued by a CA of its own name.
    self_issued: bool,
}

fn under<'a>(policies: &[&'a [u8]]) -> Says<'a> {
    Says { policies: Some(policies.to_vec()), ..Says::default() }
}

fn nothing<'a>() -> Says<'a> {
    Says::default()
}

impl<'a> Says<'a> {
    fn mapping(mut self, mappings: &[(&'a [u8], &'a [u8])]) -> Self {
        self.mappings = mappings.to_vec();
        self
    }

    fn requiring(mut self, after: u8) -> Self {
        self.require = Some(after);
        self
    }

    fn not_mapping(mut self, after: u8) -> Self {
        self.inhibit_mapping = Some(after);
        self
    }

    fn without_any(mut self, after: u8) -> Self {
        self.inhibit_any = Some(after);
        self
    }

    fn self_issued(mut self) -> Self {
        self.self_issued = true;
        self
    }

    fn extensions(&self) -> Vec<Vec<u8>> {
        let mut extensions = Vec::new();
        if let Some(policies) = &self.policies {
            let list: Vec<u8> = policies.iter().flat_map(|id| raw::sequence(&[&raw::oid(id)])).collect();
            extensions.push(raw::extension(raw::CERTIFICATE_POLICIES, false, &raw::tlv(0x30, &list)));
        }
        if !self.mappings.is_empty() {
            let pair = |(from, to): &(&[u8], &[u8])| raw::sequence(&[&raw::oid(from), &raw::oid(to)]);
            let list: Vec<u8> = self.mappings.iter().flat_map(pair).collect();
            extensions.push(raw::extension(raw::POLICY_MAPPINGS, true, &raw::tlv(0x30, &list)));
        }
        let number = |tag: u8, value: Option<u8>| value.map_or(Vec::new(), |value| raw::tlv(tag, &[value]));
        let constraints = [number(0x80, self.require), number(0x81, self.inhibit_mapping)].concat();
        if !constraints.is_empty() {
            extensions.push(raw::extension(raw::POLICY_CONSTRAINTS, true, &raw::tlv(0x30, &constraints)));
        }
        if let Some(after) = self.inhibit_any {
            extensions.push(raw::extension(raw::INHIBIT_ANY_POLICY, true, &raw::tlv(2, &[after])));
        }
        extensions
    }
}

/// The root, which says `root`, and below it the certificates of `path`, the leaf last. A self-issued one has the name of the
/// CA above, and another key.
fn chain_below(root: &Says<'_>, path: &[Says<'_>]) -> Case {
    let mut key: Arc<dyn SigningKey> = raw::signer();
    let root = Raw::new("Root", "Root", key.spki()).with(&[raw::ca()]).with(&root.extensions()).signed_by(&*key);
    let mut issuer = "Root".to_owned();
    let mut chain = Vec::new();
    for (index, says) in path.iter().enumerate() {
        let is_leaf = index + 1 == path.len();
        let subject = if says.self_issued { issuer.clone() } else { format!("CA {index}") };
        let next = raw::signer();
        let kind = if is_leaf { raw::dns_names(&["example.com"]) } else { raw::ca() };
        let raw = Raw::new(&subject, &issuer, next.spki()).with(&[kind]).with(&says.extensions());
        chain.insert(0, raw.signed_by(&*key));
        (key, issuer) = (next, subject);
    }
    case(&[&root], &chain.iter().collect::<Vec<_>>())
}

fn chain(path: &[Says<'_>]) -> Case {
    chain_below(&nothing(), path)
}

/// Under a profile that demands a policy: one of `acceptable`, or any.
fn holds(case: &Case, acceptable: &[&str], change: impl Fn(&mut PolicyDemands)) -> bool {
    let acceptable = acceptable.iter().map(|id| id.parse().unwrap()).collect();
    let mut policies = PolicyDemands { acceptable, require_explicit: true, ..PolicyDemands::none() };
    change(&mut policies);
    let profile = Profile { policies, ..Profile::private() };
    let case = Case { profile, anchors: case.anchors.clone(), chain: case.chain.clone(), ..chain(&[]) };
    let report = case.report();
    assert!(report.is_trusted() || report.cause().unwrap().code == Code::Policy, "{report:#?}");
    report.is_trusted()
}

fn demanded(case: &Case, acceptable: &[&str]) -> bool {
    holds(case, acceptable, |_| {})
}

/// PKITS 4.8: without constraints of CAs a policy is the user's wish alone.
#[test]
fn one_policy_all_the_way_down() {
    let p1 = chain(&[under(&[P1]), under(&[P1])]);
    p1.is_trusted(&[]);
    for (acceptable, expected) in
        [(&[][..], true), (&["1.2.3.1"], true), (&["1.2.3.2"], false), (&["1.2.3.2", "1.2.3.1"], true)]
    {
        assert_eq!(demanded(&p1, acceptable), expected, "{acceptable:?}");
    }
    // 4.8.2: nobody says anything. Fine, unless somebody demands something.
    let none = chain(&[nothing(), nothing()]);
    none.is_trusted(&[]);
    assert!(!demanded(&none, &[]));
    // 4.8.3, 4.8.5: it breaks off, or changes, on the way.
    for path in [
        [under(&[P1]), nothing(), under(&[P1])],
        [under(&[P1]), under(&[P2]), under(&[P1])],
        [under(&[P1]), under(&[P1]), under(&[P2])],
        [under(&[P1]), under(&[P1]), nothing()],
        [nothing(), under(&[P1]), under(&[P1])],
    ] {
        let case = chain(&path);
        case.is_trusted(&[]);
        assert!(!demanded(&case, &[]));
    }
    // 4.8.6 to 4.8.9: what all of several have in common.
    let narrowing = chain(&[under(&[P1, P2, P3]), under(&[P1, P2]), under(&[P1])]);
    assert!(demanded(&narrowing, &["1.2.3.1"]));
    assert!(!demanded(&narrowing, &["1.2.3.2"]));
    let apart = chain(&[under(&[P1, P2]), under(&[P2, P3]), under(&[P3])]);
    assert!(!demanded(&apart, &[]));
}

/// PKITS 4.8.10 to 4.8.14.
#[test]
fn any_policy_stands_for_every_one() {
    let down_to = |leaf: Says<'_>| chain(&[under(&[ANY]), leaf]);
    assert!(demanded(&down_to(under(&[P1])), &["1.2.3.1"]));
    assert!(!demanded(&down_to(under(&[P1])), &["1.2.3.2"]));
    assert!(demanded(&down_to(under(&[ANY])), &["1.2.3.1"]));
    assert!(demanded(&chain(&[under(&[P1]), under(&[ANY])]), &["1.2.3.1"]));
    assert!(!demanded(&chain(&[under(&[P1]), under(&[ANY])]), &["1.2.3.2"]));
    assert!(demanded(&chain(&[under(&[ANY]), under(&[P1]), under(&[ANY])]), &["1.2.3.1"]));
    // The user may say any as well.
    assert!(demanded(&down_to(under(&[P2])), &["1.2.3.1", "2.5.29.32.0"]));
}

/// PKITS 4.9: requireExplicitPolicy counts certificates, and starts to demand when it has come to 0.
#[test]
fn cas_demand_a_policy() {
    let ca = |after: u8| under(&[P1]).requiring(after);
    // 4.9.1 to 4.9.5
    for (after, trusted) in [(10, true), (5, true), (4, true), (3, false), (2, false), (1, false), (0, false)] {
        let case = chain(&[ca(after), under(&[P1]), under(&[P1]), nothing()]);
        if trusted {
            case.is_trusted(&[]);
        } else {
            let finding = case.fails(&[Code::Policy]);
            assert_eq!(finding.certificate, Some(0), "{finding:#?}");
            assert!(finding.message.starts_with("CN=CA 3 holds under no certificate policy"), "{finding:#?}");
            assert!(finding.message.ends_with("and CN=CA 0 demands one"), "{finding:#?}");
        }
        chain(&[ca(after), under(&[P1]), under(&[P1]), under(&[P1])]).is_trusted(&[]);
    }
    // The smallest counts, whoever says it later; it is never made larger.
    chain(&[ca(7), ca(3), ca(9), nothing()]).is_trusted(&[]);
    chain(&[ca(7), ca(2), ca(9), nothing()]).fails(&[Code::Policy]);
    // 4.9.6 to 4.9.8: self-issued certificates are not counted.
    let again = |says: Says<'static>| says.self_issued();
    chain(&[ca(2), again(under(&[P1])), nothing()]).is_trusted(&[]);
    chain(&[ca(2), again(under(&[P1])), under(&[P1]), nothing()]).fails(&[Code::Policy]);
    // The last certificate itself, §6.1.5 (b).
    chain(&[under(&[P1]), nothing().requiring(0)]).fails(&[Code::Policy]);
    chain(&[under(&[P1]), nothing().requiring(1)]).is_trusted(&[]);
    chain(&[under(&[P1]), under(&[P1]).requiring(0)]).is_trusted(&[]);
}

/// What the anchor demands counts too (RFC 5937), though what it asserts does not.
#[test]
fn anchors_demand_a_policy() {
    chain_below(&nothing().requiring(0), &[under(&[P1]), under(&[P1])]).is_trusted(&[]);
    chain_below(&under(&[P2]).requiring(0), &[under(&[P1]), under(&[P1])]).is_trusted(&[]);
    let finding = chain_below(&nothing().requiring(0), &[nothing(), under(&[P1])]).fails(&[Code::Policy]);
    assert_eq!(finding.certificate, Some(1), "{finding:#?}");
}

/// PKITS 4.10.
#[test]
fn policies_are_mapped() {
    // 4.10.1: the user's policy is that of the issuer's domain.
    let mapped = chain(&[under(&[P1]).mapping(&[(P1, P2)]), under(&[P2])]);
    assert!(demanded(&mapped, &["1.2.3.1"]));
    assert!(!demanded(&mapped, &["1.2.3.2"]));
    assert!(!holds(&mapped, &["1.2.3.1"], |demands| demands.inhibit_mapping = true));
    // 4.10.2: what is mapped away is no longer itself.
    assert!(!demanded(&chain(&[under(&[P1]).mapping(&[(P1, P2)]), under(&[P1])]), &[]));
    // 4.10.3: from one to two, by two CAs.
    let twice =
        chain(&[under(&[P1]).mapping(&[(P1, P2), (P1, P3)]), under(&[P2, P3]).mapping(&[(P2, P4)]), under(&[P4])]);
    assert!(demanded(&twice, &["1.2.3.1"]));
    // 4.10.5, 4.10.6: two to one.
    let to_one = chain(&[under(&[P1, P2]).mapping(&[(P1, P3), (P2, P3)]), under(&[P3])]);
    assert!(demanded(&to_one, &["1.2.3.1"]) && demanded(&to_one, &["1.2.3.2"]) && !demanded(&to_one, &["1.2.3.3"]));
    // What the CA does not assert it cannot map.
    assert!(!demanded(&chain(&[under(&[P1]).mapping(&[(P4, P2)]), under(&[P2])]), &[]));
    // 4.10.9 to 4.10.14: through anyPolicy.
    let through_any = chain(&[under(&[ANY]).mapping(&[(P1, P2)]), under(&[P2])]);
    assert!(demanded(&through_any, &["1.2.3.1"]));
    let then_any = chain(&[under(&[P1]).mapping(&[(P1, P2)]), under(&[ANY]), under(&[P2])]);
    assert!(demanded(&then_any, &["1.2.3.1"]) && !demanded(&then_any, &["1.2.3.2"]));
    // A branch that dies out on the way is none of the user's policies.
    let dies = chain(&[under(&[P1, P2]), under(&[P1, P2]).mapping(&[(P2, P3)]), under(&[P1, P4])]);
    assert!(demanded(&dies, &["1.2.3.1"]) && !demanded(&dies, &["1.2.3.2"]));
}

/// PKITS 4.11.
#[test]
fn cas_forbid_mapping() {
    let ca = |after: u8| under(&[P1]).requiring(0).not_mapping(after);
    let maps = || under(&[P1]).mapping(&[(P1, P2)]);
    chain(&[ca(0), maps(), under(&[P2])]).fails(&[Code::Policy]);
    chain(&[ca(1), maps(), under(&[P2])]).is_trusted(&[]);
    chain(&[ca(1), under(&[P1]), maps(), under(&[P2])]).fails(&[Code::Policy]);
    // Self-issued certificates are not counted.
    chain(&[ca(1), under(&[P1]).self_issued(), maps(), under(&[P2])]).is_trusted(&[]);
    // Other policies of the certificate stay.
    let two = under(&[P1, P3]).mapping(&[(P1, P2)]);
    chain(&[under(&[P1, P3]).requiring(0).not_mapping(0), two, under(&[P3])]).is_trusted(&[]);
}

/// PKITS 4.12.
#[test]
fn cas_inhibit_any_policy() {
    let ca = |after: u8| under(&[P1]).requiring(0).without_any(after);
    // 4.12.1, 4.12.2
    chain(&[ca(0), under(&[ANY])]).fails(&[Code::Policy]);
    chain(&[ca(0), under(&[ANY, P1])]).is_trusted(&[]);
    // 4.12.3, 4.12.4
    chain(&[ca(1), under(&[ANY]), under(&[P1])]).is_trusted(&[]);
    chain(&[ca(1), under(&[ANY]), under(&[ANY])]).fails(&[Code::Policy]);
    // 4.12.7 to 4.12.10: a self-issued CA may still say any, a leaf may not.
    chain(&[ca(0), under(&[ANY]).self_issued(), under(&[P1])]).is_trusted(&[]);
    chain(&[ca(0), under(&[ANY]).self_issued(), under(&[ANY])]).fails(&[Code::Policy]);
    chain(&[ca(0), under(&[ANY]).self_issued()]).fails(&[Code::Policy]);
    let any = chain(&[under(&[P1]), under(&[ANY])]);
    assert!(!holds(&any, &[], |demands| demands.inhibit_any = true));
}

/// The tree of RFC 5280 doubles with every certificate that maps each of two policies to both (RFC 9618 §3); the graph does
/// not. What is left is bounded by the budget.
#[test]
fn hostile_mappings_cost_what_they_are_long() {
    let both = [(P1, P1), (P1, P2), (P2, P1), (P2, P2)];
    let doubling = || under(&[P1, P2]).mapping(&both);
    let mut path = vec![doubling().requiring(0)];
    path.extend((0..7).map(|_| doubling()));
    path.push(under(&[P1, P2]));
    chain(&path).is_trusted(&[]);

    let ids: Vec<Vec<u8>> =
        (128..1_628u32).map(|id| vec![0x2a, 4, 0x80 | (id >> 7) as u8, (id & 0x7f) as u8]).collect();
    let all: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
    let to_one: Vec<(&[u8], &[u8])> = all.iter().map(|id| (*id, P1)).collect();
    let mut case = chain(&[under(&all).requiring(0).mapping(&to_one), under(&[P1])]);
    case.is_trusted(&[]);
    case.budget = Budget { name_comparisons: 1_000, ..Budget::default() };
    let finding = case.fails(&[Code::BudgetExhausted]);
    assert!(finding.message.contains("certificate policies"), "{finding:#?}");
}

#[test]
fn object_identifiers_are_dotted_numbers() {
    assert_eq!("2.23.140.1.2.1".parse::<tlsmith_x509::profile::Oid>().unwrap().to_string(), "2.23.140.1.2.1");
    for text in ["", "2", "web", "2..5", "9.1.2"] {
        assert!(text.parse::<tlsmith_x509::profile::Oid>().is_err(), "{text}");
    }
}
