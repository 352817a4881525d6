//! Boards to look at in a new sandbox.

use super::board::Rule;
use super::{Deck, acl, boards, cards, stacks};

const DAY: i64 = 24 * 60 * 60;

/// A card: stack, title, description, days until due.
type Sample = (usize, &'static str, &'static str, Option<i64>);

const STACKS: [&str; 3] = ["To do", "Doing", "Done"];

const CARDS: [Sample; 5] = [
    (0, "Write the announcement", "Two paragraphs, plain words.", Some(4)),
    (0, "Drop PostgreSQL 13?", "", None),
    (
        1,
        "Test the upgrade from 2.3",
        "- [x] fresh database\n- [ ] 100,000 rows\n",
        Some(1),
    ),
    (1, "Translations: Français, 日本語", "Frozen on Thursday.", Some(-2)),
    (2, "Tag the candidate", "", None),
];

/// Makes alice's board, shared with bob to edit, if both are there, as if three days before `now`.
pub(crate) fn seed(deck: &mut Deck, users: &[&str], now: u64) {
    let then = i64::try_from(now).unwrap_or(i64::MAX) - 3 * DAY;
    if !users.contains(&"alice") {
        return;
    }
    let board = boards::add(deck, "alice", "Release 2.4", "317CCC", then);
    let stacks: Vec<u64> = (0..)
        .zip(STACKS)
        .map(|(order, title)| stacks::add(deck, board, title, order))
        .collect();
    for (order, (stack, title, description, due)) in (0..).zip(CARDS) {
        let id = cards::add(deck, "alice", stacks[stack], title, then);
        if let Some(card) = deck.cards.get_mut(&id) {
            description.clone_into(&mut card.description);
            card.order = order;
            card.due = due.map(|days| then + (3 + days) * DAY);
            card.done = (stack == STACKS.len() - 1).then_some(then);
        }
    }
    if users.contains(&"bob") {
        let rule = acl::new_rule(deck, board, "bob".to_owned());
        deck.rules.insert(rule.id, Rule { edit: true, ..rule });
    }
}
