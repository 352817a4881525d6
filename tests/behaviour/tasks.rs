//! The tools for tasks, through MCP over HTTP.

use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email calendar:read calendar:write todo:read todo:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// A list of this test's own.
    list: String,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let made = json!({"action": "create", "display_name": unique("Tasks")});
        let made = mcp.call("nc_calendar_manage_calendar", made).await.ok();
        let list = made["calendar"]["name"].as_str().unwrap().to_owned();
        Self {
            nextcloud,
            server,
            mcp,
            list,
        }
    }

    async fn finish(self) {
        let purge = json!({"action": "delete_permanently", "calendar_name": self.list});
        self.call("manage_calendar", purge).await;
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(&format!("nc_calendar_{tool}"), arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(&format!("nc_calendar_{tool}"), arguments).await.error()
    }

    fn with(&self, fields: &Value) -> Value {
        let mut arguments = json!({"calendar_name": self.list});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        arguments
    }

    async fn task(&self, fields: Value) -> Value {
        self.call("create_todo", self.with(&fields)).await
    }

    async fn one(&self, uid: &Value) -> Value {
        let list = self.call("list_todos", self.with(&json!({}))).await;
        let todos = list["todos"].as_array().unwrap().iter();
        todos.clone().find(|todo| todo["uid"] == *uid).unwrap().clone()
    }
}

#[tokio::test]
async fn a_task_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let made = fixture
        .task(json!({
            "summary": "Buy milk, now; ☀", "description": "two\nlines", "priority": 2, "due": "2031-09-03",
            "dtstart": "2031-09-01", "categories": "home, shop", "reminders": [{"action": "DISPLAY", "minutes_before": 60}],
        }))
        .await;
    let (uid, etag) = (&made["uid"], &made["etag"]);
    let task = fixture.one(uid).await;
    assert_eq!(task["summary"], "Buy milk, now; ☀");
    assert_eq!(
        (&task["due"], &task["dtstart"]),
        (&json!("2031-09-03"), &json!("2031-09-01"))
    );
    assert_eq!(
        (&task["priority"], &task["status"]),
        (&json!(2), &json!("NEEDS-ACTION"))
    );
    assert_eq!(task["categories"], "home, shop");
    assert_eq!(task["reminders"][0]["minutes_before"], 60);
    let link = format!(
        "{}/index.php/apps/tasks/calendars/{}/tasks/",
        fixture.nextcloud.url, fixture.list
    );
    assert!(task["url"].as_str().unwrap().starts_with(&link), "{task}");

    let change = |more: Value| {
        let mut arguments = fixture.with(&json!({"todo_uid": uid}));
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let half = fixture
        .call("update_todo", change(json!({"percent_complete": 50, "etag": etag})))
        .await;
    let task = fixture.one(uid).await;
    assert_eq!(
        (&task["status"], &task["percent_complete"]),
        (&json!("IN-PROCESS"), &json!(50))
    );
    let error = fixture
        .error("update_todo", change(json!({"summary": "x", "etag": etag})))
        .await;
    assert!(error.contains("changed since it was read"), "{error}");

    let done = json!({"completed": "2031-09-02T10:00:00Z", "etag": half["etag"]});
    let done = fixture.call("complete_todo", change(done)).await;
    assert_eq!(
        (&done["status"], &done["completed"]),
        (&json!("COMPLETED"), &json!("2031-09-02T10:00:00Z"))
    );
    let task = fixture.one(uid).await;
    assert_eq!(
        (&task["percent_complete"], &task["completed"]),
        (&json!(100), &json!("2031-09-02T10:00:00Z"))
    );
    fixture
        .call(
            "update_todo",
            change(json!({"status": "NEEDS-ACTION", "due": "", "description": ""})),
        )
        .await;
    let task = fixture.one(uid).await;
    for gone in ["completed", "due", "description"] {
        assert!(task.get(gone).is_none(), "{gone}: {task}");
    }
    assert_eq!(task["percent_complete"], 0);

    let deleted = fixture.call("delete_todo", change(json!({}))).await;
    assert_eq!(&deleted["deleted_uid"], uid);
    for tool in ["delete_todo", "complete_todo"] {
        let error = fixture.error(tool, change(json!({}))).await;
        assert!(error.contains("not found"), "{tool}: {error}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn tasks_are_found_across_lists_and_filtered() {
    let fixture = Fixture::start().await;
    let word = unique("Search");
    for (name, due, priority, more) in [
        ("later", "2031-09-05T10:00Z", 5, "COMPLETED"),
        ("sooner", "2031-09-01T10:00Z", 1, "IN-PROCESS"),
        ("middle", "2031-09-03T10:00Z", 0, "NEEDS-ACTION"),
    ] {
        let summary = format!("{word} {name}");
        fixture
            .task(json!({"summary": summary, "due": due, "priority": priority, "status": more, "categories": name}))
            .await;
    }
    let found = |list: &Value| -> Vec<String> {
        let todos = list["todos"].as_array().unwrap().iter();
        todos
            .map(|todo| todo["categories"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = fixture.call("search_todos", json!({"summary_contains": word})).await;
    assert_eq!(found(&all), ["sooner", "middle", "later"]);
    assert_eq!(all["total_count"], 3);
    for (filter, expected) in [
        (json!({"status": "in-process"}), vec!["sooner"]),
        (json!({"min_priority": 5}), vec!["sooner", "later"]),
        (json!({"categories": "Middle,later"}), vec!["middle", "later"]),
        (json!({"summary_contains": "LATER"}), vec!["later"]),
    ] {
        let list = fixture.call("list_todos", fixture.with(&filter)).await;
        assert_eq!(found(&list), expected, "{filter}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn a_recurring_task_says_what_is_pending() {
    let fixture = Fixture::start().await;
    let user = &fixture.nextcloud.user;
    let text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:daily\r\nDTSTAMP:20200101T000000Z\r\n\
                DTSTART;VALUE=DATE:20200101\r\nDUE;VALUE=DATE:20200102\r\nRRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:Daily\r\n\
                END:VTODO\r\nEND:VCALENDAR\r\n";
    let path = format!(
        "{}/remote.php/dav/calendars/{}/{}/other.ics",
        fixture.nextcloud.url, user.name, fixture.list
    );
    let put = crate::support::http_client()
        .put(path)
        .basic_auth(&user.name, Some(&user.password));
    let put = put
        .header("content-type", "text/calendar")
        .body(text)
        .send()
        .await
        .unwrap();
    assert!(put.status().is_success());
    let task = fixture.one(&json!("daily")).await;
    assert_eq!((&task["recurring"], &task["pending_count"]), (&json!(true), &json!(3)));
    assert_eq!(task["recurrence_rule"], "FREQ=DAILY;COUNT=3");
    assert_eq!(
        (&task["oldest_pending_dtstart"], &task["current_dtstart"]),
        (&json!("2020-01-01"), &json!("2020-01-03"))
    );
    fixture.finish().await;
}

#[tokio::test]
async fn bad_input_is_refused_and_nothing_is_written() {
    let fixture = Fixture::start().await;
    let with = |fields: Value| fixture.with(&fields);
    for (tool, arguments, reason) in [
        ("create_todo", with(json!({})), "summary"),
        ("create_todo", with(json!({"summary": ""})), "summary"),
        ("create_todo", with(json!({"summary": "a\u{0}b"})), "control characters"),
        ("create_todo", with(json!({"summary": "x", "status": "DONE"})), "status"),
        ("create_todo", with(json!({"summary": "x", "priority": 10})), "priority"),
        ("create_todo", with(json!({"summary": "x", "due": "soon"})), "due"),
        (
            "create_todo",
            with(json!({"summary": "x", "due": "2031-09-01", "dtstart": "2031-09-02"})),
            "before it starts",
        ),
        (
            "create_todo",
            with(json!({"summary": "x", "due": "2031-09-01", "dtstart": "2031-09-01T10:00Z"})),
            "both be dates",
        ),
        (
            "create_todo",
            with(json!({"summary": "x", "reminders": [{}]})),
            "reminders",
        ),
        (
            "create_todo",
            json!({"calendar_name": "no-such-list", "summary": "x"}),
            "not found",
        ),
        ("list_todos", json!({"calendar_name": ""}), "calendar_name"),
        ("list_todos", json!({"calendar_name": "no-such-list"}), "not found"),
        ("list_todos", with(json!({"min_priority": 11})), "min_priority"),
        ("update_todo", with(json!({"todo_uid": "x"})), "nothing to change"),
        (
            "update_todo",
            with(json!({"todo_uid": "x", "percent_complete": 150})),
            "percent_complete",
        ),
        (
            "update_todo",
            with(json!({"todo_uid": "x/../y", "summary": "y"})),
            "not found",
        ),
        (
            "complete_todo",
            with(json!({"todo_uid": "x", "completed": "yesterday"})),
            "completed",
        ),
        ("delete_todo", with(json!({"todo_uid": " "})), "todo_uid"),
        ("search_todos", json!({"status": "OPEN"}), "status"),
    ] {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(reason), "{tool} {arguments}: {error}");
    }
    let list = fixture.call("list_todos", with(json!({}))).await;
    assert_eq!(list["total_count"], 0);
    fixture.finish().await;
}

#[tokio::test]
async fn tasks_need_scopes_of_their_own() {
    let fixture = Fixture::start().await;
    let scope = "openid profile email calendar:read calendar:write";
    let without = fixture.server.client_of(&fixture.nextcloud.user, scope).await;
    let names = without.tool_names().await;
    assert!(names.iter().any(|name| name == "nc_calendar_list_events"));
    assert!(!names.iter().any(|name| name == "nc_calendar_list_todos"), "{names:?}");
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let made = fixture.task(json!({"summary": "Mine"})).await;
    let foreign = fixture.with(&json!({"todo_uid": made["uid"]}));
    for tool in ["nc_calendar_complete_todo", "nc_calendar_delete_todo"] {
        let error = other.call(tool, foreign.clone()).await.error();
        assert!(error.contains("not found"), "{tool}: {error}");
    }
    fixture.finish().await;
}
