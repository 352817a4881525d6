//! Searching notes where Nextcloud searches: contents stay on the server, only titles and categories are listed.
//!
//! Unified search wants every word of its term in a note. So that a query of several words also finds notes with some
//! of them, each word is searched for as well, and notes are ranked by how many words they have and where.

use std::collections::HashMap;

use futures_util::future::try_join_all;

use super::api::{self, SearchEntry};
use super::hidden;
use super::model::{FoundNote, FoundNotes, ListedNote, NoteSummary};
use crate::apps::files::Screened;
use crate::mcp::{About, ToolError, ToolResult};

/// Most words of a query that are searched for.
const MAX_WORDS: usize = 6;
/// What Nextcloud gives at most for one search (`unified_search.max_results_per_request`).
const MOST_RESULTS: usize = 25;
/// Most notes in a result; the titles of all notes are looked at, however many there are.
const MOST_SHOWN: usize = 100;
/// A word in the title says more of a note than one in its text.
const TITLE_WEIGHT: f64 = 3.0;
const CATEGORY_WEIGHT: f64 = 2.0;
const CONTENT_WEIGHT: f64 = 1.0;

pub async fn run(notes: &Screened, query: &str) -> ToolResult<FoundNotes> {
    let words = words(query);
    if words.is_empty() {
        return Err(ToolError::invalid("argument `query`: give at least one word"));
    }
    let nextcloud = &notes.nextcloud;
    let searches = try_join_all(words.iter().map(|word| api::search(nextcloud, word, MOST_RESULTS)));
    let (list, matches) = tokio::join!(hidden::list(notes), searches);
    let matches = matches.about("the search")?;
    let truncated = matches.iter().any(|entries| entries.len() >= MOST_RESULTS);
    let mut results = rank(list?, &words, &matches, |id| {
        nextcloud.deep_link(&format!("/index.php/apps/notes/note/{id}"))
    });
    let total_found = results.len();
    results.truncate(MOST_SHOWN);
    Ok(FoundNotes {
        truncated: truncated || results.len() < total_found,
        total_found,
        results,
    })
}

fn words(query: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in query.split_whitespace() {
        let word = word.to_lowercase();
        if !words.contains(&word) && words.len() < MAX_WORDS {
            words.push(word);
        }
    }
    words
}

/// `matches` holds, for each of `words`, what Nextcloud found.
fn rank(
    notes: Vec<ListedNote>,
    words: &[String],
    matches: &[Vec<SearchEntry>],
    link: impl Fn(i64) -> Option<String>,
) -> Vec<FoundNote> {
    let by_word: Vec<HashMap<i64, &str>> = matches
        .iter()
        .map(|entries| {
            let found = entries
                .iter()
                .filter_map(|entry| Some((note_id(&entry.resource_url)?, entry.subline.as_str())));
            found.collect()
        })
        .collect();
    let mut results: Vec<FoundNote> = notes
        .into_iter()
        .filter_map(|note| {
            let title = note.title?;
            let (lower_title, lower_category) = (title.to_lowercase(), note.category.to_lowercase());
            let mut score = 0.0;
            let mut excerpt = None;
            for (word, found) in words.iter().zip(&by_word) {
                let in_content = found.get(&note.id);
                if lower_title.contains(word) {
                    score += TITLE_WEIGHT;
                } else if lower_category.contains(word) {
                    score += CATEGORY_WEIGHT;
                } else if in_content.is_some() {
                    score += CONTENT_WEIGHT;
                }
                excerpt = excerpt.or_else(|| in_content.copied().filter(|text| !text.is_empty()));
            }
            #[expect(clippy::cast_precision_loss, reason = "there are at most six words")]
            let best = TITLE_WEIGHT * words.len() as f64;
            (score > 0.0).then(|| FoundNote {
                note: NoteSummary {
                    url: link(note.id),
                    id: note.id,
                    title,
                    category: note.category,
                    modified: note.modified,
                },
                excerpt: excerpt.map(ToOwned::to_owned),
                score: (score / best * 100.0).round() / 100.0,
            })
        })
        .collect();
    results.sort_by(|one, other| {
        let by_score = other.score.total_cmp(&one.score);
        by_score.then_with(|| (other.note.modified, one.note.id).cmp(&(one.note.modified, other.note.id)))
    });
    results
}

/// The id at the end of `http://…/apps/notes/note/239`.
fn note_id(resource_url: &str) -> Option<i64> {
    let (_, id) = resource_url.trim_end_matches('/').rsplit_once('/')?;
    id.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{ListedNote, SearchEntry, rank, words};

    fn note(id: i64, title: &str, modified: i64) -> ListedNote {
        ListedNote {
            id,
            title: Some(title.to_owned()),
            category: String::new(),
            modified,
            internal_path: None,
        }
    }

    fn entry(id: i64) -> SearchEntry {
        SearchEntry {
            subline: format!("text of {id}"),
            resource_url: format!("http://localhost/apps/notes/note/{id}"),
        }
    }

    #[test]
    fn more_words_and_titles_rank_first_and_the_rest_by_date() {
        let notes = vec![
            note(1, "Shopping", 10),
            note(2, "Plan", 20),
            note(3, "Other", 30),
            note(4, "None", 40),
        ];
        let query = words("Plan  shopping plan");
        assert_eq!(query, ["plan", "shopping"]);
        let found = rank(
            notes,
            &query,
            &[vec![entry(2), entry(1), entry(3)], vec![entry(1)]],
            |_| None,
        );
        let order: Vec<_> = found.iter().map(|found| (found.note.id, found.score)).collect();
        assert_eq!(order, [(1, 0.67), (2, 0.5), (3, 0.17)]);
        assert_eq!(found[2].excerpt.as_deref(), Some("text of 3"));
    }
}
