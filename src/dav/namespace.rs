//! XML namespaces, and names within them.

use std::borrow::Cow;

/// WebDAV itself (RFC 4918).
pub const DAV: &str = "DAV:";
/// ownCloud's properties, which Nextcloud kept.
pub const OC: &str = "http://owncloud.org/ns";
/// Nextcloud's own properties of files and its calendar trash.
pub const NC: &str = "http://nextcloud.org/ns";
/// Nextcloud's own properties of shared calendars and address books.
pub const NEXTCLOUD_COM: &str = "http://nextcloud.com/ns";
/// CalDAV (RFC 4791).
pub const CAL: &str = "urn:ietf:params:xml:ns:caldav";
/// CardDAV (RFC 6352).
pub const CARD: &str = "urn:ietf:params:xml:ns:carddav";
/// Apple's calendar server extensions.
pub const CS: &str = "http://calendarserver.org/ns/";
/// Apple's iCal application: colour and order of calendars.
pub const ICAL: &str = "http://apple.com/ns/ical/";
/// Sabre, in error bodies.
pub const SABRE: &str = "http://sabredav.org/ns";

/// The namespaces with the prefix that each has in what we write.
pub(super) const PREFIXES: [(&str, &str); 9] = [
    ("d", DAV),
    ("oc", OC),
    ("nc", NC),
    ("ncc", NEXTCLOUD_COM),
    ("cal", CAL),
    ("card", CARD),
    ("cs", CS),
    ("ical", ICAL),
    ("s", SABRE),
];

/// The name of an element or property: namespace and local name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// The namespace URI, empty for none.
    pub namespace: Cow<'static, str>,
    /// The local name.
    pub local: Cow<'static, str>,
}

impl Name {
    /// `local` in `namespace`.
    pub const fn new(namespace: &'static str, local: &'static str) -> Self {
        Self {
            namespace: Cow::Borrowed(namespace),
            local: Cow::Borrowed(local),
        }
    }

    /// The same from text that was read. Known namespaces take no memory.
    pub(super) fn read(namespace: &str, local: &str) -> Self {
        let known = PREFIXES.iter().find(|(_, known)| *known == namespace);
        Self {
            namespace: known.map_or_else(|| Cow::Owned(namespace.to_owned()), |(_, known)| Cow::Borrowed(*known)),
            local: Cow::Owned(local.to_owned()),
        }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{{{}}}{}", self.namespace, self.local)
    }
}
