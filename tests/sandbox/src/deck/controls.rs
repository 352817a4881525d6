//! What tests do to boards behind the API's back.

use super::cards;
use crate::AppState;

impl AppState {
    /// Puts `count` more cards of this user's into a stack, ten at each position.
    pub fn fill_stack(&self, uid: &str, stack: u64, count: usize) {
        let now = self.now();
        let mut deck = self.deck();
        for number in 0..count {
            let id = cards::add(&mut deck, uid, stack, &format!("Card {number:05}"), now);
            if let Some(card) = deck.cards.get_mut(&id) {
                card.order = i64::try_from(number * 7919 % count / 10).unwrap_or_default();
            }
        }
    }
}
