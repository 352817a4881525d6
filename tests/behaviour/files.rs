//! The Files tools, through MCP over HTTP.

use crate::support::{McpClient, Outcome, TestNextcloud, TestServer, unique};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nextcloud_sandbox::SandboxOptions;
use nextcloud_sandbox::faults::Fault;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email files:read files:write";

/// A server and a folder of its own in the user's files, removed by [`Fixture::clean`].
struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    folder: String,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let folder = unique("files test");
        mcp.call("nc_webdav_create_directory", json!({"path": folder}))
            .await
            .ok();
        Self {
            nextcloud,
            server,
            mcp,
            folder,
        }
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    async fn call(&self, tool: &str, arguments: Value) -> Outcome {
        self.mcp.call(&format!("nc_webdav_{tool}"), arguments).await
    }

    async fn write(&self, name: &str, content: &str) -> Value {
        let written = self
            .call("write_file", json!({"path": self.path(name), "content": content}))
            .await;
        written.ok()
    }

    async fn read(&self, name: &str) -> Value {
        self.call("read_file", json!({"path": self.path(name)})).await.ok()
    }

    async fn clean(self) {
        self.call("delete_resource", json!({"path": self.folder})).await.ok();
    }
}

/// Makes a tool's arguments with this path in them.
type ArgumentsFor = fn(&str) -> Value;

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_file_lives_from_creation_to_the_trash_and_back() {
    let fixture = Fixture::start().await;
    let name = "we ird é#%?&+ — عربي ☀.md";
    let written = fixture.write(name, "first\n").await;
    assert_eq!(written["created"], true);
    assert_eq!(written["size"], 6);

    let file = fixture.read(name).await;
    assert_eq!((&file["content"], &file["etag"]), (&json!("first\n"), &written["etag"]));
    assert_eq!(file["content_type"], "text/markdown");
    assert_eq!(
        file["url"],
        json!(format!("{}/index.php/f/{}", fixture.nextcloud.url, written["file_id"]))
    );

    let listing = fixture
        .call("list_directory", json!({"path": fixture.folder}))
        .await
        .ok();
    assert_eq!(names(&listing["files"]), [name]);
    assert_eq!(listing["files"][0]["path"], json!(fixture.path(name)));
    assert_eq!(listing["files"][0]["etag"], written["etag"]);
    assert_eq!(listing["total_count"], 1);

    let deleted = fixture
        .call("delete_resource", json!({"path": fixture.path(name)}))
        .await
        .ok();
    assert_eq!(deleted["original_location"], json!(fixture.path(name)));
    let error = fixture
        .call("read_file", json!({"path": fixture.path(name)}))
        .await
        .error();
    assert!(error.contains("not found") && error.contains("HTTP 404"), "{error}");

    let trash = fixture.call("list_trash", json!({})).await.ok();
    let entry = trash["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["original_location"] == json!(fixture.path(name)))
        .unwrap()
        .clone();
    fixture
        .call("restore_from_trash", json!({"entry_id": entry["id"]}))
        .await
        .ok();
    assert_eq!(fixture.read(name).await["content"], "first\n");
    let error = fixture
        .call("restore_from_trash", json!({"entry_id": entry["id"]}))
        .await
        .error();
    assert!(error.contains("not found"), "{error}");
    fixture.clean().await;
}

#[tokio::test]
async fn nothing_is_overwritten_by_accident() {
    let fixture = Fixture::start().await;
    let first = fixture.write("a.txt", "one").await;
    let path = fixture.path("a.txt");
    let write = |content: &str, if_match: &Value| json!({"path": path, "content": content, "if_match": if_match});

    let error = fixture
        .call("write_file", json!({"path": path, "content": "x"}))
        .await
        .error();
    assert!(error.contains("exists already"), "{error}");
    let second = fixture.call("write_file", write("two", &first["etag"])).await.ok();
    assert_eq!(second["created"], false);
    assert_ne!(second["etag"], first["etag"], "same size, written right after");
    let error = fixture.call("write_file", write("x", &first["etag"])).await.error();
    assert!(
        error.contains("was changed since it was read") && error.contains("412"),
        "{error}"
    );
    assert_eq!(fixture.read("a.txt").await["content"], "two");
    let weak = json!(format!("W/\"{}\"", second["etag"].as_str().unwrap()));
    fixture.call("write_file", write("three", &weak)).await.ok();
    fixture.call("write_file", write("four", &json!("*"))).await.ok();
    assert_eq!(fixture.read("a.txt").await["content"], "four");

    let missing = fixture.path("missing.txt");
    let error = fixture
        .call("write_file", json!({"path": missing, "content": "x", "if_match": "*"}))
        .await
        .error();
    assert!(error.contains("not found"), "{error}");
    let error = fixture
        .call(
            "write_file",
            json!({"path": fixture.path("no/such/x.txt"), "content": "x"}),
        )
        .await
        .error();
    assert!(error.contains("nc_webdav_create_directory"), "{error}");
    let error = fixture
        .call(
            "write_file",
            json!({"path": fixture.folder, "content": "x", "if_match": "*"}),
        )
        .await
        .error();
    assert!(error.contains("is a folder"), "{error}");
    fixture.clean().await;
}

#[tokio::test]
async fn two_writes_of_one_size_in_one_second_keep_both_contents_known() {
    let fixture = Fixture::start().await;
    // Whoever writes second in a second has to get another etag, or the first is lost without a word.
    let mut etag = fixture.write("log.txt", "000").await["etag"].clone();
    for round in 1..4 {
        let content = format!("{round:03}");
        let arguments = json!({"path": fixture.path("log.txt"), "content": content, "if_match": etag});
        let next = fixture.call("write_file", arguments).await.ok()["etag"].clone();
        assert_ne!(next, etag);
        let stale = json!({"path": fixture.path("log.txt"), "content": "bad", "if_match": etag});
        fixture.call("write_file", stale).await.error();
        let file = fixture.read("log.txt").await;
        assert_eq!((&file["content"], &file["etag"]), (&json!(content), &next));
        etag = next;
    }
    fixture.clean().await;
}

#[tokio::test]
async fn large_files_are_read_and_written_in_parts() {
    let fixture = Fixture::start().await;
    let path = fixture.path("parts.bin");
    let piece: Vec<u8> = (0..5 * 1024 * 1024_u32).map(|byte| (byte % 251) as u8).collect();
    let part = |part: u32, id: &Value, last: bool| {
        json!({"path": path, "content": STANDARD.encode(&piece), "content_type": "application/octet-stream;base64",
               "upload_id": id, "part": part, "last": last})
    };
    let first = fixture.call("upload_part", part(1, &Value::Null, false)).await.ok();
    let id = &first["upload_id"];
    let error = fixture.call("upload_part", part(3, id, true)).await.error();
    assert!(error.contains("part 2 of the upload is missing"), "{error}");
    fixture.call("upload_part", part(2, id, false)).await.ok();
    let done = fixture.call("upload_part", part(3, id, true)).await.ok();
    assert_eq!(done["file"]["size"], 3 * piece.len());
    let error = fixture.call("upload_part", part(4, id, true)).await.error();
    assert!(error.contains("start again with part 1"), "{error}");

    let error = fixture.call("read_file", json!({"path": path})).await.error();
    assert!(error.contains("`offset` and `length`"), "{error}");
    let offset = piece.len() - 3;
    let read = json!({"path": path, "offset": offset, "length": 6});
    let read = fixture.call("read_file", read).await.ok();
    let bytes = STANDARD.decode(read["content"].as_str().unwrap()).unwrap();
    assert_eq!(bytes, [&piece[offset..], &piece[..3]].concat());
    assert_eq!(read["next_offset"], offset + 6);

    // What is there goes through in a stream; above 20 MiB in chunks.
    let append = |tail: &[u8]| json!({"path": path, "content": STANDARD.encode(tail), "content_type": "application/octet-stream;base64"});
    fixture.call("append_file", append(&piece)).await.ok();
    let appended = fixture.call("append_file", append(b"end")).await.ok();
    assert_eq!(appended["size"], 4 * piece.len() + 3);
    let read = json!({"path": path, "offset": 4 * piece.len() - 1});
    let read = fixture.call("read_file", read).await.ok();
    let bytes = STANDARD.decode(read["content"].as_str().unwrap()).unwrap();
    assert_eq!(bytes, [&piece[piece.len() - 1..], b"end"].concat());
    fixture.clean().await;
}

#[tokio::test]
async fn text_comes_in_parts_that_end_with_whole_characters() {
    let fixture = Fixture::start().await;
    let text = "€uro ".repeat(100_000);
    fixture.write("long.txt", &text).await;
    let mut read = String::new();
    let mut offset = json!(0);
    while !offset.is_null() {
        let part = json!({"path": fixture.path("long.txt"), "offset": offset});
        let part = fixture.call("read_file", part).await.ok();
        assert_eq!(part["content_format"], "text");
        read.push_str(part["content"].as_str().unwrap());
        offset = part["next_offset"].clone();
    }
    assert_eq!(read, text);
    fixture.write("empty.txt", "").await;
    assert_eq!(fixture.read("empty.txt").await["content"], "");
    fixture.write("odd.pdf", "%PDF-").await;
    let document = fixture.read("odd.pdf").await;
    assert_eq!(
        (&document["parse_status"], &document["encoding"]),
        (&json!("unsupported"), &json!("base64"))
    );
    let raw = json!({"path": fixture.path("empty.txt"), "parse_document": "raw"});
    assert_eq!(fixture.call("read_file", raw).await.ok()["parse_status"], "skipped");
    fixture.clean().await;
}

#[tokio::test]
async fn files_are_moved_and_copied_without_replacing_others() {
    let fixture = Fixture::start().await;
    fixture.write("a.txt", "a").await;
    let b = fixture.write("b.txt", "b").await;
    let transfer =
        |from: &str, to: &str| json!({"source_path": fixture.path(from), "destination_path": fixture.path(to)});
    let error = fixture.call("copy_resource", transfer("a.txt", "b.txt")).await.error();
    assert!(error.contains("exists already"), "{error}");
    let copied = fixture
        .call("copy_resource", transfer("a.txt", "c%2F é.txt"))
        .await
        .ok();
    assert_eq!(copied["overwritten"], false);
    assert_eq!(fixture.read("c%2F é.txt").await["content"], "a");

    let mut replace = transfer("a.txt", "b.txt");
    replace["if_destination_match"] = json!("0123456789abcdef");
    let error = fixture.call("move_resource", replace.clone()).await.error();
    assert!(error.contains("was changed since"), "{error}");
    replace["if_destination_match"] = b["etag"].clone();
    let moved = fixture.call("move_resource", replace).await.ok();
    assert_eq!(moved["overwritten"], true);
    assert_eq!(fixture.read("b.txt").await["content"], "a");
    let error = fixture.call("move_resource", transfer("a.txt", "z.txt")).await.error();
    assert!(error.contains("not found") && error.contains("a.txt"), "{error}");
    let error = fixture
        .call("move_resource", transfer("b.txt", "no/b.txt"))
        .await
        .error();
    assert!(error.contains("create it first"), "{error}");
    let error = fixture
        .call(
            "move_resource",
            json!({"source_path": fixture.folder, "destination_path": fixture.path("inside")}),
        )
        .await
        .error();
    assert!(error.contains("inside it"), "{error}");
    let again = fixture
        .call("create_directory", json!({"path": fixture.folder}))
        .await
        .ok();
    assert_eq!(again["created"], false);
    let error = fixture
        .call("create_directory", json!({"path": fixture.path("b.txt")}))
        .await
        .error();
    assert!(error.contains("is a file"), "{error}");
    fixture.clean().await;
}

#[tokio::test]
async fn searches_find_by_name_type_size_date_and_tag() {
    let fixture = Fixture::start().await;
    fixture.write("report alpha.md", "1234567890").await;
    fixture.write("report beta.txt", "12345").await;
    fixture.write("picture.png", "not a picture").await;
    let scope = fixture.folder.clone();
    let search = |mut arguments: Value| {
        arguments["scope"] = json!(scope);
        arguments
    };
    let found = fixture
        .call("search_files", search(json!({"name_pattern": "report%"})))
        .await
        .ok();
    let mut found_names = names(&found["results"]);
    found_names.sort_unstable();
    assert_eq!(found_names, ["report alpha.md", "report beta.txt"]);
    let page = fixture
        .call("search_files", search(json!({"name_pattern": "report%", "limit": 1})))
        .await
        .ok();
    assert_eq!((names(&page["results"]).len(), &page["total_found"]), (1, &json!(2)));
    let rest = json!({"name_pattern": "report%", "limit": 1, "cursor": page["next_cursor"]});
    let rest = fixture.call("search_files", search(rest)).await.ok();
    assert_ne!(rest["results"][0]["name"], page["results"][0]["name"]);

    let by_name = fixture
        .call("find_by_name", json!({"pattern": "*BETA*", "scope": scope}))
        .await
        .ok();
    assert_eq!(names(&by_name["results"]), ["report beta.txt"]);
    let by_type = fixture
        .call("find_by_type", json!({"mime_type": "image", "scope": scope}))
        .await
        .ok();
    assert_eq!(names(&by_type["results"]), ["picture.png"]);
    let by_size = fixture
        .call("search_files", search(json!({"min_size": 6, "max_size": 10})))
        .await
        .ok();
    assert_eq!(names(&by_size["results"]), ["report alpha.md"]);
    let later = fixture
        .call("search_files", search(json!({"modified_after": "2200-01-01"})))
        .await
        .ok();
    assert_eq!(later["total_found"], 0);
    let favorites = fixture.call("list_favorites", json!({"scope": scope})).await.ok();
    assert_eq!(favorites["total_found"], 0);
    let injected = json!({"name_pattern": "</d:literal><d:x>&\"'"});
    assert_eq!(
        fixture.call("search_files", search(injected)).await.ok()["total_found"],
        0
    );

    let tag = unique("tag");
    let path = fixture.path("report alpha.md");
    let tagged = fixture.call("tag_file", json!({"path": path, "tag": tag})).await.ok();
    assert_eq!(tagged["assigned"], true);
    fixture.call("tag_file", json!({"path": path, "tag": tag})).await.ok();
    let of_file = fixture.call("get_file_tags", json!({"path": path})).await.ok();
    assert_eq!(of_file["tags"][0]["name"], json!(tag));
    assert!(names(&fixture.call("list_tags", json!({})).await.ok()["tags"]).contains(&tag.as_str()));
    let by_tag = fixture.call("find_by_tag_name", json!({"tag": tag})).await.ok();
    assert_eq!(
        (names(&by_tag["files"]), &by_tag["tag_id"]),
        (vec!["report alpha.md"], &tagged["tag_id"])
    );
    let by_tag = fixture
        .call(
            "search_files",
            search(json!({"tag": tag, "name_pattern": "%.md", "min_size": 1})),
        )
        .await
        .ok();
    assert_eq!(names(&by_tag["results"]), ["report alpha.md"]);
    let untagged = fixture.call("untag_file", json!({"path": path, "tag": tag})).await.ok();
    assert_eq!(untagged["assigned"], false);
    let by_tag = fixture.call("find_by_tag_name", json!({"tag": tag})).await.ok();
    assert_eq!(by_tag["total_count"], 0);
    let error = fixture
        .call("find_by_tag_name", json!({"tag": unique("none")}))
        .await
        .error();
    assert!(error.contains("there is no tag"), "{error}");
    fixture.clean().await;
}

#[tokio::test]
async fn comments_and_versions_are_kept() {
    let fixture = Fixture::start().await;
    let first = fixture.write("notes.txt", "first").await;
    let path = fixture.path("notes.txt");
    for message in ["one", "two <&> ☀"] {
        let comment = fixture
            .call("create_comment", json!({"path": path, "message": message}))
            .await
            .ok();
        assert_eq!(comment["file_id"], first["file_id"]);
    }
    let comments = fixture
        .call("list_comments", json!({"path": path, "limit": 1}))
        .await
        .ok();
    assert_eq!(comments["count"], 1);
    let comments = fixture.call("list_comments", json!({"path": path})).await.ok();
    let mut messages: Vec<&str> = comments["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|comment| comment["message"].as_str().unwrap())
        .collect();
    messages.sort_unstable();
    assert_eq!(messages, ["one", "two <&> ☀"]);
    for bad in [String::new(), "x".repeat(1001)] {
        let error = fixture
            .call("create_comment", json!({"path": path, "message": bad}))
            .await
            .error();
        assert!(error.contains("argument `message`"), "{error}");
    }

    let write = json!({"path": path, "content": "second version", "if_match": first["etag"]});
    fixture.call("write_file", write).await.ok();
    let versions = fixture.call("list_versions", json!({"path": path})).await.ok();
    let oldest = versions["versions"].as_array().unwrap().last().unwrap();
    assert_eq!((&versions["total_count"], &oldest["size"]), (&json!(2), &json!(5)));
    let restore = json!({"path": path, "version_id": oldest["version_id"]});
    fixture.call("restore_version", restore).await.ok();
    assert_eq!(fixture.read("notes.txt").await["content"], "first");
    let error = fixture
        .call("restore_version", json!({"path": path, "version_id": "12345"}))
        .await
        .error();
    assert!(error.contains("not found"), "{error}");
    fixture.clean().await;
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_happens() {
    let fixture = Fixture::start().await;
    let long = "x/".repeat(3000);
    let paths = ["../etc/passwd", "a/./b", "a\0b", "a\r\nDestination: /x", "a\\b", &long];
    let tools: [(&str, ArgumentsFor); 12] = [
        ("list_directory", |path| json!({"path": path})),
        ("read_file", |path| json!({"path": path})),
        ("write_file", |path| json!({"path": path, "content": "x"})),
        ("append_file", |path| json!({"path": path, "content": "x"})),
        ("create_directory", |path| json!({"path": path})),
        ("delete_resource", |path| json!({"path": path})),
        ("list_comments", |path| json!({"path": path})),
        ("list_versions", |path| json!({"path": path})),
        ("get_file_tags", |path| json!({"path": path})),
        ("tag_file", |path| json!({"path": path, "tag": "t"})),
        (
            "move_resource",
            |path| json!({"source_path": "a", "destination_path": path}),
        ),
        ("search_files", |path| json!({"scope": path})),
    ];
    for (tool, arguments) in tools {
        for path in paths {
            let error = fixture.call(tool, arguments(path)).await.error();
            assert!(error.contains("argument `"), "{tool} {path:?}: {error}");
        }
    }
    let file = fixture.path("x.txt");
    let refused = [
        ("read_file", json!({"path": file, "length": 0})),
        ("read_file", json!({"path": file, "length": 99_999_999})),
        ("read_file", json!({"path": file, "parse_document": "html"})),
        ("read_file", json!({"path": file, "page_start": 1})),
        ("read_file", json!({"path": ""})),
        ("read_file", json!({})),
        (
            "write_file",
            json!({"path": file, "content": "%%%", "content_type": "image/png;base64"}),
        ),
        ("write_file", json!({"path": file, "content": 5})),
        (
            "write_file",
            json!({"path": file, "content": "x", "content_type": "text/plain\r\nX: y"}),
        ),
        ("delete_resource", json!({"path": "/"})),
        ("find_by_name", json!({"pattern": " "})),
        ("find_by_type", json!({"mime_type": ""})),
        ("search_files", json!({"modified_after": "yesterday"})),
        ("search_files", json!({"min_size": 5, "max_size": 1})),
        ("list_trash", json!({"cursor": "%"})),
        ("restore_from_trash", json!({"entry_id": "../x"})),
        ("restore_version", json!({"path": file, "version_id": "../1"})),
        ("tag_file", json!({"path": file, "tag": "\u{1}"})),
        ("upload_part", json!({"path": file, "content": "x", "part": 0})),
        ("upload_part", json!({"path": file, "content": "x", "part": 2})),
        (
            "upload_part",
            json!({"path": file, "content": "x", "part": 2, "upload_id": "../../files"}),
        ),
    ];
    for (tool, arguments) in refused {
        let error = fixture.call(tool, arguments.clone()).await.error();
        assert!(error.contains("argument"), "{tool} {arguments}: {error}");
    }
    for (tool, mut arguments) in [
        ("read_file", json!({})),
        ("list_directory", json!({})),
        ("list_comments", json!({})),
        ("list_versions", json!({})),
        ("get_file_tags", json!({})),
        ("delete_resource", json!({})),
        ("append_file", json!({"content": "x"})),
        ("create_comment", json!({"message": "x"})),
        ("tag_file", json!({"tag": unique("t")})),
    ] {
        arguments["path"] = json!(fixture.path("nothing here"));
        let error = fixture.call(tool, arguments).await.error();
        assert!(
            error.contains("not found") && error.contains("nothing here"),
            "{tool}: {error}"
        );
    }
    let listing = fixture
        .call("list_directory", json!({"path": fixture.folder}))
        .await
        .ok();
    assert_eq!(listing["total_count"], 0, "nothing was written");
    fixture.clean().await;
}

#[tokio::test]
async fn other_users_files_and_scopes_stay_closed() {
    let fixture = Fixture::start().await;
    fixture.write("mine.txt", "mine").await;
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let path = json!({"path": fixture.path("mine.txt")});
    let error = other.call("nc_webdav_read_file", path.clone()).await.error();
    assert!(error.contains("not found"), "{error}");
    let reader = fixture
        .server
        .client_of(&fixture.nextcloud.user, "openid profile email files:read")
        .await;
    assert_eq!(reader.call("nc_webdav_read_file", path).await.ok()["content"], "mine");
    let names = reader.tool_names().await;
    assert!(names.contains(&"nc_webdav_read_file".to_owned()));
    assert!(!names.contains(&"nc_webdav_write_file".to_owned()));
    fixture.clean().await;
}

#[tokio::test]
async fn excluded_tags_hide_whole_trees_from_every_tool() {
    let plain = Fixture::start().await;
    let tag = unique("hidden");
    let secret = plain.path("Café");
    plain.call("create_directory", json!({"path": secret})).await.ok();
    plain.write("Café/secret.txt", "secret").await;
    plain.write("open.txt", "open").await;
    plain.call("tag_file", json!({"path": secret, "tag": tag})).await.ok();

    let server = TestServer::start(&plain.nextcloud, &[("EXCLUDED_TAGS", &tag)]).await;
    server.until_ready().await;
    let mcp = server.client_of(&plain.nextcloud.user, SCOPE).await;
    let call = |tool: &str, arguments: Value| {
        let (mcp, tool) = (mcp.clone(), format!("nc_webdav_{tool}"));
        async move { mcp.call(&tool, arguments).await }
    };
    let listing = call("list_directory", json!({"path": plain.folder})).await.ok();
    assert_eq!(names(&listing["files"]), ["open.txt"]);
    let decomposed = plain.path("Cafe\u{301}/secret.txt");
    let file = plain.path("Café/secret.txt");
    for path in [&file, &decomposed] {
        for (tool, mut arguments) in [
            ("read_file", json!({})),
            ("write_file", json!({"content": "x", "if_match": "*"})),
            ("append_file", json!({"content": "x"})),
            ("delete_resource", json!({})),
            ("list_versions", json!({})),
            ("list_comments", json!({})),
            ("get_file_tags", json!({})),
            ("untag_file", json!({"tag": tag})),
        ] {
            arguments["path"] = json!(path);
            let error = call(tool, arguments).await.error();
            assert!(error.contains("not found"), "{tool}: {error}");
        }
    }
    let found = call("find_by_name", json!({"pattern": "secret%", "scope": plain.folder}))
        .await
        .ok();
    assert_eq!(found["total_found"], 0);
    assert_eq!(
        call("find_by_tag_name", json!({"tag": tag})).await.ok()["total_count"],
        0
    );
    let error = call("delete_resource", json!({"path": plain.folder})).await.error();
    assert!(error.contains("left as it is"), "{error}");
    let away = json!({"source_path": plain.folder, "destination_path": unique("away")});
    let error = call("move_resource", away).await.error();
    assert!(error.contains("left as it is"), "{error}");
    let error = call("list_trash", json!({})).await.error();
    assert!(error.contains("EXCLUDED_TAGS"), "{error}");
    assert_eq!(plain.read("Café/secret.txt").await["content"], "secret");
    plain.clean().await;
}

#[tokio::test]
async fn nothing_is_shown_while_the_tags_cannot_be_read() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = TestServer::start(&nextcloud, &[("EXCLUDED_TAGS", "secret, private")]).await;
    server.until_ready().await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    nextcloud.state().faults().set(
        "/remote.php/dav/systemtags",
        Fault::Status(http::StatusCode::INTERNAL_SERVER_ERROR),
    );
    for (tool, arguments) in [
        ("nc_webdav_list_directory", json!({})),
        ("nc_webdav_read_file", json!({"path": "Readme.md"})),
        ("nc_webdav_find_by_name", json!({"pattern": "%"})),
        ("nc_webdav_write_file", json!({"path": "new.txt", "content": "x"})),
        ("nc_webdav_delete_resource", json!({"path": "Readme.md"})),
    ] {
        let error = mcp.call(tool, arguments).await.error();
        assert!(error.contains("so none are"), "{tool}: {error}");
    }
    nextcloud.state().faults().clear_all();
    mcp.call("nc_webdav_read_file", json!({"path": "Readme.md"})).await.ok();
}
