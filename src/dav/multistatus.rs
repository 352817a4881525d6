//! `207 Multi-Status` (RFC 4918 §13): one response per resource, its properties grouped by status.

use super::element::Element;
use super::href;
use super::namespace::{DAV, Name};
use super::reader::{Reader, XmlError};

/// Responses that are kept of one answer.
const MAX_RESPONSES: usize = 100_000;

/// A multistatus, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Multistatus {
    /// One for each resource, in the server's order.
    pub responses: Vec<DavResponse>,
    /// The token of a `sync-collection` report (RFC 6578).
    pub sync_token: Option<String>,
    /// When the server answered (`Date`), in Unix seconds by its own clock.
    pub answered: Option<i64>,
}

/// What a multistatus says of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DavResponse {
    /// The path of the resource as the server wrote it, without scheme and host, still percent-encoded.
    pub href: String,
    /// The status of the resource as a whole: set where there are no properties (404 of a deleted member).
    pub status: Option<u16>,
    /// Properties that the resource has.
    pub props: Vec<Element>,
    /// Properties that it has not, or that were refused, with their status.
    pub missing: Vec<(Name, u16)>,
}

impl Multistatus {
    /// Reads an answer's body.
    pub fn read(body: &[u8]) -> Result<Self, XmlError> {
        let mut multistatus = Self::default();
        let mut reader = Reader::new(body)?;
        if !reader.root()?.is(DAV, "multistatus") {
            return Err(XmlError::WrongRoot);
        }
        while let Some(child) = reader.next_child()? {
            if child.is(DAV, "response") {
                if multistatus.responses.len() >= MAX_RESPONSES {
                    return Err(XmlError::TooMany);
                }
                multistatus.responses.extend(DavResponse::read(child));
            } else if child.is(DAV, "sync-token") {
                multistatus.sync_token = child.trimmed().map(ToOwned::to_owned);
            }
        }
        Ok(multistatus)
    }
}

impl DavResponse {
    /// `None` when there is no href: such a response says nothing about anything.
    fn read(response: Element) -> Option<Self> {
        let href = href::path(response.find(DAV, "href")?.trimmed()?).to_owned();
        let status = response.find(DAV, "status").and_then(status_code);
        let (mut props, mut missing) = (Vec::new(), Vec::new());
        for mut propstat in response.children {
            if !propstat.is(DAV, "propstat") {
                continue;
            }
            let status = propstat.find(DAV, "status").and_then(status_code).unwrap_or(500);
            let Some(at) = propstat.children.iter().position(|child| child.is(DAV, "prop")) else {
                continue;
            };
            let found = propstat.children.swap_remove(at).children;
            if (200..300).contains(&status) {
                props.extend(found);
            } else {
                missing.extend(found.into_iter().map(|prop| (prop.name, status)));
            }
        }
        Some(Self {
            href,
            status,
            props,
            missing,
        })
    }

    /// A property that the resource has.
    pub fn prop(&self, namespace: &str, local: &str) -> Option<&Element> {
        self.props.iter().find(|prop| prop.is(namespace, local))
    }

    /// The text of a property, without blanks around it; `None` when it is missing or empty.
    pub fn text(&self, namespace: &str, local: &str) -> Option<&str> {
        self.prop(namespace, local)?.trimmed()
    }

    /// A property that is a number.
    pub fn number<T: std::str::FromStr>(&self, namespace: &str, local: &str) -> Option<T> {
        self.text(namespace, local)?.parse().ok()
    }

    /// Whether `resourcetype` has this element in it.
    pub fn is_a(&self, namespace: &str, local: &str) -> bool {
        self.prop(DAV, "resourcetype")
            .is_some_and(|types| types.find(namespace, local).is_some())
    }

    /// Whether it is a folder, a calendar or an address book.
    pub fn is_collection(&self) -> bool {
        self.is_a(DAV, "collection")
    }

    /// The entity tag, without quotes.
    pub fn etag(&self) -> Option<actors::nextcloud::Etag> {
        self.text(DAV, "getetag").map(actors::nextcloud::Etag::parse)
    }

    /// The hrefs in a property (`principal-URL`, `calendar-home-set`), as paths.
    pub fn hrefs(&self, namespace: &str, local: &str) -> Vec<&str> {
        let Some(property) = self.prop(namespace, local) else {
            return Vec::new();
        };
        property
            .find_all(DAV, "href")
            .filter_map(|found| found.trimmed())
            .map(href::path)
            .collect()
    }

    /// Whether the user has this privilege of `DAV:` (`write`, `bind`): `None` when the server did not say
    /// (`current-user-privilege-set`, RFC 3744 §5.5).
    pub fn may(&self, privilege: &str) -> Option<bool> {
        let set = self.prop(DAV, "current-user-privilege-set")?;
        Some(
            set.find_all(DAV, "privilege")
                .any(|granted| granted.find(DAV, privilege).is_some()),
        )
    }
}

/// The code of `HTTP/1.1 404 Not Found`.
fn status_code(status: &Element) -> Option<u16> {
    status.trimmed()?.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Multistatus;
    use crate::dav::namespace::{DAV, NC, OC};
    use crate::dav::reader::XmlError;

    const LISTING: &str = r#"<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:response><d:href>/remote.php/dav/files/alice/tagme.txt</d:href><d:propstat><d:prop><oc:fileid>324</oc:fileid><d:getetag>&quot;3ec8&quot;</d:getetag><d:resourcetype/><nc:system-tags><nc:system-tag oc:can-assign="true" oc:id="1" nc:color="">important</nc:system-tag></nc:system-tags></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><nc:note/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response><d:response><d:href>https://example.org/remote.php/dav/gone</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response><d:sync-token>http://sabre.io/ns/sync/5</d:sync-token></d:multistatus>"#;

    #[test]
    fn properties_are_found_or_missing() {
        let read = Multistatus::read(LISTING.as_bytes()).unwrap();
        let file = &read.responses[0];
        assert_eq!(file.href, "/remote.php/dav/files/alice/tagme.txt");
        assert_eq!(file.number(OC, "fileid"), Some(324));
        assert_eq!(file.etag().unwrap().as_str(), "3ec8");
        assert!(!file.is_collection());
        let tag = file.prop(NC, "system-tags").unwrap().find(NC, "system-tag").unwrap();
        assert_eq!((tag.text.as_str(), tag.attribute_value("id")), ("important", Some("1")));
        assert_eq!(file.missing.len(), 1);
        assert_eq!(
            (file.missing[0].0.to_string().as_str(), file.missing[0].1),
            ("{http://nextcloud.org/ns}note", 404)
        );
        let gone = &read.responses[1];
        assert_eq!((gone.href.as_str(), gone.status), ("/remote.php/dav/gone", Some(404)));
        assert_eq!(read.sync_token.as_deref(), Some("http://sabre.io/ns/sync/5"));
    }

    #[test]
    fn another_document_is_refused() {
        assert_eq!(Multistatus::read(b"<html/>"), Err(XmlError::WrongRoot));
        assert!(Multistatus::read(b"").is_err());
        let cut = &LISTING.as_bytes()[..LISTING.len() - 20];
        assert!(matches!(Multistatus::read(cut), Err(XmlError::Malformed(_))));
        let empty = Multistatus::read(b"<d:multistatus xmlns:d='DAV:'/>").unwrap();
        assert!(empty.responses.is_empty());
    }

    #[test]
    fn privileges_and_hrefs_are_read_from_inside() {
        let body = br#"<multistatus xmlns="DAV:"><response><href>/c/</href><propstat><prop>
            <resourcetype><collection/></resourcetype>
            <current-user-privilege-set><privilege><read/></privilege></current-user-privilege-set>
            <owner><href>/remote.php/dav/principals/users/bob/</href></owner>
            </prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"#;
        let read = Multistatus::read(body).unwrap();
        let calendar = &read.responses[0];
        assert!(calendar.is_collection());
        assert_eq!((calendar.may("read"), calendar.may("write")), (Some(true), Some(false)));
        assert_eq!(calendar.hrefs(DAV, "owner"), ["/remote.php/dav/principals/users/bob/"]);
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(at in 0..LISTING.len(), with in "\\PC{0,6}") {
            if LISTING.is_char_boundary(at) {
                let changed = format!("{}{with}{}", &LISTING[..at], &LISTING[at..]);
                let _ = Multistatus::read(changed.as_bytes());
            }
        }
    }
}
