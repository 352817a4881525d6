//! Arguments that no request can be made of, and tables that are not there.

use super::Fixture;
use serde_json::json;

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
            "or to none",
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
