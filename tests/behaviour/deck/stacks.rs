//! Stacks.

use super::{Fixture, delete_board, new_board, titles};
use serde_json::json;

#[tokio::test]
async fn a_stack_keeps_what_is_not_changed_and_takes_its_cards_along() {
    let fixture = Fixture::start().await;
    let stack = json!({"board_id": fixture.board, "stack_id": fixture.todo});
    let renamed = json!({"board_id": fixture.board, "stack_id": fixture.done, "title": "Erledigt ✓"});
    let changed = fixture.ok("deck_update_stack", renamed).await;
    assert_eq!(changed["stack_id"], fixture.done);
    let moved = json!({"board_id": fixture.board, "stack_id": fixture.todo, "order": 7});
    fixture.ok("deck_update_stack", moved).await;
    let stacks = fixture.ok("deck_get_stacks", json!({"board_id": fixture.board})).await;
    assert_eq!(titles(&stacks["stacks"]), ["Erledigt ✓", "To do"]);
    assert_eq!(stacks["stacks"][1]["order"], 7);

    let other = new_board(&fixture.mcp).await;
    for tool in ["deck_update_stack", "deck_delete_stack"] {
        let mut arguments = json!({"board_id": other, "stack_id": fixture.todo});
        if tool == "deck_update_stack" {
            arguments["title"] = json!("Stolen");
        }
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(&format!("has no stack {}", fixture.todo)), "{error}");
    }
    delete_board(&fixture.nextcloud, other).await;

    fixture.card("goes along").await;
    fixture.ok("deck_delete_stack", stack.clone()).await;
    let error = fixture.error("deck_get_stack", stack).await;
    assert!(error.contains(&format!("Its stacks are {}.", fixture.done)), "{error}");
    fixture.end().await;
}
