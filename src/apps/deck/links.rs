//! Where people find boards, cards and files in a browser.

use std::fmt;

use actors::nextcloud::NextcloudClient;

/// A board.
pub fn board(nextcloud: &NextcloudClient, board: impl fmt::Display) -> Option<String> {
    nextcloud.deep_link(&format!("/index.php/apps/deck/board/{board}"))
}

/// A card on its board.
pub fn card(nextcloud: &NextcloudClient, board: impl fmt::Display, card: impl fmt::Display) -> Option<String> {
    nextcloud.deep_link(&format!("/index.php/apps/deck/board/{board}/card/{card}"))
}

/// A card whose board is not known: Deck finds it.
pub fn card_alone(nextcloud: &NextcloudClient, card: impl fmt::Display) -> Option<String> {
    nextcloud.deep_link(&format!("/index.php/apps/deck/card/{card}"))
}

/// A file.
pub fn file(nextcloud: &NextcloudClient, file: i64) -> Option<String> {
    nextcloud.deep_link(&format!("/index.php/f/{file}"))
}
