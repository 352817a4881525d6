//! `POST /import`: the web that the sandbox can import from is three pages of `recipes.example.org`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};
use url::{Host, Url};

use super::book::{NotWritten, Recipe};
use super::refusal;
use super::visitor::{Cook, Parameters};
use crate::{AppState, reply};

/// The one host with recipes.
const HOST: &str = "recipes.example.org";

/// The recipe on the page, or a sentence about why there is none.
pub(crate) async fn import(
    State(state): State<AppState>,
    Cook(user): Cook,
    Parameters(parameters): Parameters,
) -> Response {
    let Some(address) = parameters.get("url").and_then(Value::as_str) else {
        return reply::json(StatusCode::BAD_REQUEST, &"Field \"url\" is required");
    };
    let page = match page(address) {
        Ok(page) => page,
        Err(sentence) => return reply::json(StatusCode::BAD_REQUEST, &sentence),
    };
    let now = state.clock().unix();
    let mut cookbook = state.cookbook();
    match cookbook.write(&user.uid, page, now) {
        Ok(id) => reply::json(StatusCode::OK, &cookbook.of(&user.uid).recipes.get(&id)),
        Err(NotWritten::NameTaken) => refusal(
            StatusCode::CONFLICT,
            "Another recipe with that name already exists",
            248,
        ),
        Err(NotWritten::NoName | NotWritten::NoSuchId) => {
            reply::json(StatusCode::BAD_REQUEST, &"Could not find recipe in HTML code.")
        }
    }
}

fn page(address: &str) -> Result<Recipe, String> {
    let url = Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let host = match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(host)) if host != "localhost" => host,
        _ => return Err("The provided URL is not allowed.".to_owned()),
    };
    let path = url.as_ref().map_or("", |url| url.path());
    match (host, path) {
        (HOST, "/leek-soup") => Ok(leek_soup(address)),
        (HOST, "/about") => Err("Could not find recipe in HTML code.".to_owned()),
        (HOST, _) => Err(format!(
            "Download from {address} failed as HTTP status code 404 is not in expected range."
        )),
        _ => Err(format!(
            "Exception while downloading recipe from {address}.: cURL error 6: Could not resolve host: {host}"
        )),
    }
}

fn leek_soup(address: &str) -> Recipe {
    let recipe = json!({
        "name": "Leek soup",
        "description": "Imported from the sandbox's own web.",
        "url": address,
        "prepTime": "PT15M",
        "cookTime": "PT25M",
        "totalTime": "PT40M",
        "recipeYield": "4 servings",
        "recipeCategory": "Soup",
        "keywords": "vegetarian, winter",
        "recipeIngredient": ["3 leeks", "2 potatoes", "1 l stock"],
        "recipeInstructions": ["Sweat the leeks.", "Add potatoes and stock, simmer.", "Blend."],
    });
    match recipe {
        Value::Object(recipe) => recipe,
        _ => Recipe::new(),
    }
}
