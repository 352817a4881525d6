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
            "List address books.",
            books::list,
        )
        .calls(&["PROPFIND /remote.php/dav/addressbooks/users/{user}/"])
        .untrusted(&["addressbooks[].displayname", "addressbooks[].description"])
        .write(
            "nc_contacts_create_addressbook",
            "Create an address book; its name cannot change later.",
            books::create,
        )
        .calls(&["MKCOL /remote.php/dav/addressbooks/users/{user}/{addressbook}/"])
        .write(
            "nc_contacts_delete_addressbook",
            "Delete an address book with all its contacts, for good.",
            books::delete,
        )
        .destructive()
        .idempotent()
        .calls(&["DELETE /remote.php/dav/addressbooks/users/{user}/{addressbook}/"])
        .read(
            "nc_contacts_list_contacts",
            "List the contacts of an address book.",
            tools::list,
        )
        .calls(&[
            "PROPFIND /remote.php/dav/addressbooks/users/{user}/{addressbook}/",
            "REPORT /remote.php/dav/addressbooks/users/{user}/{addressbook}/",
        ])
        .untrusted(&["contacts"])
        .read(
            "nc_contacts_search_contacts",
            "Find contacts by part of a name, organization or e-mail address, or by digits of a phone number.",
            search::search,
        )
        .calls(&[
            "PROPFIND /remote.php/dav/addressbooks/users/{user}/",
            "REPORT /remote.php/dav/addressbooks/users/{user}/{addressbook}/",
        ])
        .untrusted(&["contacts"])
        .write(
            "nc_contacts_create_contact",
            "Create a contact under a new UID of your choice.",
            tools::create,
        )
        .calls(&["PUT /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}"])
        .write(
            "nc_contacts_update_contact",
            "Change a contact; what is left out stays, an empty value clears. Of emails, phones, addresses and urls a list replaces all, a single one the first.",
            tools::update,
        )
        .calls(&[
            "PROPFIND /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}",
            "PUT /remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}",
        ])
        .untrusted(&["contact"])
        .write(
            "nc_contacts_delete_contact",
            "Delete a contact for good.",
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
