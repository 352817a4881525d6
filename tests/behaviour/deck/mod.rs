//! The Deck tools and resources, through MCP over HTTP.
//!
//! Every tool succeeds in the file of its topic. [`calls`] has one call for each, with which [`access`] and
//! [`arguments`] try what holds for all:
//!
//! | | tried with | except |
//! |---|---|---|
//! | not found | every tool that takes an id: [`access`] | the list of boards and a new board |
//! | forbidden | every tool, on a board of another account and on one shared to read: [`access`] | a new board, which is one's own; attaching, where the other account's file or note is looked for: not found |
//! | conflict | every tool that changes something: [`conflicts`], and beside its success | what reads; new boards, stacks, cards and comments, of which there may be two alike; archiving and taking a label off, which may be done twice |
//! | invalid | every tool, its ids and unknown arguments; all other arguments of each kind: [`arguments`] | |
//!
//! The two tools for dependent cards are there from Deck 1.18 on; older ones are seen to lack them.

mod access;
mod arguments;
mod attachments;
mod boards;
mod calls;
mod cards;
mod comments;
mod conflicts;
mod labels;
mod lists;
mod moves;
mod people;
mod stacks;

use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email deck:read deck:write files:read notes:read notes:write";

/// Ids that no Deck has given out.
const NOWHERE: i64 = 2_000_000_000;

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// A board of this test's own.
    board: i64,
    /// Its two stacks.
    todo: i64,
    done: i64,
}

impl Fixture {
    async fn start() -> Self {
        Self::before(TestNextcloud::start().await).await
    }

    /// In front of a sandbox even where the environment names a real Nextcloud: for tests that break things.
    async fn sandbox() -> Self {
        Self::before(TestNextcloud::sandbox(SandboxOptions::new()).await).await
    }

    async fn before(nextcloud: TestNextcloud) -> Self {
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let board = new_board(&mcp).await;
        let (todo, done) = (
            new_stack(&mcp, board, "To do", 0).await,
            new_stack(&mcp, board, "Done", 1).await,
        );
        Self {
            nextcloud,
            server,
            mcp,
            board,
            todo,
            done,
        }
    }

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(tool, arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(tool, arguments).await.error()
    }

    async fn card(&self, title: &str) -> i64 {
        let arguments = json!({"board_id": self.board, "stack_id": self.todo, "title": title});
        id(&self.ok("deck_create_card", arguments).await)
    }

    fn at(&self, card: i64) -> Value {
        json!({"board_id": self.board, "stack_id": self.todo, "card_id": card})
    }

    /// The arguments that name a card, and more.
    fn with(&self, card: i64, more: &Value) -> Value {
        merged(self.at(card), more)
    }

    async fn read(&self, card: i64) -> Value {
        self.ok("deck_get_card", self.at(card)).await
    }

    /// Deck's tools delete no boards: the tests do, as another client would.
    async fn end(self) {
        delete_board(&self.nextcloud, self.board).await;
    }
}

fn id(made: &Value) -> i64 {
    made["id"].as_i64().unwrap_or_else(|| panic!("no id in {made}"))
}

async fn new_board(mcp: &McpClient) -> i64 {
    let board = json!({"title": unique("Board"), "color": "#31CC7C"});
    id(&mcp.call("deck_create_board", board).await.ok())
}

async fn new_stack(mcp: &McpClient, board: i64, title: &str, order: u32) -> i64 {
    let stack = json!({"board_id": board, "title": title, "order": order});
    id(&mcp.call("deck_create_stack", stack).await.ok())
}

/// Something that no tool of Deck's does.
async fn deck(nextcloud: &TestNextcloud, method: &str, path: &str, body: &Value) -> Value {
    let path = format!("/deck/api/v1.0{path}");
    nextcloud.ask(&nextcloud.user, method, &path, body).await
}

async fn delete_board(nextcloud: &TestNextcloud, board: i64) {
    deck(nextcloud, "DELETE", &format!("/boards/{board}"), &json!({})).await;
}

/// Two objects in one; what both have is the second's.
fn merged(mut arguments: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        arguments[name] = value.clone();
    }
    arguments
}

fn titles(items: &Value) -> Vec<&str> {
    let items = items.as_array().unwrap();
    items.iter().map(|item| item["title"].as_str().unwrap()).collect()
}
