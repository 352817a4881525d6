//! `REPORT` with `oc:filter-files`: by favourite and by system tag.

use axum::response::Response;
use http::StatusCode;

use super::home::Path;
use super::properties;
use crate::dav::{DavCall, DavError, Multistatus, Wanted, ns};

pub(super) async fn serve(call: &mut DavCall, path: &[String]) -> Result<Response, DavError> {
    let query = call.xml().await?.unwrap_or_default();
    if !query.is(ns::OC, "filter-files") {
        let message = format!(
            "The {{{}}}{} REPORT is not supported on this resource",
            query.name.0, query.name.1
        );
        return Err(DavError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "ReportNotSupported",
            message,
        ));
    }
    let rules = query
        .find(ns::OC, "filter-rules")
        .map(|rules| rules.children.as_slice());
    let rules = rules.filter(|rules| !rules.is_empty());
    let rules = rules.ok_or_else(|| DavError::bad_request("Missing filter-rule block in request"))?;
    let now = call.state.clock().unix();
    let mut files = call.state.files();
    files.of(&call.user.uid, now).node(path)?;
    let mut found: Option<Vec<u64>> = None;
    for rule in rules {
        let ids: Vec<u64> = if rule.is(ns::OC, "systemtag") {
            let tag = rule.text.trim().parse().ok().and_then(|id| files.tag(id));
            let tag = tag.ok_or_else(|| {
                let message = "Cannot filter by non-existing tag";
                DavError::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
            })?;
            tag.on.iter().copied().collect()
        } else if rule.is(ns::OC, "favorite") {
            let home = files.of(&call.user.uid, now);
            home.tree(&[])
                .filter(|(_, node)| node.favorite)
                .map(|(_, node)| node.id)
                .collect()
        } else {
            return Err(DavError::bad_request("Unknown filter rule"));
        };
        found = Some(match found {
            None => ids,
            Some(found) => found.into_iter().filter(|id| ids.contains(id)).collect(),
        });
    }
    let home = files.of(&call.user.uid, now);
    let paths: Vec<Path> = found
        .unwrap_or_default()
        .into_iter()
        .filter_map(|id| home.path_of(id).cloned())
        .filter(|found| found.starts_with(path))
        .collect();
    let wanted = Wanted::of(&query);
    let mut answer = Multistatus::default();
    let user = call.user.clone();
    for path in paths {
        properties::give(&mut answer, &mut files, &user, &path, &wanted, now);
    }
    Ok(answer.into_response())
}
