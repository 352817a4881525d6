//! Shares of files and folders: `/ocs/v2.php/apps/files_sharing/api/v1/shares`.

mod api;
mod differences;
mod expiry;
mod kind;
mod model;
mod permissions;
mod tools;

use crate::apps::files::Screen;
use crate::mcp::{App, AppTools};

pub(crate) use differences::DIFFERENCES;

const SHARES: &str = "/ocs/v2.php/apps/files_sharing/api/v1/shares";
const SHARE: &str = "/ocs/v2.php/apps/files_sharing/api/v1/shares/{id}";

/// The table of tools.
pub fn tools(screen: &Screen) -> AppTools {
    AppTools::new(App::Sharing)
        .write(
            "nc_share_create",
            "Share a file or folder. A share that exists is returned as it is.",
            screen.to(tools::create),
        )
        .calls(&["POST /ocs/v2.php/apps/files_sharing/api/v1/shares"])
        .untrusted(SHARE_TEXTS)
        .write(
            "nc_share_create_public_link",
            "Make a read-only public link. It lasts until the midnight after expires_in_minutes.",
            screen.to(tools::create_public_link),
        )
        .calls(&[
            "GET /ocs/v2.php/cloud/user",
            "POST /ocs/v2.php/apps/files_sharing/api/v1/shares",
        ])
        .write(
            "nc_share_delete",
            "End a share; the file stays.",
            screen.to(tools::delete),
        )
        .destructive()
        .idempotent()
        .calls(&["DELETE /ocs/v2.php/apps/files_sharing/api/v1/shares/{id}"])
        .read("nc_share_get", "Read one share.", screen.to(tools::get))
        .calls(&["GET /ocs/v2.php/apps/files_sharing/api/v1/shares/{id}"])
        .untrusted(SHARE_TEXTS)
        .read(
            "nc_share_list",
            "List your own shares, those of one file or folder, or what others share with you.",
            screen.to(tools::list),
        )
        .calls(&["GET /ocs/v2.php/apps/files_sharing/api/v1/shares"])
        .untrusted(&["shares[].path", "shares[].note", "shares[].label"])
        .write(
            "nc_share_update",
            "Change a share; what is left out stays, an empty string clears.",
            screen.to(tools::update),
        )
        .calls(&["PUT /ocs/v2.php/apps/files_sharing/api/v1/shares/{id}"])
        .untrusted(SHARE_TEXTS)
}

const SHARE_TEXTS: &[&str] = &["path", "note", "label"];
