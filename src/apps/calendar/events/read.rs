//! Listing events of a range of time, and reading one.

use std::collections::HashSet;

use actors::nextcloud::NextcloudClient;
use futures_util::future::join_all;
use jiff::Timestamp;

use super::super::api::{self, Kind, Stored};
use super::super::when::{self, Here};
use super::super::{calendars, fields, object, people, reminders};
use super::model::{CalendarFailure, EventList, EventSummary, FullEvent, GetEvent, ListEvents, UpcomingEvents};
use crate::apps::page::Page;
use crate::ical::{Budget, Component, Document, IcalError, Instance, Moment, Series, Zones};
use crate::mcp::{ToolError, ToolResult};

const MAX_LIMIT: u32 = 500;

/// What is found in a range of time.
#[derive(Debug, Default)]
pub struct Found {
    /// Each instance with the object that it is in.
    pub instances: Vec<(Occurrence, usize)>,
    /// The objects.
    pub objects: Vec<Stored>,
    /// Calendars that could not be read.
    pub errors: Vec<CalendarFailure>,
    /// Objects that are left out because they are no iCalendar that we take.
    pub unreadable: Vec<String>,
    /// Whether something was left out.
    pub truncated: bool,
}

/// An instance with what lists and filters need of it.
#[derive(Debug, Clone)]
pub struct Occurrence {
    pub summary: EventSummary,
    pub begins: Timestamp,
    pub ends: Timestamp,
    /// It makes nobody busy.
    pub free: bool,
}

/// Everything that is under way within `[from, to)` in these calendars.
///
/// Nextcloud gives up on a series after 3,500 occurrences and then leaves it out of the range, so all series are asked
/// for as well.
pub async fn within(
    nextcloud: &NextcloudClient,
    calendars: &[String],
    here: &Here,
    (from, to): (Timestamp, Timestamp),
) -> ToolResult<Found> {
    let (start, end) = (when::basic(from), when::basic(to));
    let queries = calendars.iter().map(|calendar| {
        let range = api::query(nextcloud, calendar, Kind::Event, Some(api::within(&start, &end)));
        let series = api::query(nextcloud, calendar, Kind::Event, Some(api::has("RRULE")));
        async { tokio::join!(range, series) }
    });
    let mut found = Found::default();
    let mut seen = HashSet::new();
    for (calendar, (range, series)) in calendars.iter().zip(join_all(queries).await) {
        for result in [range, series] {
            match result {
                Ok(objects) => {
                    found
                        .objects
                        .extend(objects.into_iter().filter(|object| seen.insert(object.href.clone())));
                }
                Err(error) => {
                    if found.errors.last().is_none_or(|last| last.calendar_name != *calendar) {
                        found.errors.push(CalendarFailure {
                            calendar_name: calendar.clone(),
                            error: ToolError::from(error).to_string(),
                        });
                    }
                }
            }
        }
    }
    let here = here.clone();
    when::compute(move || {
        let mut budget = when::budget();
        for (number, stored) in found.objects.iter().enumerate() {
            match occurrences(stored, &here, (from, to), &mut budget) {
                Ok(occurrences) => {
                    let instances = occurrences.into_iter().map(|occurrence| (occurrence, number));
                    found.instances.extend(instances);
                }
                Err(_) => found.unreadable.push(stored.href.clone()),
            }
        }
        found.truncated = budget.exhausted;
        found.instances.sort_by(|(one, _), (other, _)| {
            let key = |occurrence: &Occurrence| {
                (
                    occurrence.begins,
                    occurrence.summary.title.clone(),
                    occurrence.summary.uid.clone(),
                )
            };
            key(one).cmp(&key(other))
        });
        found
    })
    .await
}

fn occurrences(
    stored: &Stored,
    here: &Here,
    (from, to): (Timestamp, Timestamp),
    budget: &mut Budget,
) -> Result<Vec<Occurrence>, IcalError> {
    let document = Document::parse(&stored.text)?;
    let zones = Zones::of(&document, here.zone.clone());
    let series = Series::of(&document, Kind::Event.component());
    let recurring = series.repeats();
    let instances = series.instances(&zones, from, to, budget);
    let occurrences = instances.into_iter().filter_map(|instance| {
        let component = document.component(instance.at)?;
        let transparent = component
            .text("TRANSP")
            .is_some_and(|transp| transp.eq_ignore_ascii_case("TRANSPARENT"));
        let cancelled = component
            .text("STATUS")
            .is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"));
        Some(Occurrence {
            free: transparent || cancelled,
            begins: instance.begins,
            ends: instance.ends,
            summary: summary(stored, component, &instance, recurring, &zones),
        })
    });
    Ok(occurrences.collect())
}

fn summary(
    stored: &Stored,
    component: Component<'_>,
    instance: &Instance,
    recurring: bool,
    zones: &Zones,
) -> EventSummary {
    EventSummary {
        uid: component.text("UID").unwrap_or_default(),
        title: component.text("SUMMARY").unwrap_or_default(),
        start: zones.show(&instance.start),
        end: zones.show(&instance.end),
        all_day: instance.start.is_date(),
        timezone: instance.start.tzid().map(ToOwned::to_owned),
        location: component.text("LOCATION"),
        status: component.text("STATUS"),
        categories: component.list("CATEGORIES"),
        attendee_count: component.all("ATTENDEE").count(),
        calendar_name: stored.calendar.clone(),
        recurring,
        recurrence_id: instance.id.as_ref().map(|id| zones.show(id)),
        url: None,
    }
}

/// The calendars that a list is about.
async fn names(nextcloud: &NextcloudClient, name: &str) -> ToolResult<Vec<String>> {
    if !name.trim().is_empty() {
        // That it is there is seen when it is read.
        return Ok(vec![name.to_owned()]);
    }
    let calendars = calendars::chosen(nextcloud, "", Kind::Event).await?;
    Ok(calendars.into_iter().map(|calendar| calendar.name).collect())
}

/// An only calendar that cannot be read is an error; one of many is reported.
async fn check(nextcloud: &NextcloudClient, name: &str, found: &Found) -> ToolResult<()> {
    if name.trim().is_empty() || found.errors.is_empty() {
        return Ok(());
    }
    calendars::chosen(nextcloud, name, Kind::Event).await?;
    let error = found
        .errors
        .first()
        .map(|failure| failure.error.clone())
        .unwrap_or_default();
    Err(ToolError::new(
        "calendar",
        format!("{error} — the calendar \"{}\"", name.escape_debug()),
    ))
}

fn list(nextcloud: &NextcloudClient, found: Found, limit: u32, cursor: Option<&str>) -> ToolResult<EventList> {
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(when::invalid("limit", &format!("from 1 to {MAX_LIMIT}")));
    }
    let page = Page::of(found.instances, limit as usize, cursor)?;
    let objects = &found.objects;
    let events = page.items.into_iter().map(|(occurrence, number)| {
        let mut event = occurrence.summary;
        event.url = objects
            .get(number)
            .and_then(|stored| object::link(nextcloud, stored, Kind::Event));
        event
    });
    Ok(EventList {
        events: events.collect(),
        total_found: page.total,
        next_cursor: page.next_cursor,
        truncated: found.truncated,
        unreadable: found.unreadable,
        errors: found.errors,
    })
}

pub async fn list_events(nextcloud: NextcloudClient, args: ListEvents) -> ToolResult<EventList> {
    let filter = Filter::of(&args)?;
    let here = Here::of(&nextcloud).await;
    let range = here.range(("start_date", &args.start_date), ("end_date", &args.end_date), 30)?;
    let name = if args.search_all_calendars {
        ""
    } else {
        args.calendar_name.as_str()
    };
    let names = names(&nextcloud, name).await?;
    let mut found = within(&nextcloud, &names, &here, range).await?;
    check(&nextcloud, name, &found).await?;
    found.instances.retain(|(occurrence, _)| filter.passes(occurrence));
    list(&nextcloud, found, args.limit, args.cursor.as_deref())
}

pub async fn get_upcoming_events(nextcloud: NextcloudClient, args: UpcomingEvents) -> ToolResult<EventList> {
    if !(1..=366).contains(&args.days_ahead) {
        return Err(when::invalid("days_ahead", "from 1 to 366"));
    }
    let here = Here::of(&nextcloud).await;
    let range = (here.now, here.day_after(here.now, args.days_ahead)?);
    let names = names(&nextcloud, &args.calendar_name).await?;
    let found = within(&nextcloud, &names, &here, range).await?;
    check(&nextcloud, &args.calendar_name, &found).await?;
    list(&nextcloud, found, args.limit, None)
}

/// What a listed event has to be.
#[derive(Debug, Default)]
pub struct Filter {
    pub min_attendees: usize,
    pub min_minutes: i64,
    pub categories: Vec<String>,
    pub status: Option<&'static str>,
    pub title: Option<String>,
    pub location: Option<String>,
}

impl Filter {
    fn of(args: &ListEvents) -> ToolResult<Self> {
        let at_least = |argument, number: Option<i64>| match number.unwrap_or_default() {
            number if number < 0 => Err(when::invalid(argument, "not below 0")),
            number => Ok(number),
        };
        Ok(Self {
            min_attendees: usize::try_from(at_least("min_attendees", args.min_attendees)?).unwrap_or(usize::MAX),
            min_minutes: at_least("min_duration_minutes", args.min_duration_minutes)?,
            ..Self::text(
                args.title_contains.as_deref(),
                args.location_contains.as_deref(),
                args.categories.as_deref(),
                args.status.as_deref(),
            )?
        })
    }

    /// The filters that bulk operations have, too.
    pub fn text(
        title: Option<&str>,
        location: Option<&str>,
        categories: Option<&str>,
        status: Option<&str>,
    ) -> ToolResult<Self> {
        let given = |text: Option<&str>| text.filter(|text| !text.trim().is_empty()).map(ToOwned::to_owned);
        fields::short("title_contains", title.unwrap_or_default())?;
        fields::short("location_contains", location.unwrap_or_default())?;
        Ok(Self {
            title: given(title),
            location: given(location),
            categories: fields::items("categories", categories.unwrap_or_default())?,
            status: given(status)
                .map(|status| fields::word("status", &status, &fields::EVENT_STATUS))
                .transpose()?,
            ..Self::default()
        })
    }

    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.status.is_none() && self.title.is_none() && self.location.is_none()
    }

    pub fn passes(&self, occurrence: &Occurrence) -> bool {
        let event = &occurrence.summary;
        let minutes = occurrence.ends.duration_since(occurrence.begins).as_mins();
        let in_category = |wanted: &String| {
            event
                .categories
                .iter()
                .any(|own| own.to_lowercase() == wanted.to_lowercase())
        };
        event.attendee_count >= self.min_attendees
            && minutes >= self.min_minutes
            && (self.categories.is_empty() || self.categories.iter().any(in_category))
            // RFC 5545 knows no default; an event without a status takes place.
            && self.status.is_none_or(|status| event.status.as_deref().unwrap_or("CONFIRMED").eq_ignore_ascii_case(status))
            && self.title.as_ref().is_none_or(|part| fields::contains(&event.title, part))
            && self
                .location
                .as_ref()
                .is_none_or(|part| fields::contains(event.location.as_deref().unwrap_or_default(), part))
    }
}

pub async fn get_event(nextcloud: NextcloudClient, args: GetEvent) -> ToolResult<FullEvent> {
    let id = args
        .recurrence_id
        .as_deref()
        .map(|id| Moment::from_user(id, None).map_err(|problem| when::invalid("recurrence_id", &problem)))
        .transpose()?;
    let (stored, document) = object::find(&nextcloud, &args.calendar_name, &args.event_uid, Kind::Event).await?;
    let here = Here::of(&nextcloud).await;
    let link = object::link(&nextcloud, &stored, Kind::Event);
    let subject = object::subject(Kind::Event, &args.calendar_name, &args.event_uid);
    let mut event = when::compute(move || full(&stored, &document, &here, id.as_ref(), &subject)).await??;
    event.summary.url = link;
    Ok(event)
}

fn full(
    stored: &Stored,
    document: &Document,
    here: &Here,
    id: Option<&Moment>,
    subject: &str,
) -> ToolResult<FullEvent> {
    let zones = Zones::of(document, here.zone.clone());
    let series = Series::of(document, Kind::Event.component());
    let missing = || {
        ToolError::new(
            "not_found",
            format!("not found — {subject} has no such instance; list events for its recurrence_id"),
        )
    };
    let instance = match id {
        Some(id) => series.instance(id, &zones, &mut when::budget()),
        None => series.first(&zones),
    }
    .ok_or_else(missing)?;
    let component = document.component(instance.at).ok_or_else(missing)?;
    let summary = summary(stored, component, &instance, series.repeats(), &zones);
    let master = series.master.map_or(component, |(_, master)| master);
    let excluded = master.all("EXDATE").flat_map(crate::ical::Property::moments);
    let mut changed: Vec<String> = series.overrides.iter().map(|(_, _, id)| zones.show(id)).collect();
    changed.sort_unstable();
    Ok(FullEvent {
        summary,
        description: component.text("DESCRIPTION"),
        priority: component.number("PRIORITY"),
        privacy: component.text("CLASS"),
        event_url: component
            .property("URL")
            .map(|url| url.raw().into_owned())
            .filter(|url| !url.is_empty()),
        color: component.text("COLOR"),
        organizer: people::organiser(component),
        attendees: people::read(component),
        reminders: reminders::read(component),
        recurrence_rule: master.property("RRULE").map(|rule| rule.raw().into_owned()),
        excluded: excluded.map(|moment| zones.show(&moment)).collect(),
        changed_instances: changed,
        transparent: component
            .text("TRANSP")
            .is_some_and(|transp| transp.eq_ignore_ascii_case("TRANSPARENT")),
        href: stored.href.clone(),
        etag: stored.etag.clone(),
    })
}
