//! One share, and how it is shown.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use serde_json::{Value, json};

use super::items::Item;
use crate::auth::OcsUser;
use crate::{AppState, User, frontend};

pub(super) const USER: u8 = 0;
pub(super) const GROUP: u8 = 1;
pub(super) const LINK: u8 = 3;
pub(super) const EMAIL: u8 = 4;

/// Who is looking, and from where.
#[derive(Debug, Clone)]
pub(super) struct Viewer {
    pub(super) state: AppState,
    pub(super) user: Arc<User>,
    /// The address that links start with.
    base: String,
}

impl FromRequestParts<AppState> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let OcsUser(user) = OcsUser::from_request_parts(parts, state).await?;
        Ok(Self {
            state: state.clone(),
            user,
            base: frontend::base_url(&parts.headers),
        })
    }
}

/// A share.
#[derive(Debug, Clone)]
pub(super) struct Share {
    pub(super) id: u64,
    pub(super) kind: u8,
    pub(super) owner: String,
    pub(super) recipient: Option<String>,
    pub(super) item: Item,
    pub(super) permissions: u8,
    pub(super) created: u64,
    /// `YYYY-MM-DD`.
    pub(super) expires: Option<String>,
    pub(super) token: Option<String>,
    /// The hash, as it is shown.
    pub(super) password: Option<String>,
    pub(super) note: String,
    pub(super) label: String,
}

impl Share {
    /// Whether this user may see it: who made it, and the account it is with.
    pub(super) fn is_visible_to(&self, uid: &str) -> bool {
        self.owner == uid || self.is_with(uid)
    }

    /// Whether it is with this account.
    pub(super) fn is_with(&self, uid: &str) -> bool {
        self.kind == USER && self.recipient.as_deref() == Some(uid)
    }

    /// The share as `viewer` sees it. `new` is whether this request made it.
    pub(super) fn show(&self, viewer: &Viewer, new: bool) -> Value {
        let own = self.owner == viewer.user.uid;
        let owner = viewer.state.user(&self.owner);
        let owner_name = owner.map_or_else(|| self.owner.clone(), |user| user.display_name.clone());
        let path = &self.item.path;
        let target = format!("/{}", path.rsplit('/').next().unwrap_or_default());
        // A received share can always be deleted: that unshares it from oneself.
        let item_permissions = match (own, self.item.is_folder) {
            (true, true) => 31,
            (true, false) => 27,
            (false, _) => self.permissions | 8,
        };
        let mut shown = json!({
            "id": self.id.to_string(),
            "share_type": self.kind,
            "uid_owner": self.owner,
            "displayname_owner": owner_name,
            "permissions": self.permissions,
            "can_edit": own,
            "can_delete": true,
            "stime": self.created,
            "parent": null,
            "expiration": self.expires.as_ref().map(|date| format!("{date} 00:00:00")),
            "token": self.token,
            "uid_file_owner": self.owner,
            "note": self.note,
            "label": self.label,
            "displayname_file_owner": owner_name,
            "path": if own { path } else { &target },
            "item_type": if self.item.is_folder { "folder" } else { "file" },
            "item_permissions": item_permissions,
            "is-mount-root": !own,
            "mount-type": if own { "" } else { "shared" },
            "mimetype": self.item.media_type,
            "has_preview": !self.item.is_folder,
            "storage_id": if own { format!("home::{}", self.owner) } else { format!("shared::{target}") },
            "storage": 3,
            "item_source": self.item.id,
            "file_source": self.item.id,
            "file_parent": self.item.parent,
            "file_target": target,
            "item_size": self.item.size,
            "item_mtime": self.item.mtime,
            "share_with": self.recipient,
            "mail_send": u8::from(new || self.kind == EMAIL),
            "hide_download": 0,
            "attributes": null,
        });
        self.add_recipient(viewer, &mut shown);
        shown
    }

    fn add_recipient(&self, viewer: &Viewer, shown: &mut Value) {
        let recipient = self.recipient.as_deref().unwrap_or_default();
        match self.kind {
            USER => {
                let user = viewer.state.user(recipient);
                shown["share_with_displayname"] = user.as_ref().map(|user| user.display_name.clone()).into();
                shown["share_with_displayname_unique"] = user.map(|user| user.email.clone()).into();
            }
            LINK => {
                // Nextcloud shows the hash twice.
                shown["share_with"] = self.password.clone().into();
                shown["password"] = self.password.clone().into();
                shown["share_with_displayname"] = "(Shared link)".into();
                shown["send_password_by_talk"] = false.into();
                let token = self.token.as_deref().unwrap_or_default();
                shown["url"] = format!("{}/s/{token}", viewer.base).into();
            }
            EMAIL => {
                shown["password"] = self.password.clone().into();
                shown["password_expiration_time"] = Value::Null;
                shown["send_password_by_talk"] = false.into();
                shown["share_with_displayname"] = recipient.into();
                shown["file_target"] = Value::Null;
            }
            _ => shown["share_with_displayname"] = recipient.into(),
        }
    }
}
