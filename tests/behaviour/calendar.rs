//! The tools for calendars and events, through MCP over HTTP.

use crate::support::{McpClient, TestNextcloud, TestServer, TestUser, http_client, unique};
use actors::clock::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email calendar:read calendar:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// A calendar of this test's own.
    calendar: String,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let display_name = unique("Test");
        let made = json!({"action": "create", "display_name": display_name});
        let made = mcp.call("nc_calendar_manage_calendar", made).await.ok();
        assert_eq!(made["calendar"]["display_name"], json!(display_name));
        assert_eq!(made["calendar"]["color"], "#1976D2");
        let calendar = made["calendar"]["name"].as_str().unwrap().to_owned();
        Self {
            nextcloud,
            server,
            mcp,
            calendar,
        }
    }

    async fn finish(self) {
        self.manage(json!({"action": "delete_permanently", "calendar_name": self.calendar}))
            .await;
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(&format!("nc_calendar_{tool}"), arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(&format!("nc_calendar_{tool}"), arguments).await.error()
    }

    async fn manage(&self, arguments: Value) -> Value {
        self.call("manage_calendar", arguments).await
    }

    /// An event in this test's calendar.
    async fn event(&self, fields: Value) -> Value {
        let mut arguments = json!({"calendar_name": self.calendar, "reminder_minutes": 0});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        self.call("create_event", arguments).await
    }

    async fn get(&self, uid: &Value) -> Value {
        self.call("get_event", json!({"calendar_name": self.calendar, "event_uid": uid}))
            .await
    }

    /// Titles and starts of what is listed in September 2031.
    async fn september(&self) -> Vec<String> {
        let list = json!({"calendar_name": self.calendar, "start_date": "2031-09-01", "end_date": "2031-09-30"});
        let list = self.call("list_events", list).await;
        assert_eq!(list["total_found"], json!(list["events"].as_array().unwrap().len()));
        let events = list["events"].as_array().unwrap().iter();
        events
            .map(|event| {
                format!(
                    "{} {}",
                    event["title"].as_str().unwrap(),
                    event["start"].as_str().unwrap()
                )
            })
            .collect()
    }

    fn path(&self, user: &TestUser, name: &str) -> String {
        format!("{}/remote.php/dav/calendars/{}/{name}", self.nextcloud.url, user.name)
    }

    async fn put(&self, name: &str, text: &str) {
        let user = &self.nextcloud.user;
        let response = http_client()
            .put(self.path(user, &format!("{}/{name}", self.calendar)))
            .basic_auth(&user.name, Some(&user.password))
            .header("content-type", "text/calendar")
            .body(text.to_owned())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
    }

    async fn stored(&self, name: &str) -> String {
        let user = &self.nextcloud.user;
        let request = http_client().get(self.path(user, &format!("{}/{name}", self.calendar)));
        let response = request
            .basic_auth(&user.name, Some(&user.password))
            .send()
            .await
            .unwrap();
        response.text().await.unwrap()
    }

    /// The second user's address, by which Nextcloud knows them.
    async fn other_email(&self) -> Option<String> {
        let other = &self.nextcloud.other;
        let answer: Value = http_client()
            .get(format!("{}/ocs/v2.php/cloud/user?format=json", self.nextcloud.url))
            .basic_auth(&other.name, Some(&other.password))
            .header("ocs-apirequest", "true")
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        answer["ocs"]["data"]["email"].as_str().map(ToOwned::to_owned)
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(i64::try_from(SystemClock.unix_seconds()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_calendar_goes_to_the_trash_and_comes_back() {
    let fixture = Fixture::start().await;
    let name = fixture.calendar.clone();
    let named = |action: &str| json!({"action": action, "calendar_name": name});

    let error = fixture.error("manage_calendar", named("create")).await;
    assert!(error.contains("405") && error.contains("update"), "{error}");

    let changed = json!({"action": "update", "calendar_name": name, "description": "d & <e>"});
    let changed = fixture.manage(changed).await;
    assert_eq!(changed["calendar"]["description"], "d & <e>");
    assert_eq!(changed["calendar"]["color"], "#1976D2", "what is not named stays");

    let deleted = fixture.manage(named("delete")).await;
    assert_eq!(deleted["deleted"], json!(name));
    let list = fixture.call("list_calendars", json!({})).await;
    let has = |list: &Value, key: &str| {
        list[key]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == json!(name))
    };
    assert!(!has(&list, "calendars") && has(&list, "trash"), "{list}");

    let error = fixture.error("manage_calendar", named("create")).await;
    assert!(error.contains("trash") && error.contains("restore"), "{error}");
    fixture.manage(named("restore")).await;
    let list = fixture.call("list_calendars", json!({})).await;
    assert!(has(&list, "calendars"), "{list}");
    let error = fixture.error("manage_calendar", named("restore")).await;
    assert!(error.contains("not in the trash"), "{error}");

    fixture.manage(named("delete_permanently")).await;
    for action in ["update", "delete"] {
        let mut arguments = named(action);
        arguments["display_name"] = json!("x");
        let error = fixture.error("manage_calendar", arguments).await;
        assert!(error.contains("not found"), "{action}: {error}");
    }
}

#[tokio::test]
async fn calendars_say_what_may_be_written() {
    let fixture = Fixture::start().await;
    let list = fixture.call("list_calendars", json!({})).await;
    let find = |name: &str| {
        let calendars = list["calendars"].as_array().unwrap().iter();
        calendars.clone().find(|calendar| calendar["name"] == name).cloned()
    };
    let own = find(&fixture.calendar).unwrap();
    assert_eq!((&own["read_only"], &own["enabled"]), (&json!(false), &json!(true)));
    assert_eq!(own["components"], json!(["VEVENT", "VTODO"]));
    if let Some(birthdays) = find("contact_birthdays") {
        assert_eq!(birthdays["read_only"], true);
        let event = json!({"calendar_name": "contact_birthdays", "title": "x", "start_datetime": "2031-09-01"});
        let error = fixture.error("create_event", event).await;
        assert!(error.contains("read-only"), "{error}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn an_event_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let made = fixture
        .event(json!({
            "title": "Planning, with; signs \\ and ☀",
            "start_datetime": "2031-09-01T09:00",
            "end_datetime": "2031-09-01T10:30",
            "timezone": "Europe/Berlin",
            "description": "line one\nline two",
            "location": "Room 1",
            "categories": "work, planning",
            "status": "TENTATIVE",
            "priority": 3,
            "privacy": "PRIVATE",
            "url": "https://example.org/a?b=c",
            "color": "tomato",
            "reminders": [{"action": "DISPLAY", "minutes_before": 30}, {"action": "EMAIL", "trigger": "-P1D"}],
        }))
        .await;
    let (uid, etag) = (&made["uid"], &made["etag"]);
    let event = fixture.get(uid).await;
    assert_eq!(event["title"], "Planning, with; signs \\ and ☀");
    assert_eq!(event["start"], "2031-09-01T09:00:00+02:00");
    assert_eq!(event["end"], "2031-09-01T10:30:00+02:00");
    assert_eq!(event["timezone"], "Europe/Berlin");
    assert_eq!(event["description"], "line one\nline two");
    assert_eq!(event["categories"], json!(["work", "planning"]));
    assert_eq!(event["status"], "TENTATIVE");
    assert_eq!((&event["priority"], &event["privacy"]), (&json!(3), &json!("PRIVATE")));
    assert_eq!(event["event_url"], "https://example.org/a?b=c");
    assert_eq!(event["color"], "tomato");
    assert_eq!(event["reminders"][0]["minutes_before"], 30);
    assert_eq!(event["reminders"][1]["action"], "EMAIL");
    assert_eq!(&event["etag"], etag);
    let link = event["url"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{}/index.php/apps/calendar/edit/", fixture.nextcloud.url)),
        "{link}"
    );

    let update = |etag: &Value, title: &str| json!({"calendar_name": fixture.calendar, "event_uid": uid, "etag": etag, "title": title});
    let changed = fixture.call("update_event", update(etag, "Changed")).await;
    assert_ne!(&changed["etag"], etag);
    let error = fixture.error("update_event", update(etag, "Lost")).await;
    assert!(error.contains("changed since it was read"), "{error}");
    let after = fixture.get(uid).await;
    assert_eq!(after["title"], "Changed");
    for same in [
        "start",
        "end",
        "description",
        "reminders",
        "categories",
        "event_url",
        "color",
    ] {
        assert_eq!(after[same], event[same], "{same}");
    }
    let cleared = json!({
        "calendar_name": fixture.calendar, "event_uid": uid,
        "description": "", "location": "", "categories": "", "url": "", "color": "", "reminders": [],
    });
    fixture.call("update_event", cleared).await;
    let after = fixture.get(uid).await;
    for gone in [
        "description",
        "location",
        "categories",
        "event_url",
        "color",
        "reminders",
    ] {
        assert!(after.get(gone).is_none(), "{gone}: {after}");
    }

    let named = json!({"calendar_name": fixture.calendar, "event_uid": uid});
    let deleted = fixture.call("delete_event", named.clone()).await;
    assert_eq!(&deleted["deleted_uid"], uid);
    for tool in ["get_event", "delete_event"] {
        let error = fixture.error(tool, named.clone()).await;
        assert!(error.contains("not found"), "{tool}: {error}");
    }
    fixture.finish().await;
}

#[tokio::test]
async fn a_change_leaves_every_other_byte_of_the_object_alone() {
    let fixture = Fixture::start().await;
    let uid = format!("foreign/{}", unique("uid").replace(' ', "-"));
    let object = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//another//program//EN\r\nX-WR-SOMETHING;X=\"a:b\":c\r\n\
         BEGIN:VEVENT\r\nX-FIRST:1\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nLAST-MODIFIED:20260101T000000Z\r\n\
         DTSTART;TZID=Europe/Berlin;X-KEEP=me:20310901T090000\r\nDTEND;TZID=Europe/Berlin:20310901T100000\r\n\
         SUMMARY;LANGUAGE=de:Besprechung\r\nLOCATION;ALTREP=\"cid:1\":Old place\r\n\
         x-folded;P=q:a line that another program folded in the midd\r\n le of a word\r\n\
         BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER;RELATED=END:-PT5M\r\nX-A:b\r\nDESCRIPTION:x\r\nEND:VALARM\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    fixture.put("not-the-uid.ics", &object).await;
    let change = json!({"calendar_name": fixture.calendar, "event_uid": uid, "location": "New, place"});
    fixture.call("update_event", change).await;
    let stored = fixture.stored("not-the-uid.ics").await;
    // Nextcloud does not see the difference, so neither need we: what it must find is the zone that is named.
    let zone = stored.find("BEGIN:VTIMEZONE").unwrap_or_else(|| panic!("{stored}"))
        ..stored.find("END:VTIMEZONE\r\n").unwrap() + 15;
    let mut rest = stored.clone();
    rest.replace_range(zone, "");
    let stamps = |text: &str| -> Vec<String> {
        let lines = text
            .split("\r\n")
            .filter(|line| !line.starts_with("DTSTAMP:") && !line.starts_with("LAST-MODIFIED:"));
        lines.map(ToOwned::to_owned).collect()
    };
    let expected = object.replace("LOCATION;ALTREP=\"cid:1\":Old place", "LOCATION:New\\, place");
    assert_eq!(stamps(&rest), stamps(&expected));
    fixture.finish().await;
}

#[tokio::test]
async fn a_series_is_changed_in_parts() {
    let fixture = Fixture::start().await;
    let made = fixture
        .event(json!({
            "title": "Weekly", "start_datetime": "2031-09-01T09:00", "timezone": "Europe/Berlin",
            "recurring": true, "recurrence_rule": "FREQ=WEEKLY;COUNT=5",
        }))
        .await;
    let uid = &made["uid"];
    assert_eq!(fixture.september().await.len(), 5);
    let part = |fields: Value| {
        let mut arguments = json!({"calendar_name": fixture.calendar, "event_uid": uid});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        arguments
    };

    let once =
        json!({"recurrence_id": "2031-09-08T09:00:00+02:00", "title": "Once", "start_datetime": "2031-09-08T15:00"});
    fixture.call("update_event", part(once)).await;
    let out = json!({"recurrence_id": "2031-09-15T09:00:00+02:00"});
    fixture.call("delete_event", part(out)).await;
    assert_eq!(
        fixture.september().await,
        [
            "Weekly 2031-09-01T09:00:00+02:00",
            "Once 2031-09-08T15:00:00+02:00",
            "Weekly 2031-09-22T09:00:00+02:00",
            "Weekly 2031-09-29T09:00:00+02:00",
        ]
    );
    let instance = fixture
        .call("get_event", part(json!({"recurrence_id": "2031-09-08T09:00"})))
        .await;
    assert_eq!(instance["title"], "Once");
    let series = fixture.get(uid).await;
    assert_eq!(series["recurrence_rule"], "FREQ=WEEKLY;COUNT=5");
    assert_eq!(series["excluded"], json!(["2031-09-15T09:00:00+02:00"]));
    assert_eq!(series["changed_instances"], json!(["2031-09-08T09:00:00+02:00"]));

    let split = json!({
        "recurrence_id": "2031-09-22T09:00", "recurrence_range": "this_and_following", "title": "Later",
        "start_datetime": "2031-09-22T11:00",
    });
    let split = fixture.call("update_event", part(split)).await;
    assert_ne!(&split["new_uid"], uid);
    assert_eq!(
        fixture.september().await[2..],
        ["Later 2031-09-22T11:00:00+02:00", "Later 2031-09-29T11:00:00+02:00"]
    );
    let rest = json!({
        "calendar_name": fixture.calendar, "event_uid": split["new_uid"],
        "recurrence_id": "2031-09-29T11:00", "recurrence_range": "this_and_following",
    });
    fixture.call("delete_event", rest).await;
    assert_eq!(fixture.september().await.len(), 3);

    let wrong = part(json!({"recurrence_id": "2031-09-09T09:00", "title": "x"}));
    let error = fixture.error("update_event", wrong).await;
    assert!(error.contains("no such instance"), "{error}");
    fixture.call("update_event", part(json!({"recurrence_rule": ""}))).await;
    assert_eq!(fixture.get(uid).await["recurring"], false);
    fixture.finish().await;
}

#[tokio::test]
async fn dates_zones_and_the_change_of_clocks_are_right() {
    let fixture = Fixture::start().await;
    let day = fixture
        .event(json!({"title": "Day", "start_datetime": "2031-09-05"}))
        .await;
    let event = fixture.get(&day["uid"]).await;
    assert_eq!(
        (&event["all_day"], &event["start"], &event["end"]),
        (&json!(true), &json!("2031-09-05"), &json!("2031-09-06"))
    );
    let floating = fixture
        .event(json!({"title": "Floats", "start_datetime": "2031-09-06T08:00"}))
        .await;
    assert!(floating["warning"].as_str().unwrap().contains("no zone"));
    let event = fixture.get(&floating["uid"]).await;
    assert_eq!(
        (&event["start"], &event["end"]),
        (&json!("2031-09-06T08:00:00"), &json!("2031-09-06T09:00:00"))
    );
    let utc = fixture
        .event(json!({"title": "Utc", "start_datetime": "2031-09-07T08:00:00+05:30"}))
        .await;
    assert_eq!(fixture.get(&utc["uid"]).await["start"], "2031-09-07T02:30:00Z");

    fixture
        .event(json!({
            "title": "Over the change", "start_datetime": "2031-10-19T09:00", "timezone": "Europe/Berlin",
            "recurrence_rule": "FREQ=WEEKLY", "recurrence_end_date": "2031-11-02",
        }))
        .await;
    let october = json!({"calendar_name": fixture.calendar, "start_date": "2031-10-01", "end_date": "2031-12-31"});
    let list = fixture.call("list_events", october).await;
    let starts: Vec<&Value> = list["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["start"])
        .collect();
    assert_eq!(
        starts,
        [
            "2031-10-19T09:00:00+02:00",
            "2031-10-26T09:00:00+01:00",
            "2031-11-02T09:00:00+01:00"
        ]
    );
    let skipped = json!({
        "calendar_name": fixture.calendar, "title": "x", "timezone": "Europe/Berlin",
        "start_datetime": "2031-03-30T02:30",
    });
    let error = fixture.error("create_event", skipped).await;
    assert!(error.contains("does not exist"), "{error}");
    fixture.finish().await;
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let fixture = Fixture::start().await;
    for (title, start, more) in [
        (
            "Third",
            "2031-09-03T10:00Z",
            json!({"categories": "red,blue", "location": "Hall A"}),
        ),
        ("First", "2031-09-01T10:00Z", json!({"status": "CANCELLED"})),
        (
            "Second",
            "2031-09-02T10:00Z",
            json!({"end_datetime": "2031-09-02T14:00Z"}),
        ),
    ] {
        let mut event = json!({"title": title, "start_datetime": start});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fixture.event(event).await;
    }
    let list = |more: Value| {
        let mut arguments =
            json!({"calendar_name": fixture.calendar, "start_date": "2031-09-01", "end_date": "2031-09-30"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let page = fixture
            .call("list_events", list(json!({"limit": 2, "cursor": cursor})))
            .await;
        assert_eq!(page["total_found"], 3);
        seen.extend(
            page["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["title"].clone()),
        );
        match page.get("next_cursor") {
            Some(next) => cursor = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, ["First", "Second", "Third"]);
    for (filter, title) in [
        (json!({"categories": "Blue, green"}), "Third"),
        (json!({"location_contains": "hall"}), "Third"),
        (json!({"status": "cancelled"}), "First"),
        (json!({"title_contains": "SECOND"}), "Second"),
        (json!({"min_duration_minutes": 120}), "Second"),
        (
            json!({"search_all_calendars": true, "title_contains": "Second"}),
            "Second",
        ),
    ] {
        let page = fixture.call("list_events", list(filter.clone())).await;
        assert_eq!(page["events"][0]["title"], title, "{filter}");
    }
    let none = fixture.call("list_events", list(json!({"min_attendees": 1}))).await;
    assert_eq!(none["total_found"], 0);
    fixture.finish().await;
}

#[tokio::test]
async fn a_series_that_nextcloud_gives_up_on_is_found() {
    let fixture = Fixture::start().await;
    let daily = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:long\r\nDTSTAMP:20200101T000000Z\r\n\
                 DTSTART:20150101T090000Z\r\nSUMMARY:Daily\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    fixture.put("long.ics", daily).await;
    assert_eq!(fixture.september().await.len(), 30);
    fixture.finish().await;
}

#[tokio::test]
async fn meetings_come_up() {
    let fixture = Fixture::start().await;
    let tomorrow = (now() + SignedDuration::from_hours(24)).to_string();
    let title = unique("Meeting");
    let meeting = json!({
        "calendar_name": fixture.calendar, "title": title, "date": &tomorrow[..10], "time": &tomorrow[11..16],
        "duration_minutes": 45, "timezone": "UTC",
    });
    let made = fixture.call("create_meeting", meeting).await;
    let event = fixture.get(&made["uid"]).await;
    assert_eq!(event["reminders"][0]["minutes_before"], 15);
    let upcoming = json!({"calendar_name": fixture.calendar, "days_ahead": 2});
    let list = fixture.call("get_upcoming_events", upcoming).await;
    assert_eq!(list["events"][0]["title"], json!(title));
    assert_eq!(list["total_found"], 1);
    fixture.finish().await;
}

#[tokio::test]
async fn free_time_knows_own_events_and_those_of_attendees() {
    let fixture = Fixture::start().await;
    // A Monday that nobody else's tests use.
    fixture
        .event(json!({"title": "Busy", "start_datetime": "2037-06-08T09:00Z", "end_datetime": "2037-06-08T12:00Z"}))
        .await;
    let find = |more: Value| {
        let mut arguments = json!({
            "duration_minutes": 60, "date_range_start": "2037-06-08", "date_range_end": "2037-06-08", "timezone": "UTC",
        });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let found = fixture.call("find_availability", find(json!({}))).await;
    let slots = &found["available_slots"];
    assert_eq!(
        (&slots[0]["start"], &slots[0]["end"]),
        (&json!("2037-06-08T12:00:00Z"), &json!("2037-06-08T17:00:00Z"))
    );
    assert_eq!(slots[0]["duration_minutes"], 300);
    let preferred = find(json!({"preferred_times": "10:00-13:00", "exclude_weekends": false}));
    let found = fixture.call("find_availability", preferred).await;
    assert_eq!(found["available_slots"][0]["start"], "2037-06-08T12:00:00Z");

    if let Some(email) = fixture.other_email().await {
        let invited = fixture
            .event(json!({
                "title": "Together", "start_datetime": "2037-06-08T13:00Z", "end_datetime": "2037-06-08T14:00Z",
                "attendees": format!("Bob <{email}>"),
            }))
            .await;
        let event = fixture.get(&invited["uid"]).await;
        assert_eq!(
            event["attendees"][0]["email"].as_str().unwrap().to_lowercase(),
            email.to_lowercase()
        );
        assert!(event["organizer"].is_string());
        assert_eq!(
            invited["etag"], event["etag"],
            "the tag is asked for when Nextcloud changed the object"
        );
        let unknown = unique("nobody").replace(' ', "-");
        let with = find(json!({"attendees": format!("{email},{unknown}@example.invalid")}));
        let found = fixture.call("find_availability", with).await;
        assert_eq!(found["attendees_checked"], json!([email]));
        assert!(
            found["attendees_unknown"][0]["attendee"]
                .as_str()
                .unwrap()
                .contains(&unknown)
        );
        assert_eq!(found["available_slots"][0]["start"], "2037-06-08T12:00:00Z");
        assert_eq!(found["available_slots"][1]["start"], "2037-06-08T14:00:00Z");
        let nobody = json!({"calendar_name": fixture.calendar, "event_uid": invited["uid"], "attendees": ""});
        fixture.call("update_event", nobody).await;
        assert!(fixture.get(&invited["uid"]).await.get("attendees").is_none());
    }
    fixture.finish().await;
}

#[tokio::test]
async fn many_events_are_changed_moved_and_deleted() {
    let fixture = Fixture::start().await;
    let second = json!({"action": "create", "display_name": unique("Second")});
    let second = fixture.manage(second).await["calendar"]["name"].clone();
    let word = unique("bulk");
    for day in 1..=3 {
        let start = format!("2031-09-0{day}T10:00Z");
        fixture
            .event(json!({"title": format!("{word} {day}"), "start_datetime": start}))
            .await;
    }
    let series = json!({
        "title": format!("{word} series"), "start_datetime": "2031-09-10T10:00Z", "recurrence_rule": "FREQ=DAILY;COUNT=3",
    });
    fixture.event(series).await;
    let bulk = |more: Value| {
        let mut arguments = json!({
            "title_contains": word, "calendar_name": fixture.calendar,
            "start_date": "2031-09-01", "end_date": "2031-09-30",
        });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    let changed = fixture
        .call(
            "bulk_operations",
            bulk(json!({"operation": "update", "new_location": "Everywhere"})),
        )
        .await;
    assert_eq!(
        (
            changed["total_found"].as_u64(),
            changed["changed"].as_array().map(Vec::len)
        ),
        (Some(4), Some(3))
    );
    assert_eq!(changed["skipped_series"].as_array().unwrap().len(), 1);
    let moved = bulk(json!({"operation": "move", "target_calendar": second, "title_contains": format!("{word} 1")}));
    let moved = fixture.call("bulk_operations", moved).await;
    assert_eq!(moved["changed"].as_array().unwrap().len(), 1, "{moved}");
    let there = json!({"calendar_name": second, "start_date": "2031-09-01", "end_date": "2031-09-30"});
    let there = fixture.call("list_events", there).await;
    assert_eq!(there["events"][0]["location"], "Everywhere");
    let all = json!({"operation": "delete", "apply_to_series": true});
    let deleted = fixture.call("bulk_operations", bulk(all)).await;
    assert_eq!(deleted["changed"].as_array().unwrap().len(), 3, "{deleted}");
    assert!(fixture.september().await.is_empty());

    let error = fixture.error("bulk_operations", json!({"operation": "delete"})).await;
    assert!(error.contains("which events"), "{error}");
    fixture
        .manage(json!({"action": "delete_permanently", "calendar_name": second}))
        .await;
    fixture.finish().await;
}

#[tokio::test]
async fn others_see_only_what_is_shared_and_write_only_where_they_may() {
    let fixture = Fixture::start().await;
    let event = fixture
        .event(json!({"title": "Mine", "start_datetime": "2031-09-01T10:00Z"}))
        .await;
    let (user, other) = (&fixture.nextcloud.user, &fixture.nextcloud.other);
    let bob = fixture.server.client_of(other, SCOPE).await;
    let foreign = json!({"calendar_name": fixture.calendar, "event_uid": event["uid"]});
    for tool in ["nc_calendar_get_event", "nc_calendar_delete_event"] {
        let error = bob.call(tool, foreign.clone()).await.error();
        assert!(
            error.contains("not found") && error.contains("calendar"),
            "{tool}: {error}"
        );
    }
    let share = format!(
        "<o:share xmlns:d=\"DAV:\" xmlns:o=\"http://owncloud.org/ns\"><o:set>\
         <d:href>principal:principals/users/{}</d:href></o:set></o:share>",
        other.name
    );
    let shared = http_client()
        .post(fixture.path(user, &format!("{}/", fixture.calendar)))
        .basic_auth(&user.name, Some(&user.password))
        .header("content-type", "application/xml; charset=utf-8")
        .body(share)
        .send()
        .await
        .unwrap();
    assert_eq!(shared.status(), StatusCode::OK);
    let name = format!("{}_shared_by_{}", fixture.calendar, user.name);
    let list = bob.call("nc_calendar_list_calendars", json!({})).await.ok();
    let calendar = list["calendars"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == json!(name))
        .unwrap();
    assert_eq!(
        (&calendar["read_only"], &calendar["owner"]),
        (&json!(true), &json!(user.name))
    );
    let read = json!({"calendar_name": name, "event_uid": event["uid"]});
    assert_eq!(
        bob.call("nc_calendar_get_event", read.clone()).await.ok()["title"],
        "Mine"
    );
    let mut change = read.clone();
    change["title"] = json!("Not mine");
    for (tool, arguments) in [
        ("nc_calendar_update_event", change),
        ("nc_calendar_delete_event", read),
        (
            "nc_calendar_create_event",
            json!({"calendar_name": name, "title": "x", "start_datetime": "2031-09-01"}),
        ),
    ] {
        let error = bob.call(tool, arguments).await.error();
        assert!(error.contains("read-only"), "{tool}: {error}");
    }
    assert_eq!(fixture.get(&event["uid"]).await["title"], "Mine");
    fixture.finish().await;
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one row for each kind of bad input")]
async fn bad_input_is_refused_and_nothing_is_written() {
    let fixture = Fixture::start().await;
    let c = &fixture.calendar;
    let long = "x".repeat(2_000);
    let event = |more: Value| {
        let mut arguments = json!({"calendar_name": c, "title": "t", "start_datetime": "2031-09-01T10:00Z"});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        arguments
    };
    for (tool, arguments, reason) in [
        (
            "create_event",
            json!({"calendar_name": c, "title": "t"}),
            "start_datetime",
        ),
        ("create_event", event(json!({"title": " "})), "title"),
        ("create_event", event(json!({"title": long})), "title"),
        ("create_event", event(json!({"title": "a\u{7}b"})), "control characters"),
        ("create_event", event(json!({"title": 5})), "title"),
        (
            "create_event",
            event(json!({"start_datetime": "tomorrow"})),
            "start_datetime",
        ),
        (
            "create_event",
            event(json!({"end_datetime": "2031-09-01T09:00Z"})),
            "end_datetime",
        ),
        ("create_event", event(json!({"timezone": "Middle/Earth"})), "timezone"),
        (
            "create_event",
            event(json!({"recurrence_rule": "FREQ=SOMETIMES"})),
            "recurrence_rule",
        ),
        (
            "create_event",
            event(json!({"recurrence_rule": "FREQ=DAILY;COUNT=2", "recurrence_end_date": "2032-01-01"})),
            "contradicts",
        ),
        ("create_event", event(json!({"recurring": true})), "recurring"),
        ("create_event", event(json!({"status": "MAYBE"})), "status"),
        ("create_event", event(json!({"priority": 99})), "priority"),
        ("create_event", event(json!({"privacy": "SECRET"})), "privacy"),
        ("create_event", event(json!({"color": "#ff0000"})), "color"),
        ("create_event", event(json!({"url": "javascript:alert(1)"})), "url"),
        ("create_event", event(json!({"attendees": "bob"})), "attendees"),
        (
            "create_event",
            event(json!({"reminders": [{"trigger": "soon"}]})),
            "reminders",
        ),
        (
            "create_event",
            event(json!({"reminder_minutes": -1})),
            "reminder_minutes",
        ),
        ("create_event", event(json!({"calendar_name": ""})), "calendar_name"),
        ("create_event", event(json!({"calendar_name": "../other"})), "not found"),
        (
            "create_event",
            event(json!({"calendar_name": "no-such-calendar"})),
            "not found",
        ),
        ("create_event", event(json!({"titel": "x"})), "there is no argument"),
        ("get_event", json!({"calendar_name": c, "event_uid": ""}), "event_uid"),
        (
            "get_event",
            json!({"calendar_name": c, "event_uid": "no/such?uid#%☀"}),
            "not found",
        ),
        (
            "get_event",
            json!({"calendar_name": "no-such-calendar", "event_uid": "x"}),
            "not found",
        ),
        (
            "update_event",
            json!({"calendar_name": c, "event_uid": "x"}),
            "nothing to change",
        ),
        (
            "update_event",
            json!({"calendar_name": c, "event_uid": "x", "title": "y"}),
            "not found",
        ),
        (
            "delete_event",
            json!({"calendar_name": c, "event_uid": "x", "recurrence_range": "all"}),
            "recurrence_range",
        ),
        (
            "list_events",
            json!({"start_date": "2031-09-02", "end_date": "2031-09-01"}),
            "end_date",
        ),
        (
            "list_events",
            json!({"start_date": "1999-01-01", "end_date": "2031-09-01"}),
            "ten years",
        ),
        ("list_events", json!({"limit": 0}), "limit"),
        ("list_events", json!({"cursor": "nonsense"}), "cursor"),
        ("list_events", json!({"calendar_name": "no-such-calendar"}), "not found"),
        ("list_events", json!({"status": "COMPLETED"}), "status"),
        ("get_upcoming_events", json!({"days_ahead": 0}), "days_ahead"),
        (
            "create_meeting",
            json!({"title": "t", "date": "1.9.2031", "time": "10:00"}),
            "date",
        ),
        (
            "create_meeting",
            json!({"title": "t", "date": "2031-09-01", "time": "ten"}),
            "time",
        ),
        (
            "create_meeting",
            json!({"title": "t", "date": "2031-09-01", "time": "10:00", "duration_minutes": 0}),
            "duration_minutes",
        ),
        ("find_availability", json!({"duration_minutes": 0}), "duration_minutes"),
        (
            "find_availability",
            json!({"duration_minutes": 30, "preferred_times": "morning"}),
            "preferred_times",
        ),
        (
            "find_availability",
            json!({"duration_minutes": 30, "date_range_start": "2031-01-01", "date_range_end": "2031-12-31"}),
            "at most",
        ),
        (
            "bulk_operations",
            json!({"operation": "purge", "title_contains": "x"}),
            "operation",
        ),
        ("manage_calendar", json!({"action": "explode"}), "action"),
        ("manage_calendar", json!({"action": "create"}), "calendar_name"),
        (
            "manage_calendar",
            json!({"action": "create", "calendar_name": "x", "color": "red"}),
            "color",
        ),
    ] {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(reason), "{tool} {arguments}: {error}");
    }
    assert!(fixture.september().await.is_empty());
    let injected = fixture
        .event(json!({"title": "a\r\nATTENDEE:mailto:x@example.org", "start_datetime": "2031-09-01T10:00Z", "location": "<b>&amp;\u{202e}"}))
        .await;
    let event = fixture.get(&injected["uid"]).await;
    assert_eq!(event["title"], "a\nATTENDEE:mailto:x@example.org");
    assert!(event.get("attendees").is_none());
    fixture.finish().await;
}
