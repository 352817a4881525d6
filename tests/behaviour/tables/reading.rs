//! Tables, their columns, and pages of rows.

use super::Fixture;
use serde_json::{Value, json};

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
    let list = fixture.mcp.every("nc_tables_list_tables", &json!({}), "tables").await;
    let listed: Vec<&Value> = list.iter().filter(|listed| listed["id"] == json!(table.id)).collect();
    assert_eq!(listed.len(), 1);
    for (field, value) in [
        ("title", json!(table.title)),
        ("row_count", json!(0)),
        ("is_shared", json!(false)),
        ("url", schema["url"].clone()),
    ] {
        assert_eq!(listed[0][field], value, "{field}");
    }
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
