//! What the calendar tools take and give.

use actors::nextcloud::NextcloudClient;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::api::Kind;
use super::super::fields;
use crate::dav::{CAL, CS, DAV, DavResponse, ICAL, NEXTCLOUD_COM, OC, href};

/// A calendar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Calendar {
    /// The name in its path: what other tools take as `calendar_name`.
    pub name: String,
    pub display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    pub href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctag: Option<String>,
    pub read_only: bool,
    /// Where a subscription comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its events never make anyone busy.
    pub transparent: bool,
    /// What it may hold: `VEVENT`, `VTODO`, `VJOURNAL`.
    pub components: Vec<String>,
    /// Whose it is, when it is shared by another user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where a person can open its tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip)]
    pub deleted_at: Option<String>,
}

/// A deleted calendar: it keeps its name until it is restored or deleted for good.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedCalendar {
    pub name: String,
    pub display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CalendarList {
    pub calendars: Vec<Calendar>,
    pub total_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trash: Vec<DeletedCalendar>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ListCalendars {}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ManageCalendar {
    /// `list`, `create`, `update`, `delete` (to the trash), `restore` or `delete_permanently`.
    pub action: String,
    #[serde(default)]
    pub calendar_name: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
    /// `#RRGGBB`.
    pub color: Option<String>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct ManagedCalendar {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Calendar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendars: Option<Vec<Calendar>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trash: Vec<DeletedCalendar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<&'static str>,
}

impl Calendar {
    /// A calendar of the home; `None` for collections that are none.
    pub fn of(nextcloud: &NextcloudClient, user: &str, response: &DavResponse) -> Option<Self> {
        let deleted = response.is_a(NEXTCLOUD_COM, "deleted-calendar");
        let subscribed = response.is_a(CS, "subscribed");
        if !(response.is_a(CAL, "calendar") || subscribed || deleted) {
            return None;
        }
        let name = href::name(&response.href)?;
        let text = |namespace, local| response.text(namespace, local).map(ToOwned::to_owned);
        let components: Vec<String> = response
            .prop(CAL, "supported-calendar-component-set")
            .into_iter()
            .flat_map(|set| set.find_all(CAL, "comp"))
            .filter_map(|component| component.attribute_value("name").map(ToOwned::to_owned))
            .collect();
        let owner = response.hrefs(DAV, "owner").first().and_then(|owner| href::name(owner));
        let may = |privilege| response.may(privilege).unwrap_or(true);
        let tasks = components.iter().any(|component| component == "VTODO");
        let path = || format!("/index.php/apps/tasks/calendars/{}", fields::segment(&name));
        Some(Self {
            url: tasks.then(path).and_then(|path| nextcloud.deep_link(&path)),
            display_name: text(DAV, "displayname").unwrap_or_else(|| name.clone()),
            description: text(CAL, "calendar-description"),
            color: text(ICAL, "calendar-color"),
            href: response.href.clone(),
            timezone: response.text(CAL, "calendar-timezone").and_then(tzid),
            enabled: response.text(OC, "calendar-enabled") != Some("0"),
            ctag: text(CS, "getctag"),
            read_only: subscribed || !(may("write") || may("write-content") || may("bind")),
            source: response
                .hrefs(CS, "source")
                .first()
                .map(|source| (*source).to_owned())
                .or_else(|| text(CS, "source")),
            transparent: response
                .prop(CAL, "schedule-calendar-transp")
                .is_some_and(|transp| transp.find(CAL, "transparent").is_some()),
            owner: owner.filter(|owner| owner != user),
            deleted_at: deleted.then(|| text(NEXTCLOUD_COM, "deleted-at").unwrap_or_default()),
            components,
            name,
        })
    }

    /// Whether it can hold such components.
    pub fn holds(&self, kind: Kind) -> bool {
        self.components.is_empty() || self.components.iter().any(|component| component == kind.component())
    }
}

/// `TZID` of the `VTIMEZONE` in a property.
fn tzid(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("TZID:"))?;
    Some(line.trim().to_owned()).filter(|name| !name.is_empty())
}
