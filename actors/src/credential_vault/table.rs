//! The tables of the vault.

use redb::TableDefinition;

/// Records by key; the values are encrypted (see [`super::record`]).
pub(super) type Records = TableDefinition<'static, &'static str, &'static [u8]>;

/// A table of the vault. The name in the file carries a version: a change of shape is a new table and a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Our own OAuth client at the identity provider, by issuer.
    OAuthClients,
    /// What users granted us at their Nextcloud, by subject.
    Grants,
    /// The MCP clients registered with us, by client id.
    McpClients,
    /// Logins under way, by state.
    AuthorizationSessions,
    /// Browsers that are logged in to our own pages, by a hash of the cookie.
    BrowserSessions,
}

impl Table {
    /// All tables.
    pub(super) const ALL: [Self; 5] = [
        Self::OAuthClients,
        Self::Grants,
        Self::McpClients,
        Self::AuthorizationSessions,
        Self::BrowserSessions,
    ];

    /// Its name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OAuthClients => "oauth_clients.v1",
            Self::Grants => "grants.v1",
            Self::McpClients => "mcp_clients.v1",
            Self::AuthorizationSessions => "authorization_sessions.v1",
            Self::BrowserSessions => "browser_sessions.v1",
        }
    }

    pub(super) const fn records(self) -> Records {
        Records::new(self.name())
    }
}
