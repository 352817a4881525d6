//! One call for every tool of an app: what is true of all tools is tried with all of them.

use nextcloud_sandbox::faults::Fault;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{McpClient, TestNextcloud};

/// Tools with arguments with which each of them would succeed.
pub type Calls = Vec<(&'static str, Value)>;

/// What the names of tools have in them that read the answer.
const READERS: [&str; 4] = ["_get_", "_list_", "_read_", "_search_"];
/// Longest error, in bytes.
const LONGEST_ERROR: usize = 1500;
/// Larger than any answer that is held in memory, in bytes.
const TOO_LARGE: usize = 50 * 1024 * 1024;

/// The calls of tools that are offered, of which none whose name begins with `prefix` may lack one.
pub async fn offered(mcp: &McpClient, prefix: &str, mut calls: Calls) -> Calls {
    let names = mcp.tool_names().await;
    for name in names.iter().filter(|name| name.starts_with(prefix)) {
        assert!(calls.iter().any(|(tool, _)| tool == name), "no call for {name}");
    }
    calls.retain(|(tool, _)| names.iter().any(|name| name == tool));
    calls
}

/// Every id that a tool takes is a positive number, and it takes nothing that it does not know: both are said before
/// anything is sent.
pub async fn refuse_wrong_arguments(mcp: &McpClient, calls: &Calls) {
    for (tool, arguments) in calls {
        let mut unknown = arguments.clone();
        unknown["nonsense"] = json!(1);
        let error = mcp.call(tool, unknown).await.error();
        assert!(error.contains("no argument `nonsense`"), "{tool}: {error}");
        for name in arguments
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| name.ends_with("_id"))
        {
            if arguments[name].is_string() {
                continue;
            }
            for wrong in [json!("one"), json!([1]), json!(1.5), json!(0)] {
                let mut arguments = arguments.clone();
                arguments[name] = wrong.clone();
                let error = mcp.call(tool, arguments).await.error();
                assert!(error.contains(&format!("`{name}`")), "{tool} {name}={wrong}: {error}");
                assert!(!error.contains("HTTP"), "{tool} {name}={wrong} was sent: {error}");
            }
        }
    }
}

/// Whatever a replaced, broken or malicious Nextcloud answers with under `paths`: a tool says in few bytes that it cannot
/// be right, unless it takes nothing from the answer; and the server lives on.
pub async fn survive_hostile_answers(nextcloud: &TestNextcloud, mcp: &McpClient, paths: &[&str], calls: &Calls) {
    let faults = nextcloud.state().faults();
    for (name, answer, taken) in hostile_answers() {
        for path in paths {
            faults.set(*path, answer.clone());
        }
        for (tool, arguments) in calls {
            let outcome = mcp.call(tool, arguments.clone()).await;
            let text = &outcome.text;
            assert!(text.len() < LONGEST_ERROR, "{tool}, {name}: {} bytes", text.len());
            assert!(!text.contains("fault of the server"), "{tool}, {name}: {text}");
            let must_fail = match taken {
                Taken::Never => true,
                Taken::Unread => READERS.iter().any(|part| tool.contains(part)),
                Taken::AsNothing => false,
            };
            assert!(outcome.is_error || !must_fail, "{tool}, {name}: {text}");
        }
        faults.clear_all();
    }
}

/// Which tools may take an answer for Nextcloud's.
#[derive(Clone, Copy)]
enum Taken {
    /// None.
    Never,
    /// Those that change something and need not know what the answer says.
    Unread,
    /// Those too for which it means that there is nothing.
    AsNothing,
}

fn hostile_answers() -> Vec<(&'static str, Fault, Taken)> {
    let json = |body: String| Fault::Answer {
        status: StatusCode::OK,
        content_type: "application/json; charset=utf-8",
        body,
    };
    let wrong = json!({
        "id": {}, "title": [], "name": 7, "owner": 1, "labels": "x", "cards": 3, "stackId": "?", "boardId": [], "etag": {},
        "content": [], "category": 1.5, "modified": "x", "recipe_id": null, "columnId": "x", "tableId": {}, "data": "x",
        "columns": 1, "views": {}, "recipe_count": [], "folder": 1, "update_interval": "x", "entries": 1, "message": [],
    });
    let huge = r#"{"id":1e308,"stackId":99999999999999999999999,"tableId":-1e308,"recipe_id":1e40,"modified":1e300,"order":1e99}"#;
    let ocs = |data: &str| format!(r#"{{"ocs":{{"meta":{{"status":"ok","statuscode":200}},"data":{data}}}}}"#);
    let failure = |code: &str, message: &str| {
        format!(r#"{{"ocs":{{"meta":{{"status":"failure","statuscode":{code},"message":"{message}"}},"data":[]}}}}"#)
    };
    let long = "x".repeat(1_000_000);
    vec![
        ("an HTML page", Fault::Html, Taken::Never),
        ("nothing", Fault::Empty, Taken::Never),
        ("50 MB", json("[".repeat(TOO_LARGE)), Taken::Never),
        (
            "10,000 lists in each other",
            json(format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))),
            Taken::Unread,
        ),
        (
            "10,000 objects in each other",
            json(format!("{}1{}", r#"{"ocs":"#.repeat(10_000), "}".repeat(10_000))),
            Taken::Unread,
        ),
        (
            "half of an answer",
            json(r#"{"id": 1, "title": "ha"#.to_owned()),
            Taken::Never,
        ),
        (
            "half of a character",
            json(r#"{"name": "\ud83d", "title": "\ud83d"}"#.to_owned()),
            Taken::Unread,
        ),
        ("nothing in JSON", json("null".to_owned()), Taken::AsNothing),
        ("an empty object", json("{}".to_owned()), Taken::AsNothing),
        ("an empty object in a list", json("[{}]".to_owned()), Taken::Unread),
        ("an empty object by OCS", json(ocs("{}")), Taken::Unread),
        ("wrong types", json(wrong.to_string()), Taken::Unread),
        ("a list of wrong types", json(format!("[{wrong}]")), Taken::Unread),
        ("wrong types by OCS", json(ocs(&wrong.to_string())), Taken::Unread),
        ("huge numbers", json(huge.to_owned()), Taken::Unread),
        ("a list of huge numbers", json(format!("[{huge}]")), Taken::Unread),
        ("an unknown status by OCS", json(failure("65535", "x")), Taken::Unread),
        ("an endless message by OCS", json(failure("403", &long)), Taken::Unread),
        (
            "an endless message",
            Fault::Answer {
                status: StatusCode::BAD_REQUEST,
                content_type: "application/json",
                body: json!({"message": long, "msg": long}).to_string(),
            },
            Taken::Never,
        ),
    ]
}
