//! Comments.

use super::{Fixture, merged};
use serde_json::{Value, json};

#[tokio::test]
async fn comments_are_written_read_split_and_deleted() {
    let fixture = Fixture::start().await;
    let card = fixture.card("talk").await;
    let comment = |message: &str| json!({"card_id": card, "message": message});
    let first = fixture.ok("deck_create_card_comment", comment("first ☀")).await;
    let first = first["comment"]["id"].as_i64().unwrap();
    let mut reply = comment("reply");
    reply["parent_id"] = json!(first);
    let reply = fixture.ok("deck_create_card_comment", reply).await;
    assert_eq!(
        (&reply["comment"]["replyTo"], &reply["part_count"]),
        (&json!(first), &json!(1))
    );

    let long = "word ".repeat(500);
    let error = fixture.error("deck_create_card_comment", comment(&long)).await;
    assert!(error.contains("2499 characters") && error.contains("split"), "{error}");
    let mut split = comment(&long);
    split["overflow"] = json!("split");
    let split = fixture.ok("deck_create_card_comment", split).await;
    assert_eq!(
        (&split["part_count"], split["parts"].as_array().unwrap().len()),
        (&json!(3), 3)
    );
    assert_eq!(split["parts"][2]["replyTo"], split["comment"]["id"]);
    let mut endless = comment(&"x".repeat(10_001));
    endless["overflow"] = json!("split");
    let error = fixture.error("deck_create_card_comment", endless).await;
    assert!(error.contains("too long even for 10 comments"), "{error}");

    let read = async |more: Value| {
        let arguments = merged(json!({"card_id": card}), &more);
        fixture.ok("deck_get_card_comments", arguments).await
    };
    let oldest = read(json!({"order": "oldest", "limit": 2, "detail": "full"})).await;
    assert_eq!(
        (&oldest["results"][0]["message"], &oldest["next_offset"]),
        (&json!("first ☀"), &json!(2))
    );
    assert_eq!(oldest["results"][1]["replyTo"], first);
    let newest = read(json!({"message_max_length": 4})).await;
    assert_eq!((&newest["count"], newest.get("next_offset")), (&json!(5), None));
    assert!(newest["results"][0]["message"].as_str().unwrap().chars().count() <= 5);

    let edit = |comment: &Value| json!({"card_id": card, "comment_id": comment, "message": "edited"});
    fixture.ok("deck_update_card_comment", edit(&json!(first))).await;
    // Deck 1.16 takes the id of the comment that is answered for a card's.
    let answer = edit(&reply["comment"]["id"]);
    let outcome = fixture.mcp.call("deck_update_card_comment", answer).await;
    if outcome.is_error {
        let error = outcome.error();
        assert!(error.contains("refuses to change answers to other comments"), "{error}");
    }
    let delete = json!({"card_id": card, "comment_id": first});
    fixture.ok("deck_delete_card_comment", delete.clone()).await;
    let error = fixture.error("deck_delete_card_comment", delete).await;
    assert!(error.contains("has no such comment"), "{error}");
    fixture.end().await;
}

/// On the sandbox only: so many comments take a real Nextcloud minutes.
#[tokio::test]
async fn the_largest_page_tells_whether_there_is_another() {
    let fixture = Fixture::sandbox().await;
    let card = fixture.card("talkative").await;
    let ten = json!({"card_id": card, "message": "x".repeat(9_920), "overflow": "split"});
    for _ in 0..20 {
        let written = fixture.ok("deck_create_card_comment", ten.clone()).await;
        assert_eq!(written["part_count"], 10);
    }
    let page = json!({"card_id": card, "limit": 200});
    let read = fixture.ok("deck_get_card_comments", page.clone()).await;
    assert_eq!((&read["count"], read.get("next_offset")), (&json!(200), None));
    let last = json!({"card_id": card, "message": "one more"});
    fixture.ok("deck_create_card_comment", last).await;
    let read = fixture.ok("deck_get_card_comments", page).await;
    assert_eq!((&read["count"], &read["next_offset"]), (&json!(200), &json!(200)));
}
