//! 10,000 of everything: lists in pages of bounded size, every item once and always in one order; a search that shows the
//! best. The sandbox is filled directly: a Nextcloud that answers each creation would take an hour.

use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::support::{McpClient, TestNextcloud, TestServer};

const MANY: usize = 10_000;
/// The largest page that a list gives.
const PAGE: usize = 1000;
/// More than any page may take, in bytes.
const LARGEST_ANSWER: usize = 512 * 1024;
const SCOPE: &str = "openid profile email deck:read deck:write notes:read notes:write cookbook:read tables:read";

struct Fixture {
    nextcloud: TestNextcloud,
    _server: TestServer,
    mcp: McpClient,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        Self {
            nextcloud,
            _server: server,
            mcp,
        }
    }

    fn user(&self) -> &str {
        &self.nextcloud.user.name
    }
}

/// A list of [`MANY`] whose items are in `list` and have an `id`; `total` counts them all, `before` compares neighbours.
async fn walk(
    mcp: &McpClient,
    tool: &str,
    arguments: Value,
    list: &str,
    total: &str,
    before: fn(&Value, &Value) -> bool,
) {
    let mut arguments = arguments;
    arguments["limit"] = json!(PAGE);
    let pages = mcp.pages(tool, &arguments).await;
    assert_eq!(pages.len(), MANY / PAGE, "{tool}");
    for page in &pages {
        assert_eq!(page[total], MANY, "{tool}");
        assert_eq!(page[list].as_array().unwrap().len(), PAGE, "{tool}");
        let size = page.to_string().len();
        assert!(size < LARGEST_ANSWER, "{tool}: a page of {size} bytes");
    }
    let items: Vec<&Value> = pages.iter().flat_map(|page| page[list].as_array().unwrap()).collect();
    let mut ids: Vec<String> = items.iter().map(|item| item["id"].to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), MANY, "{tool} gives each item once");
    for pair in items.windows(2) {
        assert!(
            before(pair[0], pair[1]),
            "{tool}: {} stands before {}",
            pair[0],
            pair[1]
        );
    }

    // A page does not depend on those read before it.
    for (argument, next) in [("cursor", "next_cursor"), ("offset", "next_offset")] {
        if let Some(next) = pages[4].get(next) {
            arguments[argument] = next.clone();
            assert_eq!(mcp.call(tool, arguments.clone()).await.ok(), pages[5], "{tool}");
        }
    }

    for limit in [0, PAGE + 1, MANY] {
        arguments["limit"] = json!(limit);
        let error = mcp.call(tool, arguments.clone()).await.error();
        assert!(error.contains("`limit`: from 1 to 1000"), "{tool}: {error}");
    }
}

fn number(item: &Value, field: &str) -> i64 {
    item[field].as_i64().unwrap()
}

#[tokio::test]
async fn notes() {
    let fixture = Fixture::start().await;
    fixture.nextcloud.state().fill_notes(fixture.user(), "Many", MANY);
    let arguments = json!({"category": "Many"});
    walk(
        &fixture.mcp,
        "nc_notes_list_notes",
        arguments,
        "results",
        "total_found",
        |one, other| {
            let key = |note| (-number(note, "modified"), number(note, "id"));
            key(one) < key(other)
        },
    )
    .await;

    let found = fixture
        .mcp
        .call("nc_notes_search_notes", json!({"query": "note 00042"}))
        .await
        .ok();
    assert!(found["total_found"].as_u64().unwrap() >= 10_000);
    assert_eq!(found["truncated"], true);
    assert_eq!(found["results"][0]["title"], "Note 00042", "the best match comes first");
    assert_eq!(found["results"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn cards() {
    let fixture = Fixture::start().await;
    let board = json!({"title": "Many", "color": "31CC7C"});
    let board = fixture.mcp.call("deck_create_board", board).await.ok()["id"].clone();
    let stack = json!({"board_id": board, "title": "Many", "order": 0});
    let stack = fixture.mcp.call("deck_create_stack", stack).await.ok()["id"].clone();
    let id = stack.as_u64().unwrap();
    fixture.nextcloud.state().fill_stack(fixture.user(), id, MANY);
    let arguments = json!({"board_id": board, "stack_id": stack});
    walk(
        &fixture.mcp,
        "deck_get_cards",
        arguments.clone(),
        "cards",
        "total",
        |one, other| number(one, "id") != number(other, "id"),
    )
    .await;

    let overview = fixture
        .mcp
        .call("deck_get_board_overview", json!({"board_id": board}))
        .await
        .ok();
    assert_eq!(
        (&overview["total_cards"], &overview["truncated"]),
        (&json!(MANY), &json!(true))
    );
    let shown = &overview["stacks"][0];
    assert_eq!(shown["card_count"], MANY);
    assert_eq!(shown["cards"].as_array().unwrap().len(), 500);
    let stack = fixture.mcp.call("deck_get_stack", arguments).await.ok();
    assert_eq!(
        (&stack["cardsTotal"], stack["cards"].as_array().unwrap().len()),
        (&json!(MANY), 500)
    );
}

#[tokio::test]
async fn recipes() {
    let fixture = Fixture::start().await;
    fixture.nextcloud.state().fill_cookbook(fixture.user(), "Many", MANY);
    let by_name = |one: &Value, other: &Value| {
        let key = |recipe: &Value| {
            (
                recipe["name"].as_str().unwrap().to_lowercase(),
                number(recipe, "recipe_id"),
            )
        };
        key(one) < key(other)
    };
    let arguments = json!({"category": "Many"});
    let tool = "nc_cookbook_get_recipes_in_category";
    walk(&fixture.mcp, tool, arguments, "recipes", "total_count", by_name).await;
    for (tool, arguments, total) in [
        ("list_recipes", json!({}), "total_count"),
        (
            "get_recipes_with_keywords",
            json!({"keywords": ["many"]}),
            "total_count",
        ),
        ("search_recipes", json!({"query": "many"}), "total_found"),
    ] {
        let list = fixture.mcp.call(&format!("nc_cookbook_{tool}"), arguments).await.ok();
        assert!(list[total].as_u64().unwrap() >= 10_000, "{tool}");
        assert_eq!(list["recipes"].as_array().unwrap().len(), 100, "{tool}");
        assert!(list["next_cursor"].is_string(), "{tool}");
    }
}

#[tokio::test]
async fn rows() {
    let fixture = Fixture::start().await;
    let (nextcloud, user) = (&fixture.nextcloud, &fixture.nextcloud.user);
    let table = json!({"title": "Many", "emoji": "📦", "template": "custom"});
    let table = nextcloud.ask(user, "POST", "/tables/api/1/tables", &table).await["id"].clone();
    let column = json!({"type": "text", "subtype": "line", "title": "Name", "mandatory": true});
    let path = format!("/tables/api/1/tables/{table}/columns");
    let column = nextcloud.ask(user, "POST", &path, &column).await["id"].clone();
    let (id, column) = (table.as_i64().unwrap(), column.as_i64().unwrap());
    nextcloud.state().fill_table(fixture.user(), id, column, MANY);
    walk(
        &fixture.mcp,
        "nc_tables_read_table",
        json!({"table_id": table}),
        "rows",
        "total_count",
        |one, other| number(one, "id") < number(other, "id"),
    )
    .await;
}
