//! An MCP server for Nextcloud.
