//! Importing a recipe from a web page, and why it did not work.

use actors::nextcloud::{NextcloudClient, NextcloudError, StatusError};
use schemars::JsonSchema;
use serde::Serialize;

use super::recipe::Recipe;
use super::{api, check, explain, link};
use crate::mcp::{ToolError, ToolResult};

/// Longest text of Cookbook's that an error repeats, in characters.
const CLIPPED: usize = 200;

/// What an import gave.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Imported {
    pub recipe: Recipe,
    pub recipe_id: String,
}

pub async fn run(nextcloud: &NextcloudClient, url: &str) -> ToolResult<Imported> {
    check::web_address("url", url)?;
    let stored = match api::import(nextcloud, url).await {
        Err(NextcloudError::Status(status)) if matches!(status.status.as_u16(), 400 | 409) => {
            return Err(refused(url, &status));
        }
        result => explain(result, format_args!("the import of {url}"))?,
    };
    let mut recipe = Recipe::of(&stored);
    recipe.link = recipe.id.parse().ok().and_then(|id| link(nextcloud, id));
    Ok(Imported {
        recipe_id: recipe.id.clone(),
        recipe,
    })
}

/// Cookbook answers 409 for a name that is taken and 400 for everything else, with a sentence as bare JSON text.
fn refused(url: &str, status: &StatusError) -> ToolError {
    if status.status.as_u16() == 409 {
        return ToolError::new(
            "conflict",
            format!(
                "a recipe with the name of the one at {url} exists already (HTTP 409). Nothing was imported: it may be \
                 the same recipe; otherwise rename the existing one first."
            ),
        );
    }
    let said = serde_json::from_slice::<String>(&status.body)
        .ok()
        .or_else(|| status.message.clone())
        .unwrap_or_default();
    let (kind, problem) = reason(&said);
    let mut message = format!("{url} was not imported (HTTP 400): {problem}");
    let said: String = said
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(CLIPPED)
        .collect();
    if !said.is_empty() {
        message = format!("{message} Nextcloud said: {said}");
    }
    ToolError::new(kind, message)
}

/// The sentences are translated to the user's language: what is not known is only repeated.
fn reason(said: &str) -> (&'static str, &'static str) {
    let said = said.to_lowercase();
    let has = |text: &str| said.contains(text);
    if has("not allowed") || has("local/internal") {
        (
            "forbidden",
            "Cookbook fetches from public host names only, not from localhost, IP addresses or internal networks.",
        )
    } else if has("could not find recipe") || has("no recipe") {
        (
            "not_found",
            "the page has no recipe in schema.org form. Read the page and create the recipe from its text instead.",
        )
    } else if has("status code") {
        (
            "unreachable",
            "the page answered Nextcloud with an error. Check the address.",
        )
    } else if has("download") || has("connect") || has("resolve") {
        (
            "unreachable",
            "Nextcloud could not fetch the page. Check the address; the site may also refuse servers.",
        )
    } else {
        (
            "bad_request",
            "Cookbook could not use the page. Create the recipe from its text instead.",
        )
    }
}

#[cfg(test)]
mod tests {
    use actors::nextcloud::StatusError;
    use http::{HeaderMap, StatusCode};

    use super::refused;

    fn error(status: u16, body: &'static str) -> (&'static str, String) {
        let status = StatusError::new(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.into());
        let error = refused("https://example.org/soup", &status);
        (error.kind(), error.to_string())
    }

    #[test]
    fn every_refusal_has_a_reason_and_a_next_step() {
        for (body, kind, part) in [
            ("\"The provided URL is not allowed.\"", "forbidden", "public host names"),
            ("\"Could not find recipe in HTML code.\"", "not_found", "schema.org"),
            (
                "\"Download from x failed as HTTP status code 404 is not in expected range.\"",
                "unreachable",
                "Check the address",
            ),
            (
                "\"Exception while downloading recipe from x.: cURL error 6\"",
                "unreachable",
                "could not fetch",
            ),
            ("\"Etwas anderes\"", "bad_request", "Nextcloud said: Etwas anderes"),
            ("", "bad_request", "could not use the page"),
        ] {
            let (found, text) = error(400, body);
            assert_eq!(found, kind, "{body}");
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(error(409, "{\"msg\":\"x\"}").0, "conflict");
    }
}
