//! Properties asked for, and the multistatus that gives them.

use std::fmt::Write as _;

use axum::response::Response;
use http::StatusCode;

use super::ns;
use super::xml::{Element, Name, escape};
use crate::reply;

/// What a `PROPFIND` or `REPORT` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `allprop`, or no body: what the node has by default.
    All,
    /// These.
    Named(Vec<Name>),
}

impl Wanted {
    /// Reads `<d:prop>` of a request.
    pub(crate) fn of(request: &Element) -> Self {
        request.find(ns::DAV, "prop").map_or(Self::All, |prop| {
            Self::Named(prop.children.iter().map(|child| child.name.clone()).collect())
        })
    }
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Text, escaped when written.
    Text(String),
    /// What is inside the element, as XML with the prefixes of [`Multistatus`].
    Xml(String),
}

/// A node's properties. The order is the one `allprop` answers in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Properties {
    known: Vec<(&'static str, &'static str, Value, bool)>,
}

impl Properties {
    /// A property of `allprop`.
    pub(crate) fn text(&mut self, namespace: &'static str, local: &'static str, value: impl Into<String>) {
        self.known.push((namespace, local, Value::Text(value.into()), true));
    }

    /// A property of `allprop` that holds XML.
    pub(crate) fn xml(&mut self, namespace: &'static str, local: &'static str, value: impl Into<String>) {
        self.known.push((namespace, local, Value::Xml(value.into()), true));
    }

    /// A property that is given only when asked for by name.
    pub(crate) fn named(&mut self, namespace: &'static str, local: &'static str, value: Value) {
        self.known.push((namespace, local, value, false));
    }

    fn get(&self, name: &Name) -> Option<&Value> {
        self.known
            .iter()
            .find(|(namespace, local, ..)| name.0 == *namespace && name.1 == *local)
            .map(|(_, _, value, _)| value)
    }
}

/// A `207 Multi-Status` that is being written.
#[derive(Debug, Default)]
pub(crate) struct Multistatus {
    pub(super) responses: String,
    sync_token: Option<String>,
}

impl Multistatus {
    /// Gives of `properties` what is wanted, and names what the node has not.
    pub(crate) fn give(&mut self, href: &str, wanted: &Wanted, properties: &Properties) {
        let (mut found, mut missing) = (String::new(), String::new());
        match wanted {
            Wanted::All => {
                for (namespace, local, value, _) in properties.known.iter().filter(|(.., in_all)| *in_all) {
                    write_property(&mut found, namespace, local, Some(value));
                }
            }
            Wanted::Named(names) => {
                for name in names {
                    match properties.get(name) {
                        Some(value) => write_property(&mut found, &name.0, &name.1, Some(value)),
                        None => write_property(&mut missing, &name.0, &name.1, None),
                    }
                }
            }
        }
        let mut groups = Vec::new();
        if !found.is_empty() || missing.is_empty() {
            groups.push((StatusCode::OK, found));
        }
        if !missing.is_empty() {
            groups.push((StatusCode::NOT_FOUND, missing));
        }
        self.write(href, &groups);
    }

    /// Says of each property how its change went.
    pub(crate) fn changed(&mut self, href: &str, outcomes: &[(Name, StatusCode)]) {
        let mut groups: Vec<(StatusCode, String)> = Vec::new();
        for (name, status) in outcomes {
            let at = groups.iter().position(|(known, _)| known == status).unwrap_or_else(|| {
                groups.push((*status, String::new()));
                groups.len() - 1
            });
            write_property(&mut groups[at].1, &name.0, &name.1, None);
        }
        self.write(href, &groups);
    }

    /// A resource that is known only by a status: 404 for a member that is gone.
    pub(crate) fn status(&mut self, href: &str, status: StatusCode) {
        let _ = write!(
            self.responses,
            "<d:response><d:href>{}</d:href><d:status>{}</d:status></d:response>",
            escape(href),
            status_line(status)
        );
    }

    /// The token of a `sync-collection` report.
    pub(crate) fn sync_token(&mut self, token: impl Into<String>) {
        self.sync_token = Some(token.into());
    }

    fn write(&mut self, href: &str, groups: &[(StatusCode, String)]) {
        let out = &mut self.responses;
        let _ = write!(out, "<d:response><d:href>{}</d:href>", escape(href));
        for (status, properties) in groups {
            let _ = write!(
                out,
                "<d:propstat><d:prop>{properties}</d:prop><d:status>{}</d:status></d:propstat>",
                status_line(*status)
            );
        }
        out.push_str("</d:response>");
    }

    /// The answer.
    pub(crate) fn into_response(self) -> Response {
        let namespaces = PREFIXES.iter().fold(String::new(), |all, (prefix, namespace)| {
            format!("{all} xmlns:{prefix}=\"{namespace}\"")
        });
        let token = self
            .sync_token
            .map(|token| format!("<d:sync-token>{}</d:sync-token>", escape(&token)))
            .unwrap_or_default();
        let body = format!(
            "<?xml version=\"1.0\"?>\n<d:multistatus{namespaces}>{}{token}</d:multistatus>\n",
            self.responses
        );
        reply::text(StatusCode::MULTI_STATUS, reply::XML, body)
    }
}

/// The prefixes in every multistatus.
const PREFIXES: [(&str, &str); 7] = [
    ("d", ns::DAV),
    ("s", "http://sabredav.org/ns"),
    ("cal", ns::CAL),
    ("cs", ns::CS),
    ("card", ns::CARD),
    ("oc", ns::OC),
    ("nc", ns::NC),
];

fn write_property(out: &mut String, namespace: &str, local: &str, value: Option<&Value>) {
    let prefix = PREFIXES.iter().find(|(_, known)| *known == namespace);
    let (tag, declaration) = match prefix {
        Some((prefix, _)) => (format!("{prefix}:{local}"), String::new()),
        None => (format!("x1:{local}"), format!(" xmlns:x1=\"{}\"", escape(namespace))),
    };
    let inner = match value {
        Some(Value::Text(text)) => escape(text),
        Some(Value::Xml(xml)) => xml.clone(),
        None => String::new(),
    };
    let _ = if inner.is_empty() {
        write!(out, "<{tag}{declaration}/>")
    } else {
        write!(out, "<{tag}{declaration}>{inner}</{tag}>")
    };
}

fn status_line(status: StatusCode) -> String {
    format!(
        "HTTP/1.1 {} {}",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    )
}
