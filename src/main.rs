//! The `nextcloud-mcp-server` command.

fn main() {}
