//! What the recordings do not reach.

use http::StatusCode;
use serde_json::{Value, json};

use crate::test_client::TestClient;
use crate::{SandboxOptions, User};

struct Deck(TestClient);

impl Deck {
    async fn start() -> Self {
        Self(TestClient::start(SandboxOptions::new()).await)
    }

    /// `path` begins below the boards.
    async fn send(&self, method: &str, path: &str, user: &User, body: Option<Value>) -> (StatusCode, Value) {
        let path = format!("/index.php/apps/deck/api/v1.0/boards{path}");
        self.0.send(method, &path, user, body).await
    }

    async fn made(&self, path: &str, body: Value) -> i64 {
        let (status, made) = self.send("POST", path, &User::alice(), Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{made}");
        made["id"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn the_seeded_board_is_shared_with_bob_who_may_edit_it() {
    let (deck, bob) = (Deck::start().await, User::bob());
    let (_, boards) = deck.send("GET", "?details=true", &bob, None).await;
    assert_eq!(boards[0]["shared"], 1);
    assert_eq!(boards[0]["permissions"]["PERMISSION_MANAGE"], false);
    let (board, stack) = (&boards[0]["id"], &boards[0]["stacks"][0]["id"]);
    let cards = format!("/{board}/stacks/{stack}/cards");
    let (status, _) = deck
        .send("POST", &cards, &bob, Some(json!({ "title": "by bob" })))
        .await;
    assert_eq!(status, StatusCode::OK);
    let labels = format!("/{board}/labels");
    let body = json!({ "title": "by bob", "color": "000000" });
    let (status, _) = deck.send("POST", &labels, &bob, Some(body)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_card_written_under_another_board_moves_there_with_its_labels() {
    let (deck, alice) = (Deck::start().await, User::alice());
    let one = deck.made("", json!({ "title": "One", "color": "000000" })).await;
    let two = deck.made("", json!({ "title": "Two", "color": "000000" })).await;
    let here = deck.made(&format!("/{one}/stacks"), json!({ "title": "S" })).await;
    let there = deck.made(&format!("/{two}/stacks"), json!({ "title": "S" })).await;
    let label = deck
        .made(&format!("/{one}/labels"), json!({ "title": "mine", "color": "000000" }))
        .await;
    let card = deck
        .made(&format!("/{one}/stacks/{here}/cards"), json!({ "title": "C" }))
        .await;
    let own = format!("/{one}/stacks/{here}/cards/{card}");
    deck.send(
        "PUT",
        &format!("{own}/assignLabel"),
        &alice,
        Some(json!({ "labelId": label })),
    )
    .await;

    let body = json!({ "title": "C", "type": "plain", "owner": "alice" });
    let moved = format!("/{two}/stacks/{there}/cards/{card}");
    let (_, answer) = deck.send("PUT", &moved, &alice, Some(body)).await;
    assert_eq!(answer["stackId"], there);
    assert_eq!(answer["labels"][0]["title"], "mine");
    assert_eq!(answer["labels"][0]["boardId"], two);
    let (_, board) = deck.send("GET", &format!("/{two}"), &alice, None).await;
    assert_eq!(board["labels"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn an_archived_card_is_listed_apart_and_not_moved() {
    let (deck, alice) = (Deck::start().await, User::alice());
    let board = deck.made("", json!({ "title": "One", "color": "000000" })).await;
    let stack = deck.made(&format!("/{board}/stacks"), json!({ "title": "S" })).await;
    let card = deck
        .made(&format!("/{board}/stacks/{stack}/cards"), json!({ "title": "C" }))
        .await;
    let own = format!("/{board}/stacks/{stack}/cards/{card}");
    deck.send("PUT", &format!("{own}/archive"), &alice, None).await;

    let (_, stacks) = deck.send("GET", &format!("/{board}/stacks"), &alice, None).await;
    assert!(stacks[0].get("cards").is_none());
    let (_, stacks) = deck
        .send("GET", &format!("/{board}/stacks/archived"), &alice, None)
        .await;
    assert_eq!(stacks[0]["cards"][0]["id"], card);
    assert_eq!(stacks[0]["cards"][0]["assignedUsers"], Value::Null);
    let (status, error) = deck
        .send("PUT", &format!("{own}/reorder"), &alice, Some(json!({ "order": 0 })))
        .await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(error["message"], "Operation not allowed. This card is archived.");
}
