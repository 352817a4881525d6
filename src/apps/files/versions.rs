//! Earlier contents of files.

use http::HeaderName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Files;
use super::entry::{iso, unix};
use super::path::FilePath;
use super::tags::FilePathOnly;
use crate::dav::{DAV, DavClient, DavResponse, Depth, NC, Name, SendMultistatus, href};
use crate::mcp::{About, ToolError, ToolResult};

const VERSIONS: &str = "/remote.php/dav/versions/{user}/versions/{fileid}";
const VERSION: &str = "/remote.php/dav/versions/{user}/versions/{fileid}/{version}";
const DESTINATION: HeaderName = HeaderName::from_static("destination");
const PROPS: [Name; 4] = [
    Name::new(DAV, "getlastmodified"),
    Name::new(DAV, "getcontentlength"),
    Name::new(NC, "version-label"),
    Name::new(NC, "version-author"),
];

#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub struct Versions {
    file_id: String,
    versions: Vec<Version>,
    total_count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub struct Version {
    version_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct RestoreVersion {
    path: String,
    version_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct RestoredVersion {
    restored_version: String,
}

/// Newest first; the first one is the content that the file has.
pub async fn list_versions(files: Files, args: FilePathOnly) -> ToolResult<Versions> {
    let path = files.locate_entry("path", &args.path).await?;
    let file_id = files.file_id(&path).await?;
    let answer = files
        .nextcloud
        .propfind(VERSIONS, Depth::One, &PROPS)
        .segment(files.user().await?)
        .segment(file_id)
        .multistatus()
        .await
        .about_with(format_args!("the versions of {path}"), no_versions)?;
    let mut versions: Vec<Version> = answer.responses.iter().filter_map(read).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.version_id.parse::<u64>().unwrap_or(0)));
    Ok(Versions {
        file_id: file_id.to_string(),
        total_count: versions.len(),
        versions,
    })
}

/// The content that the file has now becomes a version, so nothing is lost.
pub async fn restore_version(files: Files, args: RestoreVersion) -> ToolResult<RestoredVersion> {
    let path = files.locate_entry("path", &args.path).await?;
    let version = args.version_id.trim();
    if version.is_empty() || version.len() > 32 || !version.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ToolError::invalid(
            "argument `version_id`: an id of nc_webdav_list_versions",
        ));
    }
    let file_id = files.file_id(&path).await?;
    let user = files.user().await?;
    let restore = format!("versions/{}/restore/target", FilePath::known(&user).encoded());
    files
        .nextcloud
        .dav("MOVE", VERSION)
        .segment(user)
        .segment(file_id)
        .segment(version)
        .header(DESTINATION, &files.destination(&restore))
        .send()
        .await
        .about_with(format_args!("version {version} of {path}"), |status| {
            (status == 404).then_some("nc_webdav_list_versions lists the versions there are.")
        })?;
    Ok(RestoredVersion {
        restored_version: version.to_owned(),
    })
}

fn no_versions(status: u16) -> Option<&'static str> {
    (status == 404).then_some("Folders have no versions, nor has anything when the app Versions is off.")
}

fn read(response: &DavResponse) -> Option<Version> {
    let text = |local| response.text(NC, local).map(ToOwned::to_owned);
    // The collection itself has no time.
    let modified = response.text(DAV, "getlastmodified")?;
    Some(Version {
        version_id: href::name(&response.href)?,
        size: response.number(DAV, "getcontentlength"),
        modified: httpdate::parse_http_date(modified)
            .ok()
            .and_then(|time| iso(unix(time))),
        label: text("version-label"),
        author: text("version-author"),
    })
}
