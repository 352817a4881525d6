//! Every tool of the catalogue against bad input and against a Nextcloud in trouble. The rows come from the tools' own schemas, so that a new tool or
//! argument is tried without a line here; what a tool needs is a call that works (`valid/`).

mod absent;
mod answer;
mod examination;
mod meeting;
mod rows;
mod trouble;
mod valid;
mod world;

use absent::miss;
use examination::examine;
use meeting::withstand;
use trouble::endure;
use valid::{Calendars, Contacts, Cookbook, Deck, Files, Notes, Sharing, Tables};

#[tokio::test]
async fn notes_refuse_bad_input() {
    examine::<Notes>().await;
}

#[tokio::test]
async fn notes_say_what_is_wrong_with_nextcloud() {
    endure::<Notes>().await;
}

#[tokio::test]
async fn calendars_and_tasks_refuse_bad_input() {
    examine::<Calendars>().await;
}

#[tokio::test]
async fn calendars_and_tasks_say_what_is_wrong_with_nextcloud() {
    endure::<Calendars>().await;
}

#[tokio::test]
async fn contacts_refuse_bad_input() {
    examine::<Contacts>().await;
}

#[tokio::test]
async fn contacts_say_what_is_wrong_with_nextcloud() {
    endure::<Contacts>().await;
}

#[tokio::test]
async fn files_refuse_bad_input() {
    examine::<Files>().await;
}

#[tokio::test]
async fn files_say_what_is_wrong_with_nextcloud() {
    endure::<Files>().await;
}

#[tokio::test]
async fn shares_refuse_bad_input() {
    examine::<Sharing>().await;
}

#[tokio::test]
async fn shares_say_what_is_wrong_with_nextcloud() {
    endure::<Sharing>().await;
}

#[tokio::test]
async fn deck_refuses_bad_input() {
    examine::<Deck>().await;
}

#[tokio::test]
async fn deck_says_what_is_wrong_with_nextcloud() {
    endure::<Deck>().await;
}

#[tokio::test]
async fn cookbook_refuses_bad_input() {
    examine::<Cookbook>().await;
}

#[tokio::test]
async fn cookbook_says_what_is_wrong_with_nextcloud() {
    endure::<Cookbook>().await;
}

#[tokio::test]
async fn tables_refuse_bad_input() {
    examine::<Tables>().await;
}

#[tokio::test]
async fn tables_say_what_is_wrong_with_nextcloud() {
    endure::<Tables>().await;
}

#[tokio::test]
async fn no_tool_is_forgotten() {
    let world = world::World::start().await;
    for tool in world.tools("").await {
        assert!(
            valid::PREFIXES.iter().any(|prefix| tool.name.starts_with(prefix)),
            "{} belongs to none of the tests here",
            tool.name
        );
    }
}

#[tokio::test]
async fn reading_tools_withstand_requests_that_meet() {
    tokio::join!(
        withstand::<Notes>(),
        withstand::<Calendars>(),
        withstand::<Contacts>(),
        withstand::<Files>(),
        withstand::<Sharing>(),
        withstand::<Deck>(),
        withstand::<Cookbook>(),
        withstand::<Tables>(),
    );
}

#[tokio::test]
async fn tools_of_apps_that_are_not_there_say_so() {
    tokio::join!(
        miss::<Notes>("notes"),
        miss::<Deck>("deck"),
        miss::<Cookbook>("cookbook"),
        miss::<Tables>("tables"),
    );
}
