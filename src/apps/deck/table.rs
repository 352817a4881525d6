//! Deck's tools, one row each.

use super::resources;
use super::tools::{attachments, boards, cards, comments, edit, labels, moves, people, stacks};
use crate::apps::files::Screen;
use crate::mcp::{App, AppTools};

/// The table of tools and resources.
pub fn tools(screen: &Screen) -> AppTools {
    let table = AppTools::new(App::Deck);
    let table = board_rows(table);
    let table = stack_rows(table);
    let table = card_rows(table, screen);
    let table = comment_rows(table);
    let table = attachment_rows(table, screen);
    resources::add(table, screen)
}

/// Boards and their labels.
fn board_rows(table: AppTools) -> AppTools {
    table
        .read("deck_get_boards", "List boards, archived ones too.", boards::get_boards)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards"])
        .untrusted(&["boards[].title"])
        .read("deck_get_board", "Read a board without its stacks.", boards::get_board)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}"])
        .untrusted(&["title", "labels[].title"])
        .read(
            "deck_get_board_overview",
            "Read a whole board: its labels, and stacks with short rows of cards.",
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
            "Create a board, with four labels and no stacks.",
            boards::create_board,
        )
        .calls(&["POST /index.php/apps/deck/api/v1.0/boards"])
        .read("deck_get_labels", "List a board's labels.", labels::get_labels)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}"])
        .untrusted(&["labels[].title"])
        .read("deck_get_label", "Read a label of a board.", labels::get_label)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}"])
        .untrusted(&["title"])
        .write("deck_create_label", "Add a label to a board.", labels::create_label)
        .calls(&["POST /index.php/apps/deck/api/v1.0/boards/{board}/labels"])
        .write(
            "deck_update_label",
            "Change a label; what is left out stays.",
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
            "Change a stack; what is left out stays.",
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
fn card_rows(table: AppTools, screen: &Screen) -> AppTools {
    table
        .read("deck_get_cards", "List a stack's cards.", cards::get_cards)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks", "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks/archived"])
        .untrusted(&["cards[].title", "cards[].descriptionPreview", "cards[].description", "cards[].labels"])
        .read("deck_get_card", "Read a card with description, labels, assignees and attachments.", screen.to(cards::get_card))
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}"])
        .untrusted(&["title", "description", "labels[].title", "attachments[].data"])
        .write("deck_create_card", "Add a card to a stack.", cards::create_card)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}", "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks", "POST /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards"])
        .write("deck_update_card", "Change a card; what is left out stays, an empty string clears.", edit::update_card)
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}"])
        .write("deck_delete_card", "Delete a card.", cards::delete_card)
        .destructive()
        .idempotent()
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}", "DELETE /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}"])
        .write("deck_archive_card", "Archive a card.", cards::archive_card)
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/archive"])
        .write("deck_unarchive_card", "Take a card out of the archive.", cards::unarchive_card)
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/unarchive"])
        .write("deck_reorder_card", "Move a card within its board.", moves::reorder_card)
        .calls(&["GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/reorder"])
        .write("deck_move_card_to_board", "Move a card to another board, with comments and attachments.", moves::move_card_to_board)
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}", "GET /index.php/apps/deck/api/v1.0/boards/{board}/stacks", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}"])
        .untrusted(&["labels"])
        .write("deck_assign_label_to_card", "Put a label on a card.", labels::assign_label)
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}", "GET /index.php/apps/deck/api/v1.0/boards/{board}/labels/{label}", "PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/assignLabel"])
        .write("deck_remove_label_from_card", "Take a label off a card.", labels::remove_label)
        .idempotent()
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/removeLabel"])
        .write("deck_assign_user_to_card", "Assign a card to a member of its board.", people::assign_user)
        .calls(&["PUT /index.php/apps/deck/api/v1.0/boards/{board}/stacks/{stack}/cards/{card}/assignUser"])
        .write("deck_unassign_user_from_card", "Unassign somebody from a card.", people::unassign_user)
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
            "Comment on a card.",
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
fn attachment_rows(table: AppTools, screen: &Screen) -> AppTools {
    table
        .write(
            "deck_attach_file",
            "Attach one of the user's files to a card; it is shared with the board.",
            screen.to(attachments::attach_file),
        )
        .scopes(&["deck:write", "files:read"])
        .calls(&[
            "GET /ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments",
            "POST /ocs/v2.php/apps/files_sharing/api/v1/shares",
        ])
        .write(
            "deck_attach_note",
            "Attach a note to a card, as its file.",
            screen.to(attachments::attach_note),
        )
        .scopes(&["deck:write", "files:read", "notes:read"])
        .calls(&[
            "GET /index.php/apps/notes/api/v1/notes/{note}?exclude=content",
            "GET /index.php/apps/notes/api/v1/settings",
            "GET /ocs/v2.php/apps/deck/api/v1.0/cards/{card}/comments",
            "POST /ocs/v2.php/apps/files_sharing/api/v1/shares",
        ])
        .read(
            "deck_list_attachments",
            "List a card's attachments.",
            screen.to(attachments::list_attachments),
        )
        .calls(&["GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments"])
        .untrusted(&["results[].data", "results[].extendedData.path"])
        .write(
            "deck_delete_attachment",
            "Take an attachment off a card; one of the user's files stays there.",
            screen.to(attachments::delete_attachment),
        )
        .destructive()
        .idempotent()
        .calls(&[
            "GET /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments",
            "DELETE /index.php/apps/deck/api/v1.1/boards/{board}/stacks/{stack}/cards/{card}/attachments/{type}/{attachment}",
        ])
}
