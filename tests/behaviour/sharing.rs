//! The sharing tools, through MCP over HTTP.

use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email sharing:read sharing:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// A file of the first user, shared with nobody else's tests.
    file: String,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let file = file(&nextcloud).await;
        Self {
            nextcloud,
            server,
            mcp,
            file,
        }
    }

    async fn other(&self) -> McpClient {
        self.server.client_of(&self.nextcloud.other, SCOPE).await
    }

    /// A share of the file with the second user.
    async fn shared(&self, more: Value) -> Value {
        let mut arguments = json!({"path": self.file, "share_with": self.nextcloud.other.name});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        self.mcp.call("nc_share_create", arguments).await.ok()
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(tool, arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(tool, arguments).await.error()
    }

    async fn finish(self) {
        let user = &self.nextcloud.user;
        let address = format!("{}/remote.php/dav/files/{}{}", self.nextcloud.url, user.name, self.file);
        let request = crate::support::http_client().delete(address);
        request
            .basic_auth(&user.name, Some(&user.password))
            .send()
            .await
            .unwrap();
    }
}

/// Results show the ids of shares as text, tools take them as numbers.
fn number(id: &Value) -> i64 {
    id.as_str().unwrap().parse().unwrap()
}

/// A new file to share.
async fn file(nextcloud: &TestNextcloud) -> String {
    let user = &nextcloud.user;
    let path = format!("/{}.txt", unique("share").replace(' ', "-"));
    let address = format!("{}/remote.php/dav/files/{}{path}", nextcloud.url, user.name);
    let request = crate::support::http_client().put(address).body("shared");
    let answer = request
        .basic_auth(&user.name, Some(&user.password))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201);
    path
}

#[tokio::test]
async fn a_share_with_a_user_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let share = fixture
        .shared(json!({"permissions": ["read", "update"], "note": "look"}))
        .await;
    let id = share["id"].as_str().unwrap().to_owned();
    let number = number(&share["id"]);
    assert_eq!(share["share_type"], "user");
    assert_eq!(share["permissions"], json!(["read", "update"]));
    assert_eq!(share["path"], json!(fixture.file));
    assert_eq!(share["note"], "look");
    assert_eq!(share.get("warning"), None, "{share}");
    let url = share["url"].as_str().unwrap();
    assert!(
        url.starts_with(&format!("{}/index.php/f/", fixture.nextcloud.url)),
        "{url}"
    );

    let read = fixture.call("nc_share_get", json!({"share_id": number})).await;
    assert_eq!(read["id"], json!(id));
    let listed = fixture.call("nc_share_list", json!({"path": fixture.file})).await;
    assert_eq!(
        (&listed["total_count"], &listed["shares"][0]["id"]),
        (&json!(1), &json!(id))
    );

    let other = fixture.other().await;
    let received = other.call("nc_share_list", json!({"shared_with_me": true})).await.ok();
    let received = received["shares"]
        .as_array()
        .unwrap()
        .iter()
        .find(|share| share["id"] == json!(id));
    assert_eq!(received.unwrap()["owner"], json!(fixture.nextcloud.user.name));
    let denied = other
        .call("nc_share_update", json!({"share_id": number, "permissions": 31}))
        .await
        .error();
    assert!(denied.contains("HTTP 40"), "{denied}");

    let changed = fixture
        .call(
            "nc_share_update",
            json!({"share_id": number, "permissions": "read", "note": ""}),
        )
        .await;
    assert_eq!(changed["permissions"], json!(["read"]));
    assert_eq!(changed.get("note"), None);

    let deleted = fixture.call("nc_share_delete", json!({"share_id": number})).await;
    assert_eq!(deleted["deleted_id"], json!(id));
    for (tool, more) in [
        ("nc_share_get", json!({})),
        ("nc_share_delete", json!({})),
        ("nc_share_update", json!({"permissions": 1})),
    ] {
        let mut arguments = more;
        arguments["share_id"] = json!(number);
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(&format!("not found — share {id} (HTTP 404)")), "{error}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn a_public_link_is_read_only_and_ends() {
    let fixture = Fixture::start().await;
    let link = fixture
        .call("nc_share_create_public_link", json!({"path": fixture.file}))
        .await;
    let url = link["url"].as_str().unwrap();
    assert!(url.starts_with(&fixture.nextcloud.url) && url.contains("/s/"), "{url}");
    assert_eq!(link["download_url"], json!(format!("{url}/download")));
    let permissions = link["permissions"].as_array().unwrap();
    for forbidden in ["update", "create", "delete"] {
        assert!(!permissions.contains(&json!(forbidden)), "{link}");
    }
    let ends: Timestamp = link["expires_at"].as_str().unwrap().parse().unwrap();
    let wait = ends.duration_since(now());
    assert!(
        wait > SignedDuration::from_mins(29) && wait <= SignedDuration::from_hours(25),
        "{wait}"
    );

    let other = fixture.other().await;
    let id = number(&link["share_id"]);
    for tool in ["nc_share_get", "nc_share_delete"] {
        let error = other.call(tool, json!({"share_id": id})).await.error();
        assert!(error.contains("HTTP 404"), "{error}");
    }
    fixture.call("nc_share_delete", json!({"share_id": id})).await;
    fixture.finish().await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server under test runs by the machine's clock"
)]
fn now() -> Timestamp {
    Timestamp::try_from(std::time::SystemTime::now()).unwrap()
}

#[tokio::test]
async fn a_link_keeps_password_expiry_and_label_until_they_are_cleared() {
    let fixture = Fixture::start().await;
    let arguments = json!({
        "path": fixture.file, "share_type": "link", "password": "A-long-enough-pw1", "expire_date": "2099-01-31",
        "label": "für Ünal", "note": "line one\nline two",
    });
    let outcome = fixture.mcp.call("nc_share_create", arguments).await;
    assert!(
        !outcome.text.contains("argon2"),
        "a hash is nobody's business: {}",
        outcome.text
    );
    let share = outcome.ok();
    assert_eq!(share["share_type"], "link");
    assert_eq!(share["has_password"], true);
    assert_eq!(share["expire_date"], "2099-01-31");
    assert_eq!(share["label"], "für Ünal");
    assert_eq!(share.get("share_with"), None);

    let id = number(&share["id"]);
    let cleared = fixture
        .call(
            "nc_share_update",
            json!({"share_id": id, "password": "", "expire_date": "", "label": ""}),
        )
        .await;
    for field in ["has_password", "expire_date", "label"] {
        assert_eq!(cleared.get(field), None, "{cleared}");
    }
    assert_eq!(cleared["note"], "line one\nline two");

    let weak = fixture
        .error("nc_share_update", json!({"share_id": id, "password": "short"}))
        .await;
    assert!(weak.contains("HTTP 400") && weak.contains("10 characters"), "{weak}");
    let past = fixture
        .error("nc_share_update", json!({"share_id": id, "expire_date": "2000-01-01"}))
        .await;
    assert!(past.contains("in the past"), "{past}");
    fixture.call("nc_share_delete", json!({"share_id": id})).await;
    fixture.finish().await;
}

#[tokio::test]
async fn sharing_again_returns_what_is_there_and_says_so() {
    let fixture = Fixture::start().await;
    let first = fixture.shared(json!({})).await;
    assert_eq!(first["permissions"], json!(["read"]));
    let again = fixture.shared(json!({"permissions": 3})).await;
    assert_eq!(
        (&again["id"], &again["permissions"]),
        (&first["id"], &first["permissions"])
    );
    assert!(again["warning"].as_str().unwrap().contains("nc_share_update"));
    fixture
        .call("nc_share_delete", json!({"share_id": number(&first["id"])}))
        .await;

    let mail = fixture
        .call(
            "nc_share_create",
            json!({"path": fixture.file, "share_type": 4, "share_with": "someone@example.org"}),
        )
        .await;
    assert_eq!(
        (&mail["share_type"], &mail["share_with"]),
        (&json!("email"), &json!("someone@example.org"))
    );
    fixture
        .call("nc_share_delete", json!({"share_id": number(&mail["id"])}))
        .await;
    fixture.finish().await;
}

#[tokio::test]
async fn refusals_say_what_was_wrong() {
    let fixture = Fixture::start().await;
    let (file, me) = (&fixture.file, &fixture.nextcloud.user.name);
    for (arguments, said) in [
        (json!({"path": "/no such file é%#?.txt", "share_with": "x"}), "HTTP 404"),
        (
            json!({"path": file, "share_with": "nobody-of-that-name"}),
            "valid account",
        ),
        (
            json!({"path": file, "share_with": "no/%?#\u{202e}\"group", "share_type": "group"}),
            "HTTP 404",
        ),
        (json!({"path": file, "share_with": me}), "with yourself"),
        (json!({"path": file, "share_type": 3, "password": "short"}), "HTTP 400"),
        (
            json!({"path": file, "share_type": 3, "expire_date": "2000-01-01"}),
            "in the past",
        ),
    ] {
        let error = fixture.error("nc_share_create", arguments).await;
        assert!(error.contains(said), "{error}");
    }
    let error = fixture
        .error("nc_share_create_public_link", json!({"path": "/no-such-folder/x"}))
        .await;
    assert!(
        error.contains("HTTP 404") && error.contains("no-such-folder"),
        "{error}"
    );
    let error = fixture.error("nc_share_list", json!({"path": "/no-such-folder"})).await;
    assert!(error.contains("HTTP 404"), "{error}");
    fixture.finish().await;
}

#[tokio::test]
async fn bad_arguments_are_refused_unsent() {
    let fixture = Fixture::start().await;
    let long = "x".repeat(5000);
    let create = "nc_share_create";
    let with = |more: Value| {
        let mut arguments = json!({"path": "/x", "share_with": "bob"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let table = [
        (create, json!({}), "path"),
        (create, json!({"path": 5}), "path"),
        (create, with(json!({"path": ""})), "root folder"),
        (create, with(json!({"path": "/"})), "root folder"),
        (create, with(json!({"path": "a/../b"})), "`..`"),
        (create, with(json!({"path": "a\u{0}b"})), "control"),
        (create, with(json!({"path": "a\r\nX: y"})), "control"),
        (create, with(json!({"path": long})), "too long"),
        (create, json!({"path": "/x"}), "needs a recipient"),
        (create, with(json!({"share_with": " "})), "needs a recipient"),
        (create, with(json!({"share_with": "a\nb"})), "control"),
        (create, with(json!({"share_type": 3})), "no recipient"),
        (create, with(json!({"share_type": 99})), "share_type"),
        (create, with(json!({"share_type": "everyone"})), "share_type"),
        (create, with(json!({"share_type": "email"})), "address"),
        (create, with(json!({"permissions": 0})), "permissions"),
        (create, with(json!({"permissions": 64})), "permissions"),
        (create, with(json!({"permissions": ["fly"]})), "permissions"),
        (create, with(json!({"password": "A-long-enough-pw1"})), "link or email"),
        (create, with(json!({"expire_date": "tomorrow"})), "YYYY-MM-DD"),
        (create, with(json!({"expire_date": "2030-02-30"})), "YYYY-MM-DD"),
        (create, with(json!({"note": long})), "note"),
        (create, with(json!({"pasword": "x"})), "did you mean `password`"),
        (
            "nc_share_create_public_link",
            json!({"path": "/x", "expires_in_minutes": 0}),
            "1 to",
        ),
        (
            "nc_share_create_public_link",
            json!({"path": "/x", "expires_in_minutes": 99_999_999}),
            "1 to",
        ),
        ("nc_share_create_public_link", json!({"path": ".."}), "`..`"),
        ("nc_share_get", json!({}), "share_id"),
        ("nc_share_get", json!({"share_id": -1}), "positive"),
        ("nc_share_get", json!({"share_id": "1/../2"}), "share_id"),
        ("nc_share_delete", json!({"share_id": 0}), "positive"),
        ("nc_share_update", json!({"share_id": 1}), "nothing to change"),
        (
            "nc_share_update",
            json!({"share_id": 1, "permissions": 100}),
            "permissions",
        ),
        ("nc_share_list", json!({"shared_with_me": "perhaps"}), "shared_with_me"),
        ("nc_share_list", json!({"cursor": "garbage", "limit": 5}), "cursor"),
    ];
    for (tool, arguments, said) in table {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(said), "{tool} {arguments}: {error}");
        assert!(error.len() < 2000, "{tool}: {} bytes", error.len());
    }
    if !fixture.nextcloud.is_live() {
        let requests = fixture.nextcloud.state().requests();
        let path = "/ocs/v2.php/apps/files_sharing/api/v1/shares";
        // Only a cursor is looked at after the list.
        assert_eq!(requests.count_under(path), 1);
    }
    fixture.finish().await;
}

#[tokio::test]
async fn reading_needs_only_the_scope_for_reading() {
    let fixture = Fixture::start().await;
    let reader = fixture
        .server
        .client_of(&fixture.nextcloud.user, "openid profile email sharing:read")
        .await;
    let names = reader.tool_names().await;
    assert_eq!(names, ["nc_share_get", "nc_share_list"]);
    reader.call("nc_share_list", json!({})).await.ok();
    fixture.finish().await;
}
