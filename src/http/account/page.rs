//! `GET /user/page`: who am I, and what may this server do in my Nextcloud.

use std::sync::Arc;

use actors::user_session::GrantStatus;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;

use super::{Account, LOGIN, LOGOUT, PROVISION, REVOKE, Refusal, Visitor};
use crate::http::pages::html::{Element, element};
use crate::http::pages::{Kind, Link, Page, message};

/// The page of whoever is logged in; for others, the way to log in.
pub(super) async fn show(State(account): State<Arc<Account>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let Some(visitor) = account.visitor(&headers).await? else {
        return Ok(invitation(&account));
    };
    let access = match &account.delegated_access {
        None => passed_on(),
        Some(access) => match access.status(&visitor.principal()).await {
            Ok(Some(status)) => granted(&account, &visitor, &status),
            Ok(None) => not_granted(&account, &visitor),
            Err(error) => {
                tracing::warn!(%error, "the state of a grant cannot be read");
                return Err(account.unavailable().into());
            }
        },
    };
    Ok(Page::new("Your access")
        .with(who(&visitor))
        .with(access)
        .with(log_out(&account, &visitor))
        .into_response(&account.site))
}

fn invitation(account: &Account) -> Response {
    message(
        &account.site,
        Kind::Notice,
        "Your access",
        &["Log in with your Nextcloud account to see what this server may do there, and to change it."],
        Some(Link::own("Log in", LOGIN)),
    )
}

fn who(visitor: &Visitor) -> Element {
    let session = &visitor.session;
    let subject = session.subject();
    let name = session.name.as_deref().unwrap_or(&subject.subject);
    let mut list = element("dl").with_all(entry("Account", isolated(name)));
    if name != &*subject.subject {
        list = list.with_all(entry("User ID", isolated(&subject.subject)));
    }
    list.with_all(entry("Login service", isolated(&subject.issuer)))
        .with_all(entry("Logged in", time(session.created_at)))
}

fn granted(account: &Account, visitor: &Visitor, status: &GrantStatus) -> Element {
    let scopes = status.scope.split_whitespace().map(|scope| element("li").text(scope));
    let mut list = element("dl").with_all(entry("Since", time(status.granted_at)));
    if let Some(name) = &status.username {
        list = list.with_all(entry("Account", isolated(name)));
    }
    let list = list
        .with_all(entry(
            "Ends",
            element("span").text("When you take it back here or in Nextcloud"),
        ))
        .with_all(entry("Permissions", element("ul").class("scopes").with_all(scopes)));
    let button = element("button").class("button danger").text("Take the access back");
    section("Access to your Nextcloud")
        .with(element("p").text(
            "You allowed this server to work in your Nextcloud for the applications that you connect. Each of them can do \
             only what you allowed it when you connected it.",
        ))
        .with(list)
        .with(element("p").text(
            "If you take the access back, none of your applications reaches your Nextcloud through this server until you \
             allow it again.",
        ))
        .with(visitor.form(&account.site.path(REVOKE), button))
}

fn not_granted(account: &Account, visitor: &Visitor) -> Element {
    let button = element("button").class("button").text("Allow access");
    section("Access to your Nextcloud")
        .with(element("p").text(
            "This server has no access to your Nextcloud. Allow it, so that the applications that you connect can work \
             there; you can take it back at any time.",
        ))
        .with(visitor.form(&account.site.path(PROVISION), button))
}

/// Nothing of this person is kept.
fn passed_on() -> Element {
    section("Access to your Nextcloud").with(element("p").text(
        "This server keeps no access to your Nextcloud. Each application that you connect shows its own, and you can end \
         that in the application or in Nextcloud.",
    ))
}

fn log_out(account: &Account, visitor: &Visitor) -> Element {
    let button = element("button").class("button secondary").text("Log out");
    section("This browser").with(visitor.form(&account.site.path(LOGOUT), button))
}

fn section(title: &str) -> Element {
    element("section").with(element("h2").text(title))
}

fn entry(term: &str, description: Element) -> [Element; 2] {
    [element("dt").text(term), element("dd").with(description)]
}

/// Text that others chose: its writing direction ends where it ends.
fn isolated(text: &str) -> Element {
    element("bdi").text(text)
}

/// A moment, in a form that is the same in every country. Without scripts the reader's time zone is not known.
fn time(unix_seconds: u64) -> Element {
    let moment = i64::try_from(unix_seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    let moment = moment.unwrap_or(Timestamp::UNIX_EPOCH);
    element("time")
        .attribute("datetime", &moment.to_string())
        .text(&moment.strftime("%-d %B %Y, %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::{isolated, time};

    #[test]
    fn names_and_times_as_they_are_shown() {
        assert_eq!(
            isolated("<script>alert(1)</script>").to_string(),
            "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"
        );
        assert_eq!(
            time(1_795_221_159).to_string(),
            "<time datetime=\"2026-11-21T00:32:39Z\">21 November 2026, 00:32 UTC</time>"
        );
    }
}
