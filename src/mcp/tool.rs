//! One row of an app's table, with its handler behind a common face.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actors::nextcloud::NextcloudClient;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, MetaObject, Tool as Definition, ToolAnnotations};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::app::App;
use super::arguments;
use super::schema;
use super::text;
use super::{Caller, ToolError, ToolResult};
use crate::delegated_access::DelegatedAccess;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Run<C> = Box<dyn Fn(C, &JsonObject, JsonObject) -> BoxFuture<ToolResult<Value>> + Send + Sync>;

/// What a tool works with. It is run with the schema of its arguments, and with the arguments.
pub(super) enum Handler {
    /// The caller's Nextcloud.
    Nextcloud(Run<NextcloudClient>),
    /// The caller's account here.
    Account(Run<AccountContext>),
}

/// What the tools on a caller's account here work with.
#[derive(Debug, Clone)]
pub struct AccountContext {
    /// Who calls.
    pub caller: Caller,
    /// This server's own access to the caller's Nextcloud.
    pub access: DelegatedAccess,
}

/// The arguments of a tool that takes none.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct NoArguments {}

/// A handler behind the common face: arguments read, result written.
pub(super) fn erase<C, A, R, F, Fut>(handler: F) -> Run<C>
where
    A: DeserializeOwned + JsonSchema + Send + 'static,
    R: Serialize + JsonSchema,
    F: Fn(C, A) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ToolResult<R>> + Send + 'static,
{
    Box::new(
        move |context, properties, arguments| match arguments::read::<A>(properties, arguments) {
            Err(error) => Box::pin(std::future::ready(Err(error))),
            Ok(arguments) => {
                let run = handler(context, arguments);
                Box::pin(async move { serde_json::to_value(run.await?).map_err(|_| ToolError::internal()) })
            }
        },
    )
}

/// The key in `_meta` that names the fields whose text others may have written.
const UNTRUSTED: &str = "nextcloud-mcp-server/untrusted";

/// What a client may assume of a tool (MCP `ToolAnnotations`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hints {
    /// It changes nothing.
    pub read_only: Option<bool>,
    /// It may remove or overwrite something.
    pub destructive: Option<bool>,
    /// Calling it again with the same arguments changes nothing more.
    pub idempotent: Option<bool>,
}

impl Hints {
    pub(super) const READ_ONLY: Self = Self {
        read_only: Some(true),
        destructive: None,
        idempotent: None,
    };
    pub(super) const WRITE: Self = Self {
        read_only: None,
        destructive: None,
        idempotent: Some(false),
    };
}

impl Hints {
    /// The hints that say something: one that is MCP's default (not read-only, destructive, not idempotent, open world)
    /// is understood without being sent.
    fn annotations(self) -> ToolAnnotations {
        let read_only = self.read_only.filter(|read_only| *read_only);
        let destructive = self.destructive.filter(|destructive| !*destructive);
        let idempotent = self.idempotent.filter(|idempotent| *idempotent);
        ToolAnnotations::from_raw(None, read_only, destructive, idempotent, None)
    }
}

/// A tool: everything that is known of it, and how it is run.
pub struct Tool {
    /// The app it belongs to.
    pub app: App,
    /// The name that clients call it by.
    pub name: &'static str,
    /// What it does, in one or two sentences.
    pub description: &'static str,
    /// The scopes a caller needs, spelt with `:`.
    pub scopes: &'static [&'static str],
    /// What a client may assume of it.
    pub hints: Hints,
    /// The least version of the app that offers it.
    pub since: Option<[u32; 3]>,
    /// What it asks of Nextcloud.
    pub calls: &'static [&'static str],
    /// Fields of the result whose text others may have written.
    pub untrusted: &'static [&'static str],
    /// The JSON Schema of its arguments.
    pub input_schema: Arc<JsonObject>,
    /// The JSON Schema of its result.
    pub output_schema: Arc<JsonObject>,
    handler: Handler,
}

impl Tool {
    pub(super) fn new<A: JsonSchema, R: JsonSchema>(
        app: App,
        name: &'static str,
        description: &'static str,
        scopes: &'static [&'static str],
        hints: Hints,
        handler: Handler,
    ) -> Self {
        Self {
            app,
            name,
            description,
            scopes,
            hints,
            since: None,
            calls: &[],
            untrusted: &[],
            input_schema: Arc::new(schema::of_arguments::<A>()),
            output_schema: Arc::new(schema::of_result::<R>()),
            handler,
        }
    }

    /// Whether it works on the caller's account here, rather than on their Nextcloud.
    pub fn is_about_account(&self) -> bool {
        matches!(self.handler, Handler::Account(_))
    }

    /// Runs a tool on the caller's Nextcloud.
    pub async fn call(&self, nextcloud: NextcloudClient, arguments: JsonObject) -> ToolResult<CallToolResult> {
        let Handler::Nextcloud(run) = &self.handler else {
            return Err(ToolError::internal());
        };
        Ok(self.success(run(nextcloud, &self.input_schema, arguments).await?))
    }

    /// Runs a tool on the caller's account here.
    pub async fn call_for(&self, account: AccountContext, arguments: JsonObject) -> ToolResult<CallToolResult> {
        let Handler::Account(run) = &self.handler else {
            return Err(ToolError::internal());
        };
        Ok(self.success(run(account, &self.input_schema, arguments).await?))
    }

    /// The result as structured content, and as the same JSON in text for clients that read only that.
    fn success(&self, value: Value) -> CallToolResult {
        let mut result = CallToolResult::success(vec![ContentBlock::text(text::of(&value))]);
        result.structured_content = Some(value);
        if !self.untrusted.is_empty() {
            let mut meta = MetaObject::default();
            meta.insert(UNTRUSTED.to_owned(), json!(self.untrusted));
            result.meta = Some(meta);
        }
        result
    }

    /// A failure as a result (`isError`), where a model can read it and act on it.
    pub fn failure(&self, error: &ToolError) -> CallToolResult {
        CallToolResult::error(vec![ContentBlock::text(format!("{} failed: {error}", self.name))])
    }

    /// What `tools/list` says of it.
    pub fn definition(&self) -> Definition {
        let mut definition = Definition::new(self.name, self.description, Arc::clone(&self.input_schema))
            .with_raw_output_schema(Arc::clone(&self.output_schema));
        let annotations = self.hints.annotations();
        if annotations != ToolAnnotations::default() {
            definition = definition.with_annotations(annotations);
        }
        definition
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Tool")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
