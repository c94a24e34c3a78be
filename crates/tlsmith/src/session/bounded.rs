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
