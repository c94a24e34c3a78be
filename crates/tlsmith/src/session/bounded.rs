//! A map that is bounded by count and by bytes, and forgets the oldest first.

use std::{
    borrow::Borrow,
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// Entries in the order of their coming. Insertion, removal and eviction take constant time, amortized.
///
/// The order is a queue of keys, each with the number of its insertion. An entry that was removed or replaced leaves its
/// place in the queue behind, known by a number that is no longer that of the entry; the queue is swept when such places
/// outnumber the entries.
pub(super) struct Bounded<K, V> {
    entries: HashMap<K, Slot<V>>,
    order: VecDeque<(K, u64)>,
    next: u64,
    bytes: usize,
    max_entries: usize,
    max_bytes: usize,
}

struct Slot<V> {
    value: V,
    size: usize,
    number: u64,
}

/// Places that are left behind are tolerated up to this many beyond the entries, so that small maps are not swept at every turn.
const SLACK: usize = 16;

impl<K: Clone + Eq + Hash, V> Bounded<K, V> {
    pub(super) fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), next: 0, bytes: 0, max_entries, max_bytes }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).map(|slot| &slot.value)
    }

    /// Adds or replaces; the entry is the newest then. What is larger than the whole is not kept, and what it would have
    /// replaced goes as well.
    pub(super) fn insert(&mut self, key: K, value: V, size: usize) {
        self.remove(&key);
        if size > self.max_bytes || self.max_entries == 0 {
            return;
        }
        while self.entries.len() >= self.max_entries || self.bytes > self.max_bytes - size {
            self.evict_oldest();
        }
        let number = self.next;
        self.next += 1;
        self.bytes += size;
        self.order.push_back((key.clone(), number));
        self.entries.insert(key, Slot { value, size, number });
    }

    pub(super) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let slot = self.entries.remove(key)?;
        self.bytes -= slot.size;
        if self.order.len() > 2 * self.entries.len() + SLACK {
            let entries = &self.entries;
            self.order.retain(|(key, number)| entries.get(key.borrow()).is_some_and(|slot| slot.number == *number));
        }
        Some(slot.value)
    }

    /// Removes from the oldest on as long as `useless` says so.
    pub(super) fn evict_while(&mut self, useless: impl Fn(&V) -> bool) {
        while let Some((key, number)) = self.order.front() {
            match self.entries.get(key) {
                Some(slot) if slot.number == *number && !useless(&slot.value) => return,
                _ => self.evict_oldest(),
            }
        }
    }

    /// Takes the front of the queue, and the entry that it stands for, if it is still there.
    fn evict_oldest(&mut self) {
        let Some((key, number)) = self.order.pop_front() else { return };
        if self.entries.get(&key).is_some_and(|slot| slot.number == number) {
            self.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u8, usize),
        Remove(u8),
        Evict(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0..12_u8, 0..40_usize).prop_map(|(key, size)| Step::Insert(key, size)),
            2 => (0..12_u8).prop_map(Step::Remove),
            1 => any::<u8>().prop_map(Step::Evict),
        ];
        prop::collection::vec(step, 0..200)
    }

    proptest! {
        /// Against a list that is searched from the front.
        #[test]
        fn is_what_it_says(steps in steps(), max_entries in 0..8_usize, max_bytes in 0..100_usize) {
            let mut bounded = Bounded::new(max_entries, max_bytes);
            let mut model: Vec<(u8, u8, usize)> = Vec::new();
            for (number, step) in (0_u8..=255).cycle().zip(steps) {
                match step {
                    Step::Insert(key, size) => {
                        bounded.insert(key, number, size);
                        model.retain(|(other, ..)| *other != key);
                        if size <= max_bytes && max_entries > 0 {
                            let held = |model: &[(u8, u8, usize)]| model.iter().map(|(.., size)| size).sum::<usize>();
                            while model.len() >= max_entries || held(&model) + size > max_bytes {
                                model.remove(0);
                            }
                            model.push((key, number, size));
                        }
                    }
                    Step::Remove(key) => {
                        let expected = model.iter().find(|(other, ..)| *other == key).map(|(_, value, _)| *value);
                        prop_assert_eq!(bounded.remove(&key), expected);
                        model.retain(|(other, ..)| *other != key);
                    }
                    Step::Evict(limit) => {
                        bounded.evict_while(|value| *value < limit);
                        let stays = model.iter().position(|(_, value, _)| *value >= limit).unwrap_or(model.len());
                        model.drain(..stays);
                    }
                }
                prop_assert_eq!(bounded.len(), model.len());
                prop_assert!(bounded.len() <= max_entries && bounded.bytes() <= max_bytes);
                prop_assert_eq!(bounded.bytes(), model.iter().map(|(.., size)| size).sum::<usize>());
                for (key, value, _) in &model {
                    prop_assert_eq!(bounded.get(key), Some(value));
                }
                // What is left behind is bounded as well.
                prop_assert!(bounded.order.len() <= 2 * bounded.len() + SLACK + 1);
            }
        }
    }
}
