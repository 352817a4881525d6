//! The Deck tools and resources, through MCP over HTTP.

use crate::support::{McpClient, TestNextcloud, TestServer, TestUser, unique};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email deck:read deck:write files:read notes:read notes:write";

/// Ids that no Deck has given out.
const NOWHERE: i64 = 2_000_000_000;

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// A board of this test's own.
    board: i64,
    /// Its two stacks.
    todo: i64,
    done: i64,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let board = new_board(&mcp).await;
        let (todo, done) = (
            new_stack(&mcp, board, "To do", 0).await,
            new_stack(&mcp, board, "Done", 1).await,
        );
        Self {
            nextcloud,
            server,
            mcp,
            board,
            todo,
            done,
        }
    }

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(tool, arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(tool, arguments).await.error()
    }

    async fn card(&self, title: &str) -> i64 {
        let arguments = json!({"board_id": self.board, "stack_id": self.todo, "title": title});
        id(&self.ok("deck_create_card", arguments).await)
    }

    fn at(&self, card: i64) -> Value {
        json!({"board_id": self.board, "stack_id": self.todo, "card_id": card})
    }

    /// The arguments that name a card, and more.
    fn with(&self, card: i64, more: &Value) -> Value {
        let mut arguments = self.at(card);
        for (name, value) in more.as_object().unwrap() {
            arguments[name] = value.clone();
        }
        arguments
    }

    async fn read(&self, card: i64) -> Value {
        self.ok("deck_get_card", self.at(card)).await
    }

    /// Deck's tools delete no boards: the tests do, as another client would.
    async fn end(self) {
        delete_board(&self.nextcloud, self.board).await;
    }
}

fn id(made: &Value) -> i64 {
    made["id"].as_i64().unwrap_or_else(|| panic!("no id in {made}"))
}

async fn new_board(mcp: &McpClient) -> i64 {
    let board = json!({"title": unique("Board"), "color": "#31CC7C"});
    id(&mcp.call("deck_create_board", board).await.ok())
}

async fn new_stack(mcp: &McpClient, board: i64, title: &str, order: u32) -> i64 {
    let stack = json!({"board_id": board, "title": title, "order": order});
    id(&mcp.call("deck_create_stack", stack).await.ok())
}

/// Something that no tool does, as a browser would.
async fn deck(nextcloud: &TestNextcloud, user: &TestUser, method: &str, path: &str, body: Value) -> Value {
    let response = crate::support::http_client()
        .request(
            method.parse().unwrap(),
            format!("{}/index.php/apps/deck/api/v1.0{path}", nextcloud.url),
        )
        .basic_auth(&user.name, Some(&user.password))
        .header("OCS-APIRequest", "true")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert!(response.status().is_success(), "{method} {path}: {}", response.status());
    response.json().await.unwrap()
}

async fn delete_board(nextcloud: &TestNextcloud, board: i64) {
    deck(
        nextcloud,
        &nextcloud.user,
        "DELETE",
        &format!("/boards/{board}"),
        json!({}),
    )
    .await;
}

fn titles(items: &Value) -> Vec<&str> {
    let items = items.as_array().unwrap();
    items.iter().map(|item| item["title"].as_str().unwrap()).collect()
}

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
    let list = async |more: Value| {
        let mut arguments = stack.clone();
        for (name, value) in more.as_object().unwrap() {
            arguments[name] = value.clone();
        }
        fixture.ok("deck_get_cards", arguments).await
    };
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

#[tokio::test]
async fn a_card_moves_within_its_board_and_never_by_accident() {
    let fixture = Fixture::start().await;
    let (first, second) = (fixture.card("first").await, fixture.card("second").await);
    let to =
        |card: i64, target: i64, order: u32| fixture.with(card, &json!({"target_stack_id": target, "order": order}));
    fixture.ok("deck_reorder_card", to(second, fixture.todo, 0)).await;
    let stack = json!({"board_id": fixture.board, "stack_id": fixture.todo});
    let cards = fixture.ok("deck_get_cards", stack).await;
    assert_eq!(titles(&cards["cards"]), ["second", "first"]);

    let moved = fixture.ok("deck_reorder_card", to(first, fixture.done, 0)).await;
    assert_eq!(moved["stack_id"], fixture.done);
    assert_eq!(fixture.read(first).await["stackId"], fixture.done);

    let error = fixture.error("deck_reorder_card", to(first, fixture.done, 0)).await;
    assert!(error.contains(&format!("is in stack {}", fixture.done)), "{error}");
    let other = new_board(&fixture.mcp).await;
    let abroad = new_stack(&fixture.mcp, other, "Abroad", 0).await;
    let error = fixture.error("deck_reorder_card", to(second, abroad, 0)).await;
    assert!(error.contains(&format!("has no stack {abroad}")), "{error}");
    fixture.ok("deck_archive_card", fixture.at(second)).await;
    let error = fixture.error("deck_reorder_card", to(second, fixture.done, 0)).await;
    assert!(error.contains("it may be archived"), "{error}");
    delete_board(&fixture.nextcloud, other).await;
    fixture.end().await;
}

#[tokio::test]
async fn a_card_moves_to_another_board_with_all_it_has() {
    let fixture = Fixture::start().await;
    let other = new_board(&fixture.mcp).await;
    let there = new_stack(&fixture.mcp, other, "There", 0).await;
    let card = fixture.card("travels").await;
    let fields = json!({"description": "text", "done": "2031-01-01", "duedate": "2031-02-01"});
    fixture.ok("deck_update_card", fixture.with(card, &fields)).await;
    let label = json!({"board_id": fixture.board, "title": "Mine only", "color": "ff0000"});
    let label = id(&fixture.ok("deck_create_label", label).await);
    fixture
        .ok(
            "deck_assign_label_to_card",
            fixture.with(card, &json!({"label_id": label})),
        )
        .await;
    let comment = json!({"card_id": card, "message": "comes along"});
    fixture.ok("deck_create_card_comment", comment).await;

    let journey = json!({
        "source_board_id": fixture.board, "source_stack_id": fixture.todo, "card_id": card,
        "target_board_id": other, "target_stack_id": there,
    });
    let mut wrong = journey.clone();
    wrong["target_stack_id"] = json!(fixture.done);
    let error = fixture.error("deck_move_card_to_board", wrong).await;
    assert!(
        error.contains(&format!("board {other} has no stack {}", fixture.done)),
        "{error}"
    );

    let moved = fixture.ok("deck_move_card_to_board", journey).await;
    assert_eq!((&moved["board_id"], &moved["stack_id"]), (&json!(other), &json!(there)));
    assert_eq!(moved["labels"], json!(["Mine only"]));
    let read = fixture
        .ok(
            "deck_get_card",
            json!({"board_id": other, "stack_id": there, "card_id": card}),
        )
        .await;
    assert_eq!(
        (&read["description"], &read["commentsCount"]),
        (&json!("text"), &json!(1))
    );
    assert_eq!(read["done"], "2031-01-01T00:00:00+00:00");
    assert_eq!(read["duedate"], "2031-02-01T00:00:00+00:00");
    delete_board(&fixture.nextcloud, other).await;
    fixture.end().await;
}

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
    fixture.ok("deck_assign_label_to_card", on_card.clone()).await;
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
        let mut arguments = json!({"card_id": card});
        for (name, value) in more.as_object().unwrap() {
            arguments[name] = value.clone();
        }
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

    let edit = json!({"card_id": card, "comment_id": first, "message": "edited"});
    fixture.ok("deck_update_card_comment", edit).await;
    let delete = json!({"card_id": card, "comment_id": first});
    fixture.ok("deck_delete_card_comment", delete.clone()).await;
    let error = fixture.error("deck_delete_card_comment", delete).await;
    assert!(error.contains("has no such comment"), "{error}");
    fixture.end().await;
}

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
    for (tool, arguments) in [
        (
            "deck_attach_file",
            json!({"card_id": card, "path": format!("/{}.txt", unique("missing"))}),
        ),
        ("deck_attach_file", json!({"card_id": NOWHERE, "path": path})),
        ("deck_attach_note", json!({"card_id": card, "note_id": NOWHERE})),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains("HTTP 404"), "{error}");
    }
    fixture.ok("nc_notes_delete_note", json!({"note_id": note})).await;
    fixture.end().await;
}

#[tokio::test]
async fn another_users_board_is_closed_until_it_is_shared() {
    let fixture = Fixture::start().await;
    let card = fixture.card("private").await;
    let theirs = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let board = json!({"board_id": fixture.board});
    for (tool, arguments) in [
        ("deck_get_board", board.clone()),
        ("deck_get_board_overview", board.clone()),
        ("deck_get_stacks", board.clone()),
        ("deck_get_labels", board.clone()),
        ("deck_get_card", fixture.at(card)),
        ("deck_delete_card", fixture.at(card)),
        ("deck_archive_card", fixture.at(card)),
        ("deck_update_card", fixture.with(card, &json!({"title": "theirs"}))),
        ("deck_get_card_comments", json!({"card_id": card})),
        ("deck_create_card_comment", json!({"card_id": card, "message": "hello"})),
        ("deck_list_attachments", fixture.at(card)),
    ] {
        let error = theirs.call(tool, arguments).await.error();
        assert!(
            error.contains("not allowed") && error.contains("HTTP 403"),
            "{tool}: {error}"
        );
    }
    assert_eq!(fixture.read(card).await["title"], "private");

    let rule = json!({
        "type": 0, "participant": fixture.nextcloud.other.name,
        "permissionEdit": false, "permissionShare": false, "permissionManage": false,
    });
    let path = format!("/boards/{}/acl", fixture.board);
    deck(&fixture.nextcloud, &fixture.nextcloud.user, "POST", &path, rule).await;
    let overview = theirs.call("deck_get_board_overview", board).await.ok();
    assert_eq!(overview["total_cards"], 1);
    let rename = fixture.with(card, &json!({"title": "theirs"}));
    let error = theirs.call("deck_update_card", rename).await.error();
    assert!(error.contains("may not do this on the board"), "{error}");
    let comment = json!({"card_id": card, "message": "from a reader"});
    let comment = theirs.call("deck_create_card_comment", comment).await.ok();
    let edit = json!({"card_id": card, "comment_id": comment["comment"]["id"], "message": "not mine"});
    let error = fixture.error("deck_update_card_comment", edit).await;
    assert!(error.contains("Only its author"), "{error}");
    fixture.end().await;
}

#[tokio::test]
async fn what_does_not_exist_is_explained_by_every_tool() {
    let fixture = Fixture::start().await;
    let card = json!({"board_id": fixture.board, "stack_id": fixture.todo, "card_id": NOWHERE});
    let with = |more: Value| {
        let mut arguments = card.clone();
        for (name, value) in more.as_object().unwrap() {
            arguments[name] = value.clone();
        }
        arguments
    };
    let board = json!({"board_id": NOWHERE});
    let stack = json!({"board_id": fixture.board, "stack_id": NOWHERE});
    let label = json!({"board_id": fixture.board, "label_id": NOWHERE});
    for (tool, arguments) in [
        ("deck_get_board", board.clone()),
        ("deck_get_board_overview", board.clone()),
        ("deck_get_stacks", board.clone()),
        ("deck_get_archived_stacks", board.clone()),
        ("deck_get_labels", board.clone()),
        (
            "deck_create_stack",
            json!({"board_id": NOWHERE, "title": "x", "order": 0}),
        ),
        (
            "deck_create_label",
            json!({"board_id": NOWHERE, "title": "x", "color": "000000"}),
        ),
        ("deck_get_stack", stack.clone()),
        ("deck_get_cards", stack.clone()),
        ("deck_delete_stack", stack.clone()),
        (
            "deck_update_stack",
            json!({"board_id": fixture.board, "stack_id": NOWHERE, "title": "x"}),
        ),
        (
            "deck_create_card",
            json!({"board_id": fixture.board, "stack_id": NOWHERE, "title": "x"}),
        ),
        ("deck_get_label", label.clone()),
        ("deck_delete_label", label.clone()),
        (
            "deck_update_label",
            json!({"board_id": fixture.board, "label_id": NOWHERE, "title": "x"}),
        ),
        ("deck_get_card", card.clone()),
        ("deck_update_card", with(json!({"title": "x"}))),
        ("deck_delete_card", card.clone()),
        ("deck_archive_card", card.clone()),
        ("deck_unarchive_card", card.clone()),
        (
            "deck_reorder_card",
            with(json!({"order": 0, "target_stack_id": fixture.done})),
        ),
        ("deck_assign_label_to_card", with(json!({"label_id": NOWHERE}))),
        ("deck_remove_label_from_card", with(json!({"label_id": NOWHERE}))),
        ("deck_assign_user_to_card", with(json!({"user_id": "nosuch"}))),
        ("deck_unassign_user_from_card", with(json!({"user_id": "nosuch"}))),
        ("deck_list_attachments", card.clone()),
        ("deck_delete_attachment", with(json!({"attachment_id": NOWHERE}))),
        ("deck_get_card_comments", json!({"card_id": NOWHERE})),
        ("deck_create_card_comment", json!({"card_id": NOWHERE, "message": "x"})),
    ] {
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains(&NOWHERE.to_string()) || error.contains("HTTP 403"),
            "{tool}: {error}"
        );
        assert!(
            error.contains("do not exist") || error.contains("has no") || error.contains("shows no"),
            "{tool}: {error}"
        );
    }
    fixture.end().await;
}

#[tokio::test]
async fn bad_arguments_are_refused_before_anything_is_sent() {
    let fixture = Fixture::start().await;
    let card = fixture.card("untouched").await;
    let title = |text: &str| json!({"board_id": fixture.board, "stack_id": fixture.todo, "title": text});
    let update = |name: &str, value: Value| fixture.with(card, &json!({name: value}));
    let long = "é".repeat(256);
    for (tool, arguments, argument) in [
        ("deck_get_board", json!({}), "board_id"),
        ("deck_get_board", json!({"board_id": "abc"}), "board_id"),
        ("deck_get_board", json!({"board_id": -1}), "board_id"),
        ("deck_get_board", json!({"board_id": 0}), "board_id"),
        ("deck_get_board", json!({"board_id": 1.5}), "board_id"),
        ("deck_get_board", json!({"board": 1}), "did you mean `board_id`"),
        ("deck_get_stacks", json!({"board_id": 1, "status": "later"}), "status"),
        (
            "deck_get_cards",
            json!({"board_id": 1, "stack_id": 1, "detail": "most"}),
            "detail",
        ),
        ("deck_create_board", json!({"title": "", "color": "000000"}), "title"),
        (
            "deck_create_board",
            json!({"title": "é".repeat(101), "color": "000000"}),
            "title",
        ),
        ("deck_create_board", json!({"title": "x", "color": "red"}), "color"),
        ("deck_create_board", json!({"title": "x", "color": "##ff000"}), "color"),
        (
            "deck_create_board",
            json!({"title": "x", "color": "ff0000\r\nX: y"}),
            "color",
        ),
        (
            "deck_create_stack",
            json!({"board_id": 1, "title": "x", "order": -1}),
            "order",
        ),
        ("deck_create_card", title("  "), "title"),
        ("deck_create_card", title(&long), "title"),
        ("deck_create_card", title("a\u{0}b"), "title"),
        ("deck_create_card", title("a\r\nb"), "title"),
        ("deck_update_card", update("duedate", json!("not a date")), "duedate"),
        ("deck_update_card", update("done", json!("2031-02-30")), "done"),
        (
            "deck_update_card",
            update("startdate", json!("1969-12-31")),
            "startdate",
        ),
        ("deck_update_card", update("color", json!("blue")), "color"),
        ("deck_update_card", update("owner", json!(" ")), "owner"),
        ("deck_update_card", update("archived", json!("perhaps")), "archived"),
        ("deck_update_card", update("description", json!(["a"])), "description"),
        ("deck_assign_user_to_card", update("user_id", json!("")), "user_id"),
        ("deck_get_card_comments", json!({"card_id": card, "limit": 0}), "limit"),
        (
            "deck_get_card_comments",
            json!({"card_id": card, "limit": 201}),
            "limit",
        ),
        (
            "deck_create_card_comment",
            json!({"card_id": card, "message": " \n"}),
            "message",
        ),
        (
            "deck_update_card_comment",
            json!({"card_id": card, "comment_id": 1, "message": "x".repeat(1001)}),
            "message",
        ),
        (
            "deck_attach_file",
            json!({"card_id": card, "path": "/a/../../etc/passwd"}),
            "path",
        ),
        ("deck_attach_file", json!({"card_id": card, "path": "a\u{0}"}), "path"),
        (
            "deck_delete_attachment",
            update("attachment_type", json!("folder")),
            "attachment_id",
        ),
    ] {
        let shown = arguments.to_string();
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(argument), "{tool} {shown}: {error}");
        assert!(!error.contains("HTTP"), "{tool} {shown} was sent: {error}");
    }
    assert_eq!(fixture.read(card).await["title"], "untouched");
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
