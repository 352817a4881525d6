//! Which cards of a board are listed, and how much of each.

use std::borrow::Cow;

use actors::nextcloud::NextcloudClient;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::api;
use super::explain::missing_or_forbidden;
use super::links;
use super::model::{Assignment, Card, Label, Stack};
use super::values::{Id, invalid};
use crate::mcp::{About, ToolError, ToolResult};

/// Most cards of a board in one result.
pub const MOST_CARDS: usize = 500;
/// How much of a description a row shows, in characters, when it is not said.
pub const PREVIEW: u32 = 140;

// The variants carry no documentation: it would turn a list of names in the schemas into one of objects.

// `full` shows all there is, `summary` one compact row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    #[default]
    Summary,
    Full,
}

// The description of an argument: `open` is neither done nor archived, `done` is not archived.
/// Default: open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    All,
    #[default]
    Open,
    Done,
    Archived,
}

/// What a card must be to be listed, and how it is shown.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    pub status: Status,
    /// The title of a label it has.
    pub label: Option<String>,
    /// The id or name of somebody it is assigned to.
    pub assigned_to: Option<String>,
    pub detail: Detail,
    /// Where a full description is cut, in characters.
    pub description_max: Option<u32>,
    pub preview: u32,
}

/// A card in one compact row.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardSummary {
    pub id: i64,
    pub title: String,
    pub stack_id: i64,
    pub archived: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duedate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub labels: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub assigned_users: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments_unread: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments_count: Option<i64>,
    pub has_description: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description_preview: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A card as a row or in full.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ListedCard {
    Summary(Box<CardSummary>),
    Full(Box<Card>),
}

impl JsonSchema for ListedCard {
    fn schema_name() -> Cow<'static, str> {
        "ListedCard".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// The schema of a row, which a full card fits too once labels and users may be more than names: half the size of
    /// two alternatives.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = CardSummary::json_schema(generator);
        if let Some(object) = schema.as_object_mut() {
            for (name, list) in object
                .get_mut("properties")
                .and_then(|value| value.as_object_mut())
                .into_iter()
                .flatten()
            {
                if let (true, Some(list)) = (
                    matches!(name.as_str(), "labels" | "assignedUsers"),
                    list.as_object_mut(),
                ) {
                    list.remove("items");
                }
            }
            if let Some(required) = object.get_mut("required").and_then(|value| value.as_array_mut()) {
                required.retain(|name| name != "hasDescription");
            }
        }
        schema
    }
}

impl Listing {
    /// The stacks of a board in their order, each with the cards that are to be listed, in theirs.
    pub async fn stacks(&self, nextcloud: &NextcloudClient, board: Id) -> ToolResult<Vec<Stack>> {
        let subject = format!("the stacks of board {board}");
        let mut stacks = match self.status {
            Status::Open | Status::Done => api::stacks(nextcloud, board)
                .await
                .about_with(&subject, missing_or_forbidden)?,
            Status::Archived => api::archived_stacks(nextcloud, board)
                .await
                .about_with(&subject, missing_or_forbidden)?,
            Status::All => {
                let (stacks, archived) =
                    tokio::join!(api::stacks(nextcloud, board), api::archived_stacks(nextcloud, board));
                merge(
                    stacks.about_with(&subject, missing_or_forbidden)?,
                    archived.about_with(&subject, missing_or_forbidden)?,
                )
            }
        };
        self.refuse_unknown_assignees(&stacks)?;
        stacks.sort_by_key(|stack| (stack.order, stack.id));
        for stack in &mut stacks {
            stack.cards.retain(|card| self.lists(card));
            stack.cards.sort_by_key(|card| (card.order, card.id));
        }
        Ok(stacks)
    }

    /// One stack of a board with its cards that are to be listed. A stack read by itself has no labels on its cards,
    /// so it is looked for among all of the board.
    pub async fn stack(&self, nextcloud: &NextcloudClient, board: Id, stack: Id) -> ToolResult<Stack> {
        let stacks = self.stacks(nextcloud, board).await?;
        find_stack(stacks, board, stack)
    }

    /// Shows a card.
    pub fn show(&self, nextcloud: &NextcloudClient, board: Id, mut card: Card) -> ListedCard {
        let url = links::card(nextcloud, board, card.id);
        if self.detail == Detail::Full {
            if let (Some(longest), Some(description)) = (self.description_max, &mut card.description) {
                *description = clip(description, longest);
            }
            card.url = url;
            return ListedCard::Full(Box::new(card));
        }
        ListedCard::Summary(Box::new(self.summary(card, url)))
    }

    /// A card as a row.
    pub fn summary(&self, card: Card, url: Option<String>) -> CardSummary {
        let description = card.description.unwrap_or_default();
        CardSummary {
            id: card.id,
            title: card.title,
            stack_id: card.stack_id,
            archived: card.archived,
            duedate: card.duedate,
            startdate: card.startdate,
            done: card.done,
            color: card.color,
            labels: label_titles(&card.labels),
            assigned_users: user_ids(card.assigned_users.as_deref().unwrap_or_default()),
            attachment_count: card.attachment_count.filter(|count| *count > 0),
            comments_unread: card.comments_unread.filter(|count| *count > 0),
            comments_count: card.comments_count.filter(|count| *count > 0),
            has_description: !description.is_empty(),
            description_preview: (!description.is_empty() && self.preview > 0)
                .then(|| clip(&description, self.preview)),
            url,
        }
    }

    fn lists(&self, card: &Card) -> bool {
        let has_status = match self.status {
            Status::All => true,
            Status::Open => !card.archived && card.done.is_none(),
            Status::Done => !card.archived && card.done.is_some(),
            Status::Archived => card.archived,
        };
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        let has_label = self
            .label
            .as_ref()
            .is_none_or(|label| card.labels.iter().any(|other| same(&other.title, label)));
        let is_assigned = self.assigned_to.as_ref().is_none_or(|user| {
            card.assigned_users.iter().flatten().any(|assignment| {
                same(&assignment.participant.uid, user) || same(&assignment.participant.displayname, user)
            })
        });
        has_status && has_label && is_assigned
    }

    /// A filter that Deck's answer cannot be held against must not look as if it had found nothing.
    fn refuse_unknown_assignees(&self, stacks: &[Stack]) -> ToolResult<()> {
        let unknown = stacks
            .iter()
            .flat_map(|stack| &stack.cards)
            .any(|card| card.archived && card.assigned_users.is_none());
        if self.assigned_to.is_some() && unknown {
            return Err(invalid(
                "assigned_to",
                "Deck lists archived cards without their assignees; filter with status open or done, or leave \
                 `assigned_to` out",
            ));
        }
        Ok(())
    }
}

/// The stack with this id, or an error that names those there are.
pub fn find_stack(mut stacks: Vec<Stack>, board: Id, id: Id) -> ToolResult<Stack> {
    match stacks.iter().position(|stack| stack.id == id.get()) {
        Some(index) => Ok(stacks.swap_remove(index)),
        None => Err(no_such_stack(&stacks, board, id)),
    }
}

/// Says that a stack is in the trash, as Deck does not.
pub fn deleted_stack(board: Id, id: Id) -> ToolError {
    ToolError::new(
        "not_found",
        format!("board {board} has no stack {id} any more: it was deleted. Nothing was changed."),
    )
}

/// Says which stacks a board has instead of the one asked for.
pub fn no_such_stack(stacks: &[Stack], board: Id, id: Id) -> ToolError {
    let known: Vec<String> = stacks.iter().take(20).map(|stack| stack.id.to_string()).collect();
    let known = if known.is_empty() {
        "It has none.".to_owned()
    } else {
        format!("Its stacks are {}.", known.join(", "))
    };
    ToolError::new("not_found", format!("board {board} has no stack {id}. {known}"))
}

/// The titles of labels.
pub fn label_titles(labels: &[Label]) -> Vec<String> {
    labels.iter().map(|label| label.title.clone()).collect()
}

fn user_ids(assignments: &[Assignment]) -> Vec<String> {
    assignments
        .iter()
        .map(|assignment| assignment.participant.uid.clone())
        .collect()
}

/// Puts archived cards into the stacks that have the others.
fn merge(mut stacks: Vec<Stack>, archived: Vec<Stack>) -> Vec<Stack> {
    for other in archived {
        match stacks.iter_mut().find(|stack| stack.id == other.id) {
            Some(stack) => stack.cards.extend(other.cards),
            None => stacks.push(other),
        }
    }
    stacks
}

/// The first `longest` characters, with an ellipsis if there are more.
pub fn clip(text: &str, longest: u32) -> String {
    match text.char_indices().nth(longest as usize) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Listing, Stack, Status, clip, merge};

    fn stack(cards: &serde_json::Value) -> Stack {
        serde_json::from_value(json!({"id": 1, "cards": cards})).unwrap()
    }

    fn listed(status: Status, label: Option<&str>, assigned_to: Option<&str>) -> Vec<i64> {
        let stack = stack(&json!([
            {"id": 1, "stackId": 1, "labels": [{"id": 5, "title": "Urgent"}], "assignedUsers": []},
            {"id": 2, "stackId": 1, "done": "2026-01-01", "assignedUsers": [{"participant": {"uid": "bob", "displayname": "Bob B"}}]},
            {"id": 3, "stackId": 1, "archived": true, "done": "2026-01-01"},
        ]));
        let listing = Listing {
            status,
            label: label.map(ToOwned::to_owned),
            assigned_to: assigned_to.map(ToOwned::to_owned),
            ..Listing::default()
        };
        let cards = stack.cards.iter().filter(|card| listing.lists(card));
        cards.map(|card| card.id).collect()
    }

    #[test]
    fn every_card_has_one_status() {
        assert_eq!(listed(Status::Open, None, None), [1]);
        assert_eq!(listed(Status::Done, None, None), [2]);
        assert_eq!(listed(Status::Archived, None, None), [3]);
        assert_eq!(listed(Status::All, None, None), [1, 2, 3]);
    }

    #[test]
    fn labels_and_people_are_found_by_name_whatever_their_case() {
        assert_eq!(listed(Status::All, Some("urgent"), None), [1]);
        assert_eq!(listed(Status::All, None, Some("BOB")), [2]);
        assert_eq!(listed(Status::All, None, Some("bob b")), [2]);
        assert!(listed(Status::All, Some(""), None).is_empty());
    }

    #[test]
    fn assignees_that_deck_does_not_tell_are_not_taken_for_none() {
        let listing = Listing {
            assigned_to: Some("bob".to_owned()),
            ..Listing::default()
        };
        let archived = [stack(
            &json!([{"id": 3, "stackId": 1, "archived": true, "assignedUsers": null}]),
        )];
        assert!(listing.refuse_unknown_assignees(&archived).is_err());
        let known = [stack(
            &json!([{"id": 3, "stackId": 1, "archived": true, "assignedUsers": []}]),
        )];
        assert!(listing.refuse_unknown_assignees(&known).is_ok());
    }

    #[test]
    fn archived_cards_join_the_others_of_their_stack() {
        let merged = merge(
            vec![stack(&json!([{"id": 1, "stackId": 1}]))],
            vec![stack(&json!([{"id": 2, "stackId": 1}]))],
        );
        assert_eq!((merged.len(), merged[0].cards.len()), (1, 2));
    }

    #[test]
    fn clipping_counts_characters() {
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("ä öü", 2), "ä…");
    }
}
