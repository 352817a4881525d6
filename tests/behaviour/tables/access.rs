//! Tables that are not there or not the account's, and a Nextcloud that is none.

use super::{Fixture, SCOPE};
use crate::support::calls::{refuse_wrong_arguments, survive_hostile_answers};
use serde_json::{Value, json};

/// An id that no Tables has given out.
const NOWHERE: i64 = 2_000_000_000;

#[tokio::test]
async fn tables_of_others_are_theirs_until_they_share_them() {
    let fixture = Fixture::start().await;
    let table = fixture.table().await;
    let row = fixture.insert(&table, json!({"Name": "mine"})).await;
    let calls = fixture.calls(&table, row).await;
    let stranger = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, mut arguments) in calls.clone() {
        if tool == "nc_tables_list_tables" {
            let list = stranger.every(tool, &json!({}), "tables").await;
            assert!(list.iter().all(|listed| listed["id"] != table.id));
            continue;
        }
        let error = stranger.call(tool, arguments.clone()).await.error();
        assert!(
            error.contains("HTTP 404") || error.contains("HTTP 403"),
            "{tool}: {error}"
        );
        assert!(error.contains("another account"), "{tool}: {error}");
        let name = if arguments.get("row_id").is_some() {
            "row_id"
        } else {
            "table_id"
        };
        arguments[name] = json!(NOWHERE);
        let error = fixture.mcp.call(tool, arguments).await.error();
        let what = name.trim_end_matches("_id");
        // Asked for columns alone, Nextcloud says of a table that is not there what it says of others' tables.
        let status = match tool {
            "nc_tables_insert_row" => "not allowed — table 2000000000 (HTTP 403)".to_owned(),
            _ => format!("not found — {what} {NOWHERE} (HTTP 404)"),
        };
        assert!(error.contains(&status), "{tool}: {error}");
        assert!(!error.contains("SELECT") && !error.contains("OCA"), "{tool}: {error}");
    }

    fixture
        .directly(
            "POST",
            &format!("/tables/{}/shares", table.id),
            json!({
                "receiver": fixture.nextcloud.other.name, "receiverType": "user", "permissionRead": true,
                "permissionCreate": true, "permissionUpdate": false, "permissionDelete": false,
                "permissionManage": false,
            }),
        )
        .await;
    for (tool, arguments) in calls {
        let outcome = stranger.call(tool, arguments).await;
        match tool {
            "nc_tables_update_row" | "nc_tables_delete_row" => {
                let error = outcome.error();
                assert!(error.contains("without the permission"), "{tool}: {error}");
            }
            "nc_tables_get_schema" => assert_eq!(
                outcome.ok()["onSharePermissions"],
                json!({"read": true, "create": true, "update": false, "delete": false, "manage": false})
            ),
            _ => assert!(!outcome.is_error, "{tool}: {}", outcome.text),
        }
    }
    let names: Vec<Value> = fixture
        .rows(&table)
        .await
        .iter()
        .map(|row| row["data"]["Name"].clone())
        .collect();
    assert_eq!(names, [json!("mine"), json!("x")]);
    fixture.remove(&table).await;
}

#[tokio::test]
async fn ids_are_positive_numbers_and_nothing_unknown_is_taken() {
    let fixture = Fixture::start().await;
    let table = fixture.table().await;
    let row = fixture.insert(&table, json!({"Name": "kept"})).await;
    let before = fixture.rows(&table).await;
    refuse_wrong_arguments(&fixture.mcp, &fixture.calls(&table, row).await).await;
    assert_eq!(fixture.rows(&table).await, before);
    fixture.remove(&table).await;
}

#[tokio::test]
async fn hostile_answers_do_no_harm() {
    let fixture = Fixture::sandbox().await;
    let table = fixture.table().await;
    let row = fixture.insert(&table, json!({"Name": "kept"})).await;
    let before = fixture.rows(&table).await;
    let calls = fixture.calls(&table, row).await;
    let paths = ["/apps/tables", "/ocs/v2.php/apps/tables"];
    survive_hostile_answers(&fixture.nextcloud, &fixture.mcp, &paths, &calls).await;
    assert_eq!(fixture.rows(&table).await, before);
}
