//! Whose files, and by which scopes.

use serde_json::json;

use super::{Fixture, SCOPE};

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
