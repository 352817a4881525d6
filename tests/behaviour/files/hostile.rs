//! A Nextcloud, or what stands before it, that answers what no Nextcloud should.

use crate::support::{McpClient, TestNextcloud, TestServer};
use http::StatusCode;
use nextcloud_sandbox::SandboxOptions;
use nextcloud_sandbox::faults::Fault;
use serde_json::{Value, json};

use super::{SCOPE, names};

const MULTISTATUS: &str = r#"<d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">"#;

async fn start() -> (TestNextcloud, TestServer, McpClient) {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    // So that the account's own id is known before the trouble begins.
    mcp.call("nc_webdav_list_directory", json!({})).await.ok();
    (nextcloud, server, mcp)
}

fn xml(body: String) -> Fault {
    Fault::Answer {
        status: StatusCode::MULTI_STATUS,
        content_type: "application/xml; charset=utf-8",
        body,
    }
}

fn file(href: &str) -> String {
    format!(
        "<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:resourcetype/><d:getetag>\"1\"</d:getetag>\
         <d:getcontentlength>1</d:getcontentlength></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
}

/// The tools that read XML.
fn readers() -> [(&'static str, Value); 8] {
    [
        ("list_directory", json!({})),
        ("read_file", json!({"path": "Readme.md"})),
        ("find_by_name", json!({"pattern": "%"})),
        ("list_trash", json!({})),
        ("list_tags", json!({})),
        ("list_comments", json!({"path": "Readme.md"})),
        ("list_versions", json!({"path": "Readme.md"})),
        ("write_file", json!({"path": "new.txt", "content": "x"})),
    ]
}

#[tokio::test]
async fn hostile_xml_is_an_error_and_nothing_more() {
    let (nextcloud, _server, mcp) = start().await;
    let entities = (1..40)
        .map(|level| format!("<!ENTITY e{level} \"&e{0};&e{0};&e{0};&e{0};\">", level - 1))
        .collect::<Vec<_>>()
        .concat();
    let bomb = format!("<!DOCTYPE x [<!ENTITY e0 \"boom\">{entities}]>{MULTISTATUS}<d:response><d:href>&e39;</d:href>");
    let bodies = [
        ("an entity bomb", bomb),
        (
            "a file from the disk",
            format!("<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>{MULTISTATUS}&f;</d:multistatus>"),
        ),
        ("deep nesting", format!("{MULTISTATUS}{}", "<d:x>".repeat(200_000))),
        (
            "too many elements",
            format!("{MULTISTATUS}<d:response>{}", "<d:x/>".repeat(200_000)),
        ),
        (
            "an answer of 50 MB",
            format!("{MULTISTATUS}{}</d:multistatus>", " ".repeat(50_000_000)),
        ),
        (
            "an answer that breaks off",
            format!("{MULTISTATUS}<d:response><d:href>/rem"),
        ),
        ("another document", "<html><body>Welcome</body></html>".to_owned()),
        ("no XML at all", "{\"error\": \"no\"}".to_owned()),
        ("nothing", String::new()),
    ];
    for (what, body) in bodies {
        nextcloud.state().faults().set("/remote.php/dav", xml(body));
        for (tool, arguments) in readers() {
            let error = mcp.call(&format!("nc_webdav_{tool}"), arguments).await.error();
            assert!(error.len() < 1000, "{tool}, {what}: {} bytes", error.len());
            assert!(!error.contains("root:"), "{tool}, {what}: {error}");
        }
        nextcloud.state().faults().clear_all();
    }
    let listing = mcp.call("nc_webdav_list_directory", json!({})).await.ok();
    assert!(!names(&listing["files"]).contains(&"new.txt"), "{listing}");
}

#[tokio::test]
async fn what_lies_outside_the_users_folder_is_left_out() {
    let (nextcloud, _server, mcp) = start().await;
    let hrefs = [
        "/remote.php/dav/files/alice/",
        "/remote.php/dav/files/alice/a.txt",
        "/remote.php/dav/files/bob/b.txt",
        "/remote.php/dav/files/alice/../bob/c.txt",
        "https://elsewhere.example/remote.php/dav/files/bob/d.txt",
        "/etc/passwd",
        "%ff%fe",
        "",
    ];
    let body: String = hrefs.iter().map(|href| file(href)).collect();
    let body = format!("{MULTISTATUS}{body}</d:multistatus>");
    nextcloud.state().faults().set("/remote.php/dav/files", xml(body));
    let outcome = mcp.call("nc_webdav_list_directory", json!({})).await;
    // The folder itself is described as a file here, which may be an error as well.
    if !outcome.is_error {
        assert_eq!(names(&outcome.ok()["files"]), ["a.txt"]);
    }
}

#[tokio::test]
async fn ten_thousand_entries_come_in_pages_that_fit_together() {
    let (nextcloud, _server, mcp) = start().await;
    let folder = "<d:response><d:href>/remote.php/dav/files/alice/many/</d:href><d:propstat><d:prop><d:resourcetype>\
                  <d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>";
    let entries: String = (0..10_000)
        .map(|number| file(&format!("/remote.php/dav/files/alice/many/{number:05}.txt")))
        .collect();
    let body = format!("{MULTISTATUS}{folder}{entries}</d:multistatus>");
    nextcloud
        .state()
        .faults()
        .set("/remote.php/dav/files/alice/many", xml(body));
    let page = |cursor: Value| {
        let arguments = json!({"path": "many", "cursor": cursor});
        let mcp = mcp.clone();
        async move { mcp.call("nc_webdav_list_directory", arguments).await.ok() }
    };
    let first = page(Value::Null).await;
    assert_eq!(
        (&first["total_count"], names(&first["files"]).len()),
        (&json!(10_000), 500)
    );
    let second = page(first["next_cursor"].clone()).await;
    assert_eq!(names(&first["files"])[499], "00499.txt");
    assert_eq!(names(&second["files"])[0], "00500.txt");
    assert_eq!(names(&second["files"]).len(), 500);
}
