//! Chunked upload, version 2: chunks go into a folder of their own under `/remote.php/dav/uploads/`, and a `MOVE` of
//! `.file` in it makes the file. What is half done is never seen; Nextcloud clears it away after a day.

use actors::nextcloud::NextcloudRequest;
use http::{HeaderName, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::Files;
use super::content::{Content, decode};
use super::path::FilePath;
use super::write::{Condition, Target, Written, X_OC_MTIME, patience, refusals, written};
use crate::dav::{DAV, DavClient, Depth, Name, SendMultistatus, href};
use crate::mcp::{About, ToolError, ToolResult};

const FOLDER: &str = "/remote.php/dav/uploads/{user}/{upload}";
const CHUNK: &str = "/remote.php/dav/uploads/{user}/{upload}/{chunk}";
const DESTINATION: HeaderName = HeaderName::from_static("destination");
const TOTAL: HeaderName = HeaderName::from_static("oc-total-length");
const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");
const IF: HeaderName = HeaderName::from_static("if");

/// Bytes of a chunk. Storages that take chunks themselves want 5 MiB at least.
const CHUNK_SIZE: u64 = 10 * 1024 * 1024;
/// Chunks that an upload can have.
const MAX_PARTS: u32 = 10_000;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct UploadPart {
    path: String,
    /// At least 5 MiB, except the last.
    content: String,
    /// As for `nc_webdav_write_file`.
    content_type: Option<String>,
    upload_id: Option<String>,
    /// Counts from 1.
    part: u32,
    #[serde(default)]
    last: bool,
    /// As for `nc_webdav_write_file`, with last.
    if_match: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct Uploaded {
    /// For the next part.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_part: Option<u32>,
    /// The finished file.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Written>,
}

/// Takes one part, and on the last makes the file. The parts wait in Nextcloud, not here: any instance of this server
/// can take the next one.
pub async fn upload_part(files: Files, args: UploadPart) -> ToolResult<Uploaded> {
    let path = files.locate_entry("path", &args.path).await?;
    if !(1..=MAX_PARTS).contains(&args.part) {
        return Err(ToolError::invalid("argument `part`: from 1 to 10000"));
    }
    let (bytes, media_type) = decode(&files, args.content, args.content_type.as_deref())?;
    let upload = match (args.upload_id, args.part) {
        (Some(id), _) => Upload::known(&files, &path, &id).await?,
        (None, 1) => {
            // A name that is taken is better told before everything is sent.
            Target::find(&files, path.clone(), args.if_match.as_deref()).await?;
            Upload::start(&files, &path).await?
        }
        (None, _) => {
            return Err(ToolError::invalid(
                "argument `upload_id`: missing; the first part's answer has it",
            ));
        }
    };
    let size = bytes.len() as u64;
    let request = upload.request("PUT", CHUNK).segment(chunk_name(args.part));
    let request = request.body(&media_type, bytes).timeout(patience(size));
    request
        .send()
        .await
        .about_with(format_args!("part {} of {path}", args.part), unknown_upload)?;
    if !args.last {
        return Ok(Uploaded {
            upload_id: Some(upload.id),
            next_part: Some(args.part + 1),
            file: None,
        });
    }
    let total = upload.check_parts(args.part).await?;
    let target = Target::find(&files, path, args.if_match.as_deref()).await?;
    let file = upload.finish(&target, total).await?;
    Ok(Uploaded {
        upload_id: None,
        next_part: None,
        file: Some(file),
    })
}

/// Writes content that is too large for one request.
pub(super) async fn in_chunks(files: &Files, target: &Target, content: &Content) -> ToolResult<Written> {
    let upload = Upload::start(files, &target.path).await?;
    let result = upload.send(target, content).await;
    if result.is_err() {
        upload.abandon().await;
    }
    result
}

/// An upload that has begun.
struct Upload<'files> {
    files: &'files Files,
    user: std::sync::Arc<str>,
    id: String,
    destination: String,
}

impl<'files> Upload<'files> {
    async fn start(files: &'files Files, path: &FilePath) -> ToolResult<Self> {
        let upload = Self::new(files, path, Files::upload_id()).await?;
        upload.request("MKCOL", FOLDER).send().await.about(path)?;
        Ok(upload)
    }

    async fn known(files: &'files Files, path: &FilePath, id: &str) -> ToolResult<Self> {
        if id.is_empty() || id.len() > 100 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(ToolError::invalid(
                "argument `upload_id`: not one that this tool gave out; start again with part 1",
            ));
        }
        Self::new(files, path, id.to_owned()).await
    }

    async fn new(files: &'files Files, path: &FilePath, id: String) -> ToolResult<Self> {
        Ok(Self {
            files,
            user: files.user().await?,
            id,
            destination: files.file_destination(path).await?,
        })
    }

    /// A request of this upload. Every one of them names the file to be.
    fn request(&self, method: &'static str, template: &'static str) -> NextcloudRequest {
        self.files
            .nextcloud
            .dav(method, template)
            .header(DESTINATION, &self.destination)
            .segment(&self.user)
            .segment(&self.id)
    }

    async fn send(&self, target: &Target, content: &Content) -> ToolResult<Written> {
        let total = content.size();
        // Ten thousand chunks have to do.
        let chunk = CHUNK_SIZE.max(total.div_ceil(u64::from(MAX_PARTS)));
        let (mut part, mut start) = (1, 0);
        while start < total {
            let end = total.min(start + chunk);
            let request = self.request("PUT", CHUNK).segment(chunk_name(part));
            let request = content.put(self.files, request, start, end).await?;
            request
                .header(TOTAL, &total.to_string())
                .timeout(patience(end - start))
                .send()
                .await
                .about(&target.path)?;
            (part, start) = (part + 1, end);
        }
        self.finish(target, total).await
    }

    /// Bytes in all, when the parts are exactly 1 to `last`.
    async fn check_parts(&self, last: u32) -> ToolResult<u64> {
        let listing = self
            .files
            .nextcloud
            .propfind(FOLDER, Depth::One, &[Name::new(DAV, "getcontentlength")])
            .segment(&self.user)
            .segment(&self.id)
            .multistatus()
            .await
            .about_with("the upload", unknown_upload)?;
        let (mut total, mut parts) = (0, Vec::new());
        for response in &listing.responses {
            let part: Option<u32> = href::name(&response.href).and_then(|name| name.parse().ok());
            if let Some(part) = part {
                total += response.number::<u64>(DAV, "getcontentlength").unwrap_or(0);
                parts.push(part);
            }
        }
        parts.sort_unstable();
        match (1..=last).find(|part| parts.binary_search(part).is_err()) {
            Some(missing) => Err(ToolError::invalid(format!(
                "part {missing} of the upload is missing; send it, then the last part again"
            ))),
            None if parts.len() as u64 > u64::from(last) => Err(ToolError::invalid(format!(
                "the upload has parts behind {last}, so this is not the last"
            ))),
            None => Ok(total),
        }
    }

    /// Makes the file of the chunks, under the target's condition.
    async fn finish(&self, target: &Target, total: u64) -> ToolResult<Written> {
        let mut request = self
            .request("MOVE", CHUNK)
            .segment(".file")
            .header(TOTAL, &total.to_string());
        // Preconditions of a MOVE are about its source; `If` with a tagged list is about what it names
        // (RFC 4918 §10.4).
        request = match &target.condition {
            Condition::Absent => request.header(OVERWRITE, "F"),
            Condition::Exists => request.header(OVERWRITE, "T"),
            Condition::Unchanged(etag) => request
                .header(OVERWRITE, "T")
                .header(IF, &if_tagged(&self.destination, etag)?),
        };
        if let Some(mtime) = target.mtime {
            request = request.header(X_OC_MTIME, &mtime.to_string());
        }
        let response = refusals(target, request.timeout(patience(total)).send().await)?;
        Ok(written(self.files, &response, total))
    }

    /// Takes the chunks away; Nextcloud does so anyway in a day.
    async fn abandon(&self) {
        if let Err(error) = self.request("DELETE", FOLDER).send().await {
            tracing::debug!(error.r#type = error.kind(), "chunks of a failed upload were left");
        }
    }
}

/// `If: <destination> (["etag"])`: only if what is there has this tag.
pub(super) fn if_tagged(destination: &str, etag: &actors::nextcloud::Etag) -> ToolResult<String> {
    let etag = etag
        .to_header()
        .and_then(|value| value.to_str().map(ToOwned::to_owned).ok());
    let etag = etag.filter(|etag| !etag.contains(']'));
    let etag =
        etag.ok_or_else(|| ToolError::invalid("this is not an etag that Nextcloud gave out; read the file again"))?;
    Ok(format!("<{destination}> ([{etag}])"))
}

fn chunk_name(part: u32) -> String {
    format!("{part:05}")
}

fn unknown_upload(status: u16) -> Option<&'static str> {
    (status == StatusCode::NOT_FOUND).then_some("This upload is not known (any more): start again with part 1.")
}
