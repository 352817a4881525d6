//! What Deck stores, and who may do what with it.

use std::collections::BTreeMap;

use super::board::{Board, Label, Rule, Stack};
use super::card::{Attachment, Card, Comment};
use super::respond::Failure;

/// The kind of a rule whose participant is a user.
pub(crate) const USER: i64 = 0;

/// What a user may do with a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Permission {
    Read,
    Edit,
    Share,
    Manage,
}

/// Everybody's boards.
#[derive(Debug, Default)]
pub(crate) struct Deck {
    pub(crate) boards: BTreeMap<u64, Board>,
    pub(crate) stacks: BTreeMap<u64, Stack>,
    pub(crate) cards: BTreeMap<u64, Card>,
    pub(crate) labels: BTreeMap<u64, Label>,
    pub(crate) rules: BTreeMap<u64, Rule>,
    pub(crate) comments: BTreeMap<u64, Comment>,
    pub(crate) attachments: BTreeMap<u64, Attachment>,
    last_id: u64,
}

impl Deck {
    /// An id that nothing has: no two kinds share one, so that mixing them up shows.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Whether `uid` may do this with the board: nobody may do anything with a deleted one.
    pub(crate) fn allows(&self, uid: &str, board: u64, permission: Permission) -> bool {
        let board = self.boards.get(&board).filter(|board| board.deleted_at == 0);
        board.is_some_and(|board| self.grants(uid, board, permission))
    }

    /// What the rules of a board say, deleted or not.
    pub(crate) fn grants(&self, uid: &str, board: &Board, permission: Permission) -> bool {
        board.owner == uid
            || self.rules.values().any(|rule| {
                rule.board == board.id
                    && rule.kind == USER
                    && rule.participant == uid
                    && match permission {
                        Permission::Read => true,
                        Permission::Edit => rule.edit,
                        Permission::Share => rule.share,
                        Permission::Manage => rule.manage,
                    }
            })
    }

    /// The board, if `uid` may do this with it.
    pub(crate) fn board(&self, uid: &str, id: u64, permission: Permission) -> Result<&Board, Failure> {
        match self.boards.get(&id) {
            Some(board) if self.allows(uid, id, permission) => Ok(board),
            _ => Err(Failure::Denied),
        }
    }

    /// The stack, if `uid` may do this with its board. A deleted one is no exception: only lists leave it out.
    pub(crate) fn stack(&self, uid: &str, id: u64, permission: Permission) -> Result<&Stack, Failure> {
        match self.stacks.get(&id) {
            Some(stack) if self.allows(uid, stack.board, permission) => Ok(stack),
            _ => Err(Failure::Denied),
        }
    }

    /// The card, if `uid` may do this with its board.
    pub(crate) fn card(&self, uid: &str, id: u64, permission: Permission) -> Result<&Card, Failure> {
        let card = self.card_or_trash(uid, id, permission)?;
        if card.deleted_at == 0 {
            Ok(card)
        } else {
            Err(Failure::CardDeleted)
        }
    }

    /// The card, deleted or not, if `uid` may do this with its board.
    pub(crate) fn card_or_trash(&self, uid: &str, id: u64, permission: Permission) -> Result<&Card, Failure> {
        let card = self.cards.get(&id).ok_or(Failure::Denied)?;
        self.stack(uid, card.stack, permission)?;
        Ok(card)
    }

    /// The card, if it is to be changed: neither it nor its board may be archived.
    pub(crate) fn live_card(&mut self, uid: &str, id: u64) -> Result<&mut Card, Failure> {
        self.open_card(uid, id)?;
        match self.cards.get_mut(&id) {
            Some(card) if card.archived => Err(Failure::Archived("card")),
            Some(card) => Ok(card),
            None => Err(Failure::Denied),
        }
    }

    /// The card, if it is to be changed though it may be archived.
    pub(crate) fn open_card(&mut self, uid: &str, id: u64) -> Result<&mut Card, Failure> {
        let stack = self.card(uid, id, Permission::Edit)?.stack;
        self.open_board(self.board_of_stack(stack))?;
        self.cards.get_mut(&id).ok_or(Failure::Denied)
    }

    /// An archived board takes no changes.
    pub(crate) fn open_board(&self, id: u64) -> Result<(), Failure> {
        match self.boards.get(&id) {
            Some(board) if board.archived => Err(Failure::Archived("board")),
            _ => Ok(()),
        }
    }

    /// The board of a stack, deleted or not; 0 for none.
    pub(crate) fn board_of_stack(&self, stack: u64) -> u64 {
        self.stacks.get(&stack).map_or(0, |stack| stack.board)
    }

    /// The label, if `uid` may do this with its board.
    pub(crate) fn label(&self, uid: &str, id: u64, permission: Permission) -> Result<&Label, Failure> {
        match self.labels.get(&id) {
            Some(label) if self.allows(uid, label.board, permission) => Ok(label),
            _ => Err(Failure::Denied),
        }
    }

    /// The labels of a board.
    pub(crate) fn labels_of(&self, board: u64) -> impl Iterator<Item = &Label> {
        self.labels.values().filter(move |label| label.board == board)
    }

    /// Everybody who can see a board, its owner first. The sandbox has no groups, so a rule for one brings nobody.
    pub(crate) fn users_of(&self, board: &Board) -> Vec<String> {
        let rules = self.rules.values();
        let rules = rules.filter(|rule| rule.board == board.id && rule.kind == USER && rule.participant != board.owner);
        std::iter::once(board.owner.clone())
            .chain(rules.map(|rule| rule.participant.clone()))
            .collect()
    }

    /// The stacks of a board that are not deleted: by age, whatever their order.
    pub(crate) fn stacks_of(&self, board: u64) -> Vec<&Stack> {
        self.stacks
            .values()
            .filter(|stack| stack.board == board && stack.deleted_at == 0)
            .collect()
    }

    /// The cards of a stack that are not deleted, in their order.
    pub(crate) fn cards_of(&self, stack: u64, archived: bool) -> Vec<&Card> {
        let mut cards: Vec<&Card> = self
            .cards
            .values()
            .filter(|card| card.stack == stack && card.archived == archived && card.deleted_at == 0)
            .collect();
        cards.sort_by_key(|card| (card.order, card.id));
        cards
    }

    /// A card changed: so did its stack and board.
    pub(crate) fn touch_card(&mut self, id: u64, now: i64) {
        let Some(card) = self.cards.get_mut(&id) else { return };
        card.last_modified = now;
        let stack = card.stack;
        if let Some(stack) = self.stacks.get_mut(&stack) {
            stack.last_modified = now;
            let board = stack.board;
            self.touch_board(board, now);
        }
    }

    /// A board changed.
    pub(crate) fn touch_board(&mut self, id: u64, now: i64) {
        if let Some(board) = self.boards.get_mut(&id) {
            board.last_modified = now;
        }
    }
}
