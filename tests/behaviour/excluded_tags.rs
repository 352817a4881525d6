//! `EXCLUDED_TAGS`: what bears such a tag does not exist for any tool, whichever app it belongs to.

use crate::support::{McpClient, Outcome, TestNextcloud, TestServer, unique};
use http::StatusCode;
use nextcloud_sandbox::SandboxOptions;
use nextcloud_sandbox::faults::Fault;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email files:read files:write sharing:read sharing:write notes:read notes:write \
                     deck:read deck:write";

/// One Nextcloud behind two servers: one that hides nothing and one that hides a tag.
struct Fixture {
    nextcloud: TestNextcloud,
    open: McpClient,
    screened: McpClient,
    tag: String,
    /// A folder of this test's own.
    folder: String,
    _servers: [TestServer; 2],
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let (tag, folder) = (unique("hidden"), unique("tags"));
        let open_server = TestServer::oauth(&nextcloud).await;
        let server = TestServer::start(&nextcloud, &[("EXCLUDED_TAGS", &tag)]).await;
        server.until_ready().await;
        let open = open_server.client_of(&nextcloud.user, SCOPE).await;
        let screened = server.client_of(&nextcloud.user, SCOPE).await;
        let fixture = Self {
            nextcloud,
            open,
            screened,
            tag,
            folder,
            _servers: [open_server, server],
        };
        fixture.create_folder(&fixture.folder).await;
        fixture
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// Calls a tool that sees everything, and which succeeds.
    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.open.call(tool, arguments).await.ok()
    }

    /// Calls a tool that does not see what bears the tag.
    async fn screened(&self, tool: &str, arguments: Value) -> Outcome {
        self.screened.call(tool, arguments).await
    }

    /// Calls a tool for which the thing must not exist.
    async fn missing(&self, tool: &str, arguments: Value) {
        let error = self.screened(tool, arguments.clone()).await.error();
        assert!(
            error.contains("not found —") && error.contains("HTTP 404"),
            "{tool} {arguments}: {error}"
        );
    }

    async fn create_folder(&self, path: &str) {
        self.ok("nc_webdav_create_directory", json!({"path": path})).await;
    }

    async fn write(&self, path: &str, content: &str) {
        self.ok("nc_webdav_write_file", json!({"path": path, "content": content}))
            .await;
    }

    async fn hide(&self, path: &str) {
        self.ok("nc_webdav_tag_file", json!({"path": path, "tag": self.tag}))
            .await;
    }

    async fn clean(self) {
        self.ok("nc_webdav_delete_resource", json!({"path": self.folder})).await;
    }
}

/// The values of one field of a list of objects.
fn all<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn whole_trees_are_hidden_from_the_tools_for_files() {
    let fixture = Fixture::start().await;
    fixture.create_folder(&fixture.path("Café")).await;
    fixture.write(&fixture.path("Café/secret.txt"), "secret").await;
    fixture.write(&fixture.path("open.txt"), "open").await;
    fixture.hide(&fixture.path("Café")).await;

    let listing = fixture
        .screened("nc_webdav_list_directory", json!({"path": fixture.folder}))
        .await;
    assert_eq!(all(&listing.ok()["files"], "name"), ["open.txt"]);
    // Both spellings of é are one name.
    for path in ["Café/secret.txt", "Cafe\u{301}/secret.txt"] {
        for (tool, mut arguments) in [
            ("nc_webdav_read_file", json!({})),
            ("nc_webdav_write_file", json!({"content": "x", "if_match": "*"})),
            ("nc_webdav_append_file", json!({"content": "x"})),
            ("nc_webdav_delete_resource", json!({})),
            ("nc_webdav_list_versions", json!({})),
            ("nc_webdav_list_comments", json!({})),
            ("nc_webdav_get_file_tags", json!({})),
            ("nc_webdav_untag_file", json!({"tag": fixture.tag})),
        ] {
            arguments["path"] = json!(fixture.path(path));
            fixture.missing(tool, arguments).await;
        }
    }
    let search = json!({"pattern": "secret%", "scope": fixture.folder});
    let found = fixture.screened("nc_webdav_find_by_name", search).await.ok();
    assert_eq!(found["total_found"], 0);
    let tagged = json!({"tag": fixture.tag});
    let found = fixture.screened("nc_webdav_find_by_tag_name", tagged).await.ok();
    assert_eq!(found["total_count"], 0);
    let away = json!({"source_path": fixture.folder, "destination_path": unique("away")});
    for (tool, arguments) in [
        ("nc_webdav_delete_resource", json!({"path": fixture.folder})),
        ("nc_webdav_move_resource", away),
    ] {
        let error = fixture.screened(tool, arguments).await.error();
        assert!(error.contains("left as it is"), "{tool}: {error}");
    }
    let error = fixture.screened("nc_webdav_list_trash", json!({})).await.error();
    assert!(error.contains("EXCLUDED_TAGS"), "{error}");
    let read = json!({"path": fixture.path("Café/secret.txt")});
    assert_eq!(fixture.ok("nc_webdav_read_file", read).await["content"], "secret");
    fixture.clean().await;
}

#[tokio::test]
async fn hidden_files_are_not_shared_and_their_shares_not_shown() {
    let fixture = Fixture::start().await;
    let (hidden, open) = (fixture.path("hidden.txt"), fixture.path("open.txt"));
    fixture.write(&hidden, "hidden").await;
    fixture.write(&open, "open").await;
    fixture.hide(&hidden).await;
    let other = &fixture.nextcloud.other.name;
    let share = |path: &str| json!({"path": path, "share_with": other});
    let id = |share: &Value| share["id"].as_str().unwrap().parse::<u64>().unwrap();
    let hidden_share = id(&fixture.ok("nc_share_create", share(&hidden)).await);

    fixture.missing("nc_share_create", share(&hidden)).await;
    fixture
        .missing("nc_share_create_public_link", json!({"path": hidden}))
        .await;
    fixture.missing("nc_share_list", json!({"path": hidden})).await;
    for (tool, mut arguments) in [
        ("nc_share_get", json!({})),
        ("nc_share_update", json!({"permissions": 3})),
        ("nc_share_delete", json!({})),
    ] {
        arguments["share_id"] = json!(hidden_share);
        fixture.missing(tool, arguments).await;
    }
    // Who gets the folder gets what is hidden in it.
    for (tool, arguments) in [
        ("nc_share_create", share(&fixture.folder)),
        ("nc_share_create_public_link", json!({"path": fixture.folder})),
    ] {
        let error = fixture.screened(tool, arguments).await.error();
        assert!(error.contains("left as it is"), "{error}");
    }

    let open_share = id(&fixture.screened("nc_share_create", share(&open)).await.ok());
    let listed = fixture.screened("nc_share_list", json!({"limit": 500})).await.ok();
    let ids = all(&listed["shares"], "id");
    assert!(ids.contains(&open_share.to_string().as_str()), "{listed}");
    assert!(!ids.contains(&hidden_share.to_string().as_str()), "{listed}");
    assert_eq!(listed["total_count"], ids.len());

    let untouched = json!({"share_id": hidden_share});
    let untouched = fixture.ok("nc_share_get", untouched).await;
    assert_eq!(untouched["permissions"], json!(["read"]));
    for id in [open_share, hidden_share] {
        fixture.ok("nc_share_delete", json!({"share_id": id})).await;
    }
    fixture.clean().await;
}

#[tokio::test]
async fn notes_in_hidden_folders_are_missing() {
    let fixture = Fixture::start().await;
    let (category, word) = (unique("Private"), unique("zebra").replace(' ', ""));
    let note = |category: &str| json!({"title": unique("Note"), "content": word, "category": category});
    let hidden = fixture.ok("nc_notes_create_note", note(&category)).await;
    let open = fixture.ok("nc_notes_create_note", note("")).await;
    let settings = json!({"uri": "notes://settings"});
    let settings = fixture.open.result("resources/read", settings).await;
    let settings: Value = serde_json::from_str(settings["contents"][0]["text"].as_str().unwrap()).unwrap();
    let notes_path = settings["notesPath"].as_str().unwrap();
    // The folder that the note lies in, which a real Nextcloud has by now.
    fixture.create_folder(notes_path).await;
    fixture.create_folder(&format!("{notes_path}/{category}")).await;
    fixture.hide(&format!("{notes_path}/{category}")).await;

    let id = &hidden["id"];
    for (tool, mut arguments) in [
        ("nc_notes_get_note", json!({})),
        ("nc_notes_append_content", json!({"content": "x"})),
        ("nc_notes_update_note", json!({"etag": hidden["etag"], "content": "x"})),
        ("nc_notes_get_attachment", json!({"attachment_filename": "a.png"})),
        ("nc_notes_delete_note", json!({})),
    ] {
        arguments["note_id"] = id.clone();
        fixture.missing(tool, arguments).await;
    }
    let into = json!({"note_id": open["id"], "etag": open["etag"], "category": format!("{category}/below")});
    fixture.missing("nc_notes_update_note", into).await;
    // Notes leaves characters out, and what is left counts.
    for category in [category.clone(), format!(" /{category}"), format!("{category}?/x")] {
        fixture.missing("nc_notes_create_note", note(&category)).await;
    }
    let climbing = note(&format!("x/../{category}"));
    let error = fixture.screened("nc_notes_create_note", climbing).await.error();
    assert!(error.contains("argument `category`"), "{error}");
    for uri in [format!("nc://Notes/{id}"), format!("nc://Notes/{id}/attachments/a.png")] {
        let answer = fixture.screened.rpc("resources/read", json!({"uri": uri})).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("not found —"), "{message}");
    }

    let ids = |list: &Value| -> Vec<Value> {
        let notes = list["results"].as_array().unwrap().iter();
        notes.map(|note| note["id"].clone()).collect()
    };
    let listed = fixture.screened("nc_notes_list_notes", json!({"limit": 500})).await;
    let listed = ids(&listed.ok());
    assert!(listed.contains(&open["id"]) && !listed.contains(id));
    let found = fixture.screened("nc_notes_search_notes", json!({"query": word})).await;
    assert_eq!(ids(&found.ok()), [open["id"].clone()]);
    for note in [id, &open["id"]] {
        let note = fixture.ok("nc_notes_get_note", json!({"note_id": note})).await;
        assert_eq!(note["content"], json!(word), "nothing was changed");
        fixture.ok("nc_notes_delete_note", json!({"note_id": note["id"]})).await;
    }
    // Notes takes the folder of a category with its last note.
    let folder = json!({"path": format!("{notes_path}/{category}")});
    fixture.open.call("nc_webdav_delete_resource", folder).await;
    fixture.clean().await;
}

#[tokio::test]
async fn hidden_files_are_not_attached_to_cards_nor_shown_there() {
    let fixture = Fixture::start().await;
    let (hidden, open) = (fixture.path("hidden.txt"), fixture.path("open.txt"));
    fixture.write(&hidden, "hidden").await;
    fixture.write(&open, "open").await;
    fixture.hide(&hidden).await;
    let board = json!({"title": unique("Board"), "color": "31CC7C"});
    let board = fixture.ok("deck_create_board", board).await["id"].clone();
    let stack = json!({"board_id": board, "title": "To do", "order": 0});
    let stack = fixture.ok("deck_create_stack", stack).await["id"].clone();
    let card = json!({"board_id": board, "stack_id": stack, "title": "Card"});
    let card = fixture.ok("deck_create_card", card).await["id"].clone();
    let at = json!({"board_id": board, "stack_id": stack, "card_id": card});

    let attach = |path: &str| json!({"card_id": card, "path": path});
    fixture.missing("deck_attach_file", attach(&hidden)).await;
    let there = fixture.ok("deck_attach_file", attach(&hidden)).await["attachment_id"].clone();
    let attached = fixture.screened("deck_attach_file", attach(&open)).await;
    let attached = attached.ok()["attachment_id"].clone();

    let list = fixture.screened("deck_list_attachments", at.clone()).await.ok();
    let first = &list["results"][0]["id"];
    assert_eq!((&list["count"], first), (&json!(1), &attached), "{list}");
    let read = fixture.screened("deck_get_card", at.clone()).await.ok();
    assert!(!read.to_string().contains("hidden.txt"), "{read}");
    let uri = format!("nc://Deck/boards/{board}/stacks/{stack}/cards/{card}");
    let read = fixture.screened.result("resources/read", json!({"uri": uri})).await;
    assert!(!read.to_string().contains("hidden.txt"), "{read}");
    for kind in [Value::Null, json!("file")] {
        let mut arguments = at.clone();
        arguments["attachment_id"] = there.clone();
        arguments["attachment_type"] = kind;
        let error = fixture.screened("deck_delete_attachment", arguments).await.error();
        assert!(error.contains("has no attachment"), "{error}");
    }
    assert_eq!(fixture.ok("deck_list_attachments", at).await["count"], 2);
    let path = format!("/deck/api/v1.0/boards/{board}");
    let (nextcloud, user) = (&fixture.nextcloud, &fixture.nextcloud.user);
    nextcloud.ask(user, "DELETE", &path, &json!({})).await;
    fixture.clean().await;
}

#[tokio::test]
async fn nothing_is_shown_while_the_tags_cannot_be_read() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = TestServer::start(&nextcloud, &[("EXCLUDED_TAGS", "secret, private")]).await;
    server.until_ready().await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    nextcloud.state().faults().set(
        "/remote.php/dav/systemtags",
        Fault::Status(StatusCode::INTERNAL_SERVER_ERROR),
    );
    let card = json!({"board_id": 1, "stack_id": 1, "card_id": 1});
    let note = json!({"title": "x", "content": "x", "category": ""});
    for (tool, arguments) in [
        ("nc_webdav_list_directory", json!({})),
        ("nc_webdav_read_file", json!({"path": "Readme.md"})),
        ("nc_webdav_find_by_name", json!({"pattern": "%"})),
        ("nc_webdav_write_file", json!({"path": "new.txt", "content": "x"})),
        ("nc_webdav_delete_resource", json!({"path": "Readme.md"})),
        ("nc_share_list", json!({})),
        ("nc_share_get", json!({"share_id": 1})),
        ("nc_share_delete", json!({"share_id": 1})),
        ("nc_share_update", json!({"share_id": 1, "permissions": 1})),
        ("nc_share_create", json!({"path": "Readme.md", "share_with": "bob"})),
        ("nc_share_create_public_link", json!({"path": "Readme.md"})),
        ("nc_notes_list_notes", json!({})),
        ("nc_notes_search_notes", json!({"query": "x"})),
        ("nc_notes_get_note", json!({"note_id": 1})),
        ("nc_notes_delete_note", json!({"note_id": 1})),
        ("nc_notes_create_note", note),
        ("deck_get_card", card.clone()),
        ("deck_list_attachments", card),
        ("deck_attach_file", json!({"card_id": 1, "path": "Readme.md"})),
    ] {
        let error = mcp.call(tool, arguments).await.error();
        assert!(error.contains("so none are"), "{tool}: {error}");
    }
    nextcloud.state().faults().clear_all();
    mcp.call("nc_webdav_read_file", json!({"path": "Readme.md"})).await.ok();
}
