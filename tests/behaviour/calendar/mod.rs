//! The tools for calendars and events, through MCP over HTTP.

mod access;
mod arguments;
mod availability;
mod bulk;
mod calendars;
mod events;
mod hostile;
mod invitations;
mod lists;
mod series;
mod times;

use crate::support::{McpClient, TestNextcloud, TestServer, TestUser, http_client, unique};
use actors::clock::{Clock, SystemClock};
use jiff::Timestamp;
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
        Self::at(TestNextcloud::start().await).await
    }

    async fn at(nextcloud: TestNextcloud) -> Self {
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
