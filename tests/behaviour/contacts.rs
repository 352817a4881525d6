//! The contacts tools, through MCP over HTTP.

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

#[tokio::test]
async fn a_contact_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let data = json!({
        "fn": "Jane Dœ; \"J,\" ☀", "given_name": "Jane", "family_name": "Dœ", "organization": "ACME; Sales",
        "emails": ["jane@example.org", {"value": "work@example.org", "type": "work", "preferred": true}],
        "phones": {"value": "+49 (170) 123-456", "type": ["cell", "voice"]},
        "addresses": [{"components": ["", "", "1 Main St", "Town", "", "12345", "Land"], "type": "home"}],
        "birthday": "--04-12", "categories": ["friends, old", "work"], "note": "line one\nline two",
        "custom_fields": {"X-TEST": "kept"},
    });
    let created = fixture.create("jane 1", data).await;
    assert_eq!(created["resource_path"], "jane 1.vcf");
    let link = created["url"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{}/index.php/apps/contacts/", fixture.nextcloud.url)),
        "{link}"
    );

    let listed = fixture
        .call("nc_contacts_list_contacts", json!({"addressbook": fixture.book}))
        .await;
    assert_eq!(listed["total_count"], 1);
    let contact = &listed["contacts"][0];
    assert_eq!(contact["fn"], "Jane Dœ; \"J,\" ☀");
    assert_eq!(contact["family_name"], "Dœ");
    assert_eq!(contact["organization"], "ACME; Sales");
    assert_eq!(contact["emails"][0], json!({"value": "jane@example.org"}));
    assert_eq!(
        contact["emails"][1],
        json!({"type": "work", "value": "work@example.org", "preferred": true})
    );
    assert_eq!(contact["phones"][0]["type"], "cell,voice");
    assert_eq!(contact["addresses"][0]["components"][3], "Town");
    assert_eq!(contact["birthday"], "--04-12");
    assert_eq!(contact["categories"], json!(["friends, old", "work"]));
    assert_eq!(contact["note"], "line one\nline two");
    assert_eq!(contact["custom_fields"]["X-TEST"], "kept");
    assert_eq!(contact["etag"], created["etag"]);

    let mut change = fixture.change(
        "jane 1",
        json!({"title": "Captain", "email": "new@example.org", "note": ""}),
    );
    change["etag"] = created["etag"].clone();
    let updated = fixture.call("nc_contacts_update_contact", change.clone()).await;
    let contact = &updated["contact"];
    assert_eq!(contact["title"], "Captain");
    assert_eq!(contact["emails"][0]["value"], "new@example.org");
    assert_eq!(contact["emails"][1]["value"], "work@example.org");
    assert_eq!(contact.get("note"), None);
    assert_eq!(contact["birthday"], "--04-12");

    let stale = fixture.error("nc_contacts_update_contact", change).await;
    assert!(
        stale.contains("412") && stale.contains("Nothing was written"),
        "{stale}"
    );

    let arguments = json!({"addressbook": fixture.book, "uid": "jane 1"});
    let deleted = fixture.call("nc_contacts_delete_contact", arguments.clone()).await;
    assert_eq!(deleted["deleted_uid"], "jane 1");
    let error = fixture.error("nc_contacts_delete_contact", arguments).await;
    assert!(error.contains("not found — contact \"jane 1\""), "{error}");
    let error = fixture
        .error(
            "nc_contacts_update_contact",
            fixture.change("jane 1", json!({"title": "x"})),
        )
        .await;
    assert!(error.contains("not found"), "{error}");
    fixture.finish().await;
}

#[tokio::test]
async fn creating_never_overwrites() {
    let fixture = Fixture::start().await;
    fixture.create("one", json!({"fn": "First"})).await;
    fixture
        .put(
            "other-name.vcf",
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:two\r\nFN:Second\r\nN:;Second;;;\r\nEND:VCARD\r\n",
        )
        .await;
    for uid in ["one", "two"] {
        let error = fixture
            .error(
                "nc_contacts_create_contact",
                fixture.change(uid, json!({"fn": "Thief"})),
            )
            .await;
        assert!(
            error.contains("exists already") && error.contains("Nothing was written"),
            "{error}"
        );
    }
    let found = fixture
        .call(
            "nc_contacts_search_contacts",
            json!({"query": "Thief", "addressbook": fixture.book}),
        )
        .await;
    assert_eq!(found["total_count"], 0);
    fixture.finish().await;
}

/// Nextcloud gives version 4.0 as 3.0, and 3.0 as 4.0, to who asks for that: an edit must not change the version.
#[tokio::test]
async fn an_edit_changes_one_line_whatever_the_version() {
    let fixture = Fixture::start().await;
    for version in ["3.0", "4.0"] {
        let birthday = if version == "4.0" {
            "BDAY:--0412"
        } else {
            "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12"
        };
        let text = format!(
            "BEGIN:VCARD\r\nVERSION:{version}\r\nPRODID:-//Other//Program 1.0//EN\r\nUID:urn:uuid:v{version}\r\n\
             N:Four;Vera;;;\r\nFN:Vera Four\r\nitem1.TEL;TYPE=cell;X-P=\"a:b\":+49 1\r\nitem1.X-ABLabel:Boat\r\n\
             {birthday}\r\nX-CUSTOM;A=1:keep\\, this\r\nNOTE:folded\r\n  here\r\nEND:VCARD\r\n"
        );
        let object = format!("program-{version}.vcf");
        fixture.put(&object, &text).await;
        let change = fixture.change(&format!("v{version}"), json!({"tel": "+49 2"}));
        let updated = fixture.call("nc_contacts_update_contact", change.clone()).await;
        assert_eq!(updated["contact"]["resource_path"], json!(object));
        assert_eq!(updated["contact"]["phones"][0]["label"], "Boat");
        let accept = if version == "4.0" {
            "text/vcard; version=4.0"
        } else {
            "text/vcard"
        };
        let stored = fixture.dav(Method::GET, &object, "", accept).await;
        assert_eq!(stored, text.replace("+49 1", "+49 2"));

        // The same change again changes nothing, not even the ETag.
        let again = fixture.call("nc_contacts_update_contact", change).await;
        assert_eq!(again["contact"]["etag"], updated["contact"]["etag"]);
        let delete = json!({"addressbook": fixture.book, "uid": format!("v{version}")});
        fixture.call("nc_contacts_delete_contact", delete).await;
    }
    fixture.finish().await;
}

#[tokio::test]
async fn contacts_are_found_by_name_mail_and_digits() {
    let fixture = Fixture::start().await;
    let name = unique("Zoë");
    fixture
        .create(
            "z",
            json!({"fn": name, "email": "zoe.q@example.org", "phone": "+49 (170) 99-88-77"}),
        )
        .await;
    fixture.create("y", json!({"fn": "Yann", "nickname": "Ziggy"})).await;
    let search = |query: &str| json!({"query": query, "addressbook": fixture.book});
    for (query, uids) in [
        (name.as_str(), vec!["z"]),
        ("zoë", vec!["z"]),
        ("ZOE.Q@", vec!["z"]),
        ("0170 998877", vec!["z"]),
        ("99/88", vec!["z"]),
        ("ziggy", vec!["y"]),
        ("</card:text-match>", vec![]),
        ("11111", vec![]),
    ] {
        let found = fixture.call("nc_contacts_search_contacts", search(query)).await;
        let found: Vec<&str> = found["contacts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["uid"].as_str().unwrap())
            .collect();
        assert_eq!(found, uids, "{query}");
    }
    // Across all address books, named in each result.
    let found = fixture
        .call("nc_contacts_search_contacts", json!({"query": name}))
        .await;
    assert_eq!(found["contacts"][0]["addressbook"], json!(fixture.book));
    let limited = fixture
        .call("nc_contacts_search_contacts", json!({"query": "@", "limit": 1}))
        .await;
    assert_eq!(limited["contacts"].as_array().unwrap().len(), 1);
    fixture.finish().await;
}

#[tokio::test]
async fn pictures_come_only_when_asked_for() {
    let fixture = Fixture::start().await;
    let photo = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let text = format!(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:p\r\nFN:Pic\r\nPHOTO:data:image/png;base64,{photo}\r\nEND:VCARD\r\n"
    );
    fixture.put("p.vcf", &text).await;
    let list = |photos: bool| json!({"addressbook": fixture.book, "include_photos": photos});
    let plain = fixture.call("nc_contacts_list_contacts", list(false)).await;
    assert_eq!(plain["contacts"][0]["has_photo"], true);
    assert_eq!(plain["contacts"][0].get("photo"), None);
    let full = fixture.call("nc_contacts_list_contacts", list(true)).await;
    assert_eq!(
        full["contacts"][0]["photo"],
        json!(format!("data:image/png;base64,{photo}"))
    );
    fixture.finish().await;
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let fixture = Fixture::start().await;
    for number in 0..5 {
        fixture
            .create(&format!("c{number}"), json!({"fn": format!("Contact {number}")}))
            .await;
    }
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let arguments = json!({"addressbook": fixture.book, "limit": 2, "cursor": cursor});
        let page = fixture.call("nc_contacts_list_contacts", arguments).await;
        assert_eq!(page["total_count"], 5);
        seen.extend(
            page["contacts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|contact| contact["uid"].clone()),
        );
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen, ["c0", "c1", "c2", "c3", "c4"]);
    let arguments = json!({"addressbook": fixture.book, "offset": 3});
    let rest = fixture.call("nc_contacts_list_contacts", arguments).await;
    assert_eq!(rest["contacts"].as_array().unwrap().len(), 2);
    fixture.finish().await;
}

#[tokio::test]
async fn address_books_say_what_they_are() {
    let fixture = Fixture::start().await;
    let list = fixture.call("nc_contacts_list_addressbooks", json!({})).await;
    let books = list["addressbooks"].as_array().unwrap();
    let book = |uri: &str| books.iter().find(|book| book["uri"] == json!(uri));
    let own = book(&fixture.book).unwrap();
    assert_eq!((&own["displayname"], own.get("read_only")), (&json!("Tëst <& ☀"), None));
    let system = book("z-server-generated--system").unwrap();
    assert_eq!(system["read_only"], true);

    let taken = json!({"name": fixture.book, "display_name": "Again"});
    let error = fixture.error("nc_contacts_create_addressbook", taken).await;
    assert!(error.contains("HTTP 405") && error.contains("exists"), "{error}");
    let system = json!({"addressbook": "z-server-generated--system", "uid": "x", "contact_data": {"fn": "X"}});
    let error = fixture.error("nc_contacts_create_contact", system).await;
    assert!(error.contains("HTTP 40"), "{error}");

    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, arguments) in [
        ("nc_contacts_list_contacts", json!({"addressbook": fixture.book})),
        (
            "nc_contacts_search_contacts",
            json!({"query": "a", "addressbook": fixture.book}),
        ),
        ("nc_contacts_create_contact", fixture.change("x", json!({"fn": "X"}))),
        ("nc_contacts_update_contact", fixture.change("x", json!({"fn": "X"}))),
        (
            "nc_contacts_delete_contact",
            json!({"addressbook": fixture.book, "uid": "x"}),
        ),
        ("nc_contacts_delete_addressbook", json!({"name": fixture.book})),
    ] {
        let error = other.call(tool, arguments).await.error();
        assert!(
            error.contains("HTTP 404") && error.contains("nc_contacts_list_addressbooks"),
            "{tool}: {error}"
        );
    }
    fixture.finish().await;
}

#[tokio::test]
async fn bad_arguments_are_refused() {
    let fixture = Fixture::start().await;
    let long = "x".repeat(300);
    let (create, update) = ("nc_contacts_create_contact", "nc_contacts_update_contact");
    let contact = |data: Value| fixture.change("x", data);
    let at = |book: &str, uid: &str| json!({"addressbook": book, "uid": uid, "contact_data": {"fn": "X"}});
    let table = [
        (create, json!({}), "addressbook"),
        (create, at("", "x"), "addressbook"),
        (create, at("..", "x"), "addressbook"),
        (create, at("a/../../bob/contacts", "x"), "addressbook"),
        (create, at("contacts", ""), "uid"),
        (create, at("contacts", "../x"), "uid"),
        (create, at("contacts", "a\r\nb"), "uid"),
        (create, at("contacts", &long), "uid"),
        (create, contact(json!({})), "needs a name"),
        (create, contact(json!({"fn": " "})), "fn"),
        (create, contact(json!({"fn": ["x"]})), "contact_data.fn"),
        (create, contact(json!({"fn": "a\u{1}b"})), "control"),
        (create, contact(json!({"fn": "x", "emial": "y"})), "emial"),
        (create, contact(json!({"fn": "x", "emails": 5})), "emails"),
        (
            create,
            contact(json!({"fn": "x", "emails": {"value": "y", "type": "a;b"}})),
            "type",
        ),
        (create, contact(json!({"fn": "x", "birthday": "12.4.1990"})), "birthday"),
        (
            create,
            contact(json!({"fn": "x", "custom_fields": {"FN": "y"}})),
            "X-NAME",
        ),
        (create, contact(json!("fn")), "contact_data"),
        (update, at("no-such-book", "x"), "HTTP 404"),
        (update, at(&fixture.book, "no-such-uid"), "not found"),
        (
            "nc_contacts_delete_contact",
            json!({"addressbook": fixture.book, "uid": "%00\u{0}"}),
            "uid",
        ),
        (
            "nc_contacts_list_contacts",
            json!({"addressbook": fixture.book, "limit": 0}),
            "limit",
        ),
        (
            "nc_contacts_list_contacts",
            json!({"addressbook": fixture.book, "cursor": "x"}),
            "cursor",
        ),
        (
            "nc_contacts_list_contacts",
            json!({"addressbook": "no-such-book"}),
            "HTTP 404",
        ),
        ("nc_contacts_search_contacts", json!({"query": ""}), "query"),
        ("nc_contacts_search_contacts", json!({"query": long}), "query"),
        (
            "nc_contacts_search_contacts",
            json!({"query": "x", "addressbook": "a/b"}),
            "addressbook",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "a/b", "display_name": "x"}),
            "name",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "z-server-generated--x", "display_name": "x"}),
            "name",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "x", "display_name": ""}),
            "display_name",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "x", "display_name": "a\nb"}),
            "display_name",
        ),
        ("nc_contacts_delete_addressbook", json!({"name": ""}), "name"),
        (
            "nc_contacts_delete_addressbook",
            json!({"name": "z-server-generated--system"}),
            "made by the server",
        ),
        ("nc_contacts_list_addressbooks", json!({"x": 1}), "takes none"),
    ];
    for (tool, arguments, said) in table {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(said), "{tool} {arguments}: {error}");
        assert!(error.len() < 2000, "{tool}: {} bytes", error.len());
    }
    let listed = fixture
        .call("nc_contacts_list_contacts", json!({"addressbook": fixture.book}))
        .await;
    assert_eq!(listed["total_count"], 0);
    fixture.finish().await;
}

#[tokio::test]
async fn names_of_every_kind_come_back_as_they_were() {
    let fixture = Fixture::start().await;
    for (number, name) in [
        "مرحبا \u{202e}RTL",
        "a/b %41 # ?",
        "END:VCARD",
        "\\n,;:\"'",
        "😀é\u{301}",
        "<x>&amp;]]>",
    ]
    .iter()
    .enumerate()
    {
        let uid = format!("#{number}?%41&=+é");
        fixture
            .create(&uid, json!({"fn": name, "url": "https://example.org/?a=1,2;3&b=ü"}))
            .await;
        let change = fixture.change(&uid, json!({"nickname": name}));
        let updated = fixture.call("nc_contacts_update_contact", change).await;
        let contact = &updated["contact"];
        assert_eq!((&contact["fn"], &contact["nickname"]), (&json!(name), &json!(name)));
        assert_eq!(contact["urls"][0]["value"], "https://example.org/?a=1,2;3&b=ü");
        let delete = json!({"addressbook": fixture.book, "uid": uid});
        fixture.call("nc_contacts_delete_contact", delete).await;
    }
    fixture.finish().await;
}
