//! The contacts tools, through MCP over HTTP.

mod access;
mod arguments;
mod books;
mod hostile;
mod life;
mod lists;

use crate::support::{McpClient, TestNextcloud, TestServer, unique};
use reqwest::Method;
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email contacts:read contacts:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
    /// An address book of this test alone.
    book: String,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        let book = unique("book").replace(' ', "-").to_lowercase();
        let arguments = json!({"name": book, "display_name": "Tëst <& ☀"});
        mcp.call("nc_contacts_create_addressbook", arguments).await.ok();
        Self {
            nextcloud,
            server,
            mcp,
            book,
        }
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(tool, arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(tool, arguments).await.error()
    }

    async fn create(&self, uid: &str, data: Value) -> Value {
        let arguments = json!({"addressbook": self.book, "uid": uid, "contact_data": data});
        self.call("nc_contacts_create_contact", arguments).await
    }

    fn change(&self, uid: &str, data: Value) -> Value {
        let mut arguments = json!({"addressbook": self.book, "uid": uid});
        arguments["contact_data"] = data;
        arguments
    }

    /// A request of the first user to an object of the address book, as another program would make it.
    async fn dav(&self, method: Method, object: &str, body: &str, accept: &str) -> String {
        let user = &self.nextcloud.user;
        let (url, book) = (&self.nextcloud.url, &self.book);
        let address = format!("{url}/remote.php/dav/addressbooks/users/{}/{book}/{object}", user.name);
        let request = crate::support::http_client()
            .request(method, address)
            .body(body.to_owned());
        let request = request.header("content-type", "text/vcard").header("accept", accept);
        let answer = request
            .basic_auth(&user.name, Some(&user.password))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.text().await.unwrap()
    }

    async fn put(&self, object: &str, text: &str) {
        self.dav(Method::PUT, object, text, "*/*").await;
    }

    async fn finish(self) {
        self.call("nc_contacts_delete_addressbook", json!({"name": self.book}))
            .await;
        let error = self
            .error("nc_contacts_delete_addressbook", json!({"name": self.book}))
            .await;
        assert!(error.contains("HTTP 404"), "{error}");
    }
}
