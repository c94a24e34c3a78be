//! Certificate policies along a path (RFC 5280 §6.1.2 to §6.1.5), by the graph of RFC 9618 in the place of the tree: one node a
//! policy and depth, so that the work grows with what the certificates hold and no faster.
//!
//! Nodes without children are not cut off at once. Whether the graph is empty shows in its deepest level, whose nodes all have
//! parents; what is left of the levels above is asked at the end alone, by walking up from there.

use super::PathRequest;
use super::budget::{Exhausted, Meter};
use super::build::Node;
use crate::Certificate;
use crate::der::oid;
use crate::profile::PolicyDemands;
use std::collections::{HashMap, HashSet};

/// The content of a policy's OID.
type Policy<'a> = &'a [u8];

/// One depth of the valid_policy_graph: at most one node a policy.
type Level<'a> = HashMap<Policy<'a>, PolicyNode<'a>>;

/// A node of the graph; its valid_policy is its key. Qualifiers are for people, and are not kept.
#[derive(Default)]
struct PolicyNode<'a> {
    /// expected_policy_set.
    expected: Vec<Policy<'a>>,
    /// The nodes one level up that it is a child of.
    parents: Vec<Policy<'a>>,
}

/// The state variables of §6.1.2 that are about policies.
struct State<'a> {
    /// (a) valid_policy_graph: its levels from depth 0 on; none when it is NULL.
    graph: Option<Vec<Level<'a>>>,
    /// (d)
    explicit_policy: u64,
    /// (e)
    inhibit_any_policy: u64,
    /// (f)
    policy_mapping: u64,
}

/// The certificates of `path`, leaf first, anchor last, hold a policy where one is demanded: else the first that does not, and
/// what is to be said of it.
pub(super) fn check<'a>(
    path: &[Node<'a>],
    request: &PathRequest<'_>,
    meter: &mut Meter,
) -> Result<Option<(Node<'a>, String)>, Exhausted> {
    let demands = &request.profile.policies;
    // explicit_policy begins above the number of certificates, and nothing else brings it down to 0.
    let demanding = path.iter().find(|node| node.certificate.extensions().policies.require_explicit.is_some());
    if !demands.require_explicit && demanding.is_none() {
        return Ok(None);
    }
    let Some(refused) = first_refused(path, demands, meter)? else { return Ok(None) };
    let by = match demanding {
        Some(node) if !demands.require_explicit => node.certificate.label(),
        _ => format!("the profile {}", request.profile.name),
    };
    let label = refused.certificate.label();
    Ok(Some((
        *refused,
        format!("{label} holds under no certificate policy that is valid along the path, and {by} demands one"),
    )))
}

/// §6.1.2 to §6.1.5, from the anchor down: the certificate at which they fail.
fn first_refused<'p, 'a>(
    path: &'p [Node<'a>],
    demands: &PolicyDemands,
    meter: &mut Meter,
) -> Result<Option<&'p Node<'a>>, Exhausted> {
    let mut state = State::initialise(path.len(), demands);
    let mut down = path.iter().rev();
    // The anchor is none of the n certificates of the path (§6.1), but what it demands of those below counts (RFC 5937). A
    // leaf that is trusted for itself is a path of one.
    if path.len() > 1 {
        state.constrain(down.next().map(|anchor| anchor.certificate));
    }
    let mut down = down.peekable();
    while let Some(node) = down.next() {
        let (certificate, is_last) = (node.certificate, down.peek().is_none());
        // §6.1.3 (d), (e)
        state.descend(certificate, is_last, meter)?;
        // §6.1.3 (f)
        if state.explicit_policy == 0 && state.graph.is_none() {
            return Ok(Some(node));
        }
        if is_last {
            let holds = state.wrap_up(certificate, demands, meter)?;
            return Ok((!holds).then_some(node));
        }
        // §6.1.4 (a) is done when the extension is read.
        state.map(certificate, meter)?;
        // §6.1.4 (h)
        if !certificate.is_self_issued() {
            state.explicit_policy = state.explicit_policy.saturating_sub(1);
            state.policy_mapping = state.policy_mapping.saturating_sub(1);
            state.inhibit_any_policy = state.inhibit_any_policy.saturating_sub(1);
        }
        // §6.1.4 (i), (j)
        state.constrain(Some(certificate));
    }
    Ok(None)
}

fn any_policy() -> Policy<'static> {
    oid::ANY_POLICY.as_der()
}

impl<'a> State<'a> {
    /// §6.1.2.
    fn initialise(length: usize, demands: &PolicyDemands) -> Self {
        // n + 1 at least, whether the anchor is counted or not.
        let after_all = u64::try_from(length).unwrap_or(u64::MAX).saturating_add(1);
        let unless = |demanded: bool| if demanded { 0 } else { after_all };
        let root = PolicyNode { expected: vec![any_policy()], parents: Vec::new() };
        Self {
            graph: Some(vec![Level::from([(any_policy(), root)])]),
            explicit_policy: unless(demands.require_explicit),
            inhibit_any_policy: unless(demands.inhibit_any),
            policy_mapping: unless(demands.inhibit_mapping),
        }
    }

    /// §6.1.3 (d) and (e): the level of this certificate.
    fn descend(&mut self, certificate: &'a Certificate, is_last: bool, meter: &mut Meter) -> Result<(), Exhausted> {
        let Some(asserted) = certificate.policies() else {
            // (e)
            self.graph = None;
            return Ok(());
        };
        let Some(above) = self.graph.as_ref().and_then(|levels| levels.last()) else { return Ok(()) };
        let expecting = expecting(above, meter)?;
        let mut level = Level::new();
        let mut asserts_any = false;
        // (d)(1)
        for policy in asserted {
            meter.policy()?;
            if policy == any_policy() {
                asserts_any = true;
            } else if level.contains_key(policy) {
                // Twice in one certificate, which §4.2.1.4 does not allow: it says nothing more.
            } else if let Some(parents) = expecting.get(policy) {
                level.insert(policy, PolicyNode::new(policy, parents.clone()));
            } else if above.contains_key(any_policy()) {
                level.insert(policy, PolicyNode::new(policy, vec![any_policy()]));
            }
        }
        // (d)(2)
        let any_counts = self.inhibit_any_policy > 0 || (!is_last && certificate.is_self_issued());
        if asserts_any && any_counts {
            for (policy, parents) in expecting {
                level.entry(policy).or_insert_with(|| PolicyNode::new(policy, parents));
            }
        }
        // (d)(3), so far as it empties the graph.
        match &mut self.graph {
            Some(levels) if !level.is_empty() => levels.push(level),
            graph => *graph = None,
        }
        Ok(())
    }

    /// §6.1.4 (b).
    fn map(&mut self, certificate: &'a Certificate, meter: &mut Meter) -> Result<(), Exhausted> {
        let Some(level) = self.graph.as_mut().and_then(|levels| levels.last_mut()) else { return Ok(()) };
        let mut mapped: HashMap<Policy<'a>, Vec<Policy<'a>>> = HashMap::new();
        for (issuer, subject) in certificate.policy_mappings() {
            meter.policy()?;
            mapped.entry(issuer).or_default().push(subject);
        }
        let any_parents = level.get(any_policy()).map(|any| any.parents.clone());
        for (issuer, subjects) in mapped {
            if self.policy_mapping == 0 {
                // (b)(2)
                level.remove(issuer);
            } else if let Some(node) = level.get_mut(issuer) {
                // (b)(1)
                node.expected = subjects;
            } else if let Some(parents) = &any_parents {
                level.insert(issuer, PolicyNode { expected: subjects, parents: parents.clone() });
            }
        }
        if level.is_empty() {
            self.graph = None;
        }
        Ok(())
    }

    /// §6.1.4 (i) and (j).
    fn constrain(&mut self, certificate: Option<&Certificate>) {
        let Some(said) = certificate.map(|certificate| &certificate.extensions().policies) else { return };
        self.explicit_policy =
            said.require_explicit.map_or(self.explicit_policy, |limit| limit.min(self.explicit_policy));
        self.policy_mapping = said.inhibit_mapping.map_or(self.policy_mapping, |limit| limit.min(self.policy_mapping));
        self.inhibit_any_policy =
            said.inhibit_any.map_or(self.inhibit_any_policy, |limit| limit.min(self.inhibit_any_policy));
    }

    /// §6.1.5 (a), (b) and (g): whether the last certificate holds.
    fn wrap_up(
        &mut self,
        certificate: &Certificate,
        demands: &PolicyDemands,
        meter: &mut Meter,
    ) -> Result<bool, Exhausted> {
        // (a)
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        // (b)
        if certificate.extensions().policies.require_explicit == Some(0) {
            self.explicit_policy = 0;
        }
        Ok(self.explicit_policy > 0 || self.acceptable(demands, meter)?)
    }

    /// (g), as RFC 9618 §5.6 has it: the user-constrained-policy-set is not empty.
    fn acceptable(&self, demands: &PolicyDemands, meter: &mut Meter) -> Result<bool, Exhausted> {
        let Some(levels) = &self.graph else { return Ok(false) };
        let last = levels.last();
        if demands.acceptable.is_empty() || last.is_some_and(|level| level.contains_key(any_policy())) {
            return Ok(true);
        }
        let wanted: HashSet<Policy<'_>> = demands.acceptable.iter().map(|oid| oid.0.as_der()).collect();
        if wanted.contains(any_policy()) {
            return Ok(true);
        }
        // A policy is the user's where it comes from anyPolicy: from there on it may be mapped to others. What has no
        // descendants at the end is passed over, as (d)(3) would have cut it off.
        let mut alive: HashSet<Policy<'_>> = last.into_iter().flat_map(HashMap::keys).copied().collect();
        for level in levels.iter().rev() {
            let mut above = HashSet::new();
            for (policy, node) in level.iter().filter(|(policy, _)| alive.contains(*policy)) {
                meter.policy()?;
                if wanted.contains(policy) && node.parents.contains(&any_policy()) {
                    return Ok(true);
                }
                above.extend(node.parents.iter().copied());
            }
            alive = above;
        }
        Ok(false)
    }
}

impl<'a> PolicyNode<'a> {
    fn new(policy: Policy<'a>, parents: Vec<Policy<'a>>) -> Self {
        Self { expected: vec![policy], parents }
    }
}

/// Which nodes of a level expect a policy.
fn expecting<'a>(level: &Level<'a>, meter: &mut Meter) -> Result<HashMap<Policy<'a>, Vec<Policy<'a>>>, Exhausted> {
    let mut expecting: HashMap<Policy<'a>, Vec<Policy<'a>>> = HashMap::new();
    for (policy, node) in level {
        for expected in &node.expected {
            meter.policy()?;
            expecting.entry(*expected).or_default().push(policy);
        }
    }
    Ok(expecting)
}
