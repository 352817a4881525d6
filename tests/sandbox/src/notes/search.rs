//! `/ocs/v2.php/search/providers/notes/search`: the unified search's view on notes.

use axum::extract::{Query, State};
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::note::Note;
use crate::AppState;
use crate::auth::OcsUser;
use crate::frontend::base_url;
use crate::ocs::Ocs;

/// How much of a note's text an entry shows, in characters.
const EXCERPT: usize = 100;
/// How much of that may stand before the match.
const BEFORE_MATCH: usize = 20;

/// The query. There is no paging: every match comes, whatever `limit` says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchQuery {
    term: String,
}

/// `GET ?term=`: notes whose title, category or text hold every word of the term, in any case.
pub(crate) async fn search(
    State(state): State<AppState>,
    OcsUser(user): OcsUser,
    ocs: Ocs,
    headers: HeaderMap,
    Query(query): Query<SearchQuery>,
) -> Response {
    let words: Vec<String> = query.term.split_whitespace().map(str::to_lowercase).collect();
    let mut notes = state.notes();
    let folder = notes.of(&user.uid);
    let root = folder.settings.notes_path.clone();
    let found = folder
        .notes()
        .filter(|note| !words.is_empty() && words.iter().all(|word| holds(note, &root, word)));
    let address = base_url(&headers);
    let entries: Vec<Value> = found
        .map(|note| {
            json!({
                "thumbnailUrl": "",
                "title": note.title,
                "subline": excerpt(&note.content, words.first().map_or("", String::as_str)),
                "resourceUrl": format!("{address}/apps/notes/note/{}", note.id),
                "icon": "icon-notes-trans",
                "rounded": false,
                "attributes": [],
            })
        })
        .collect();
    ocs.ok(json!({ "name": "Notes", "isPaginated": false, "entries": entries, "cursor": null }))
}

fn holds(note: &Note, root: &str, word: &str) -> bool {
    let texts = [
        note.title.as_str(),
        note.category(root).unwrap_or_default(),
        &note.content,
    ];
    texts.iter().any(|text| text.to_lowercase().contains(word))
}

/// Up to [`EXCERPT`] characters of the text around `word`, on one line.
fn excerpt(text: &str, word: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = line.to_lowercase();
    // Lowering may change lengths; the place is only approximate then.
    let at = lower.find(word).map_or(0, |at| lower[..at].chars().count());
    let start = at.saturating_sub(BEFORE_MATCH);
    let mut excerpt: String = line.chars().skip(start).take(EXCERPT).collect();
    if start > 0 {
        excerpt.insert(0, '…');
    }
    if line.chars().count() > start + EXCERPT {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_match() {
        assert_eq!(excerpt("findme inside", "findme"), "findme inside");
        let long = format!("{} needle {}", "a ".repeat(100), "b ".repeat(100));
        let shown = excerpt(&long, "needle");
        assert!(shown.contains("needle") && shown.starts_with('…') && shown.ends_with('…'));
        assert_eq!(shown.chars().count(), EXCERPT + 2);
    }
}
