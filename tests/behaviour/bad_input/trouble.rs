//! Every tool against a Nextcloud in trouble: each says what is the matter, in bounded time, and changes nothing.

use futures_util::{StreamExt, stream};
use nextcloud_sandbox::faults::Fault;
use reqwest::StatusCode;

use super::answer::clip;
use super::valid::ValidCalls;
use super::world::{Listed, World, call};

/// Tools that are tried at the same time: most of the time goes into pauses before another attempt.
const AT_ONCE: usize = 16;

/// Where no Nextcloud is, and nothing else.
const NOWHERE: &str = "http://127.0.0.1:1";

/// Tools that Cookbook takes its time for, and so longer to wait for than a test can.
const PATIENT: [&str; 3] = [
    "nc_cookbook_reindex",
    "nc_cookbook_set_config",
    "nc_cookbook_import_recipe",
];

/// What is said of an answer that is none.
const UNREADABLE: &[&str] = &["was expected", "cannot be read", "answered with nothing"];

/// Tools that give a file as Nextcloud sends it: a page could be one.
const BYTES: [&str; 1] = ["nc_notes_get_attachment"];

/// A way to be in trouble, and what the error has to say about it.
struct Trouble {
    name: &'static str,
    fault: Fault,
    /// One of these.
    said: &'static [&'static str],
    /// Only what reads can notice: writes look at the status.
    for_readers: bool,
}

fn troubles() -> Vec<Trouble> {
    let answer = |status, content_type, body: &str| Fault::Answer {
        status,
        content_type,
        body: body.to_owned(),
    };
    let trouble = |name, fault, said| Trouble {
        name,
        fault,
        said,
        for_readers: false,
    };
    let unreadable_trouble = |name, fault| Trouble {
        for_readers: true,
        ..trouble(name, fault, UNREADABLE)
    };
    // What the circuit breaker counts comes last: once it is open, nothing is sent, and the error says that.
    vec![
        trouble("a login page", Fault::Html, UNREADABLE),
        trouble("an empty answer", Fault::Empty, UNREADABLE),
        unreadable_trouble(
            "JSON that ends early",
            answer(
                StatusCode::OK,
                "application/json",
                "{\"ocs\":{\"meta\":{\"statuscode\":200",
            ),
        ),
        unreadable_trouble(
            "a bomb of entities",
            answer(StatusCode::MULTI_STATUS, "application/xml", BOMB),
        ),
        trouble(
            "too many requests",
            Fault::Status(StatusCode::TOO_MANY_REQUESTS),
            &["HTTP 429"],
        ),
        trouble(
            "maintenance",
            Fault::Status(StatusCode::SERVICE_UNAVAILABLE),
            &["HTTP 503"],
        ),
        trouble(
            "a bad gateway",
            Fault::Status(StatusCode::BAD_GATEWAY),
            &["HTTP 502", "did not work"],
        ),
        trouble("a broken connection", Fault::Close, &["connection", "did not work"]),
    ]
}

const BOMB: &str = r#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;">]><d:multistatus xmlns:d="DAV:"><d:response>
<d:href>&d;&d;&d;&d;</d:href></d:response></d:multistatus>"#;

/// Calls every tool of an app in every kind of trouble.
pub(super) async fn endure<V: ValidCalls>() {
    let tools = World::start().await.tools(V::PREFIX).await;
    let faults: Vec<Vec<String>> = stream::iter(&tools)
        .map(|tool| async {
            let mut faults = endure_with::<V>(tool).await;
            faults.extend(endure_silence::<V>(&tool.name).await);
            faults
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let faults = faults.concat();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

async fn endure_with<V: ValidCalls>(listed: &Listed) -> Vec<String> {
    let tool = &listed.name;
    let world = &World::start().await;
    let app = V::start(world).await;
    let state = world.nextcloud.state();
    let mut faults = Vec::new();
    for trouble in troubles() {
        let unnoticed = trouble.for_readers && !listed.read_only;
        if unnoticed || trouble.said == UNREADABLE && BYTES.contains(&tool.as_str()) {
            continue;
        }
        let arguments = app.arguments(world, tool).await.to_string();
        let before = state.digest();
        state.faults().set("/", trouble.fault);
        let answer = world.call(tool, &arguments).await;
        state.faults().clear_all();
        let mut wrong: Vec<String> = answer.fault().into_iter().collect();
        if !answer.is_error {
            wrong.push(format!("accepted: {:?}", clip(&answer.text)));
        } else if !trouble.said.iter().any(|said| answer.text.contains(said)) {
            wrong.push(format!("it says {:?}", clip(&answer.text)));
        }
        if state.digest() != before {
            wrong.push("something changed".to_owned());
        }
        faults.extend(
            wrong
                .into_iter()
                .map(|wrong| format!("{tool} and {}: {wrong}", trouble.name)),
        );
    }
    faults
}

/// A Nextcloud that takes too long, and one that is not there.
async fn endure_silence<V: ValidCalls>(tool: &str) -> Vec<String> {
    let world = &World::start().await;
    let arguments = V::start(world).await.arguments(world, tool).await.to_string();
    let impatient = world
        .server(&world.nextcloud.url, &[("NEXTCLOUD_TIMEOUT_SECONDS", "1")])
        .await;
    let lost = world.server(NOWHERE, &[]).await;
    let state = world.nextcloud.state();
    let before = state.digest();
    let absent = call(&lost.anonymous(), tool, &arguments).await;
    let mut expected = vec![("no Nextcloud", absent, "cannot be reached")];
    if !PATIENT.contains(&tool) {
        let held = state.faults().hold("/");
        let late = call(&impatient.anonymous(), tool, &arguments).await;
        held.release();
        expected.push(("a slow answer", late, "did not answer within 1 s"));
    }
    let mut faults: Vec<String> = expected
        .into_iter()
        .filter(|(_, answer, said)| answer.fault().is_some() || !answer.is_error || !answer.text.contains(said))
        .map(|(name, answer, _)| format!("{tool} and {name}: it says {:?}", clip(&answer.text)))
        .collect();
    if state.digest() != before {
        faults.push(format!("{tool} and a slow answer: something changed"));
    }
    faults
}
