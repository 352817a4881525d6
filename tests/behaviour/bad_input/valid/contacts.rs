//! Calls of the tools for contacts.

use serde_json::{Value, json};

use super::super::world::World;
use super::{ValidCalls, with};
use crate::support::unique;

/// An address book of the test's own.
pub(in super::super) struct Contacts {
    book: String,
}

impl ValidCalls for Contacts {
    const PREFIX: &'static str = "nc_contacts_";

    async fn start(world: &World) -> Self {
        Self {
            book: book(world).await,
        }
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        match tool {
            "nc_contacts_list_addressbooks" => json!({}),
            "nc_contacts_create_addressbook" => json!({"name": name("book"), "display_name": "Book"}),
            "nc_contacts_delete_addressbook" => json!({"name": book(world).await}),
            "nc_contacts_list_contacts" => json!({"addressbook": self.book, "limit": 5}),
            "nc_contacts_search_contacts" => json!({"query": "a", "addressbook": self.book, "limit": 5}),
            "nc_contacts_create_contact" => self.new_contact(),
            "nc_contacts_update_contact" => {
                let contact = self.contact(world).await;
                with(
                    contact,
                    &json!({"contact_data": {"fn": "Other", "email": "new@example.org"}}),
                )
            }
            "nc_contacts_delete_contact" => self.contact(world).await,
            _ => panic!("{tool} has no call that works"),
        }
    }
}

impl Contacts {
    fn new_contact(&self) -> Value {
        json!({"addressbook": self.book, "uid": name("contact"),
            "contact_data": {"fn": "Ann Example", "email": "ann@example.org"}})
    }

    /// The arguments that name a new contact.
    async fn contact(&self, world: &World) -> Value {
        let new = self.new_contact();
        world.ok("nc_contacts_create_contact", new.clone()).await;
        json!({"addressbook": self.book, "uid": new["uid"]})
    }
}

async fn book(world: &World) -> String {
    let book = name("book");
    let new = json!({"name": book, "display_name": "Book"});
    world.ok("nc_contacts_create_addressbook", new).await;
    book
}

fn name(prefix: &str) -> String {
    unique(prefix).replace(' ', "-").to_lowercase()
}
