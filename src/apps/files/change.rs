//! Folders made, and files and folders moved, copied and deleted.

use actors::nextcloud::Etag;
use http::{HeaderName, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::{Files, changed, is_precondition, not_found};
use super::entry::link;
use super::path::FilePath;
use super::upload::if_tagged;
use crate::mcp::{About, ToolError, ToolResult};

const DESTINATION: HeaderName = HeaderName::from_static("destination");
const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");
const IF: HeaderName = HeaderName::from_static("if");

#[derive(Debug, Deserialize, JsonSchema)]
pub struct CreateDirectory {
    path: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedDirectory {
    /// False when the folder was there already.
    created: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Delete {
    path: String,
    if_match: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Deleted {
    deleted: bool,
    /// For `nc_webdav_restore_from_trash`, the entry with this original location.
    original_location: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Transfer {
    source_path: String,
    destination_path: String,
    #[serde(default)]
    overwrite: bool,
    /// Etag of what is there, or `*` for any.
    if_destination_match: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Transferred {
    destination_path: String,
    /// Something was at the destination and was replaced.
    overwritten: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

pub async fn create_directory(files: Files, args: CreateDirectory) -> ToolResult<CreatedDirectory> {
    let path = files.locate_entry("path", &args.path).await?;
    let created = match files.at("MKCOL", &path).await?.send().await {
        Ok(_) => true,
        Err(error) if error.status() == Some(StatusCode::METHOD_NOT_ALLOWED) => false,
        Err(error) => {
            return Err(error).about_with(&path, |status| match status {
                409 => Some("The folder above it does not exist: create that first."),
                400 => Some("Nextcloud does not take this name."),
                _ => None,
            });
        }
    };
    let entry = files.entry(&path).await?;
    if !entry.is_directory {
        let message = format!("{path} is a file: a folder cannot have its name (HTTP 405)");
        return Err(ToolError::new("conflict", message));
    }
    Ok(CreatedDirectory {
        created,
        url: entry.file_id.and_then(|id| link(&files.nextcloud, id)),
    })
}

pub async fn delete_resource(files: Files, args: Delete) -> ToolResult<Deleted> {
    let path = files.locate_entry("path", &args.path).await?;
    files.excluded().await?.refuse_below(&path)?;
    let mut request = files.at("DELETE", &path).await?;
    if let Some(given) = args.if_match.as_deref().filter(|given| *given != "*") {
        request = request.if_match(&Etag::parse(given));
    }
    match request.send().await {
        Err(error) if is_precondition(&error) => return Err(changed(&path, None)),
        Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => return Err(not_found(&path)),
        answer => answer.about(&path)?,
    };
    Ok(Deleted {
        deleted: true,
        original_location: path.as_str().to_owned(),
    })
}

pub async fn move_resource(files: Files, args: Transfer) -> ToolResult<Transferred> {
    transfer(files, "MOVE", args).await
}

pub async fn copy_resource(files: Files, args: Transfer) -> ToolResult<Transferred> {
    transfer(files, "COPY", args).await
}

async fn transfer(files: Files, method: &'static str, args: Transfer) -> ToolResult<Transferred> {
    let source = files.locate_entry("source_path", &args.source_path).await?;
    let target = files.locate_entry("destination_path", &args.destination_path).await?;
    if target.is_within(&source) || source.is_within(&target) {
        return Err(ToolError::invalid(
            "argument `destination_path`: the source itself, inside it or above it",
        ));
    }
    let excluded = files.excluded().await?;
    excluded.refuse_below(&source)?;
    excluded.refuse_below(&target)?;
    let destination = files.file_destination(&target).await?;
    let mut request = files.at(method, &source).await?.header(DESTINATION, &destination);
    request = match args.if_destination_match.as_deref().map(str::trim) {
        Some("*") => {
            files.entry(&target).await?;
            request.header(OVERWRITE, "T")
        }
        Some(given) if !given.is_empty() => {
            let given = Etag::parse(given);
            let entry = files.settled(&target).await?;
            if entry.etag.as_ref() != Some(&given) {
                return Err(changed(&target, entry.etag.as_ref()));
            }
            request
                .header(OVERWRITE, "T")
                .header(IF, &if_tagged(&destination, &given)?)
        }
        _ => request.header(OVERWRITE, if args.overwrite { "T" } else { "F" }),
    };
    let response = match request.timeout(std::time::Duration::from_mins(5)).send().await {
        Err(error) if is_precondition(&error) && args.if_destination_match.is_some() => {
            return Err(changed(&target, None));
        }
        Err(error) if is_precondition(&error) => return Err(taken(&target)),
        Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => return Err(not_found(&source)),
        answer => answer.about_with(format_args!("{source} to {target}"), |status| match status {
            409 => Some("The folder of the destination does not exist: create it first."),
            400 => Some("Nextcloud does not take this name."),
            _ => None,
        })?,
    };
    let overwritten = response.status() == StatusCode::NO_CONTENT;
    let moved = files.look(&target).await?.entry;
    Ok(Transferred {
        destination_path: target.as_str().to_owned(),
        overwritten,
        url: moved
            .and_then(|entry| entry.file_id)
            .and_then(|id| link(&files.nextcloud, id)),
    })
}

fn taken(path: &FilePath) -> ToolError {
    ToolError::new(
        "precondition_failed",
        format!(
            "{path} exists already (HTTP 412). Nothing was changed. Choose another name, or set `overwrite` to replace it."
        ),
    )
}
