//! Files at cards.

use super::{Fixture, NOWHERE, id};
use crate::support::unique;
use serde_json::json;

#[tokio::test]
async fn a_note_is_attached_listed_and_taken_off_again() {
    let fixture = Fixture::start().await;
    let card = fixture.card("files").await;
    let note = json!({"title": unique("attached"), "content": "text", "category": ""});
    let note = id(&fixture.ok("nc_notes_create_note", note).await);
    let attached = fixture
        .ok("deck_attach_note", json!({"card_id": card, "note_id": note}))
        .await;
    let path = attached["path"].as_str().unwrap();
    let again = fixture
        .error("deck_attach_file", json!({"card_id": card, "path": path}))
        .await;
    assert!(again.contains("attached to this card already"), "{again}");

    let list = fixture.ok("deck_list_attachments", fixture.at(card)).await;
    assert_eq!(
        (&list["count"], &list["results"][0]["type"]),
        (&json!(1), &json!("file"))
    );
    assert_eq!(list["results"][0]["id"], attached["attachment_id"]);
    assert!(list["results"][0]["url"].as_str().unwrap().contains("/index.php/f/"));
    let attachment = json!({"attachment_id": attached["attachment_id"]});
    fixture
        .ok("deck_delete_attachment", fixture.with(card, &attachment))
        .await;
    let error = fixture
        .error("deck_delete_attachment", fixture.with(card, &attachment))
        .await;
    assert!(error.contains("has no attachment"), "{error}");
    let kept = fixture.ok("nc_notes_get_note", json!({"note_id": note})).await;
    assert_eq!(kept["content"], "text", "the file stays");

    fixture
        .ok("deck_attach_file", json!({"card_id": card, "path": path}))
        .await;
    for (tool, arguments, part) in [
        (
            "deck_attach_file",
            json!({"card_id": card, "path": format!("/{}.txt", unique("missing"))}),
            "HTTP 404",
        ),
        (
            "deck_attach_file",
            json!({"card_id": NOWHERE, "path": path}),
            "ids that do not exist",
        ),
        (
            "deck_attach_note",
            json!({"card_id": card, "note_id": NOWHERE}),
            "HTTP 404",
        ),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(part), "{error}");
    }
    fixture.ok("deck_delete_card", fixture.at(card)).await;
    let late = json!({"card_id": card, "path": path});
    let error = fixture.error("deck_attach_file", late).await;
    assert!(error.contains(&format!("card {card} (HTTP 403)")), "{error}");
    fixture.ok("nc_notes_delete_note", json!({"note_id": note})).await;
    fixture.end().await;
}
