//! Which records are still good, whose they are, and how many there may be.

use std::collections::{HashMap, VecDeque};

use crate::principal::Subject;

/// Records in all.
pub(super) const LIMIT: usize = 10_000;
/// Records of one person.
const LIMIT_PER_PERSON: usize = 8;

/// The good records, by their key.
#[derive(Default)]
pub(super) struct ExpiringIndex {
    entries: HashMap<String, Entry>,
    /// All keys in the order in which they end; some were removed since.
    order: VecDeque<String>,
    /// A person's keys, the oldest first.
    by_owner: HashMap<Subject, VecDeque<String>>,
}

struct Entry {
    owner: Option<Subject>,
    /// Unix seconds.
    expires_at: u64,
}

impl ExpiringIndex {
    /// Makes room for one more of `owner`. Gives the keys of those that have to go for it; `None` when there is no room.
    pub(super) fn make_room(&mut self, owner: Option<&Subject>, now: u64) -> Option<Vec<String>> {
        let mut gone = Vec::new();
        while let Some(oldest) = self.order.front() {
            if self.entries.get(oldest).is_some_and(|entry| entry.expires_at > now) {
                break;
            }
            if let Some(oldest) = self.order.pop_front()
                && self.remove(&oldest)
            {
                gone.push(oldest);
            }
        }
        while let Some(oldest) = owner.and_then(|owner| self.surplus_of(owner)) {
            self.remove(&oldest);
            gone.push(oldest);
        }
        (self.entries.len() < LIMIT).then_some(gone)
    }

    /// The oldest of a person's records, if they have as many as they may.
    fn surplus_of(&self, owner: &Subject) -> Option<String> {
        let keys = self.by_owner.get(owner)?;
        (keys.len() >= LIMIT_PER_PERSON)
            .then(|| keys.front().cloned())
            .flatten()
    }

    /// Adds a record that ends after all others.
    pub(super) fn insert(&mut self, key: String, owner: Option<Subject>, expires_at: u64) {
        if let Some(owner) = &owner {
            self.by_owner.entry(owner.clone()).or_default().push_back(key.clone());
        }
        self.order.push_back(key.clone());
        self.entries.insert(key, Entry { owner, expires_at });
    }

    /// Whether a record is good, as far as is known here: its time may be over.
    pub(super) fn contains(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Takes a record out. Whether it was there.
    pub(super) fn remove(&mut self, key: &str) -> bool {
        let Some(entry) = self.entries.remove(key) else {
            return false;
        };
        if let Some(owner) = entry.owner
            && let Some(keys) = self.by_owner.get_mut(&owner)
        {
            keys.retain(|known| known != key);
            if keys.is_empty() {
                self.by_owner.remove(&owner);
            }
        }
        // The order is cleared of what was removed when it has grown to twice its size.
        if self.order.len() > 2 * self.entries.len() + LIMIT_PER_PERSON {
            self.order.retain(|known| self.entries.contains_key(known));
        }
        true
    }

    #[cfg(test)]
    pub(super) fn sizes(&self) -> (usize, usize, usize) {
        (self.entries.len(), self.order.len(), self.by_owner.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{ExpiringIndex, LIMIT};
    use crate::principal::Subject;

    #[test]
    fn there_are_so_many_and_no_more() {
        let mut index = ExpiringIndex::default();
        for number in 0..LIMIT {
            let owner = Subject::new("https://cloud", number.to_string());
            assert_eq!(index.make_room(Some(&owner), 0), Some(Vec::new()));
            index.insert(number.to_string(), Some(owner), 600);
        }
        let one_more = Subject::new("https://cloud", "one more");
        assert_eq!(index.make_room(Some(&one_more), 0), None);
        assert!(index.remove("17"));
        assert_eq!(index.make_room(Some(&one_more), 0), Some(Vec::new()));
        assert_eq!(index.make_room(Some(&one_more), 600).unwrap().len(), LIMIT - 1);
        assert_eq!(index.sizes(), (0, 0, 0));
    }

    #[test]
    fn what_was_removed_takes_no_room() {
        let mut index = ExpiringIndex::default();
        let alice = Subject::new("https://cloud", "alice");
        index.insert("stays".to_owned(), None, 600);
        for number in 0..1000 {
            assert_eq!(index.make_room(Some(&alice), 0), Some(Vec::new()));
            index.insert(number.to_string(), Some(alice.clone()), 600);
            assert!(index.remove(&number.to_string()));
        }
        let (entries, order, owners) = index.sizes();
        assert!(entries == 1 && order < 20 && owners == 0);
    }
}
