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

    /// A board and its only stack.
    async fn board_with_stack(&self, title: &str) -> (i64, i64) {
        let board = self.made("", json!({ "title": title, "color": "000000" })).await;
        let stacks = format!("/{board}/stacks");
        (board, self.made(&stacks, json!({ "title": "S", "order": 0 })).await)
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
    let (one, here) = deck.board_with_stack("One").await;
    let (two, there) = deck.board_with_stack("Two").await;
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
    let (board, stack) = deck.board_with_stack("One").await;
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

/// As seen with Deck 1.16.7 on Nextcloud 32.0.1: only lists leave a deleted stack out.
#[tokio::test]
async fn a_deleted_stack_is_read_filled_and_restored() {
    let (deck, alice) = (Deck::start().await, User::alice());
    let (board, stack) = deck.board_with_stack("One").await;
    let own = format!("/{board}/stacks/{stack}");
    for _ in 0..2 {
        let (status, answer) = deck.send("DELETE", &own, &alice, None).await;
        assert_eq!(status, StatusCode::OK);
        assert!(answer["deletedAt"].as_i64().unwrap() > 0);
    }
    let (_, read) = deck.send("GET", &own, &alice, None).await;
    assert!(read["deletedAt"].as_i64().unwrap() > 0);
    let card = deck.made(&format!("{own}/cards"), json!({ "title": "C" })).await;
    let (_, stacks) = deck.send("GET", &format!("/{board}/stacks"), &alice, None).await;
    assert_eq!(stacks, json!([]));
    let change = json!({ "title": "S", "order": 0 });
    let (_, changed) = deck.send("PUT", &own, &alice, Some(change)).await;
    assert_eq!(changed["deletedAt"], 0);
    let (_, stacks) = deck.send("GET", &format!("/{board}/stacks"), &alice, None).await;
    assert_eq!(stacks[0]["cards"][0]["id"], card);
}

#[tokio::test]
async fn a_deleted_card_answers_nothing_and_comes_back_when_written() {
    let (deck, alice) = (Deck::start().await, User::alice());
    let (board, stack) = deck.board_with_stack("One").await;
    let card = deck
        .made(&format!("/{board}/stacks/{stack}/cards"), json!({ "title": "C" }))
        .await;
    let own = format!("/{board}/stacks/{stack}/cards/{card}");
    deck.send("DELETE", &own, &alice, None).await;
    for (method, path) in [("GET", ""), ("DELETE", ""), ("PUT", "/archive"), ("PUT", "/reorder")] {
        let (status, error) = deck
            .send(method, &format!("{own}{path}"), &alice, Some(json!({ "order": 0 })))
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
        assert_eq!(error["message"], "Card is deleted", "{method} {path}");
    }
    let body = json!({ "title": "back", "type": "plain", "owner": "bob" });
    let (_, back) = deck.send("PUT", &own, &alice, Some(body)).await;
    assert_eq!(
        (&back["deletedAt"], &back["owner"]["uid"]),
        (&json!(0), &json!("alice"))
    );
}

#[tokio::test]
async fn who_may_share_grants_no_more_than_they_have() {
    let (deck, alice, bob) = (Deck::start().await, User::alice(), User::bob());
    let board = deck.made("", json!({ "title": "One", "color": "000000" })).await;
    let rules = format!("/{board}/acl");
    let rule = |participant: &str, edit: bool, share: bool| {
        json!({
            "type": 0, "participant": participant,
            "permissionEdit": edit, "permissionShare": share, "permissionManage": edit,
        })
    };
    let first = deck.made(&rules, rule("bob", false, true)).await;
    let (status, _) = deck.send("POST", &rules, &alice, Some(rule("bob", true, true))).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "one rule for each");
    let (_, second) = deck
        .send("POST", &rules, &bob, Some(rule("nobody at all", true, true)))
        .await;
    assert_eq!(
        (
            &second["permissionEdit"],
            &second["permissionShare"],
            &second["permissionManage"]
        ),
        (&json!(false), &json!(true), &json!(false))
    );
    let (status, _) = deck.send("DELETE", &format!("{rules}/{first}"), &bob, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "removing takes the right to manage");
    let (status, error) = deck
        .send("POST", &rules, &alice, Some(json!({ "type": 0, "participant": "x" })))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(error["message"], "edit must be provided and must be not null");
}

#[tokio::test]
async fn labels_and_titles_are_checked_as_deck_does() {
    let (deck, alice) = (Deck::start().await, User::alice());
    let board = deck.made("", json!({ "title": "One", "color": "red" })).await;
    for (path, body, problem) in [
        (
            "",
            json!({ "title": " \t", "color": "red" }),
            "title must be provided and must be not empty",
        ),
        (
            "",
            json!({ "title": "false", "color": "red" }),
            "title must be provided and must be not false",
        ),
        (
            "/labels",
            json!({ "title": "x", "color": "red" }),
            "color must be provided and must be hex color",
        ),
        (
            "/stacks",
            json!({ "title": "x" }),
            "order must be provided and must be numeric",
        ),
    ] {
        let path = if path.is_empty() {
            String::new()
        } else {
            format!("/{board}{path}")
        };
        let (status, error) = deck.send("POST", &path, &alice, Some(body)).await;
        assert_eq!(
            (status, error["message"].as_str()),
            (StatusCode::BAD_REQUEST, Some(problem))
        );
    }
}
