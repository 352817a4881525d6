//! Lists of cards: which are in them, and in which form.

use super::{Fixture, id, merged, titles};
use crate::support::unique;
use serde_json::{Value, json};

#[tokio::test]
async fn cards_are_listed_by_status_label_and_person_in_pages() {
    let fixture = Fixture::start().await;
    let (open, done, archived) = (
        fixture.card("open").await,
        fixture.card("done").await,
        fixture.card("archived").await,
    );
    let long = json!({"description": "ä".repeat(300)});
    fixture.ok("deck_update_card", fixture.with(open, &long)).await;
    let finished = json!({"done": "2031-01-01"});
    fixture.ok("deck_update_card", fixture.with(done, &finished)).await;
    fixture.ok("deck_archive_card", fixture.at(archived)).await;
    let label = json!({"board_id": fixture.board, "title": "Urgent", "color": "ff0000"});
    let label = id(&fixture.ok("deck_create_label", label).await);
    fixture
        .ok(
            "deck_assign_label_to_card",
            fixture.with(open, &json!({"label_id": label})),
        )
        .await;
    let user = &fixture.nextcloud.user.name;
    fixture
        .ok(
            "deck_assign_user_to_card",
            fixture.with(open, &json!({"user_id": user})),
        )
        .await;

    let stack = json!({"board_id": fixture.board, "stack_id": fixture.todo});
    let list = async |more: Value| fixture.ok("deck_get_cards", merged(stack.clone(), &more)).await;
    assert_eq!(titles(&list(json!({})).await["cards"]), ["open"]);
    assert_eq!(titles(&list(json!({"status": "done"})).await["cards"]), ["done"]);
    assert_eq!(
        titles(&list(json!({"status": "archived"})).await["cards"]),
        ["archived"]
    );
    assert_eq!(list(json!({"status": "all"})).await["total"], 3);
    assert_eq!(list(json!({"status": "all", "label": "urgent"})).await["total"], 1);
    assert_eq!(list(json!({"assigned_to": user})).await["total"], 1);
    assert_eq!(
        list(json!({"label": unique("no such label")})).await,
        json!({"cards": [], "total": 0})
    );

    let row = &list(json!({})).await["cards"][0];
    assert_eq!(
        (&row["labels"], &row["assignedUsers"]),
        (&json!(["Urgent"]), &json!([user]))
    );
    assert_eq!(row["descriptionPreview"], format!("{}…", "ä".repeat(140)));
    let full = &list(json!({"detail": "full", "description_max_length": 10})).await["cards"][0];
    assert_eq!(full["description"], format!("{}…", "ä".repeat(10)));
    assert_eq!(full["assignedUsers"][0]["participant"]["uid"], json!(user));

    let page = list(json!({"status": "all", "limit": 2})).await;
    let rest = list(json!({"status": "all", "limit": 2, "cursor": page["next_cursor"]})).await;
    assert_eq!(
        (
            page["cards"].as_array().unwrap().len(),
            rest["cards"].as_array().unwrap().len()
        ),
        (2, 1)
    );
    assert!(rest.get("next_cursor").is_none());

    let archive = fixture
        .ok("deck_get_archived_stacks", json!({"board_id": fixture.board}))
        .await;
    assert_eq!(titles(&archive["stacks"][0]["cards"]), ["archived"]);
    let one = fixture.ok("deck_get_stack", stack.clone()).await;
    assert_eq!(titles(&one["cards"]), ["open"]);
    let bare = json!({"board_id": fixture.board, "include_cards": false});
    assert!(
        fixture.ok("deck_get_stacks", bare).await["stacks"][0]
            .get("cards")
            .is_none()
    );

    let overview = json!({"board_id": fixture.board, "status": "all"});
    let overview = fixture.ok("deck_get_board_overview", overview).await;
    assert_eq!(overview["total_cards"], 3);
    assert_eq!(titles(&overview["stacks"]), ["To do", "Done"]);
    assert_eq!(overview["stacks"][0]["card_count"], 3);
    assert!(overview["labels"].as_array().unwrap().contains(&json!("Urgent")));

    fixture.ok("deck_unarchive_card", fixture.at(archived)).await;
    assert_eq!(list(json!({"status": "archived"})).await["total"], 0);
    fixture.end().await;
}
