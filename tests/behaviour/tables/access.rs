//! Tables of others.

use super::{Fixture, SCOPE};
use serde_json::{Value, json};

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
