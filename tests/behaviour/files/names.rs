//! Names that mean something to URLs, XML, shells or readers, and are only names.

use super::{Fixture, names};
use serde_json::json;

const NAMES: [&str; 12] = [
    "100% #1?.txt",
    "%2e%2e%2f%00.txt",
    "a&b=c+d;e,f.txt",
    "<x>&amp;]]>.xml",
    "it's \"quoted\".txt",
    "$(id) `id` ${HOME}.txt",
    "..dots...txt",
    "شيء عربي.txt",
    "קובץ.txt",
    "\u{202e}gpj.exe.txt",
    "👩‍👩‍👧 ☀.txt",
    "日本語のファイル.txt",
];

#[tokio::test]
async fn any_name_goes_through_every_tool_unchanged() {
    let fixture = Fixture::start().await;
    for name in NAMES {
        fixture.write(name, name).await;
        assert_eq!(fixture.read(name).await["content"], name);
        let transfer = json!({"source_path": fixture.path(name), "destination_path": fixture.path("moved")});
        fixture.call("move_resource", transfer).await.ok();
        let back = json!({"source_path": fixture.path("moved"), "destination_path": fixture.path(name)});
        fixture.call("move_resource", back).await.ok();
        let found = json!({"pattern": name.replace('%', "_"), "scope": fixture.folder});
        let found = fixture.call("find_by_name", found).await.ok();
        // `_` may be a wildcard or not, so the name is looked for only where it holds no percent sign.
        if !name.contains('%') {
            assert_eq!(names(&found["results"]), [name]);
        }
    }
    let listing = json!({"path": fixture.folder});
    let listing = fixture.call("list_directory", listing).await.ok();
    let mut expected = NAMES.to_vec();
    expected.sort_unstable();
    let mut listed = names(&listing["files"]);
    listed.sort_unstable();
    assert_eq!(listed, expected);
    for name in NAMES {
        let deleted = json!({"path": fixture.path(name)});
        let deleted = fixture.call("delete_resource", deleted).await.ok();
        assert_eq!(deleted["original_location"], json!(fixture.path(name)));
    }
    fixture.clean().await;
}

#[tokio::test]
async fn both_spellings_of_a_letter_are_one_name() {
    let fixture = Fixture::start().await;
    fixture.write("Cafe\u{301}.txt", "one").await;
    assert_eq!(fixture.read("Caf\u{e9}.txt").await["content"], "one");
    let again = json!({"path": fixture.path("Caf\u{e9}.txt"), "content": "two"});
    let error = fixture.call("write_file", again).await.error();
    assert!(error.contains("exists already"), "{error}");
    let listing = json!({"path": fixture.folder});
    let listing = fixture.call("list_directory", listing).await.ok();
    assert_eq!(names(&listing["files"]), ["Caf\u{e9}.txt"]);
    fixture.clean().await;
}
