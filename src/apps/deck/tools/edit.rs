//! Changing a card without losing what is not changed.
//!
//! Deck's `PUT` resets every field it is not sent, and Deck has no `If-Match`: the card is read, compared with the
//! ETag that the caller knows, and written with everything it had. Between that reading and the writing there is a
//! moment in which somebody else's change is lost; nothing in Deck's API can close it.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::api::{self, CardBody};
use super::super::explain;
use super::super::model::Card;
use super::super::values::{self, CARD_TITLE, CARD_TYPE, Field, Id, Place};
use super::CardChange;
use super::cards::{changed, not_stored, read_card};
use crate::mcp::{About, ToolError, ToolResult};

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UpdateCard {
    pub board_id: Id,
    pub stack_id: Id,
    pub card_id: Id,
    pub title: Option<String>,
    pub description: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub owner: Option<String>,
    pub order: Option<u32>,
    /// ISO 8601; UTC without offset.
    pub duedate: Option<String>,
    pub archived: Option<bool>,
    /// As duedate.
    pub done: Option<String>,
    /// From Deck 1.18 on.
    pub startdate: Option<String>,
    /// From Deck 1.18 on.
    pub color: Option<String>,
    pub etag: Option<String>,
}

/// What is to change.
#[derive(Debug, Default)]
struct Changes {
    title: Option<String>,
    kind: Option<String>,
    owner: Option<String>,
    order: Option<u32>,
    archived: Option<bool>,
    description: Field,
    duedate: Field,
    startdate: Field,
    done: Field,
    color: Field,
}

impl Changes {
    fn of(args: &UpdateCard) -> ToolResult<Self> {
        let line = |name: &str, text: &Option<String>, longest: usize| {
            text.as_deref()
                .map(|text| values::title(name, text, longest))
                .transpose()
        };
        let changes = Self {
            title: line("title", &args.title, CARD_TITLE)?,
            kind: line("type", &args.kind, CARD_TYPE)?,
            owner: args
                .owner
                .as_deref()
                .map(|owner| values::user_id("owner", owner))
                .transpose()?,
            order: args.order,
            archived: args.archived,
            description: Field::of("description", args.description.as_deref(), values::description)?,
            duedate: Field::of("duedate", args.duedate.as_deref(), values::date)?,
            startdate: Field::of("startdate", args.startdate.as_deref(), values::date)?,
            done: Field::of("done", args.done.as_deref(), values::date)?,
            color: Field::of("color", args.color.as_deref(), values::color)?,
        };
        if changes.is_empty() {
            return Err(ToolError::invalid("nothing to change: give at least one field"));
        }
        Ok(changes)
    }

    fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.kind.is_none()
            && self.owner.is_none()
            && self.order.is_none()
            && self.archived.is_none()
            && self.description == Field::Keep
            && self.duedate == Field::Keep
            && self.startdate == Field::Keep
            && self.done == Field::Keep
            && self.color == Field::Keep
    }

    /// The card as it is to be: what changes, and all else as it is.
    fn on<'a>(&'a self, card: &'a Card) -> CardBody<'a> {
        let whole = whole(card, card.order);
        CardBody {
            title: self.title.as_deref().unwrap_or(whole.title),
            kind: self.kind.as_deref().unwrap_or(whole.kind),
            owner: self.owner.as_deref().or(whole.owner),
            order: self.order.map_or(whole.order, i64::from),
            description: self.description.after(Some(whole.description)).unwrap_or_default(),
            duedate: self.duedate.after(whole.duedate),
            startdate: self.startdate.after(whole.startdate),
            done: self.done.after(whole.done),
            color: self.color.after(whole.color),
            // Deck refuses to archive what is archived, and keeps the archive as it is when it is not named.
            archived: self.archived.filter(|archived| *archived != card.archived),
        }
    }
}

/// A card as a request that changes nothing but its order.
pub fn whole(card: &Card, order: i64) -> CardBody<'_> {
    CardBody {
        title: &card.title,
        kind: if card.kind.is_empty() { "plain" } else { &card.kind },
        owner: card.owner.as_ref().map(|owner| owner.uid.as_str()),
        order,
        description: card.description.as_deref().unwrap_or_default(),
        duedate: card.duedate.as_deref(),
        startdate: card.startdate.as_deref(),
        done: card.done.as_deref(),
        color: card.color.as_deref(),
        archived: None,
    }
}

pub async fn update_card(nextcloud: NextcloudClient, args: UpdateCard) -> ToolResult<CardChange> {
    let changes = Changes::of(&args)?;
    let place = Place {
        board: args.board_id,
        stack: args.stack_id,
        card: args.card_id,
    };
    let current = read_card(&nextcloud, place).await?;
    refuse_other_stack(&current, place)?;
    if let Some(etag) = &args.etag {
        refuse_changed(&current, place, etag)?;
    }
    let body = changes.on(&current);
    let card = api::update_card(&nextcloud, place, &body)
        .await
        .about_with(place, explain::change)?;
    Ok(CardChange {
        not_stored: not_stored(&body, &card),
        ..changed(&nextcloud, place, card)
    })
}

/// Written under another stack than its own a card would move there; and who names the wrong stack may mean another
/// card.
pub fn refuse_other_stack(card: &Card, place: Place) -> ToolResult<()> {
    if card.stack_id == place.stack.get() {
        return Ok(());
    }
    Err(ToolError::new(
        "conflict",
        format!(
            "{place} is in stack {}, not in stack {}. Nothing was changed: use its own stack, or move it with \
             deck_reorder_card.",
            card.stack_id, place.stack
        ),
    ))
}

fn refuse_changed(card: &Card, place: Place, etag: &str) -> ToolResult<()> {
    let known = etag.trim().trim_start_matches("W/").trim_matches('"');
    match card.etag.as_deref() {
        Some(current) if current != known => Err(ToolError::new(
            "precondition_failed",
            format!(
                "{place} was changed since it was read (its ETag is now {current}). Nothing was written: read it \
                 again, merge the change, and update with the new ETag."
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Card, Changes, Place, UpdateCard, refuse_changed, refuse_other_stack};
    use crate::apps::deck::values::Id;

    fn card() -> Card {
        serde_json::from_value(json!({
            "id": 13, "stackId": 11, "title": "T", "type": "plain", "owner": {"uid": "alice"}, "order": 4,
            "description": "text", "duedate": "2026-09-01T10:00:00+00:00", "done": "2026-08-22T10:00:00+00:00",
            "startdate": "2026-08-01T00:00:00+00:00", "color": "ff0000", "archived": true, "ETag": "e1",
        }))
        .unwrap()
    }

    fn sent(arguments: &serde_json::Value) -> serde_json::Value {
        let mut all = json!({"board_id": 4, "stack_id": 11, "card_id": 13});
        all.as_object_mut()
            .unwrap()
            .extend(arguments.as_object().unwrap().clone());
        let args: UpdateCard = serde_json::from_value(all).unwrap();
        serde_json::to_value(Changes::of(&args).unwrap().on(&card())).unwrap()
    }

    #[test]
    fn what_is_not_named_is_sent_as_it_was() {
        assert_eq!(
            sent(&json!({"title": "New"})),
            json!({
                "title": "New", "type": "plain", "owner": "alice", "order": 4, "description": "text",
                "duedate": "2026-09-01T10:00:00+00:00", "startdate": "2026-08-01T00:00:00+00:00",
                "done": "2026-08-22T10:00:00+00:00", "color": "ff0000",
            })
        );
    }

    #[test]
    fn an_empty_string_clears_and_dates_become_utc() {
        let body = sent(&json!({"description": "", "done": "", "duedate": "2026-09-02T00:00:00+02:00"}));
        assert_eq!(
            (&body["description"], &body["done"], &body["duedate"]),
            (&json!(""), &json!(null), &json!("2026-09-01T22:00:00+00:00"))
        );
    }

    #[test]
    fn the_archive_is_named_only_to_change_it() {
        assert!(sent(&json!({"archived": true})).get("archived").is_none());
        assert_eq!(sent(&json!({"archived": false}))["archived"], json!(false));
    }

    #[test]
    fn a_card_elsewhere_or_changed_is_left_alone() {
        let id = |number| Id::try_from(number).unwrap();
        let place = |stack| Place {
            board: id(4),
            stack: id(stack),
            card: id(13),
        };
        assert!(refuse_other_stack(&card(), place(11)).is_ok());
        let error = refuse_other_stack(&card(), place(12)).unwrap_err().to_string();
        assert!(error.contains("is in stack 11, not in stack 12"), "{error}");
        assert!(refuse_changed(&card(), place(11), "\"e1\"").is_ok());
        assert!(refuse_changed(&card(), place(11), "e0").is_err());
    }
}
