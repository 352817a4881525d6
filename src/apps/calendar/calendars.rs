//! Calendars: what there is, what may be written, and creating, changing, deleting and restoring them.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::api::{self, Kind};
use super::fields;
use super::when::invalid;
use crate::dav::{CAL, CS, DAV, DavResponse, Element, ICAL, NEXTCLOUD_COM, OC, href};
use crate::mcp::{About, ToolError, ToolResult};

const DEFAULT_COLOR: &str = "#1976D2";

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
    deleted_at: Option<String>,
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
    fn of(nextcloud: &NextcloudClient, user: &str, response: &DavResponse) -> Option<Self> {
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

/// The user's calendars, and those in the trash.
pub async fn all(nextcloud: &NextcloudClient) -> ToolResult<(Vec<Calendar>, Vec<DeletedCalendar>)> {
    let user = nextcloud.user_id().await.about("your account")?;
    let responses = api::home(nextcloud).await.about("your calendars")?;
    let (mut calendars, mut trash) = (Vec::new(), Vec::new());
    for mut calendar in responses
        .iter()
        .filter_map(|response| Calendar::of(nextcloud, &user, response))
    {
        match calendar.deleted_at.take() {
            Some(deleted_at) => trash.push(DeletedCalendar {
                name: calendar.name,
                display_name: calendar.display_name,
                deleted_at: Some(deleted_at).filter(|at| !at.is_empty()),
            }),
            None => calendars.push(calendar),
        }
    }
    calendars.sort_by(|one, other| (&one.owner, &one.name).cmp(&(&other.owner, &other.name)));
    trash.sort_by(|one, other| one.name.cmp(&other.name));
    Ok((calendars, trash))
}

/// The calendars that a call is about: the one that is named, or all that can hold `kind`.
pub async fn chosen(nextcloud: &NextcloudClient, name: &str, kind: Kind) -> ToolResult<Vec<Calendar>> {
    let (calendars, _) = all(nextcloud).await?;
    if name.trim().is_empty() {
        return Ok(calendars.into_iter().filter(|calendar| calendar.holds(kind)).collect());
    }
    let known: Vec<String> = calendars.iter().map(|calendar| calendar.name.clone()).collect();
    match calendars.into_iter().find(|calendar| calendar.name == name) {
        Some(calendar) => Ok(vec![calendar]),
        None => Err(unknown(name, &known)),
    }
}

fn unknown(name: &str, known: &[String]) -> ToolError {
    let name: String = name.chars().take(64).collect();
    ToolError::new(
        "not_found",
        format!(
            "not found — the calendar \"{}\". Use a `name` of nc_calendar_list_calendars: {}.",
            name.escape_debug(),
            known.join(", ")
        ),
    )
}

/// Says why Nextcloud refused to write to a calendar: it answers 403 or 404 for calendars that may only be read, and
/// 404 for those that are not there.
pub async fn refusal(nextcloud: &NextcloudClient, name: &str, subject: &str, error: NextcloudError) -> ToolError {
    let status = error.status().map(|status| status.as_u16());
    if matches!(status, Some(403..=405))
        && let Ok((calendars, trash)) = all(nextcloud).await
    {
        match calendars.iter().find(|calendar| calendar.name == name) {
            None if trash.iter().any(|calendar| calendar.name == name) => {
                return ToolError::new(
                    "not_found",
                    format!(
                        "not possible — the calendar \"{name}\" is in the trash. Restore it first with \
                         nc_calendar_manage_calendar, action restore."
                    ),
                );
            }
            None => {
                let known: Vec<String> = calendars.into_iter().map(|calendar| calendar.name).collect();
                return unknown(name, &known);
            }
            Some(calendar) if calendar.read_only => {
                let why = match &calendar.owner {
                    Some(owner) => format!("{owner} shares it for reading only"),
                    None => "it is generated by Nextcloud or subscribed".to_owned(),
                };
                return ToolError::new(
                    "forbidden",
                    format!(
                        "not allowed — {subject}: the calendar \"{name}\" is read-only ({why}). Choose another calendar."
                    ),
                );
            }
            Some(_) => {}
        }
    }
    Err::<(), _>(error)
        .about_with(subject, |status| match status {
            400 => Some(
                "An object with this UID may exist in this calendar under another name, or in its trash: restore that \
                 one, or use a new UID.",
            ),
            403 => Some(
                "Nextcloud refuses to change this object: the calendar takes no such components, or it is an \
                 invitation that only its organiser may change.",
            ),
            412 => Some("It changed since it was read: read it again and repeat the change."),
            415 => Some("Nextcloud does not take the object as valid iCalendar; nothing was stored."),
            _ => None,
        })
        .map_or_else(|error| error, |()| ToolError::new("internal", "no error"))
}

pub async fn list_calendars(nextcloud: NextcloudClient, _: ListCalendars) -> ToolResult<CalendarList> {
    let (calendars, trash) = all(&nextcloud).await?;
    Ok(CalendarList {
        total_count: calendars.len(),
        calendars,
        trash,
    })
}

pub async fn manage_calendar(nextcloud: NextcloudClient, args: ManageCalendar) -> ToolResult<ManagedCalendar> {
    let action = args.action.trim().to_lowercase();
    fields::short("display_name", &args.display_name)?;
    fields::short("description", &args.description)?;
    if let Some(color) = &args.color {
        hex_color(color)?;
    }
    match action.as_str() {
        "list" => {
            let (calendars, trash) = all(&nextcloud).await?;
            return Ok(ManagedCalendar {
                calendars: Some(calendars),
                trash,
                ..ManagedCalendar::default()
            });
        }
        "create" => return create(&nextcloud, &args).await,
        "update" | "delete" | "restore" | "delete_permanently" => {}
        _ => {
            return Err(invalid(
                "action",
                "one of list, create, update, delete, restore, delete_permanently",
            ));
        }
    }
    let name = args.calendar_name.as_str();
    if name.trim().is_empty() {
        return Err(invalid("calendar_name", "name the calendar"));
    }
    let subject = format!("the calendar \"{}\"", name.escape_debug());
    match action.as_str() {
        "update" => update(&nextcloud, &args, &subject).await,
        "restore" => {
            let (_, trash) = all(&nextcloud).await?;
            if !trash.iter().any(|calendar| calendar.name == name) {
                return Err(ToolError::new(
                    "not_found",
                    format!("not found — {subject} is not in the trash"),
                ));
            }
            api::restore_calendar(&nextcloud, name).await.about(&subject)?;
            one(&nextcloud, name).await
        }
        action => {
            let for_good = action == "delete_permanently";
            if let Err(error) = api::delete_calendar(&nextcloud, name, for_good).await {
                return Err(refusal(&nextcloud, name, &subject, error).await);
            }
            Ok(ManagedCalendar {
                deleted: Some(name.to_owned()),
                message: (!for_good)
                    .then_some("It is in the trash and keeps its name until it is restored or deleted for good."),
                ..ManagedCalendar::default()
            })
        }
    }
}

async fn create(nextcloud: &NextcloudClient, args: &ManageCalendar) -> ToolResult<ManagedCalendar> {
    let given = if args.calendar_name.trim().is_empty() {
        &args.display_name
    } else {
        &args.calendar_name
    };
    if given.trim().is_empty() {
        return Err(invalid("calendar_name", "name the new calendar"));
    }
    let name = match slug(given) {
        // A name in another script is kept as the display name.
        slug if slug.is_empty() => format!("calendar-{}", fields::new_uid()),
        slug => slug,
    };
    let display_name = if args.display_name.trim().is_empty() {
        given
    } else {
        &args.display_name
    };
    let mut properties = vec![
        Element::new(DAV, "displayname").text(display_name.trim()),
        color_element(args.color.as_deref().unwrap_or(DEFAULT_COLOR)),
        Element::new(CAL, "supported-calendar-component-set")
            .child(Element::new(CAL, "comp").attribute("name", "VEVENT"))
            .child(Element::new(CAL, "comp").attribute("name", "VTODO")),
    ];
    if !args.description.is_empty() {
        properties.push(Element::new(CAL, "calendar-description").text(&args.description));
    }
    let subject = format!("the calendar \"{name}\"");
    if let Err(error) = api::make_calendar(nextcloud, &name, properties).await {
        if error.status().is_some_and(|status| status.as_u16() == 405) {
            let (_, trash) = all(nextcloud).await?;
            let advice = if trash.iter().any(|calendar| calendar.name == name) {
                "A deleted calendar in the trash still has this name: take it back with action restore, remove it with \
                 action delete_permanently, or choose another name."
            } else {
                "There is a calendar of this name: choose another, or change it with action update."
            };
            return Err(ToolError::new(
                "conflict",
                format!("it exists already — {subject} (HTTP 405). {advice}"),
            ));
        }
        return Err(error).about(&subject);
    }
    one(nextcloud, &name).await
}

async fn update(nextcloud: &NextcloudClient, args: &ManageCalendar, subject: &str) -> ToolResult<ManagedCalendar> {
    let mut properties = Vec::new();
    if !args.display_name.trim().is_empty() {
        properties.push(Element::new(DAV, "displayname").text(args.display_name.trim()));
    }
    if !args.description.is_empty() {
        properties.push(Element::new(CAL, "calendar-description").text(&args.description));
    }
    properties.extend(args.color.as_deref().map(color_element));
    if properties.is_empty() {
        return Err(ToolError::invalid(
            "nothing to change: give display_name, description or color",
        ));
    }
    // PROPPATCH of a calendar that is not there would fail with another story.
    if api::calendar(nextcloud, &args.calendar_name)
        .await
        .about(subject)?
        .is_none()
    {
        return Err(ToolError::new("not_found", format!("not found — {subject}")));
    }
    match api::change_calendar(nextcloud, &args.calendar_name, properties).await {
        Err(error) => return Err(refusal(nextcloud, &args.calendar_name, subject, error).await),
        Ok(refused) if !refused.is_empty() => {
            let names: Vec<&str> = refused.iter().map(|(name, _)| &*name.local).collect();
            let names = names.join(", ");
            return Err(ToolError::new(
                "forbidden",
                format!("not allowed — {subject}: Nextcloud refused {names}"),
            ));
        }
        Ok(_) => {}
    }
    one(nextcloud, &args.calendar_name).await
}

async fn one(nextcloud: &NextcloudClient, name: &str) -> ToolResult<ManagedCalendar> {
    let user = nextcloud.user_id().await.about("your account")?;
    let found = api::calendar(nextcloud, name)
        .await
        .about(format_args!("the calendar \"{name}\""))?;
    Ok(ManagedCalendar {
        calendar: found.and_then(|response| Calendar::of(nextcloud, &user, &response)),
        ..ManagedCalendar::default()
    })
}

fn color_element(color: &str) -> Element {
    Element::new(ICAL, "calendar-color").text(color)
}

fn hex_color(color: &str) -> ToolResult<()> {
    let digits = color.strip_prefix('#').unwrap_or_default();
    if matches!(digits.len(), 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(invalid("color", "write it as #RRGGBB"))
}

/// What is left of a name for a path: letters, digits, `-`, `_`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.trim().to_lowercase().chars().take(64) {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '_') {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{hex_color, slug};

    #[test]
    fn names_become_path_segments() {
        assert_eq!(slug(" Work & Play/2026 "), "work-play-2026");
        assert_eq!(slug("../../etc"), "etc");
        assert_eq!(slug("日本"), "");
    }

    #[test]
    fn colours_are_checked() {
        assert!(hex_color("#1976D2").is_ok());
        for wrong in ["red", "1976D2", "#12345", "#GGGGGG", "", "#é6D21"] {
            assert!(hex_color(wrong).is_err(), "{wrong}");
        }
    }
}
