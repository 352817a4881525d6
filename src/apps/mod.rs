//! One folder for each Nextcloud app: its table of tools (`mod.rs`), the tools (`tools.rs`), the HTTP calls (`api.rs`)
//! and their types (`model.rs`). An app knows nothing of HTTP routes, OAuth or MCP framing.

pub mod account;
mod calendar;
mod contacts;
mod cookbook;
mod core;
mod deck;
mod files;
mod notes;
mod page;
pub mod reference;
mod sharing;
mod tables;

use crate::mcp::AppTools;
use files::Screen;

pub use files::FilesSettings;

/// What the configuration says to apps.
#[derive(Debug, Clone, Default)]
pub struct AppSettings {
    /// To the Files app.
    pub files: FilesSettings,
}

/// The tables of all apps.
pub fn tables(settings: &AppSettings) -> Vec<AppTools> {
    let screen = Screen::new(&settings.files);
    vec![
        notes::tools(&screen),
        calendar::tools(),
        contacts::tools(),
        files::tools(&screen),
        sharing::tools(&screen),
        deck::tools(&screen),
        cookbook::tools(),
        tables::tools(),
        core::tools(),
    ]
}

/// Where tools differ on purpose from the Python server's: tool, what, why.
pub fn differences() -> Vec<(&'static str, &'static str, &'static str)> {
    [
        notes::DIFFERENCES,
        calendar::DIFFERENCES,
        contacts::DIFFERENCES,
        files::DIFFERENCES,
        sharing::DIFFERENCES,
        deck::DIFFERENCES,
        cookbook::DIFFERENCES,
        tables::DIFFERENCES,
    ]
    .concat()
}
