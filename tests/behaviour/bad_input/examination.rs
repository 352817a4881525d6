//! Going through the rows of an app's tools.

use super::answer::clip;
use super::rows::{self, Expected, Row};
use super::valid::ValidCalls;
use super::world::{Listed, World};

/// Calls every tool of an app with every row, and tells all that is wrong at once. Each tool has a sandbox of its own:
/// what one stores does not slow down the next.
pub(super) async fn examine<V: ValidCalls>() {
    let tools = World::start().await.tools(V::PREFIX).await;
    assert!(!tools.is_empty(), "no tool begins with {}", V::PREFIX);
    let mut faults = Vec::new();
    for tool in &tools {
        faults.extend(examine_tool::<V>(tool).await);
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

async fn examine_tool<V: ValidCalls>(tool: &Listed) -> Vec<String> {
    let world = &World::start().await;
    let app = V::start(world).await;
    // Unless the call works as it is, a refusal says nothing about what was spoilt.
    world.ok(&tool.name, app.arguments(world, &tool.name).await).await;
    let state = world.nextcloud.state();
    let mut faults = Vec::new();
    let mut valid = app.arguments(world, &tool.name).await;
    let mut before = state.digest();
    for row in rows::of(tool) {
        state.requests().reset();
        let answer = world.call(&tool.name, &row.arguments(&valid)).await;
        let changes = state.requests().changes();
        let mut wrong: Vec<String> = answer.fault().into_iter().collect();
        wrong.extend(broken_promise(&row, answer.is_error, &answer.text, &changes));
        if !changes.is_empty() {
            let after = state.digest();
            if answer.is_error && after != before {
                wrong.push(format!(
                    "something changed ({}), though it says {:?}",
                    changes.join(", "),
                    clip(&answer.text)
                ));
            }
            before = after;
        }
        faults.extend(
            wrong
                .into_iter()
                .map(|wrong| format!("{} {}: {wrong}", tool.name, row.what)),
        );
        if !changes.is_empty() {
            valid = app.arguments(world, &tool.name).await;
            before = state.digest();
        }
    }
    faults
}

fn broken_promise(row: &Row, is_error: bool, text: &str, changes: &[String]) -> Option<String> {
    let Expected::Refusal(said) = &row.expected else {
        return None;
    };
    if !is_error {
        Some(format!("accepted: {:?}", clip(text)))
    } else if !changes.is_empty() {
        Some(format!("refused only after {}", changes.join(", ")))
    } else {
        (!text.contains(said.as_str())).then(|| format!("{said:?} is not named: {:?}", clip(text)))
    }
}
