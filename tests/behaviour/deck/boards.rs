//! Boards, and the resources that show what is on them.

use super::{Fixture, delete_board};
use serde_json::json;

#[tokio::test]
async fn a_board_is_listed_read_and_gone_when_deleted() {
    let fixture = Fixture::start().await;
    let boards = fixture.ok("deck_get_boards", json!({})).await;
    let all = boards["boards"].as_array().unwrap();
    assert_eq!(boards["total"], all.len());
    let mine = all.iter().find(|board| board["id"] == fixture.board).unwrap();
    let link = format!("{}/index.php/apps/deck/board/{}", fixture.nextcloud.url, fixture.board);
    assert_eq!((&mine["color"], &mine["url"]), (&json!("31CC7C"), &json!(link)));

    let board = fixture.ok("deck_get_board", json!({"board_id": fixture.board})).await;
    assert_eq!(board["title"], mine["title"]);
    assert_eq!(board["owner"]["uid"], fixture.nextcloud.user.name);
    assert_eq!(board["permissions"]["PERMISSION_EDIT"], true);
    assert!(board["labels"].as_array().unwrap().len() >= 4);
    let bare = json!({"board_id": fixture.board, "include_labels": false, "include_users": false});
    let bare = fixture.ok("deck_get_board", bare).await;
    assert!(bare.get("labels").is_none() && bare.get("users").is_none());

    delete_board(&fixture.nextcloud, fixture.board).await;
    let boards = fixture.ok("deck_get_boards", json!({})).await;
    let mut all = boards["boards"].as_array().unwrap().iter();
    assert!(
        all.all(|board| board["id"] != fixture.board),
        "deleted boards are left out"
    );
    let error = fixture
        .error("deck_get_board", json!({"board_id": fixture.board}))
        .await;
    assert!(
        error.contains(&format!("board {} (HTTP 403)", fixture.board)),
        "{error}"
    );
    assert!(error.contains("ids that do not exist, were deleted"), "{error}");
}

#[tokio::test]
async fn resources_show_what_the_tools_show() {
    let fixture = Fixture::start().await;
    let card = fixture.card("by URI").await;
    let (board, todo) = (fixture.board, fixture.todo);
    for (path, found) in [
        (format!("boards/{board}"), "permissions"),
        (format!("boards/{board}/stacks"), "To do"),
        (format!("boards/{board}/stacks/{todo}"), "by URI"),
        (format!("boards/{board}/stacks/{todo}/cards"), "by URI"),
        (format!("boards/{board}/stacks/{todo}/cards/{card}"), "by URI"),
        (format!("boards/{board}/labels"), "total"),
    ] {
        let uri = format!("nc://Deck/{path}");
        let read = fixture.mcp.result("resources/read", json!({"uri": uri})).await;
        let text = read["contents"][0]["text"].as_str().unwrap();
        assert!(text.contains(found), "{uri}: {text}");
    }
    let answer = fixture
        .mcp
        .rpc("resources/read", json!({"uri": "nc://Deck/boards/-1"}))
        .await;
    assert!(
        answer["error"]["message"].as_str().unwrap().contains("positive"),
        "{answer}"
    );
    fixture.end().await;
}
