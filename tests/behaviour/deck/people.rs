//! Who works on a card, and what it waits for.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
async fn only_people_of_the_board_are_assigned_and_each_once() {
    let fixture = Fixture::start().await;
    let card = fixture.card("work").await;
    let with = |user: &str| fixture.with(card, &json!({"user_id": user}));
    let (me, other) = (&fixture.nextcloud.user.name, &fixture.nextcloud.other.name);
    fixture.ok("deck_assign_user_to_card", with(me)).await;
    for (user, reason) in [(me, "already assigned"), (other, "not part of the board")] {
        let error = fixture.error("deck_assign_user_to_card", with(user)).await;
        assert!(
            error.contains(reason) && error.contains("whom its board is shared with"),
            "{error}"
        );
    }
    fixture.ok("deck_unassign_user_from_card", with(me)).await;
    let error = fixture.error("deck_unassign_user_from_card", with(me)).await;
    assert!(error.contains("not assigned to this user"), "{error}");
    fixture.end().await;
}

#[tokio::test]
async fn dependent_cards_are_offered_by_recent_decks_only() {
    let fixture = Fixture::start().await;
    let resources = fixture
        .mcp
        .result("resources/read", json!({"uri": "nc://capabilities"}))
        .await;
    let text = resources["contents"][0]["text"].as_str().unwrap();
    let capabilities: Value = serde_json::from_str(text).unwrap();
    let version = capabilities["capabilities"]["deck"]["version"].as_str().unwrap();
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    let recent = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (1, 18);
    let names = fixture.mcp.tool_names().await;
    let (one, other) = (fixture.card("one").await, fixture.card("other").await);
    let depend = fixture.with(one, &json!({"dependent_card_id": other}));
    for tool in ["deck_assign_dependent_card", "deck_remove_dependent_card"] {
        assert_eq!(
            names.iter().any(|name| name == tool),
            recent,
            "{tool} and Deck {version}"
        );
        let outcome = fixture.mcp.call(tool, depend.clone()).await;
        assert_eq!(outcome.is_error, !recent, "{tool}: {}", outcome.text);
    }
    fixture.end().await;
}
