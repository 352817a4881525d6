//! What a request is going to do, read from its body before MCP does it.
//!
//! Modern requests name method and tool in headers too, but it is the body that is carried out, so it is the body that
//! is looked at, in both eras. What cannot be read here is left to MCP, which refuses it; and the handler checks the
//! scopes once more, so a disagreement between two readers opens nothing.

use std::borrow::Cow;

use serde::Deserialize;

use crate::mcp::Catalogue;

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow, default)]
    params: Params<'a>,
}

#[derive(Default, Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    uri: Option<Cow<'a, str>>,
}

/// The scopes that the request in `body` needs; none when it needs no particular one.
pub(super) fn required_scopes(catalogue: &Catalogue, body: &[u8]) -> &'static [&'static str] {
    let Ok(request) = serde_json::from_slice::<Request<'_>>(body) else {
        return &[];
    };
    match (request.method.as_ref(), request.params.name, request.params.uri) {
        ("tools/call", Some(name), _) => catalogue.tool(&name).map_or(&[], |tool| tool.scopes),
        ("resources/read", _, Some(uri)) => catalogue.resource(&uri).map_or(&[], |(resource, _)| resource.scopes),
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::required_scopes;
    use crate::apps;
    use crate::mcp::{Catalogue, Selection};

    fn catalogue() -> Catalogue {
        Catalogue::new(apps::tables(&apps::AppSettings::default()), &Selection::default())
    }

    #[test]
    fn tools_and_resources_say_what_they_need() {
        let catalogue = catalogue();
        let call = br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nc_notes_delete_note","arguments":{"name":1}}}"#;
        assert_eq!(required_scopes(&catalogue, call), ["notes:write"]);
        let read = br#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"nc://Notes/1"}}"#;
        assert_eq!(required_scopes(&catalogue, read), ["notes:read"]);
        let list = br#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
        assert!(required_scopes(&catalogue, list).is_empty());
    }

    proptest! {
        #[test]
        fn any_body_is_looked_at_without_harm(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = required_scopes(&catalogue(), &body);
        }
    }
}
