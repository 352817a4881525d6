//! All shares.

use super::share::Share;

/// Every share of every user, in the order of their ids.
#[derive(Debug)]
pub(crate) struct Shares {
    shares: Vec<Share>,
    next_id: u64,
}

impl Default for Shares {
    fn default() -> Self {
        Self {
            shares: Vec::new(),
            next_id: 5,
        }
    }
}

impl Shares {
    /// Adds a share under an id of its own.
    pub(super) fn add(&mut self, share: Share) -> Share {
        let share = Share {
            id: self.next_id,
            ..share
        };
        self.next_id += 1;
        self.shares.push(share.clone());
        share
    }

    /// The share with this id, if `uid` may see it.
    pub(super) fn get(&mut self, id: &str, uid: &str) -> Option<&mut Share> {
        let id: u64 = id.parse().ok()?;
        self.shares
            .iter_mut()
            .find(|share| share.id == id && share.is_visible_to(uid))
    }

    /// Ends a share.
    pub(super) fn remove(&mut self, id: u64) {
        self.shares.retain(|share| share.id != id);
    }

    /// Ends the shares that `keep` does not want: expired ones, those of deleted files.
    pub(super) fn retain(&mut self, keep: impl FnMut(&mut Share) -> bool) {
        self.shares.retain_mut(keep);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Share> {
        self.shares.iter()
    }
}
