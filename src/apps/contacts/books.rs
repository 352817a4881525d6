//! The tools for address books.

use actors::nextcloud::NextcloudClient;

use super::api::{self, SERVER_MADE};
use super::find::{check_book, no_book};
use super::model::{BookList, CreateBook, CreatedBook, DeleteBook, DeletedBook, NoArguments};
use crate::mcp::{About, ToolError, ToolResult};

/// Longest display name, in characters: what Nextcloud's table holds.
const LONGEST_NAME: usize = 255;

pub async fn list(nextcloud: NextcloudClient, _: NoArguments) -> ToolResult<BookList> {
    let mut addressbooks = api::books(&nextcloud).await.about("the address books")?;
    addressbooks.sort_by(|one, other| one.uri.cmp(&other.uri));
    Ok(BookList {
        total_count: addressbooks.len(),
        addressbooks,
    })
}

pub async fn create(nextcloud: NextcloudClient, args: CreateBook) -> ToolResult<CreatedBook> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let usable = !args.name.is_empty() && args.name.len() <= 100 && args.name.bytes().all(token);
    if !usable || args.name.starts_with('.') || is_server_made(&args.name) {
        return Err(ToolError::invalid(
            "argument `name`: 1 to 100 letters, digits, `-`, `_` and `.`, not starting with `.`; the display name may be \
             anything",
        ));
    }
    let display_name = args.display_name.trim();
    if display_name.is_empty()
        || display_name.chars().count() > LONGEST_NAME
        || display_name.chars().any(char::is_control)
    {
        return Err(ToolError::invalid(format!(
            "argument `display_name`: 1 to {LONGEST_NAME} characters without control characters"
        )));
    }
    api::create_book(&nextcloud, &args.name, display_name)
        .await
        .about_with(format_args!("the address book \"{}\"", args.name), |status| {
            (status == 405).then_some("An address book of this name exists: take another name. Nothing was changed.")
        })?;
    Ok(CreatedBook {
        uri: args.name,
        displayname: display_name.to_owned(),
    })
}

pub async fn delete(nextcloud: NextcloudClient, args: DeleteBook) -> ToolResult<DeletedBook> {
    check_book("name", &args.name)?;
    if is_server_made(&args.name) {
        return Err(ToolError::invalid(
            "argument `name`: this address book is made by the server and cannot be deleted",
        ));
    }
    api::delete_book(&nextcloud, &args.name).await.about_with(
        format_args!("the address book \"{}\"", args.name.escape_debug()),
        no_book,
    )?;
    Ok(DeletedBook { deleted_uri: args.name })
}

fn is_server_made(name: &str) -> bool {
    SERVER_MADE.iter().any(|prefix| name.starts_with(prefix))
}
