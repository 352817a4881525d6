//! Where the tools differ on purpose from those of the Python server.

/// Tool, what differs, and why.
pub(crate) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "deck_get_boards",
        "boards that were deleted are left out, and so is `deletedAt`",
        "Deck lists a deleted board for some days but answers 403 to everything about it",
    ),
    (
        "deck_get_board",
        "`deletedAt` is left out",
        "a deleted board cannot be read, so it was always 0",
    ),
    (
        "deck_get_board",
        "users have `uid` and `displayname`, labels have `id`, `title` and `color`",
        "`primaryKey` repeats the uid, `boardId` the argument, and `cardId` was always null",
    ),
    (
        "deck_get_stacks",
        "at most 500 cards in all, `truncated` when there are more; `cards_total` where a stack is cut",
        "a board of thousands of cards does not fit a model's context: deck_get_cards has pages",
    ),
    (
        "deck_get_board_overview",
        "at most 500 cards in all, `truncated` when there are more",
        "as for deck_get_stacks",
    ),
    (
        "deck_get_cards",
        "new arguments `limit` and `cursor`, `next_cursor` in the result",
        "a stack may hold thousands of cards",
    ),
    (
        "deck_get_stack",
        "`assigned_to` is refused where archived cards come without their assignees; so for deck_get_stacks, \
         deck_get_archived_stacks, deck_get_cards and deck_get_board_overview",
        "a filter that cannot be applied must not look as if it had found nothing",
    ),
    (
        "deck_get_card",
        "users and labels as in deck_get_board; a card in full has no `deletedAt`",
        "they repeat, or were always 0",
    ),
    (
        "deck_update_card",
        "an empty string clears `description`, `duedate`, `startdate`, `done` and `color`; new argument `etag`; \
         `stack_id` must be the card's own; `not_stored` in the result",
        "a PUT under another stack moves the card; Deck 1.16 passes over another `owner`, \
         older versions over fields they do not know",
    ),
    (
        "deck_delete_card",
        "`stack_id` must be the card's own",
        "Deck looks at the card's id only: a mistaken one would delete a card of another board",
    ),
    (
        "deck_create_card",
        "`not_stored` in the result",
        "older versions of Deck pass over `startdate` and `color`",
    ),
    (
        "deck_update_stack",
        "a stack of another board is refused; so for deck_delete_stack, and labels of other boards for \
         deck_update_label, deck_delete_label and deck_assign_label_to_card",
        "Deck looks at the last id only: it would move or delete a stack of another board",
    ),
    (
        "deck_move_card_to_board",
        "one documented request moves the card with `done`, dates and description",
        "the Python server uses two internal routes of Deck's own pages",
    ),
    (
        "deck_get_card_comments",
        "`oldest` starts with the first comment of all; `replyTo` is the id of the comment that is answered; \
         `next_offset` in the result",
        "reversing one page of the newest shows neither; the whole parent repeats what is in the list",
    ),
    (
        "deck_create_card_comment",
        "`comment` and `parts` carry id, date and `replyTo`; so for deck_update_card_comment",
        "the text and its author are the caller's own",
    ),
    (
        "deck_delete_attachment",
        "`attachment_type` is found out when it is left out",
        "the default `deck_file` is wrong for every attachment made since Deck 1.3",
    ),
    (
        "deck_list_attachments",
        "shows attachments of type `file` too, without deleted ones; `extendedData` without `info` and `hasPreview`",
        "API v1.0 leaves out what deck_attach_file attaches; `info` is the name in pieces",
    ),
    (
        "deck_get_stack",
        "`deletedAt` is left out",
        "a deleted stack is not found, though Deck shows it to those who know its id",
    ),
    (
        "deck_create_card",
        "a stack that was deleted, or is of another board, is refused; so for deck_update_stack",
        "Deck adds cards to deleted stacks, where nobody sees them, and takes a stack that is changed out of the trash",
    ),
    (
        "deck_attach_file",
        "a deleted card is refused; so for deck_attach_note",
        "Deck attaches files to cards in the trash",
    ),
    (
        "deck_assign_label_to_card",
        "nothing happens to a card that has the label",
        "Deck would put it there twice",
    ),
    (
        "deck_get_label",
        "`boardId` and `cardId` are left out",
        "`boardId` repeats the argument, and `cardId` was always null",
    ),
    ("deck_get_label", "`cardId` is left out", "it was always null"),
    (
        "deck_update_card_comment",
        "`parts` and `part_count` are left out",
        "a changed comment is never split",
    ),
    (
        "deck_update_card_comment",
        "`part_count` is left out",
        "a changed comment is never split",
    ),
];

#[cfg(test)]
mod tests {
    use super::DIFFERENCES;
    use crate::apps::FilesSettings;
    use crate::apps::files::Screen;
    use crate::mcp::{Catalogue, Selection};

    #[test]
    fn every_difference_is_of_a_tool_there_is() {
        let screen = Screen::new(&FilesSettings::default());
        let catalogue = Catalogue::new([super::super::tools(&screen)], &Selection::default());
        assert_eq!(catalogue.tools().len(), 38);
        for (name, what, why) in DIFFERENCES {
            assert!(catalogue.tool(name).is_some(), "{name}");
            assert!(!what.is_empty() && !why.is_empty(), "{name}");
        }
    }
}
