//! Deck's tools, one row each.

use super::resources;
use super::tools::{attachments, boards, cards, comments, edit, labels, moves, people, stacks};
use crate::mcp::{App, AppTools};

/// The table of tools and resources.
pub fn tools() -> AppTools {
    let table = AppTools::new(App::Deck);
    let table = board_rows(table);
    let table = stack_rows(table);
    let table = card_rows(table);
    let table = comment_rows(table);
    let table = attachment_rows(table);
    resources::add(table)
}

/// Boards and their labels.
fn board_rows(table: AppTools) -> AppTools {
    table
        .read(
            "deck_get_boards",
            "List the user's boards, archived ones too.",
            boards::get_boards,
        )
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards"])
        .untrusted(&["boards[].title"])
        .read(
            "deck_get_board",
            "Read a board: its labels, users, sharing and permissions.",
            boards::get_board,
        )
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}"])
        .untrusted(&["title", "labels[].title"])
        .read(
            "deck_get_board_overview",
            "See a whole board at once: its labels, and each stack with its cards as compact rows.",
            boards::get_board_overview,
        )
        .calls(&[
            "GET /index.php/apps/deck/api/v1.0/boards/{board}",
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks",
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/archived",
        ])
        .untrusted(&[
            "title",
            "labels",
            "stacks[].title",
            "stacks[].cards[].title",
            "stacks[].cards[].descriptionPreview",
        ])
        .write(
            "deck_create_board",
            "Create a board. Deck gives it four labels and no stacks.",
            boards::create_board,
        )
        .calls(&["POST /index.php/apps/deck/api/v1.0/boards"])
        .read("deck_get_labels", "List a board's labels.", labels::get_labels)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}"])
        .untrusted(&["labels[].title"])
        .read("deck_get_label", "Read a label of a board.", labels::get_label)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}"])
        .untrusted(&["title"])
        .write(
            "deck_create_label",
            "Add a label to a board, on which its title must be new.",
            labels::create_label,
        )
        .calls(&["POST /index.php/apps/deck/api/v1.0/boards/{board}/labels"])
        .write(
            "deck_update_label",
            "Change a label's title or color; what is left out stays.",
            labels::update_label,
        )
        .calls(&[
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}",
            "PUT /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}",
        ])
        .write(
            "deck_delete_label",
            "Delete a label; cards lose it.",
            labels::delete_label,
        )
        .destructive()
        .idempotent()
        .calls(&[
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}",
            "DELETE /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}",
        ])
}

/// Stacks.
fn stack_rows(table: AppTools) -> AppTools {
    table
        .read(
            "deck_get_stacks",
            "List a board's stacks with their cards.",
            stacks::get_stacks,
        )
        .calls(&[
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks",
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/archived",
        ])
        .untrusted(&[
            "stacks[].title",
            "stacks[].cards[].title",
            "stacks[].cards[].descriptionPreview",
            "stacks[].cards[].description",
            "stacks[].cards[].labels",
        ])
        .read("deck_get_stack", "Read a stack with its cards.", stacks::get_stack)
        .calls(&[
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks",
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/archived",
        ])
        .untrusted(&[
            "title",
            "cards[].title",
            "cards[].descriptionPreview",
            "cards[].description",
            "cards[].labels",
        ])
        .read(
            "deck_get_archived_stacks",
            "List a board's stacks with their archived cards.",
            stacks::get_archived_stacks,
        )
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/archived"])
        .untrusted(&[
            "stacks[].title",
            "stacks[].cards[].title",
            "stacks[].cards[].descriptionPreview",
            "stacks[].cards[].description",
            "stacks[].cards[].labels",
        ])
        .write("deck_create_stack", "Add a stack to a board.", stacks::create_stack)
        .calls(&["POST /index.php/apps/deck/api/v1.0/boards/{board}/stacks"])
        .write(
            "deck_update_stack",
            "Change a stack's title or position; what is left out stays.",
            stacks::update_stack,
        )
        .calls(&[
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}",
            "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}",
        ])
        .write(
            "deck_delete_stack",
            "Delete a stack with all its cards.",
            stacks::delete_stack,
        )
        .destructive()
        .idempotent()
        .calls(&[
            "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}",
            "DELETE /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}",
        ])
}

/// Cards, where they are, and who and what belongs to them.
fn card_rows(table: AppTools) -> AppTools {
    table
        .read("deck_get_cards", "List a stack's cards in pages.", cards::get_cards)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks", "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/archived"])
        .untrusted(&["cards[].title", "cards[].descriptionPreview", "cards[].description", "cards[].labels"])
        .read("deck_get_card", "Read a card with its description, labels, assignees and attachments.", cards::get_card)
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}"])
        .untrusted(&["title", "description", "labels[].title", "attachments[].data"])
        .write("deck_create_card", "Add a card to a stack.", cards::create_card)
        .calls(&["POST /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards"])
        .write("deck_update_card", "Change fields of a card; what is left out stays, an empty string clears. `not_stored` names fields this Deck does not keep.", edit::update_card)
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}"])
        .write("deck_delete_card", "Delete a card.", cards::delete_card)
        .destructive()
        .idempotent()
        .calls(&["DELETE /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}"])
        .write("deck_archive_card", "Put a card into its board's archive.", cards::archive_card)
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/archive"])
        .write("deck_unarchive_card", "Take a card out of the archive.", cards::unarchive_card)
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/unarchive"])
        .write("deck_reorder_card", "Move a card within its stack or to another stack of the same board.", moves::reorder_card)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/reorder"])
        .write("deck_move_card_to_board", "Move a card to another board with its comments and attachments. `labels` are those it has there.", moves::move_card_to_board)
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}", "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}"])
        .untrusted(&["labels"])
        .write("deck_assign_label_to_card", "Put a label of the board on a card.", labels::assign_label)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/assignLabel"])
        .write("deck_remove_label_from_card", "Take a label off a card.", labels::remove_label)
        .idempotent()
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/removeLabel"])
        .write("deck_assign_user_to_card", "Assign a card to somebody whom its board is shared with.", people::assign_user)
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/assignUser"])
        .write("deck_unassign_user_from_card", "Take a card from somebody it is assigned to.", people::unassign_user)
        .destructive()
        .idempotent()
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/unassignUser"])
        .write("deck_assign_dependent_card", "Make another card depend on a card.", people::assign_dependent_card)
        .since([1, 18, 0])
        .calls(&["POST /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/dependentCards/{dependent}"])
        .write("deck_remove_dependent_card", "Undo that another card depends on a card.", people::remove_dependent_card)
        .destructive()
        .idempotent()
        .since([1, 18, 0])
        .calls(&["DELETE /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/dependentCards/{dependent}"])
}

/// Comments.
fn comment_rows(table: AppTools) -> AppTools {
    table
        .read(
            "deck_get_card_comments",
            "List the comments on a card.",
            comments::get_comments,
        )
        .calls(&["GET /ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments"])
        .untrusted(&["results[].message"])
        .write(
            "deck_create_card_comment",
            "Comment on a card. When a part of a split comment fails, the error names the parts already posted.",
            comments::create_comment,
        )
        .calls(&["POST /ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments"])
        .write(
            "deck_update_card_comment",
            "Replace the text of one's own comment.",
            comments::update_comment,
        )
        .calls(&["PUT /ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments/{comment}"])
        .write(
            "deck_delete_card_comment",
            "Delete one's own comment.",
            comments::delete_comment,
        )
        .destructive()
        .idempotent()
        .calls(&["DELETE /ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments/{comment}"])
}

/// Attachments.
fn attachment_rows(table: AppTools) -> AppTools {
    table
        .write(
            "deck_attach_file",
            "Attach a file of the user's to a card by sharing it with the card's board; the file stays where it is.",
            attachments::attach_file,
        )
        .scopes(&["deck:write", "files:read"])
        .calls(&["POST /ocs/v2.php/apps/files_sharing/api/v1/shares"])
        .write(
            "deck_attach_note",
            "Attach a note to a card, as its file.",
            attachments::attach_note,
        )
        .scopes(&["deck:write", "files:read", "notes:read"])
        .calls(&[
            "GET /index.php/apps/notes/api/v1/notes/{note}?exclude=content",
            "GET /index.php/apps/notes/api/v1/settings",
            "POST /ocs/v2.php/apps/files_sharing/api/v1/shares",
        ])
        .read(
            "deck_list_attachments",
            "List a card's attachments.",
            attachments::list_attachments,
        )
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments"])
        .untrusted(&["results[].data", "results[].extendedData.path"])
        .write(
            "deck_delete_attachment",
            "Take an attachment off a card. A file in the user's files stays there; one kept by Deck is deleted.",
            attachments::delete_attachment,
        )
        .destructive()
        .idempotent()
        .calls(&[
            "GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments",
            "DELETE /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments/{attachment}",
        ])
}
