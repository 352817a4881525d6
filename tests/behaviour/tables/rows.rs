//! Writing rows.

use super::Fixture;
use serde_json::json;

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
