//! Reading and writing what files hold.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Fixture, names};

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
