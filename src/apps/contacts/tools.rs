//! The tools for the contacts of one address book.

use actors::nextcloud::{NextcloudClient, NextcloudError};
use http::StatusCode;

use super::find::{self, check_book, check_uid, no_book};
use super::model::{
    ContactData, ContactList, CreateContact, CreatedContact, DeleteContact, DeletedContact, ListContacts,
    UpdateContact, UpdatedContact,
};
use super::{api, change, view};
use crate::apps::page::{self, Page};
use crate::mcp::{About, ToolError, ToolResult};
use crate::vcard::{Card, Line};

/// Most contacts of a page.
const MOST: u32 = 500;

pub async fn list(nextcloud: NextcloudClient, args: ListContacts) -> ToolResult<ContactList> {
    check_book("addressbook", &args.addressbook)?;
    if !(1..=MOST).contains(&args.limit) {
        return Err(ToolError::invalid(format!("argument `limit`: give 1 to {MOST}")));
    }
    let book = &args.addressbook;
    let subject = format!("address book \"{}\"", book.escape_debug());
    let members = api::members(&nextcloud, book).await.about_with(&subject, no_book)?;
    let start = args.cursor.unwrap_or_else(|| page::cursor_at(args.offset as usize));
    let page = Page::of(members, args.limit as usize, Some(&start))?;
    let mut stored = api::multiget(&nextcloud, book, &page.items).await.about(&subject)?;
    stored.sort_by(|one, other| one.object.cmp(&other.object));
    let (mut contacts, mut unreadable) = (Vec::new(), Vec::new());
    for stored in stored {
        match Card::parse(&stored.text) {
            Ok(card) => {
                let mut contact = view::contact(&card, &stored.object, stored.etag, args.include_photos);
                contact.url = view::link(&nextcloud, book, &contact.uid);
                contacts.push(contact);
            }
            Err(_) => unreadable.push(stored.object),
        }
    }
    Ok(ContactList {
        contacts,
        total_count: page.total,
        unreadable,
        next_cursor: page.next_cursor,
    })
}

pub async fn create(nextcloud: NextcloudClient, args: CreateContact) -> ToolResult<CreatedContact> {
    check_book("addressbook", &args.addressbook)?;
    check_uid(&args.uid)?;
    let mut card = Card::new();
    card.push(&Line::text("UID", &args.uid));
    let data = named(args.contact_data)?;
    change::apply(&mut card, &data)?;
    let object = find::object_name(&args.uid);
    let subject = find::subject(&args.addressbook, &args.uid);
    let etag = match api::create(&nextcloud, &args.addressbook, &object, card.to_text()).await {
        Err(error) if is_taken(&error) => {
            return Err(ToolError::new(
                "conflict",
                format!(
                    "{subject} exists already. Nothing was written: change it with nc_contacts_update_contact, or take \
                     another uid."
                ),
            ));
        }
        other => other.about_with(&subject, write_hint)?,
    };
    Ok(CreatedContact {
        url: view::link(&nextcloud, &args.addressbook, &args.uid),
        resource_path: object,
        uid: args.uid,
        etag,
    })
}

pub async fn update(nextcloud: NextcloudClient, args: UpdateContact) -> ToolResult<UpdatedContact> {
    check_book("addressbook", &args.addressbook)?;
    check_uid(&args.uid)?;
    let book = &args.addressbook;
    let subject = find::subject(book, &args.uid);
    let found = find::by_uid(&nextcloud, book, &args.uid).await?;
    let given = actors::nextcloud::Etag::parse(&args.etag);
    if !given.as_str().is_empty() && given != found.etag {
        return Err(changed_meanwhile(&subject));
    }
    let before = found.card.to_text();
    let mut card = found.card;
    change::apply(&mut card, &args.contact_data)?;
    let text = card.to_text();
    let mut etag = Some(found.etag.clone());
    if text != before {
        etag = match api::update(&nextcloud, book, &found.object, &found.etag, text).await {
            Err(error) if error.status() == Some(StatusCode::PRECONDITION_FAILED) => {
                return Err(changed_meanwhile(&subject));
            }
            other => other.about_with(&subject, write_hint)?,
        };
        if etag.is_none() {
            // Nextcloud put right what it was given: what counts is what it stored.
            let stored = api::read(&nextcloud, book, &found.object).await.about(&subject)?;
            if let Some(stored) = stored {
                etag = stored.etag;
                card = Card::parse(&stored.text).unwrap_or(card);
            }
        }
    }
    let mut contact = view::contact(&card, &found.object, etag, false);
    contact.url = view::link(&nextcloud, book, &contact.uid);
    Ok(UpdatedContact { contact })
}

pub async fn delete(nextcloud: NextcloudClient, args: DeleteContact) -> ToolResult<DeletedContact> {
    check_book("addressbook", &args.addressbook)?;
    check_uid(&args.uid)?;
    let subject = find::subject(&args.addressbook, &args.uid);
    let found = find::by_uid(&nextcloud, &args.addressbook, &args.uid).await?;
    match api::delete(&nextcloud, &args.addressbook, &found.object, &found.etag).await {
        Err(error) if error.status() == Some(StatusCode::PRECONDITION_FAILED) => Err(changed_meanwhile(&subject)),
        other => {
            other.about_with(&subject, write_hint)?;
            Ok(DeletedContact { deleted_uid: args.uid })
        }
    }
}

/// A contact has a name: the full one, or what it can be made of.
fn named(mut data: ContactData) -> ToolResult<ContactData> {
    if data.r#fn.is_none() {
        let parts = [data.given_name.as_deref(), data.family_name.as_deref()];
        let joined = parts
            .into_iter()
            .flatten()
            .filter(|part| !part.trim().is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        let instead = data.organization.clone().or_else(|| data.nickname.clone());
        data.r#fn = Some(joined)
            .filter(|name| !name.is_empty())
            .or(instead)
            .filter(|name| !name.trim().is_empty());
    }
    if data.r#fn.is_none() {
        return Err(ToolError::invalid(
            "argument `contact_data`: a contact needs a name: give `fn`, or given and family name, or an organization",
        ));
    }
    Ok(data)
}

fn changed_meanwhile(subject: &str) -> ToolError {
    ToolError::new(
        "precondition_failed",
        format!(
            "{subject} was changed since it was read (HTTP 412). Nothing was written: read it again, and repeat the \
             change if it still makes sense."
        ),
    )
}

/// The name is taken, or another object has the UID.
fn is_taken(error: &NextcloudError) -> bool {
    match error {
        NextcloudError::Status(status) => match status.status.as_u16() {
            412 => true,
            400 => status
                .message
                .as_ref()
                .is_some_and(|said| said.contains("already exists")),
            _ => false,
        },
        _ => false,
    }
}

fn write_hint(status: u16) -> Option<&'static str> {
    match status {
        403 => Some("The address book is read-only for this account."),
        404 => Some("nc_contacts_list_addressbooks lists the address books there are."),
        415 => Some("Nextcloud does not take the card: a value has a form that vCards do not allow."),
        _ => None,
    }
}
