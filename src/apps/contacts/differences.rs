//! Where these tools differ on purpose from those of the Python server.

/// Tool, what differs, why.
pub(crate) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "nc_contacts_list_contacts",
        "`limit` is 100 unless given, `cursor` is new; `total_count` counts the address book, not the page",
        "an address book can be larger than a model can read",
    ),
    (
        "nc_contacts_list_addressbooks",
        "`read_only` and `owner` are new",
        "the server's own address books refuse every change",
    ),
    (
        "nc_contacts_search_contacts",
        "`limit` is new; each contact names its `addressbook`; address books that failed are listed in `failed`",
        "a search goes across address books, and one that fails should not hide the others",
    ),
    (
        "nc_contacts_create_contact",
        "the result is the UID, etag and url instead of nothing; several emails and phones with types are taken",
        "the next change needs the etag",
    ),
    (
        "nc_contacts_update_contact",
        "emails, phones, addresses and urls take lists of texts and of objects with types",
        "contacts have more than one",
    ),
    (
        "nc_contacts_create_addressbook",
        "the result is the address book instead of nothing",
        "its uri is what the other tools take",
    ),
    (
        "nc_contacts_delete_addressbook",
        "the result is `deleted_uri` instead of nothing",
        "every tool gives a typed result",
    ),
    (
        "nc_contacts_delete_contact",
        "the result is `deleted_uid` instead of nothing",
        "every tool gives a typed result",
    ),
];
