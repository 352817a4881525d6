//! The CalDAV calls (RFC 4791, RFC 6638) and what Nextcloud adds to them.

use actors::nextcloud::{Etag, NextcloudClient, NextcloudError};
use http::header::ETAG;
use http::{HeaderName, StatusCode};
use serde::Deserialize;

use crate::dav::{
    CAL, CS, DAV, DavClient, DavResponse, Depth, Element, ICAL, NEXTCLOUD_COM, Name, OC, SendMultistatus, document,
    href,
};

const HOME: &str = "/remote.php/dav/calendars/{user}/";
const CALENDAR: &str = "/remote.php/dav/calendars/{user}/{calendar}/";
const OBJECT: &str = "/remote.php/dav/calendars/{user}/{calendar}/{object}";
const OUTBOX: &str = "/remote.php/dav/calendars/{user}/outbox/";
const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";
const DESTINATION: HeaderName = HeaderName::from_static("destination");
const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");
/// Deletes for good instead of into the calendar trash.
const NO_TRASH: HeaderName = HeaderName::from_static("x-nc-caldav-no-trashbin");

/// What is asked of each calendar.
const PROPERTIES: [Name; 13] = [
    Name::new(DAV, "resourcetype"),
    Name::new(DAV, "displayname"),
    Name::new(DAV, "current-user-privilege-set"),
    Name::new(DAV, "owner"),
    Name::new(CAL, "calendar-description"),
    Name::new(CAL, "calendar-timezone"),
    Name::new(CAL, "supported-calendar-component-set"),
    Name::new(CAL, "schedule-calendar-transp"),
    Name::new(ICAL, "calendar-color"),
    Name::new(CS, "getctag"),
    Name::new(CS, "source"),
    Name::new(OC, "calendar-enabled"),
    Name::new(NEXTCLOUD_COM, "deleted-at"),
];

/// The component that a calendar object is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An event.
    Event,
    /// A task.
    Task,
}

impl Kind {
    /// The component's name.
    pub const fn component(self) -> &'static str {
        match self {
            Self::Event => "VEVENT",
            Self::Task => "VTODO",
        }
    }

    /// What people call it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Task => "task",
        }
    }
}

/// A calendar object as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The calendar's name in its path.
    pub calendar: String,
    /// The object's own name in its path, which need not be its UID.
    pub name: String,
    /// The path, as Nextcloud writes it.
    pub href: String,
    /// The tag of what was read.
    pub etag: Option<Etag>,
    /// The iCalendar text.
    pub text: String,
}

impl Stored {
    fn of(calendar: &str, response: &DavResponse) -> Option<Self> {
        let data = response.prop(CAL, "calendar-data")?;
        Some(Self {
            calendar: calendar.to_owned(),
            name: href::name(&response.href)?,
            href: response.href.clone(),
            etag: response.etag(),
            text: data.text.clone(),
        })
    }
}

/// What OCS says of the user.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Person {
    /// Without it nobody can be invited.
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub displayname: String,
    /// Empty when the user chose none.
    #[serde(default)]
    pub timezone: String,
}

pub async fn person(nextcloud: &NextcloudClient) -> Result<Person, NextcloudError> {
    nextcloud.get("/ocs/v2.php/cloud/user").ocs().await
}

/// Everything in the calendar home: calendars, and collections that are none.
pub async fn home(nextcloud: &NextcloudClient) -> Result<Vec<DavResponse>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let listing = nextcloud
        .propfind(HOME, Depth::One, &PROPERTIES)
        .segment(&user)
        .multistatus()
        .await?;
    Ok(listing.responses)
}

/// One calendar, which may be in the trash.
pub async fn calendar(nextcloud: &NextcloudClient, name: &str) -> Result<Option<DavResponse>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let found = nextcloud
        .propfind(CALENDAR, Depth::Zero, &PROPERTIES)
        .segment(&user)
        .segment(name)
        .multistatus()
        .await?;
    Ok(found.responses.into_iter().next())
}

/// The objects of a calendar with a component `kind` that `filter` (below its `comp-filter`) lets pass.
pub async fn query(
    nextcloud: &NextcloudClient,
    calendar: &str,
    kind: Kind,
    filter: Option<Element>,
) -> Result<Vec<Stored>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let component = named("comp-filter", kind.component()).children(filter);
    let query = Element::new(CAL, "calendar-query")
        .child(
            Element::new(DAV, "prop")
                .child(Element::new(DAV, "getetag"))
                .child(Element::new(CAL, "calendar-data")),
        )
        .child(Element::new(CAL, "filter").child(named("comp-filter", "VCALENDAR").child(component)));
    let found = nextcloud
        .report(CALENDAR, Depth::One, &query)
        .segment(&user)
        .segment(calendar)
        .multistatus()
        .await?;
    Ok(found
        .responses
        .iter()
        .filter_map(|response| Stored::of(calendar, response))
        .collect())
}

/// Passes what happens within `[start, end)`, both written as `YYYYMMDDTHHMMSSZ`: Nextcloud fails on other forms.
pub fn within(start: &str, end: &str) -> Element {
    Element::new(CAL, "time-range")
        .attribute("start", start)
        .attribute("end", end)
}

/// Passes what has a property.
pub fn has(property: &'static str) -> Element {
    named("prop-filter", property)
}

/// Passes what has this text somewhere in a property.
pub fn contains(property: &'static str, text: &str) -> Element {
    let text = Element::new(CAL, "text-match")
        .attribute("collation", "i;octet")
        .text(text);
    named("prop-filter", property).child(text)
}

fn named(element: &'static str, name: &'static str) -> Element {
    Element::new(CAL, element).attribute("name", name)
}

pub async fn read(nextcloud: &NextcloudClient, calendar: &str, name: &str) -> Result<Stored, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let response = nextcloud
        .dav("GET", OBJECT)
        .segment(&user)
        .segment(calendar)
        .segment(name)
        .send()
        .await?;
    let etag = response.etag();
    Ok(Stored {
        calendar: calendar.to_owned(),
        name: name.to_owned(),
        href: href_of(nextcloud, &user, calendar, name),
        etag,
        text: response.text().await?,
    })
}

/// Stores a new object, or with `etag` the next version of that one. Gives the new tag: Nextcloud leaves it out when it
/// changed what was sent, as it does for invitations, so it is asked for then.
pub async fn write(
    nextcloud: &NextcloudClient,
    calendar: &str,
    name: &str,
    etag: Option<&Etag>,
    text: String,
) -> Result<Option<Etag>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let request = nextcloud
        .dav("PUT", OBJECT)
        .segment(&user)
        .segment(calendar)
        .segment(name)
        .body(MEDIA_TYPE, text);
    let request = match etag {
        Some(etag) => request.if_match(etag),
        None => request.if_absent(),
    };
    let response = request.send().await?;
    if response.headers().contains_key(ETAG) {
        return Ok(response.etag());
    }
    // The object is stored: that its tag cannot be learnt now must not look like a failure.
    Ok(etag_of(nextcloud, calendar, name).await.unwrap_or_default())
}

async fn etag_of(nextcloud: &NextcloudClient, calendar: &str, name: &str) -> Result<Option<Etag>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let found = nextcloud
        .propfind(OBJECT, Depth::Zero, &[Name::new(DAV, "getetag")])
        .segment(&user)
        .segment(calendar)
        .segment(name)
        .multistatus()
        .await?;
    Ok(found.responses.first().and_then(DavResponse::etag))
}

pub async fn delete(nextcloud: &NextcloudClient, stored: &Stored) -> Result<(), NextcloudError> {
    let user = nextcloud.user_id().await?;
    let request = nextcloud
        .dav("DELETE", OBJECT)
        .segment(&user)
        .segment(&stored.calendar)
        .segment(&stored.name);
    let request = match &stored.etag {
        Some(etag) => request.if_match(etag),
        None => request.if_exists(),
    };
    request.send().await.map(drop)
}

/// Moves an object to another calendar, where nothing of its name may be.
pub async fn relocate(nextcloud: &NextcloudClient, stored: &Stored, target: &str) -> Result<(), NextcloudError> {
    let user = nextcloud.user_id().await?;
    let destination = nextcloud.server().base_url().to_owned() + &path_of(&user, target, &stored.name);
    nextcloud
        .dav("MOVE", OBJECT)
        .segment(&user)
        .segment(&stored.calendar)
        .segment(&stored.name)
        .header(DESTINATION, &destination)
        .header(OVERWRITE, "F")
        .send()
        .await
        .map(drop)
}

pub async fn make_calendar(
    nextcloud: &NextcloudClient,
    name: &str,
    properties: Vec<Element>,
) -> Result<(), NextcloudError> {
    let user = nextcloud.user_id().await?;
    let body = Element::new(CAL, "mkcalendar")
        .child(Element::new(DAV, "set").child(Element::new(DAV, "prop").children(properties)));
    nextcloud
        .dav_xml("MKCALENDAR", CALENDAR, &body)
        .segment(&user)
        .segment(name)
        .send()
        .await
        .map(drop)
}

pub async fn change_calendar(
    nextcloud: &NextcloudClient,
    name: &str,
    properties: Vec<Element>,
) -> Result<Vec<(Name, u16)>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let answer = nextcloud
        .proppatch(CALENDAR, properties, &[])
        .segment(&user)
        .segment(name)
        .multistatus()
        .await?;
    Ok(answer
        .responses
        .into_iter()
        .flat_map(|response| response.missing)
        .collect())
}

/// Deletes a calendar: into the trash, or for good.
pub async fn delete_calendar(nextcloud: &NextcloudClient, name: &str, for_good: bool) -> Result<(), NextcloudError> {
    let user = nextcloud.user_id().await?;
    let mut request = nextcloud.dav("DELETE", CALENDAR).segment(&user).segment(name);
    if for_good {
        request = request.header(NO_TRASH, "1");
    }
    request.send().await.map(drop)
}

/// Takes a calendar out of the trash.
pub async fn restore_calendar(nextcloud: &NextcloudClient, name: &str) -> Result<(), NextcloudError> {
    let user = nextcloud.user_id().await?;
    let destination = nextcloud.server().base_url().to_owned() + &path_of(&user, "trashbin/restore", "file");
    nextcloud
        .dav("MOVE", CALENDAR)
        .segment(&user)
        .segment(name)
        .header(DESTINATION, &destination)
        .send()
        .await
        .map(drop)
}

/// What the outbox says of one person (RFC 6638 §5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeBusy {
    /// `mailto:bob@example.org`.
    pub recipient: String,
    /// `2.0;Success`, or why there is no answer.
    pub status: String,
    /// The `VFREEBUSY`.
    pub data: Option<String>,
}

pub async fn free_busy(nextcloud: &NextcloudClient, question: String) -> Result<Vec<FreeBusy>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let response = nextcloud
        .dav("POST", OUTBOX)
        .segment(&user)
        .body(MEDIA_TYPE, question)
        .send()
        .await?;
    let status = response.status();
    let answer = document(&response.bytes().await?).map_err(|error| unexpected(status, error.to_string()))?;
    if !answer.is(CAL, "schedule-response") {
        return Err(unexpected(status, "another XML document".to_owned()));
    }
    let text = |element: Option<&Element>| element.and_then(Element::trimmed).unwrap_or_default().to_owned();
    Ok(answer
        .find_all(CAL, "response")
        .map(|response| FreeBusy {
            recipient: text(
                response
                    .find(CAL, "recipient")
                    .and_then(|recipient| recipient.find(DAV, "href")),
            ),
            status: text(response.find(CAL, "request-status")),
            data: response.find(CAL, "calendar-data").map(|data| data.text.clone()),
        })
        .collect())
}

fn unexpected(status: StatusCode, what: String) -> NextcloudError {
    NextcloudError::Unexpected {
        status,
        what,
        expected: "a CalDAV schedule response",
    }
}

/// The path of an object, encoded.
fn path_of(user: &str, calendar: &str, name: &str) -> String {
    let mut url = url::Url::parse("http://x/remote.php/dav/calendars").ok();
    if let Some(mut segments) = url.as_mut().and_then(|url| url.path_segments_mut().ok()) {
        segments.push(user).extend(calendar.split('/')).push(name);
    }
    url.map(|url| url.path().to_owned()).unwrap_or_default()
}

/// The path of an object as Nextcloud itself writes it: below the path that it is installed at.
pub fn href_of(nextcloud: &NextcloudClient, user: &str, calendar: &str, name: &str) -> String {
    let base = url::Url::parse(nextcloud.server().base_url());
    let root = base.map(|base| base.path().trim_end_matches('/').to_owned());
    root.unwrap_or_default() + &path_of(user, calendar, name)
}
