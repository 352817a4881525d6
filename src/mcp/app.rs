//! The apps, and the table of tools that each of them fills.

use std::future::Future;

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ToolResult;
use super::resource::{Resource, ResourceBody, UriParameters};
use super::tool::{AccountContext, Handler, Hints, Tool, erase};

/// A part of Nextcloud that tools work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum App {
    /// The Notes app.
    Notes,
    /// Calendars and tasks (CalDAV).
    Calendar,
    /// Address books (CardDAV).
    Contacts,
    /// Files (WebDAV).
    Files,
    /// The Deck app.
    Deck,
    /// The Cookbook app.
    Cookbook,
    /// The Tables app.
    Tables,
    /// Shares of files and folders.
    Sharing,
    /// What belongs to no app: the server's own capabilities.
    Core,
    /// This server's own access to the caller's Nextcloud.
    Account,
}

impl App {
    /// Every app.
    pub const ALL: [Self; 10] = [
        Self::Notes,
        Self::Calendar,
        Self::Contacts,
        Self::Files,
        Self::Deck,
        Self::Cookbook,
        Self::Tables,
        Self::Sharing,
        Self::Core,
        Self::Account,
    ];

    /// The name that `--enable-app` takes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notes => "notes",
            Self::Calendar => "calendar",
            Self::Contacts => "contacts",
            Self::Files => "webdav",
            Self::Deck => "deck",
            Self::Cookbook => "cookbook",
            Self::Tables => "tables",
            Self::Sharing => "sharing",
            Self::Core => "core",
            Self::Account => "account",
        }
    }

    /// The scope that reading needs.
    const fn read_scope(self) -> &'static [&'static str] {
        match self {
            Self::Notes => &["notes:read"],
            Self::Calendar => &["calendar:read"],
            Self::Contacts => &["contacts:read"],
            Self::Files => &["files:read"],
            Self::Deck => &["deck:read"],
            Self::Cookbook => &["cookbook:read"],
            Self::Tables => &["tables:read"],
            Self::Sharing => &["sharing:read"],
            // Whoever shows a good token has an account here. To ask for `openid` would not do: a provider with resource
            // indicators leaves it out of tokens for a resource.
            Self::Core | Self::Account => &[],
        }
    }

    /// The scope that writing needs.
    const fn write_scope(self) -> &'static [&'static str] {
        match self {
            Self::Notes => &["notes:write"],
            Self::Calendar => &["calendar:write"],
            Self::Contacts => &["contacts:write"],
            Self::Files => &["files:write"],
            Self::Deck => &["deck:write"],
            Self::Cookbook => &["cookbook:write"],
            Self::Tables => &["tables:write"],
            Self::Sharing => &["sharing:write"],
            Self::Core | Self::Account => &[],
        }
    }

    /// The key under which Nextcloud's capabilities list the app when it is enabled. `None` for what every Nextcloud
    /// has.
    pub const fn capability(self) -> Option<&'static str> {
        match self {
            Self::Notes => Some("notes"),
            Self::Deck => Some("deck"),
            Self::Cookbook => Some("cookbook"),
            Self::Tables => Some("tables"),
            Self::Calendar | Self::Contacts | Self::Files | Self::Sharing | Self::Core | Self::Account => None,
        }
    }
}

/// An app's table: one row for each tool and resource. A row starts with [`read`](Self::read) or
/// [`write`](Self::write); what follows it says more of the same row.
#[derive(Debug)]
#[must_use = "a table does nothing until it is in the catalogue"]
pub struct AppTools {
    app: App,
    tools: Vec<Tool>,
    resources: Vec<Resource>,
}

impl AppTools {
    /// An empty table.
    pub fn new(app: App) -> Self {
        Self {
            app,
            tools: Vec::new(),
            resources: Vec::new(),
        }
    }

    /// A tool that changes nothing. `description` is what a model chooses by: one or two sentences.
    pub fn read<A, R, F, Fut>(mut self, name: &'static str, description: &'static str, handler: F) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        R: Serialize + JsonSchema,
        F: Fn(NextcloudClient, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ToolResult<R>> + Send + 'static,
    {
        let hints = Hints::READ_ONLY;
        let handler = Handler::Nextcloud(erase::<NextcloudClient, A, R, F, Fut>(handler));
        let tool = Tool::new::<A, R>(self.app, name, description, self.app.read_scope(), hints, handler);
        self.tools.push(tool);
        self
    }

    /// A tool that changes something, and may do more when it is called again.
    pub fn write<A, R, F, Fut>(mut self, name: &'static str, description: &'static str, handler: F) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        R: Serialize + JsonSchema,
        F: Fn(NextcloudClient, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ToolResult<R>> + Send + 'static,
    {
        let hints = Hints::WRITE;
        let handler = Handler::Nextcloud(erase::<NextcloudClient, A, R, F, Fut>(handler));
        let tool = Tool::new::<A, R>(self.app, name, description, self.app.write_scope(), hints, handler);
        self.tools.push(tool);
        self
    }

    /// A tool on the caller's account here that changes nothing.
    pub fn account_read<A, R, F, Fut>(self, name: &'static str, description: &'static str, handler: F) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        R: Serialize + JsonSchema,
        F: Fn(AccountContext, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ToolResult<R>> + Send + 'static,
    {
        self.account(name, description, Hints::READ_ONLY, handler)
    }

    /// A tool on the caller's account here that changes something.
    pub fn account_write<A, R, F, Fut>(self, name: &'static str, description: &'static str, handler: F) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        R: Serialize + JsonSchema,
        F: Fn(AccountContext, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ToolResult<R>> + Send + 'static,
    {
        self.account(name, description, Hints::WRITE, handler)
    }

    fn account<A, R, F, Fut>(mut self, name: &'static str, description: &'static str, hints: Hints, handler: F) -> Self
    where
        A: DeserializeOwned + JsonSchema + Send + 'static,
        R: Serialize + JsonSchema,
        F: Fn(AccountContext, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ToolResult<R>> + Send + 'static,
    {
        let scopes = self.app.read_scope();
        let handler = Handler::Account(erase::<AccountContext, A, R, F, Fut>(handler));
        self.tools
            .push(Tool::new::<A, R>(self.app, name, description, scopes, hints, handler));
        self
    }

    /// The tool only adds: nothing that was there is changed or lost.
    pub fn additive(self) -> Self {
        self.change(|tool| tool.hints.destructive = Some(false))
    }

    /// The tool removes something.
    pub fn destructive(self) -> Self {
        self.change(|tool| tool.hints.destructive = Some(true))
    }

    /// A second call with the same arguments changes nothing more.
    pub fn idempotent(self) -> Self {
        self.change(|tool| tool.hints.idempotent = Some(true))
    }

    /// Other scopes than the app's own.
    pub fn scopes(self, scopes: &'static [&'static str]) -> Self {
        self.change(|tool| tool.scopes = scopes)
    }

    /// The least version of the app that offers this.
    pub fn since(self, version: [u32; 3]) -> Self {
        self.change(|tool| tool.since = Some(version))
    }

    /// What the tool asks of Nextcloud, for the reference page: `GET /index.php/apps/notes/api/v1/notes/{id}`.
    pub fn calls(self, calls: &'static [&'static str]) -> Self {
        self.change(|tool| tool.calls = calls)
    }

    /// The result holds text that other people may have written, in these fields: a client should treat it as data,
    /// never as instructions.
    pub fn untrusted(self, fields: &'static [&'static str]) -> Self {
        self.change(|tool| tool.untrusted = fields)
    }

    /// A resource, readable with the app's read scope. A URI with placeholders in braces makes a resource template.
    pub fn resource<F, Fut>(
        mut self,
        uri: &'static str,
        name: &'static str,
        description: &'static str,
        handler: F,
    ) -> Self
    where
        F: Fn(NextcloudClient, UriParameters) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ToolResult<ResourceBody>> + Send + 'static,
    {
        let scopes = self.app.read_scope();
        self.resources
            .push(Resource::new(self.app, uri, name, description, scopes, handler));
        self
    }

    pub(super) fn into_parts(self) -> (Vec<Tool>, Vec<Resource>) {
        (self.tools, self.resources)
    }

    #[expect(
        clippy::expect_used,
        reason = "the tables are code: a modifier without a row is a mistake in it"
    )]
    fn change(mut self, change: impl FnOnce(&mut Tool)) -> Self {
        change(self.tools.last_mut().expect("a row comes before what is said of it"));
        self
    }
}
