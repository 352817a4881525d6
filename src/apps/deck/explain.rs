//! What Deck's answers mean where the status alone misleads.

/// Deck never answers 404 to a wrong id.
pub fn missing_or_forbidden(status: u16) -> Option<&'static str> {
    (status == 403).then_some(
        "Deck answers so too for ids that do not exist, were deleted or belong to another account: check them with \
         deck_get_boards and deck_get_stacks. If they are right, this account may not do this on the board.",
    )
}

/// As [`missing_or_forbidden`], for changes: Deck answers 500 to what it does not allow on archived things.
pub fn change(status: u16) -> Option<&'static str> {
    match status {
        500 => Some(
            "Deck answers so to changes of archived cards and boards: unarchive first. Otherwise the administrator \
             finds the reason in Nextcloud's log.",
        ),
        other => missing_or_forbidden(other),
    }
}

/// As [`change`], for assigning people.
pub fn assignment(status: u16) -> Option<&'static str> {
    match status {
        400 => Some("A card can only be assigned to people whom its board is shared with, and to each once."),
        404 => Some("Only accounts can be assigned, no groups or teams."),
        other => change(other),
    }
}

/// As [`change`], for taking cards from people.
pub fn unassignment(status: u16) -> Option<&'static str> {
    match status {
        404 => Some("The card is not assigned to this user."),
        other => change(other),
    }
}

/// As [`change`], for what only Deck 1.18 and later has.
pub fn dependency(status: u16) -> Option<&'static str> {
    match status {
        404 | 405 => Some("Dependent cards need Deck 1.18 or later on the server."),
        other => change(other),
    }
}

/// As [`change`], for labels.
pub fn label(status: u16) -> Option<&'static str> {
    match status {
        400 => Some("No two labels of a board may have the same title."),
        other => change(other),
    }
}

/// For a comment that is there already. Deck 1.16 takes the id of the comment that it answers for a card's, and refuses
/// to change it unless the account may read a card of that id.
pub fn comment(status: u16) -> Option<&'static str> {
    match status {
        403 => Some(
            "Only its author may change or delete a comment. Deck also refuses to change answers to other comments: \
             delete it and write it again. It answers so too for cards that do not exist or are not shared with this \
             account.",
        ),
        404 => Some("The card has no such comment: it may have been deleted."),
        _ => None,
    }
}

/// For attaching a file by sharing it.
pub fn share(status: u16) -> Option<&'static str> {
    match status {
        403 => Some("The file may be attached to this card already, or may not be shared on by this account."),
        404 => Some(
            "Check the path, from the root of the account's files, and the card's id; the account needs the right to \
             edit the board, which must not be archived.",
        ),
        _ => None,
    }
}
