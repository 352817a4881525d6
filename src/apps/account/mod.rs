//! The tools for this server's own access to the caller's Nextcloud: give it, look at it, take it back.

mod model;
mod tools;

use crate::mcp::{App, AppTools};

/// The table; it belongs to servers that hold grants of their own.
pub fn tools() -> AppTools {
    AppTools::new(App::Account)
        .account_write(
            "provision_nextcloud_access",
            "Begin to give this server access to the user's Nextcloud. Returns a link that the user has to open in a \
             browser within ten minutes.",
            tools::provision,
        )
        .additive()
        .account_write(
            "revoke_nextcloud_access",
            "End this server's access to the user's Nextcloud and forget it.",
            tools::revoke,
        )
        .destructive()
        .idempotent()
        .account_read(
            "check_provisioning_status",
            "Whether this server has access to the user's Nextcloud, since when and for what.",
            tools::status,
        )
        .account_read(
            "check_logged_in",
            "Whether this server can use the user's Nextcloud: \"yes\", or a link to open first.",
            tools::logged_in,
        )
}
