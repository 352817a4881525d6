//! Address books and contacts: CardDAV below `/remote.php/dav/addressbooks/users/{user}/`.

mod api;
mod books;
mod change;
mod dates;
mod differences;
mod entry;
mod find;
mod model;
mod search;
mod tools;
mod view;

use crate::mcp::{App, AppTools};

pub(crate) use differences::DIFFERENCES;

/// The table of tools.
pub fn tools() -> AppTools {
    AppTools::new(App::Contacts)
        .read(
            "nc_contacts_list_addressbooks",
            "List the address books. Those made by the server and those shared for reading are marked `read_only`.",
            books::list,
        )
        .calls(&["PROPFIND /remote.php/dav/addressbooks/users/{user}/"])
        .untrusted(&["addressbooks[].displayname", "addressbooks[].description"])
        .write(
            "nc_contacts_create_addressbook",
            "Create an address book. `name` becomes part of its address and cannot change later.",
            books::create,
        )
        .calls(&["MKCOL /remote.php/dav/addressbooks/users/{user}/{addressbook}/"])
        .write(
            "nc_contacts_delete_addressbook",
            "Delete an address book with all its contacts. There is no trash bin for them.",
            books::delete,
        )
        .destructive()
        .idempotent()
        .calls(&["DELETE /remote.php/dav/addressbooks/users/{user}/{addressbook}/"])
        .read(
            "nc_contacts_list_contacts",
            "List the contacts of an address book, in pages.",
            tools::list,
        )
        .calls(&[
            "PROPFIND /remote.php/dav/addressbooks/users/{user}/{addressbook}/",
            "REPORT /remote.php/dav/addressbooks/users/{user}/{addressbook}/",
        ])
        .untrusted(&["contacts"])
        .read(
            "nc_contacts_search_contacts",
            "Find contacts by a part of their name, nickname, organization or e-mail address, or by digits of a phone \
             number, in all address books or one.",
            search::search,
        )
        .calls(&[
            "PROPFIND /remote.php/dav/addressbooks/users/{user}/",
            "REPORT /remote.php/dav/addressbooks/users/{user}/{addressbook}/",
        ])
        .untrusted(&["contacts"])
        .write(
            "nc_contacts_create_contact",
            "Create a contact under a UID of your choice; refuses when it is taken.",
            tools::create,
        )
        .calls(&["PUT /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}"])
        .write(
            "nc_contacts_update_contact",
            "Change a contact: fields left out stay, an empty text or list clears. A list of emails, phones, addresses \
             or urls replaces all of them; a single one changes the first.",
            tools::update,
        )
        .calls(&[
            "PROPFIND /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}",
            "PUT /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}",
        ])
        .untrusted(&["contact"])
        .write(
            "nc_contacts_delete_contact",
            "Delete a contact, for good.",
            tools::delete,
        )
        .destructive()
        .idempotent()
        .calls(&[
            "PROPFIND /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}",
            "DELETE /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}",
        ])
}

#[cfg(test)]
mod tests;
