//! The Tables tools, through MCP over HTTP.

use crate::support::{McpClient, TestNextcloud, TestServer, TestUser, http_client, unique};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email tables:read tables:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
}

/// A table of the test's own.
struct Table {
    id: i64,
    title: String,
    /// The ids of [`COLUMNS`], in order.
    columns: Vec<i64>,
}

/// Titles and definitions of the columns of a [`Table`].
fn columns() -> Value {
    json!([
        {"type": "text", "subtype": "line", "title": "Name", "mandatory": true, "textMaxLength": 20},
        {"type": "number", "title": "Amount", "mandatory": false, "numberMin": 0, "numberMax": 100, "numberDecimals": 2},
        {"type": "datetime", "subtype": "date", "title": "When", "mandatory": false},
        {"type": "selection", "title": "State", "mandatory": false,
            "selectionOptions": "[{\"id\": 0, \"label\": \"open\"}, {\"id\": 1, \"label\": \"done ☑\"}]"},
        {"type": "selection", "subtype": "check", "title": "Ok", "mandatory": false},
        {"type": "selection", "subtype": "multi", "title": "Tags", "mandatory": false,
            "selectionOptions": "[{\"id\": 0, \"label\": \"a\"}, {\"id\": 1, \"label\": \"b\"}]"},
        {"type": "datetime", "title": "At", "mandatory": false},
        {"type": "number", "subtype": "stars", "title": "Stars", "mandatory": false},
    ])
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        Self { nextcloud, server, mcp }
    }

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(&format!("nc_tables_{tool}"), arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(&format!("nc_tables_{tool}"), arguments).await.error()
    }

    /// Asks Nextcloud itself, as its own pages would.
    async fn directly(&self, user: &TestUser, method: &str, path: &str, body: Value) -> Value {
        let response = http_client()
            .request(
                method.parse().unwrap(),
                format!("{}/index.php/apps/tables/api/1{path}", self.nextcloud.url),
            )
            .basic_auth(&user.name, Some(&user.password))
            .header("OCS-APIRequest", "true")
            .json(&body)
            .send()
            .await
            .unwrap();
        response.error_for_status().unwrap().json().await.unwrap()
    }

    async fn table(&self) -> Table {
        let user = &self.nextcloud.user;
        let title = unique("Stock");
        let table = self
            .directly(
                user,
                "POST",
                "/tables",
                json!({"title": title, "emoji": "📦", "template": "custom"}),
            )
            .await;
        let id = table["id"].as_i64().unwrap();
        let mut made = Vec::new();
        for column in columns().as_array().unwrap() {
            let column = self
                .directly(user, "POST", &format!("/tables/{id}/columns"), column.clone())
                .await;
            made.push(column["id"].as_i64().unwrap());
        }
        Table {
            id,
            title,
            columns: made,
        }
    }

    async fn rows(&self, table: &Table) -> Vec<Value> {
        let read = self.ok("read_table", json!({"table_id": table.id})).await;
        read["rows"].as_array().unwrap().clone()
    }

    async fn remove(&self, table: &Table) {
        let path = format!("/tables/{}", table.id);
        self.directly(&self.nextcloud.user, "DELETE", &path, json!({})).await;
    }
}

#[tokio::test]
async fn a_row_lives_from_insertion_to_deletion() {
    let fixture = Fixture::start().await;
    let table = fixture.table().await;
    let amount = table.columns[1].to_string();
    let inserted = fixture
        .ok(
            "insert_row",
            json!({"table_id": table.id, "data": {
                "Name": "Äpfel 🍎", amount: 3.5, "When": "2026-09-01", "state": "done ☑", "Ok": true, "Tags": ["b", 0],
                "At": "2026-09-01T14:30", "Stars": "4",
            }}),
        )
        .await;
    let id = inserted["id"].as_i64().unwrap();
    let address = &fixture.nextcloud.url;
    let link = format!("{address}/index.php/apps/tables/#/table/{}/row/{id}", table.id);
    assert_eq!(inserted["url"], json!(link));

    let expected = json!({
        "Name": "Äpfel 🍎", "Amount": 3.5, "When": "2026-09-01", "State": "done ☑", "Ok": true, "Tags": ["a", "b"],
        "At": "2026-09-01 14:30", "Stars": 4,
    });
    assert_eq!(inserted["data"], expected);
    let rows = fixture.rows(&table).await;
    assert_eq!(
        (rows.len(), &rows[0]["id"], &rows[0]["data"]),
        (1, &json!(id), &expected)
    );
    assert_eq!(rows[0]["created_by"], json!(fixture.nextcloud.user.name));

    let updated = fixture
        .ok(
            "update_row",
            json!({"row_id": id, "data": {"Amount": 12, "State": "open", "Tags": []}}),
        )
        .await;
    let mut expected = expected;
    expected["Amount"] = json!(12);
    expected["State"] = json!("open");
    expected["Tags"] = json!([]);
    assert_eq!(updated["data"], expected);
    assert_eq!(fixture.rows(&table).await[0]["data"], expected);

    let deleted = fixture.ok("delete_row", json!({"row_id": id})).await;
    assert_eq!(deleted, json!({"deleted_id": id}));
    assert!(fixture.rows(&table).await.is_empty());
    for (tool, arguments) in [
        ("delete_row", json!({"row_id": id})),
        ("update_row", json!({"row_id": id, "data": {"Name": "x"}})),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(&format!("not found — row {id} (HTTP 404)")), "{error}");
        assert!(!error.contains("SELECT") && !error.contains("OCA"), "{error}");
    }
    fixture.remove(&table).await;
}

#[tokio::test]
async fn values_that_nextcloud_would_lose_are_refused_and_nothing_is_stored() {
    let fixture = Fixture::start().await;
    let table = fixture.table().await;
    let row = fixture
        .ok(
            "insert_row",
            json!({"table_id": table.id, "data": {"Name": "n", "Amount": 1}}),
        )
        .await["id"]
        .clone();
    let before = fixture.rows(&table).await;
    for (data, part) in [
        (json!({"Amount": "notnum"}), "\"Amount\": it takes a number"),
        (json!({"Amount": 5000}), "from 0 to 100"),
        (json!({"Amount": -0.01}), "from 0 to 100"),
        (json!({"Amount": 1.234}), "2 decimals"),
        (json!({"Amount": true}), "a number"),
        (json!({"Name": "x".repeat(21)}), "at most 20 characters"),
        (json!({"Name": ""}), "mandatory"),
        (json!({"Name": null}), "mandatory"),
        (json!({"Name": ["list"]}), "takes text"),
        (json!({"When": "01.09.2026"}), "2026-09-01"),
        (json!({"When": "2026-02-30"}), "2026-09-01"),
        (json!({"At": "2026-09-01"}), "14:30"),
        (json!({"At": "2026-09-01T14:30Z"}), "time zone"),
        (json!({"State": "closed"}), "one of \"open\", \"done ☑\""),
        (json!({"State": 7}), "one of"),
        (json!({"State": ["open"]}), "one of"),
        (json!({"Tags": ["a", "c"]}), "one of \"a\", \"b\""),
        (json!({"Ok": "perhaps"}), "true or false"),
        (json!({"Stars": 6}), "0 to 5"),
        (json!({"Preis": 1}), "no column \"Preis\"; it has \"Name\""),
        (json!({"'; DROP TABLE x; --": 1}), "no column"),
        (json!({"a/b %#?\u{202e}": 1}), "no column"),
        (json!({}), "at least one column"),
    ] {
        for (tool, arguments) in [
            ("update_row", json!({"row_id": row, "data": data})),
            ("insert_row", json!({"table_id": table.id, "data": data})),
        ] {
            let error = fixture.error(tool, arguments).await;
            assert!(error.contains(part), "{tool} {data}: {error}");
        }
    }
    let error = fixture
        .error("insert_row", json!({"table_id": table.id, "data": {"Amount": 1}}))
        .await;
    assert!(error.contains("wants a value for \"Name\""), "{error}");
    assert_eq!(fixture.rows(&table).await, before);
    fixture.remove(&table).await;
}

#[tokio::test]
async fn a_schema_tells_what_a_row_takes() {
    let fixture = Fixture::start().await;
    let table = fixture.table().await;
    let schema = fixture.ok("get_schema", json!({"table_id": table.id})).await;
    assert_eq!(
        (&schema["title"], &schema["emoji"]),
        (&json!(table.title), &json!("📦"))
    );
    let columns = schema["columns"].as_array().unwrap();
    let ids: Vec<i64> = columns.iter().map(|column| column["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, table.columns);
    assert_eq!(
        columns[..2],
        [
            json!({"id": ids[0], "title": "Name", "type": "text", "subtype": "line", "mandatory": true, "textMaxLength": 20}),
            json!({"id": ids[1], "title": "Amount", "type": "number", "numberMin": 0.0, "numberMax": 100.0, "numberDecimals": 2}),
        ]
    );
    assert_eq!(
        columns[3]["selectionOptions"],
        json!([{"id": 0, "label": "open"}, {"id": 1, "label": "done ☑"}])
    );
    let list = fixture.ok("list_tables", json!({"limit": 10_000})).await;
    let listed = list["tables"].as_array().unwrap().iter();
    let listed: Vec<&Value> = listed.filter(|listed| listed["id"] == json!(table.id)).collect();
    assert_eq!(listed.len(), 1);
    for (field, value) in [
        ("title", json!(table.title)),
        ("row_count", json!(0)),
        ("is_shared", json!(false)),
        ("url", schema["url"].clone()),
    ] {
        assert_eq!(listed[0][field], value, "{field}");
    }
    assert!(list["total_count"].as_u64().unwrap() >= 1);
    fixture.remove(&table).await;
}

#[tokio::test]
async fn rows_come_in_pages_and_by_view() {
    let fixture = Fixture::start().await;
    let table = fixture.table().await;
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let data = json!({"Name": name});
        let row = fixture
            .ok("insert_row", json!({"table_id": table.id, "data": data}))
            .await;
        ids.push(row["id"].clone());
    }
    let page = |read: &Value| {
        let rows = read["rows"].as_array().unwrap();
        rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
    };
    let first = fixture
        .ok("read_table", json!({"table_id": table.id, "limit": 2}))
        .await;
    assert_eq!(
        (page(&first).as_slice(), &first["total_count"], &first["next_offset"]),
        (&ids[..2], &json!(3), &json!(2))
    );
    let second = fixture
        .ok("read_table", json!({"table_id": table.id, "limit": 2, "offset": 2}))
        .await;
    assert_eq!((page(&second).as_slice(), second.get("next_offset")), (&ids[2..], None));
    let beyond = fixture
        .ok("read_table", json!({"table_id": table.id, "offset": 50}))
        .await;
    assert_eq!((page(&beyond).len(), beyond.get("next_offset")), (0, None));

    let view = fixture
        .directly(
            &fixture.nextcloud.user,
            "POST",
            &format!("/tables/{}/views", table.id),
            json!({"title": "All of it", "emoji": "👀"}),
        )
        .await["id"]
        .clone();
    let schema = fixture.ok("get_schema", json!({"table_id": table.id})).await;
    assert_eq!(schema["views"], json!([{"id": view, "title": "All of it"}]));
    let seen = fixture
        .ok("read_table", json!({"table_id": table.id, "view_id": view}))
        .await;
    assert_eq!(page(&seen), ids);
    let error = fixture
        .error("read_table", json!({"table_id": table.id, "view_id": 999_999_999}))
        .await;
    assert!(error.contains(&format!("it has {view} (\"All of it\")")), "{error}");
    fixture.remove(&table).await;
}

#[tokio::test]
async fn tables_of_others_are_theirs_until_they_share_them() {
    let fixture = Fixture::start().await;
    let table = fixture.table().await;
    let data = json!({"Name": "mine"});
    let row = fixture
        .ok("insert_row", json!({"table_id": table.id, "data": data}))
        .await["id"]
        .clone();
    let stranger = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let attempts = [
        ("nc_tables_get_schema", json!({"table_id": table.id})),
        ("nc_tables_read_table", json!({"table_id": table.id})),
        ("nc_tables_insert_row", json!({"table_id": table.id, "data": data})),
        ("nc_tables_update_row", json!({"row_id": row, "data": data})),
        ("nc_tables_delete_row", json!({"row_id": row})),
    ];
    for (tool, arguments) in &attempts {
        let error = stranger.call(tool, arguments.clone()).await.error();
        assert!(
            error.contains("HTTP 404") || error.contains("HTTP 403"),
            "{tool}: {error}"
        );
        assert!(error.contains("another account"), "{tool}: {error}");
    }

    fixture
        .directly(
            &fixture.nextcloud.user,
            "POST",
            &format!("/tables/{}/shares", table.id),
            json!({
                "receiver": fixture.nextcloud.other.name, "receiverType": "user", "permissionRead": true,
                "permissionCreate": true, "permissionUpdate": false, "permissionDelete": false,
                "permissionManage": false,
            }),
        )
        .await;
    let schema = stranger.call("nc_tables_get_schema", attempts[0].1.clone()).await.ok();
    assert_eq!(
        schema["onSharePermissions"],
        json!({"read": true, "create": true, "update": false, "delete": false, "manage": false})
    );
    stranger
        .call(
            "nc_tables_insert_row",
            json!({"table_id": table.id, "data": {"Name": "theirs"}}),
        )
        .await
        .ok();
    for (tool, arguments) in &attempts[3..] {
        let error = stranger.call(tool, arguments.clone()).await.error();
        assert!(error.contains("without the permission"), "{tool}: {error}");
    }
    let names: Vec<Value> = fixture
        .rows(&table)
        .await
        .iter()
        .map(|row| row["data"]["Name"].clone())
        .collect();
    assert_eq!(names, [json!("mine"), json!("theirs")]);
    fixture.remove(&table).await;
}

#[tokio::test]
async fn bad_arguments_and_missing_tables_are_explained() {
    let fixture = Fixture::start().await;
    for (tool, arguments, part) in [
        ("get_schema", json!({}), "table_id"),
        ("get_schema", json!({"table_id": "stock"}), "table_id"),
        ("get_schema", json!({"table_id": -1}), "positive"),
        (
            "get_schema",
            json!({"table_id": 999_999_999}),
            "table 999999999 (HTTP 404)",
        ),
        ("get_schema", json!({"table": 1}), "did you mean"),
        ("read_table", json!({"table_id": 0}), "positive"),
        ("read_table", json!({"table_id": 999_999_999}), "HTTP 404"),
        ("read_table", json!({"table_id": 1, "limit": 0}), "1 to 1000"),
        ("read_table", json!({"table_id": 1, "limit": 1001}), "1 to 1000"),
        ("read_table", json!({"table_id": 1, "offset": -1}), "offset"),
        ("insert_row", json!({"table_id": 1}), "data"),
        ("insert_row", json!({"table_id": 1, "data": [1]}), "data"),
        ("insert_row", json!({"table_id": 1, "data": "{bad"}), "data"),
        (
            "insert_row",
            json!({"table_id": 999_999_999, "data": {"a": 1}}),
            "HTTP 404",
        ),
        ("update_row", json!({"row_id": 0, "data": {"a": 1}}), "positive"),
        (
            "update_row",
            json!({"row_id": 999_999_999, "data": {"a": 1}}),
            "row 999999999 (HTTP 404)",
        ),
        ("delete_row", json!({"row_id": "1 OR 1=1"}), "row_id"),
        ("delete_row", json!({"row_id": 999_999_999}), "row 999999999 (HTTP 404)"),
        ("list_tables", json!({"limit": 0}), "limit"),
        ("list_tables", json!({"cursor": "nonsense"}), "cursor"),
    ] {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(part), "{tool} {arguments}: {error}");
        assert!(!error.contains("SELECT"), "{tool} {arguments}: {error}");
    }
}
