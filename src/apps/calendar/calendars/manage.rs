//! Creating, changing, deleting and restoring calendars.

use actors::nextcloud::NextcloudClient;

use super::super::when::invalid;
use super::super::{api, fields};
use super::model::{Calendar, ManageCalendar, ManagedCalendar};
use super::{all, refusal};
use crate::dav::{CAL, DAV, Element, ICAL};
use crate::mcp::{About, ToolError, ToolResult};

const DEFAULT_COLOR: &str = "#1976D2";

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
