//! `/`: for whoever opens the address in a browser, or gives it to a client without `/mcp`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::VARY;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::html::{Element, element};
use super::{Link, Page, wants_html};
use crate::http::account::PAGE;
use crate::http::{FrontDoor, Surface};

/// Where MCP is, and how it is used.
pub(super) async fn serve(State(surface): State<Arc<Surface>>, headers: HeaderMap) -> Response {
    let mut response = if wants_html(&headers) {
        page(&surface)
    } else {
        let version = env!("CARGO_PKG_VERSION");
        let address = surface.metadata.resource();
        format!("This is nextcloud-mcp-server {version}.\nGive your MCP client this address: {address}\n")
            .into_response()
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept"));
    response
}

fn page(surface: &Surface) -> Response {
    let address = surface.metadata.resource();
    let (login, account) = match &surface.front_door {
        FrontDoor::Open(_) => (
            "No login is needed: whoever can reach this address works with the one account that the server was set up for.",
            None,
        ),
        FrontDoor::ResourceServer(_) => (
            "The first time, a browser opens: log in to Nextcloud there, and choose what the application may do.",
            Some(account(surface)),
        ),
    };
    Page::new("Use Nextcloud from your assistant")
        .with(element("p").class("lead").text(
            "This server connects applications that speak MCP – assistants like Claude and ChatGPT, editors like VS Code \
             and Cursor – to Nextcloud: notes, calendars, contacts, files and more, as far as you allow it.",
        ))
        .with(section(
            "The address",
            [
                element("p").text("Add a connector, or an MCP server, to your application and give it this address:"),
                copyable(address),
                element("p").text(login),
            ],
        ))
        .with(section("How to add it", clients(address)))
        .with(account)
        .into_response(&surface.site)
}

fn account(surface: &Surface) -> Element {
    let link = Link::own("Your access", PAGE)
        .element(&surface.site)
        .class("button secondary");
    section(
        "Your access",
        [
            element("p").text("See what this server may do in your Nextcloud, or take that back."),
            element("p").class("actions").with(link),
        ],
    )
}

/// What is typed or clicked in the applications that are met most.
fn clients(address: &str) -> Vec<Element> {
    let cursor = format!("{{\n  \"mcpServers\": {{\n    \"nextcloud\": {{ \"url\": \"{address}\" }}\n  }}\n}}");
    vec![
        client(
            "Claude",
            "In the settings, open “Connectors”, choose “Add custom connector”, and paste the address.",
            None,
        ),
        client(
            "ChatGPT",
            "In the settings, open “Apps & Connectors”, turn on developer mode under “Advanced”, create a connector, and \
             paste the address.",
            None,
        ),
        client(
            "Claude Code",
            "Run this in a terminal, then type /mcp in Claude Code to log in:",
            Some(&format!("claude mcp add --transport http nextcloud {address}")),
        ),
        client(
            "VS Code",
            "Open the command palette, choose “MCP: Add Server…”, then “HTTP”, and paste the address.",
            None,
        ),
        client("Cursor", "Put this into ~/.cursor/mcp.json:", Some(&cursor)),
        client(
            "Applications without remote servers",
            "Those that can only start a program reach this server through mcp-remote:",
            Some(&format!("npx mcp-remote {address}")),
        ),
        element("p").class("note").text(
            "Claude and ChatGPT connect from the internet, so the address must be reachable from there. Applications on \
             your own computer also reach a server in your network.",
        ),
    ]
}

fn client(name: &str, what_to_do: &str, to_copy: Option<&str>) -> Element {
    element("details")
        .with(element("summary").text(name))
        .with(element("p").text(what_to_do))
        .with(to_copy.map(copyable))
}

/// Text that is selected as a whole by one click or tap.
fn copyable(text: &str) -> Element {
    element("pre")
        .class("copyable")
        .attribute("tabindex", "0")
        .with(element("code").text(text))
}

fn section(title: &str, content: impl IntoIterator<Item = Element>) -> Element {
    element("section").with(element("h2").text(title)).with_all(content)
}
