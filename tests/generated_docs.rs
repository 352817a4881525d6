//! Pages that are made from the code must be what the code makes now.
//!
//! `UPDATE_DOCS=1 cargo test -p nextcloud-mcp-server --test generated_docs` writes them anew.

use std::path::Path;

use nextcloud_mcp_server::apps;

fn check(page: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == generated,
        "docs/{page} is not what the code makes; UPDATE_DOCS=1 writes it anew"
    );
}

#[test]
fn the_configuration_page_is_current() {
    check("configuration.md", &nextcloud_mcp_server::config::reference_markdown());
}

#[test]
fn the_tools_page_is_current() {
    let mut tables = apps::tables(&apps::AppSettings::default());
    tables.push(apps::account::tools());
    check("tools.md", &apps::reference::tools_markdown(tables));
}

#[test]
fn the_migration_page_is_current() {
    check(
        "migrating.md",
        &apps::reference::migrating_markdown(&apps::differences()),
    );
}
