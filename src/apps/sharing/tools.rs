//! The tools.

use actors::clock::{Clock, SystemClock};
use actors::nextcloud::NextcloudClient;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::kind::ShareType;
use super::model::{
    CreatePublicLink, CreateShare, CreatedShare, DeletedShare, Exposed, ListShares, NewShare, OneShare, PublicLink,
    RawShare, Share, ShareChanges, ShareList, UpdateShare,
};
use super::permissions::Permissions;
use super::{api, expiry};
use crate::apps::files::{Hidden, Screened};
use crate::apps::page::Page;
use crate::mcp::{About, ToolError, ToolResult};

/// A link made for a while lasts a year at most.
const LONGEST_MINUTES: i64 = 366 * 24 * 60;
/// Nextcloud's own limit on labels, in characters.
const LONGEST_LABEL: usize = 255;
/// Limit on notes, recipients and passwords, in characters.
const LONGEST_TEXT: usize = 4000;

pub async fn create(files: Screened, args: CreateShare) -> ToolResult<CreatedShare> {
    let nextcloud = &files.nextcloud;
    let path = share_path(&args.path)?;
    let recipient = recipient(args.share_type, args.share_with.as_deref())?;
    if !args.share_type.is_by_link() && (args.password.is_some() || args.label.is_some()) {
        return Err(ToolError::invalid(
            "arguments `password` and `label` are for shares by link or email only",
        ));
    }
    check_texts(args.password.as_ref(), args.label.as_deref(), args.note.as_deref())?;
    check_date(args.expire_date.as_deref())?;
    files.hidden().await?.check(&path)?;
    let share = NewShare {
        path: &path,
        share_type: args.share_type,
        share_with: recipient,
        permissions: args.permissions,
        password: args
            .password
            .as_ref()
            .filter(|password| !password.expose_secret().is_empty())
            .map(Exposed),
        expire_date: filled(args.expire_date.as_deref()),
        label: filled(args.label.as_deref()),
        note: filled(args.note.as_deref()),
    };
    let made = api::create(nextcloud, &share)
        .await
        .about_with(subject(&path, recipient), creation_hint)?;
    let is_folder = made.item_type.as_deref() == Some("folder");
    let as_asked = args.permissions.granted_as(made.permissions, is_folder);
    Ok(CreatedShare {
        warning: (!as_asked).then(|| {
            "The permissions are not those asked for: it was shared with this recipient before and stays as it was, or \
             Nextcloud grants less. nc_share_update changes them."
                .to_owned()
        }),
        share: presented(nextcloud, made),
    })
}

pub async fn create_public_link(files: Screened, args: CreatePublicLink) -> ToolResult<PublicLink> {
    let nextcloud = &files.nextcloud;
    let path = share_path(&args.path)?;
    let minutes = u32::try_from(args.expires_in_minutes)
        .ok()
        .filter(|minutes| *minutes > 0 && args.expires_in_minutes <= LONGEST_MINUTES)
        .ok_or_else(|| {
            ToolError::invalid(format!(
                "argument `expires_in_minutes`: give 1 to {LONGEST_MINUTES} (a year)"
            ))
        })?;
    files.hidden().await?.check(&path)?;
    let zone = api::timezone(nextcloud).await.about("the account's time zone")?;
    let now = Timestamp::try_from(SystemClock.now()).unwrap_or(Timestamp::UNIX_EPOCH);
    let end = expiry::midnight_after(now, minutes, &expiry::zone(zone.as_deref()))
        .ok_or_else(|| ToolError::invalid("argument `expires_in_minutes`: beyond the calendar"))?;
    let expire_date = end.date().to_string();
    let share = NewShare {
        path: &path,
        share_type: ShareType::LINK,
        share_with: None,
        permissions: Permissions::READ,
        password: None,
        expire_date: Some(&expire_date),
        label: None,
        note: None,
    };
    let made = api::create(nextcloud, &share)
        .await
        .about_with(subject(&path, None), creation_hint)?;
    let url = link(nextcloud, &made)
        .ok_or_else(|| ToolError::new("unexpected_answer", "Nextcloud made the link but gave no address of it"))?;
    // An administrator may set an earlier end than was asked for: the answer counts.
    let granted = made.expiration.as_deref().and_then(expiry::date_part);
    let expires_at = match granted {
        Some(date) if date == expire_date => Some(end.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
        other => other,
    };
    Ok(PublicLink {
        share_id: id(&made.id),
        download_url: format!("{url}/download"),
        url,
        permissions: Permissions::names(made.permissions),
        token: made.token,
        expires_at,
    })
}

pub async fn get(files: Screened, args: OneShare) -> ToolResult<Share> {
    let id = share_id(args.share_id)?;
    let share = read(&files, id).await?;
    Ok(presented(&files.nextcloud, share))
}

/// The share with this id, if its file may be shown.
async fn read(files: &Screened, id: i64) -> ToolResult<RawShare> {
    let hidden = files.hidden().await?;
    let share = api::read(&files.nextcloud, id)
        .await
        .about(format_args!("share {id}"))?;
    share
        .filter(|share| !is_hidden(&hidden, share))
        .ok_or_else(|| Hidden::missing(format_args!("share {id}")))
}

/// Refuses to change a share of a hidden file; what it is has to be read for that only when files are hidden.
async fn check(files: &Screened, id: i64) -> ToolResult<()> {
    if files.hidden().await?.is_on() {
        read(files, id).await?;
    }
    Ok(())
}

fn is_hidden(hidden: &Hidden, share: &RawShare) -> bool {
    hidden.hides(share.path.as_deref(), share.file_source)
}

pub async fn list(files: Screened, args: ListShares) -> ToolResult<ShareList> {
    let path = args
        .path
        .as_deref()
        .filter(|path| !path.is_empty())
        .map(share_path)
        .transpose()?;
    let subject = path.as_ref().map_or_else(
        || "the list of shares".to_owned(),
        |path| format!("the shares of \"{}\"", path.escape_debug()),
    );
    let hidden = files.hidden().await?;
    if let Some(path) = path.as_deref().filter(|path| hidden.hides(Some(path), None)) {
        return Err(Hidden::missing(format_args!("\"{}\"", path.escape_debug())));
    }
    let shares = api::list(&files.nextcloud, path.as_deref(), args.shared_with_me)
        .await
        .about(subject)?;
    let mut shares: Vec<Share> = shares
        .into_iter()
        .filter(|share| !is_hidden(&hidden, share))
        .map(|share| presented(&files.nextcloud, share))
        .collect();
    shares.sort_by_cached_key(|share| (share.id.parse::<u64>().ok(), share.id.clone()));
    let page = Page::of(shares, args.limit as usize, args.cursor.as_deref())?;
    Ok(ShareList {
        shares: page.items,
        total_count: page.total,
        next_cursor: page.next_cursor,
    })
}

pub async fn update(files: Screened, args: UpdateShare) -> ToolResult<Share> {
    let id = share_id(args.share_id)?;
    check_texts(args.password.as_ref(), args.label.as_deref(), args.note.as_deref())?;
    check_date(args.expire_date.as_deref())?;
    let changes = ShareChanges {
        permissions: args.permissions,
        password: args.password.as_ref().map(Exposed),
        expire_date: args.expire_date.as_deref(),
        label: args.label.as_deref(),
        note: args.note.as_deref(),
    };
    if changes.permissions.is_none()
        && changes.password.is_none()
        && [changes.expire_date, changes.label, changes.note]
            .iter()
            .all(Option::is_none)
    {
        return Err(ToolError::invalid(
            "nothing to change: give permissions, password, expire_date, label or note",
        ));
    }
    check(&files, id).await?;
    let share = api::update(&files.nextcloud, id, &changes)
        .await
        .about_with(format_args!("share {id}"), |status| match status {
            400 => Some("A password may be too weak, or the permissions more than the file or folder allows."),
            403 => Some("Only who made a share may change it, and nobody can grant more than they have."),
            404 => Some("The share may have ended, belong to somebody else, or the expiry date lies in the past."),
            _ => None,
        })?;
    Ok(presented(&files.nextcloud, share))
}

pub async fn delete(files: Screened, args: OneShare) -> ToolResult<DeletedShare> {
    let id = share_id(args.share_id)?;
    check(&files, id).await?;
    api::delete(&files.nextcloud, id)
        .await
        .about(format_args!("share {id}"))?;
    Ok(DeletedShare {
        deleted_id: id.to_string(),
    })
}

fn share_id(id: i64) -> ToolResult<i64> {
    if id <= 0 {
        return Err(ToolError::invalid("argument `share_id`: ids are positive"));
    }
    Ok(id)
}

/// The path with one slash before it and none after it.
fn share_path(path: &str) -> ToolResult<String> {
    let refuse = |what: &str| Err(ToolError::invalid(format!("argument `path`: {what}")));
    if path.chars().any(char::is_control) {
        return refuse("holds control characters");
    }
    if path.len() > LONGEST_TEXT {
        return refuse("too long");
    }
    let inner = path.trim_matches('/');
    if inner.is_empty() {
        return refuse("give a file or folder; the root folder cannot be shared");
    }
    if inner.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return refuse("write it without `.`, `..` and empty parts");
    }
    Ok(format!("/{inner}"))
}

/// A link has no recipient, everything else has one.
fn recipient(kind: ShareType, share_with: Option<&str>) -> ToolResult<Option<&str>> {
    let given = share_with.map(str::trim).filter(|recipient| !recipient.is_empty());
    match given {
        Some(_) if kind == ShareType::LINK => Err(ToolError::invalid(
            "argument `share_with`: a public link has no recipient; leave it out, or give another `share_type`",
        )),
        None if kind != ShareType::LINK => Err(ToolError::invalid(format!(
            "argument `share_with`: a share of type {kind} needs a recipient; for a public link give `share_type` link"
        ))),
        Some(recipient) if recipient.len() > LONGEST_TEXT || recipient.chars().any(char::is_control) => Err(
            ToolError::invalid("argument `share_with`: too long, or with control characters"),
        ),
        Some(address) if kind == ShareType::EMAIL && !address.contains('@') => Err(ToolError::invalid(
            "argument `share_with`: a share of type email needs an address",
        )),
        given => Ok(given),
    }
}

fn check_texts(password: Option<&SecretString>, label: Option<&str>, note: Option<&str>) -> ToolResult<()> {
    let password = password.map(ExposeSecret::expose_secret);
    for (name, text, longest) in [
        ("password", password, LONGEST_TEXT),
        ("label", label, LONGEST_LABEL),
        ("note", note, LONGEST_TEXT),
    ] {
        let Some(text) = text else { continue };
        if text.chars().count() > longest {
            return Err(ToolError::invalid(format!(
                "argument `{name}`: longer than {longest} characters"
            )));
        }
        if text
            .chars()
            .any(|character| character.is_control() && (name != "note" || character == '\0'))
        {
            return Err(ToolError::invalid(format!(
                "argument `{name}`: holds control characters"
            )));
        }
    }
    Ok(())
}

fn check_date(date: Option<&str>) -> ToolResult<()> {
    match date {
        Some(text) if !text.is_empty() && expiry::date(text).is_none() => Err(ToolError::invalid(
            "argument `expire_date`: give a date as YYYY-MM-DD; Nextcloud keeps no time of day",
        )),
        _ => Ok(()),
    }
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

fn subject(path: &str, recipient: Option<&str>) -> String {
    let path = path.escape_debug();
    match recipient {
        Some(recipient) => format!("sharing \"{path}\" with \"{}\"", recipient.escape_debug()),
        None => format!("a public link to \"{path}\""),
    }
}

fn creation_hint(status: u16) -> Option<&'static str> {
    match status {
        400 => Some("The password may be too weak, or this kind of share is switched off."),
        403 => Some("You may not share this file, not with yourself, or not in this way here."),
        404 => Some("The path, the recipient or the expiry date is not one that Nextcloud knows or takes."),
        _ => None,
    }
}

/// Share ids are strings that hold numbers; some versions send the number.
fn id(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), ToOwned::to_owned)
}

/// The public address of a link.
fn link(nextcloud: &NextcloudClient, share: &RawShare) -> Option<String> {
    let token = share.token.as_deref().filter(|token| !token.is_empty())?;
    let usable = token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let public = usable
        .then(|| nextcloud.deep_link(&format!("/index.php/s/{token}")))
        .flatten();
    public.or_else(|| share.url.clone())
}

fn presented(nextcloud: &NextcloudClient, share: RawShare) -> Share {
    let kind = ShareType::read(share.share_type);
    let is_link = kind == ShareType::LINK;
    let url = if is_link {
        link(nextcloud, &share)
    } else {
        let page = |id: i64| nextcloud.deep_link(&format!("/index.php/f/{id}"));
        share.file_source.and_then(page)
    };
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let owner = share.uid_owner.unwrap_or_default();
    // Nextcloud puts the hash of a link's password where other shares have their recipient.
    let share_with = some(share.share_with).filter(|_| !is_link);
    Share {
        id: id(&share.id),
        share_type: kind.to_string(),
        path: share.path.unwrap_or_default(),
        item_type: share.item_type.unwrap_or_default(),
        permissions: Permissions::names(share.permissions),
        owner_name: some(share.displayname_owner).filter(|name| *name != owner),
        owner,
        share_with_name: some(share.share_with_displayname)
            .filter(|name| !is_link && share_with.as_ref() != Some(name)),
        share_with,
        expire_date: share.expiration.as_deref().and_then(expiry::date_part),
        has_password: share
            .password
            .is_some_and(|password| !password.expose_secret().is_empty()),
        label: some(share.label),
        note: some(share.note),
        created: share
            .stime
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .map(|moment| moment.to_string()),
        token: share.token.filter(|token| is_link && !token.is_empty()),
        url,
    }
}
