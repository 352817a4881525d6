//! Labels of boards and of cards.

use super::{Fixture, delete_board, id, new_board, titles};
use serde_json::json;

#[tokio::test]
async fn labels_keep_what_is_not_changed_and_stay_on_their_board() {
    let fixture = Fixture::start().await;
    let card = fixture.card("labelled").await;
    let new = json!({"board_id": fixture.board, "title": "new", "color": "#00FF00"});
    let made = fixture.ok("deck_create_label", new.clone()).await;
    assert_eq!(made["color"], "00FF00");
    let label = json!({"board_id": fixture.board, "label_id": id(&made)});
    let error = fixture.error("deck_create_label", new).await;
    assert!(
        error.contains("No two labels") && error.contains("must be unique"),
        "{error}"
    );

    let mut renamed = label.clone();
    renamed["title"] = json!("renamed");
    fixture.ok("deck_update_label", renamed).await;
    let read = fixture.ok("deck_get_label", label.clone()).await;
    assert_eq!((&read["title"], &read["color"]), (&json!("renamed"), &json!("00FF00")));
    let all = fixture.ok("deck_get_labels", json!({"board_id": fixture.board})).await;
    assert!(titles(&all["labels"]).contains(&"renamed"));

    let other = new_board(&fixture.mcp).await;
    let foreign = fixture.ok("deck_get_labels", json!({"board_id": other})).await;
    let foreign = json!({"label_id": foreign["labels"][0]["id"]});
    let error = fixture
        .error("deck_assign_label_to_card", fixture.with(card, &foreign))
        .await;
    assert!(error.contains("has no label"), "{error}");
    delete_board(&fixture.nextcloud, other).await;

    let on_card = fixture.with(card, &json!({"label_id": label["label_id"]}));
    for _ in 0..2 {
        fixture.ok("deck_assign_label_to_card", on_card.clone()).await;
    }
    assert_eq!(titles(&fixture.read(card).await["labels"]), ["renamed"]);
    for _ in 0..2 {
        fixture.ok("deck_remove_label_from_card", on_card.clone()).await;
    }
    assert!(fixture.read(card).await.get("labels").is_none());
    fixture.ok("deck_delete_label", label.clone()).await;
    let error = fixture.error("deck_get_label", label).await;
    assert!(error.contains("HTTP 403"), "{error}");
    fixture.end().await;
}
