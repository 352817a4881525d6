//! Searching, by `SEARCH` (RFC 5323) at the root of Nextcloud's DAV.

use actors::nextcloud::NextcloudError;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Files;
use super::entry::{Entry, ListedEntry, PROPS};
use super::filter::Filter;
use super::path::FilePath;
use super::tags;
use crate::apps::page::Page;
use crate::dav::{DAV, DavClient, Element, OC, SendMultistatus, prop};
use crate::mcp::{About, ToolError, ToolResult};

/// Most matches that Nextcloud is asked for.
const MAX_RESULTS: usize = 1000;
const PAGE: usize = 100;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct SearchFiles {
    /// Folder.
    #[serde(default)]
    scope: String,
    /// `%` is a wildcard.
    name_pattern: Option<String>,
    /// `image/png`, or `image` for all.
    mime_type: Option<String>,
    #[serde(default)]
    only_favorites: bool,
    tag: Option<String>,
    /// ISO 8601.
    modified_after: Option<String>,
    modified_before: Option<String>,
    /// Bytes.
    min_size: Option<u64>,
    max_size: Option<u64>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FindByName {
    /// `%` and `*` are wildcards.
    pattern: String,
    #[serde(default)]
    scope: String,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct FindByType {
    /// `image/png`, or `image` for all.
    mime_type: String,
    #[serde(default)]
    scope: String,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListFavorites {
    #[serde(default)]
    scope: String,
    limit: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundFiles {
    results: Vec<ListedEntry>,
    total_found: usize,
    /// Nextcloud has more matches than were asked for.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub async fn search_files(files: Files, args: SearchFiles) -> ToolResult<FoundFiles> {
    let scope = files.locate("scope", &args.scope).await?;
    let filter = Filter {
        name: args.name_pattern,
        mime_type: args.mime_type,
        favorites: args.only_favorites,
        after: Filter::time("modified_after", args.modified_after.as_deref())?,
        before: Filter::time("modified_before", args.modified_before.as_deref())?,
        min_size: args.min_size,
        max_size: args.max_size,
    };
    filter.check()?;
    let mut found = match args.tag {
        Some(tag) => {
            let tag = tags::named(&files, &tag).await?;
            let tagged = tags::tagged(&files, tag.id).await?;
            let entries = tagged
                .entries
                .into_iter()
                .filter(|entry| entry.path.is_within(&scope) && filter.matches(entry))
                .collect();
            Found {
                entries,
                answered: tagged.answered,
                truncated: false,
            }
        }
        None => search(&files, &scope, &filter).await?,
    };
    let excluded = files.excluded().await?;
    found.entries.retain(|entry| !excluded.hides(&entry.path));
    found.page(&files, args.limit, args.cursor.as_deref())
}

pub async fn find_by_name(files: Files, args: FindByName) -> ToolResult<FoundFiles> {
    if args.pattern.trim().is_empty() {
        return Err(ToolError::invalid("argument `pattern`: empty"));
    }
    let search = SearchFiles {
        scope: args.scope,
        name_pattern: Some(args.pattern.replace('*', "%")),
        limit: args.limit,
        ..SearchFiles::default()
    };
    search_files(files, search).await
}

pub async fn find_by_type(files: Files, args: FindByType) -> ToolResult<FoundFiles> {
    if args.mime_type.trim().is_empty() {
        return Err(ToolError::invalid("argument `mime_type`: empty"));
    }
    let search = SearchFiles {
        scope: args.scope,
        mime_type: Some(args.mime_type),
        limit: args.limit,
        ..SearchFiles::default()
    };
    search_files(files, search).await
}

pub async fn list_favorites(files: Files, args: ListFavorites) -> ToolResult<FoundFiles> {
    let search = SearchFiles {
        scope: args.scope,
        only_favorites: true,
        limit: args.limit,
        ..SearchFiles::default()
    };
    search_files(files, search).await
}

struct Found {
    entries: Vec<Entry>,
    answered: Option<i64>,
    truncated: bool,
}

impl Found {
    /// Last changed first, then by path: the same order on every call.
    fn page(mut self, files: &Files, limit: Option<u32>, cursor: Option<&str>) -> ToolResult<FoundFiles> {
        self.entries
            .sort_by(|one, other| (other.modified, &one.path).cmp(&(one.modified, &other.path)));
        let limit = limit.map_or(PAGE, |limit| limit as usize).clamp(1, MAX_RESULTS);
        let page = Page::of(self.entries, limit, cursor)?;
        Ok(FoundFiles {
            results: page
                .items
                .into_iter()
                .map(|entry| entry.listed(&files.nextcloud, self.answered))
                .collect(),
            total_found: page.total,
            truncated: self.truncated,
            next_cursor: page.next_cursor,
        })
    }
}

async fn search(files: &Files, scope: &FilePath, filter: &Filter) -> ToolResult<Found> {
    let user = files.user().await?;
    // Not encoded: Nextcloud takes it letter by letter, and would look for a folder called `a%20b`.
    let scope_href = format!("/files/{user}/{}", scope.as_str());
    let element = |local| Element::new(DAV, local);
    let order = element("order")
        .child(element("prop").child(element("getlastmodified")))
        .child(element("descending"));
    let query = element("searchrequest").child(
        element("basicsearch")
            .child(element("select").child(prop(&PROPS)))
            .child(
                element("from").child(
                    element("scope")
                        .child(element("href").text(scope_href.trim_end_matches('/')))
                        .child(element("depth").text("infinity")),
                ),
            )
            .child(element("where").child(filter.to_condition()))
            .child(element("orderby").child(order))
            .child(element("limit").child(element("nresults").text(MAX_RESULTS.to_string()))),
    );
    let answer = files
        .nextcloud
        .dav_xml("SEARCH", "/remote.php/dav/", &query)
        .multistatus()
        .await;
    let answer = match answer {
        Err(error) if is_no_folder(&error) => {
            return Err(ToolError::new(
                "not_found",
                format!("argument `scope`: there is no folder {scope}"),
            ));
        }
        answer => answer.about(format_args!("the search below {scope}"))?,
    };
    let base = files.base().await?;
    let entries: Vec<Entry> = answer
        .responses
        .iter()
        .filter_map(|response| Entry::read(response, &base))
        .filter(|entry| entry.path.is_within(scope) && filter.keeps(entry))
        .collect();
    Ok(Found {
        truncated: answer.responses.len() >= MAX_RESULTS,
        answered: answer.answered,
        entries,
    })
}

/// Nextcloud answers 404 to a search below what is not there, and 500 to one below a file.
fn is_no_folder(error: &NextcloudError) -> bool {
    let below_a_file = || error.to_string().contains("only supported on directories");
    match error.status() {
        Some(StatusCode::NOT_FOUND) => true,
        Some(StatusCode::INTERNAL_SERVER_ERROR) => below_a_file(),
        _ => false,
    }
}

/// `<d:prop>` of one property, as conditions name it.
pub(super) fn property(namespace: &'static str, local: &'static str) -> Element {
    debug_assert!(namespace == DAV || namespace == OC);
    Element::new(DAV, "prop").child(Element::new(namespace, local))
}
