//! What Nextcloud refuses, told as what it was about and what to do next. A sandbox refuses on demand.

use crate::support::{McpClient, TestNextcloud, TestServer};
use http::{Method, StatusCode};
use nextcloud_sandbox::SandboxOptions;
use nextcloud_sandbox::faults::Fault;
use serde_json::{Value, json};

use super::SCOPE;

const FILE: &str = "Readme.md";

/// The statuses of RFC 4918 §11 that a write can meet, and what a model hears.
const REFUSALS: [(StatusCode, &str); 6] = [
    (StatusCode::FORBIDDEN, "not allowed"),
    (StatusCode::PAYLOAD_TOO_LARGE, "too large for this Nextcloud"),
    (StatusCode::LOCKED, "it is locked"),
    (StatusCode::INSUFFICIENT_STORAGE, "the storage quota is used up"),
    (StatusCode::INTERNAL_SERVER_ERROR, "Nextcloud failed"),
    (StatusCode::METHOD_NOT_ALLOWED, "not possible"),
];

async fn start() -> (TestNextcloud, TestServer, McpClient) {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = TestServer::oauth(&nextcloud).await;
    let mcp = server.client_of(&nextcloud.user, SCOPE).await;
    (nextcloud, server, mcp)
}

/// Each tool that changes something: its arguments, and the request that is refused.
fn writes() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let files = "/remote.php/dav/files";
    vec![
        (
            "nc_webdav_write_file",
            json!({"path": "new.txt", "content": "x"}),
            "PUT",
            files,
        ),
        (
            "nc_webdav_append_file",
            json!({"path": FILE, "content": "x"}),
            "PUT",
            files,
        ),
        ("nc_webdav_create_directory", json!({"path": "new"}), "MKCOL", files),
        ("nc_webdav_delete_resource", json!({"path": FILE}), "DELETE", files),
        (
            "nc_webdav_move_resource",
            json!({"source_path": FILE, "destination_path": "b.md"}),
            "MOVE",
            files,
        ),
        (
            "nc_webdav_copy_resource",
            json!({"source_path": FILE, "destination_path": "b.md"}),
            "COPY",
            files,
        ),
        (
            "nc_webdav_upload_part",
            json!({"path": "new.bin", "content": "x", "part": 1, "last": true}),
            "PUT",
            "/remote.php/dav/uploads",
        ),
        (
            "nc_webdav_upload_part",
            json!({"path": "new.bin", "content": "x", "part": 1, "last": true}),
            "MOVE",
            "/remote.php/dav/uploads",
        ),
        (
            "nc_webdav_create_comment",
            json!({"path": FILE, "message": "x"}),
            "POST",
            "/remote.php/dav/comments",
        ),
        (
            "nc_webdav_tag_file",
            json!({"path": FILE, "tag": "t"}),
            "PUT",
            "/remote.php/dav/systemtags-relations",
        ),
    ]
}

#[tokio::test]
async fn a_refused_write_says_why_and_changes_nothing() {
    let (nextcloud, _server, mcp) = start().await;
    let listing = |mcp: McpClient| async move {
        let mut listing = mcp.call("nc_webdav_list_directory", json!({})).await.ok();
        listing["files"].take()
    };
    let before = listing(mcp.clone()).await;
    for (status, said) in REFUSALS {
        for (tool, arguments, method, prefix) in writes() {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            nextcloud
                .state()
                .faults()
                .set_method(method.clone(), prefix, Fault::Status(status));
            // An existing folder is no error of making one, and looks the same.
            let expected = tool != "nc_webdav_create_directory" || status != StatusCode::METHOD_NOT_ALLOWED;
            let outcome = mcp.call(tool, arguments.clone()).await;
            nextcloud.state().faults().clear_all();
            if expected {
                let error = outcome.error();
                assert!(
                    error.contains(said) && error.contains(&format!("HTTP {}", status.as_u16())),
                    "{tool} {method} {status}: {error}"
                );
            }
        }
    }
    assert_eq!(listing(mcp).await, before);
}
