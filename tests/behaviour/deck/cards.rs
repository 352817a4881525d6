//! Changing single cards.

use super::{Fixture, id};
use serde_json::{Value, json};

#[tokio::test]
async fn a_change_of_one_field_keeps_all_others() {
    let fixture = Fixture::start().await;
    let card = json!({
        "board_id": fixture.board, "stack_id": fixture.todo, "title": "Card مهمة ☀ /%#?", "order": 3,
        "description": "desc **md**", "duedate": "2031-09-01T12:00:00+02:00",
    });
    let made = fixture.ok("deck_create_card", card).await;
    let card = id(&made);
    assert_eq!(made["stackId"], fixture.todo);
    let due = "2031-09-01T10:00:00+00:00";
    let read = fixture.read(card).await;
    assert_eq!((&read["duedate"], &read["order"]), (&json!(due), &json!(3)));
    let link = format!(
        "{}/index.php/apps/deck/board/{}/card/{card}",
        fixture.nextcloud.url, fixture.board
    );
    assert_eq!(read["url"], json!(link));

    let done = json!({"done": "2031-08-22T10:00:00Z"});
    let changed = fixture.ok("deck_update_card", fixture.with(card, &done)).await;
    assert_eq!(changed["card_id"], card);
    fixture
        .ok("deck_update_card", fixture.with(card, &json!({"title": "Renamed"})))
        .await;
    let read = fixture.read(card).await;
    assert_eq!(read["title"], "Renamed");
    assert_eq!(read["description"], "desc **md**");
    assert_eq!((&read["duedate"], &read["order"]), (&json!(due), &json!(3)));
    assert_eq!(read["done"], "2031-08-22T10:00:00+00:00");
    assert_eq!(read["owner"]["uid"], fixture.nextcloud.user.name);

    let given = json!({"owner": fixture.nextcloud.other.name});
    let changed = fixture.ok("deck_update_card", fixture.with(card, &given)).await;
    let is_kept = fixture.read(card).await["owner"]["uid"] == fixture.nextcloud.user.name;
    let not_stored = if is_kept { json!(["owner"]) } else { Value::Null };
    assert_eq!(changed["not_stored"], not_stored, "Deck 1.16 keeps the owner");

    let clear = json!({"description": "", "duedate": "", "done": ""});
    fixture.ok("deck_update_card", fixture.with(card, &clear)).await;
    let read = fixture.read(card).await;
    assert!(read.get("duedate").is_none() && read.get("done").is_none(), "{read}");
    assert_eq!(read["description"], "");
    fixture.end().await;
}

#[tokio::test]
async fn a_card_that_changed_or_is_elsewhere_is_not_overwritten() {
    let fixture = Fixture::start().await;
    let card = fixture.card("here").await;
    let elsewhere = json!({"board_id": fixture.board, "stack_id": fixture.done, "card_id": card, "title": "moved?"});
    let error = fixture.error("deck_update_card", elsewhere).await;
    assert!(error.contains(&format!("is in stack {}", fixture.todo)), "{error}");
    let stale = json!({"title": "late", "etag": "0123456789abcdef0123456789abcdef"});
    let error = fixture.error("deck_update_card", fixture.with(card, &stale)).await;
    assert!(error.contains("was changed since it was read"), "{error}");
    let read = fixture.read(card).await;
    assert_eq!(
        (&read["title"], &read["stackId"]),
        (&json!("here"), &json!(fixture.todo))
    );
    let current = json!({"title": "in time", "etag": format!("\"{}\"", read["ETag"].as_str().unwrap())});
    fixture.ok("deck_update_card", fixture.with(card, &current)).await;
    let error = fixture.error("deck_update_card", fixture.at(card)).await;
    assert!(error.contains("nothing to change"), "{error}");
    fixture.end().await;
}
