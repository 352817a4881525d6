//! A call that works for every tool: what the rows spoil.

mod calendars;
mod contacts;
mod cookbook;
mod deck;
mod files;
mod notes;
mod sharing;
mod tables;

use serde_json::Value;

pub(super) use calendars::Calendars;
pub(super) use contacts::Contacts;
pub(super) use cookbook::Cookbook;
pub(super) use deck::Deck;
pub(super) use files::Files;
pub(super) use notes::Notes;
pub(super) use sharing::Sharing;
pub(super) use tables::Tables;

use super::world::World;

/// How the tools of all apps begin.
pub(super) const PREFIXES: [&str; 8] = [
    Notes::PREFIX,
    Calendars::PREFIX,
    Contacts::PREFIX,
    Files::PREFIX,
    Sharing::PREFIX,
    Deck::PREFIX,
    Cookbook::PREFIX,
    Tables::PREFIX,
];

/// What an app's tools can be called with.
pub(super) trait ValidCalls: Sized {
    /// How the names of the app's tools begin.
    const PREFIX: &'static str;

    /// Makes what all calls share.
    async fn start(world: &World) -> Self;

    /// Arguments with which the tool works, once: what it changes or removes is made for this call.
    async fn arguments(&self, world: &World, tool: &str) -> Value;
}

/// `made` with `more` fields.
fn with(mut made: Value, more: &Value) -> Value {
    let more = more.as_object().unwrap().clone();
    made.as_object_mut().unwrap().extend(more);
    made
}
