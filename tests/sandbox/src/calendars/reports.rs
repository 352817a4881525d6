//! `REPORT` on homes and calendars.

use axum::response::Response;
use http::StatusCode;

use super::query::{self, Filter};
use super::store::Seen;
use super::{listing, missing, scheduling};
use crate::dav::{DavCall, DavError, Depth, Element, Multistatus, encode, ns};
use crate::reply;

/// A home has no objects of its own: queries find nothing, and nobody may ask when it is busy.
pub(super) async fn home(mut call: DavCall) -> Result<Response, DavError> {
    let report = body(&mut call).await?;
    if report.is(ns::CAL, "free-busy-query") {
        return Err(DavError::forbidden("Access denied"));
    }
    Ok(Multistatus::default().into_response())
}

pub(super) async fn calendar(mut call: DavCall, name: &str) -> Result<Response, DavError> {
    let report = body(&mut call).await?;
    let uid = call.user.uid.clone();
    let seen = call.state.calendars().find(&uid, name).ok_or_else(|| missing(name))?;
    if report.is(ns::CAL, "calendar-query") {
        if call.depth(Depth::Zero) == Depth::Zero {
            return Err(DavError::bad_request(
                "A calendar-query REPORT on a calendar with a Depth: 0 is undefined. Set Depth to 1",
            ));
        }
        let filter = Filter::of(&report)?;
        let names = seen.calendar.objects.iter();
        let names = names
            .filter(|(_, object)| filter.passes(object))
            .map(|(name, _)| name.clone());
        return Ok(objects(&uid, &seen, &report, names.collect()).into_response());
    }
    if report.is(ns::CAL, "calendar-multiget") {
        let mut names = Vec::new();
        for href in report.children.iter().filter(|child| child.is(ns::DAV, "href")) {
            let segments = DavCall::segments_of(href.text.trim())?;
            if let [_, owner, calendar, object] = segments.as_slice()
                && (owner, calendar.as_str()) == (&uid, name)
            {
                names.push(object.clone());
            }
        }
        return Ok(objects(&uid, &seen, &report, names).into_response());
    }
    if report.is(ns::DAV, "sync-collection") {
        return Ok(changes(&uid, &seen, &report).into_response());
    }
    if report.is(ns::CAL, "free-busy-query") {
        let range = report
            .find(ns::CAL, "time-range")
            .ok_or_else(|| DavError::bad_request("The freebusy report requires a time-range element"))?;
        let range = query::range(range)?;
        let now = call.state.clock().unix();
        let text = scheduling::free_busy(&[seen], range, now, &[]);
        return Ok(reply::text(StatusCode::OK, "text/calendar;charset=UTF-8", text));
    }
    let name = format!("{{{}}}{}", report.name.0, report.name.1);
    Err(DavError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "ReportNotSupported",
        format!("The {name} report is not supported here"),
    ))
}

async fn body(call: &mut DavCall) -> Result<Element, DavError> {
    let body = call.xml().await?;
    body.ok_or_else(|| DavError::bad_request("The xml body was empty"))
}

/// What the report wants of these objects. Those that are not there are left out.
fn objects(uid: &str, seen: &Seen, report: &Element, names: Vec<String>) -> Multistatus {
    let wanted = listing::wanted(report);
    let mut answer = Multistatus::default();
    for name in names {
        if let Some(object) = seen.calendar.objects.get(&name) {
            let href = encode(["calendars", uid, &seen.uri, &name], false);
            answer.give(&href, &wanted, &listing::of_object(object, true));
        }
    }
    answer
}

/// What changed since a token (RFC 6578); everything when Nextcloud does not know the token.
fn changes(uid: &str, seen: &Seen, report: &Element) -> Multistatus {
    let calendar = &seen.calendar;
    let since = report.find(ns::DAV, "sync-token").and_then(|token| {
        token
            .text
            .trim()
            .strip_prefix("http://sabre.io/ns/sync/")?
            .parse::<u64>()
            .ok()
    });
    let mut names: Vec<String> = match since {
        Some(since) => {
            let changed = calendar.changes.iter().filter(|(version, _)| *version >= since);
            changed.map(|(_, name)| name.clone()).collect()
        }
        None => calendar.objects.keys().cloned().collect(),
    };
    names.sort_unstable();
    names.dedup();
    let gone: Vec<String> = names
        .iter()
        .filter(|name| !calendar.objects.contains_key(*name))
        .cloned()
        .collect();
    let mut answer = objects(uid, seen, report, names);
    for name in gone {
        answer.status(&encode(["calendars", uid, &seen.uri, &name], false), listing::GONE);
    }
    answer.sync_token(calendar.token());
    answer
}
