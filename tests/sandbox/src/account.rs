//! The user's own account over OCS: `cloud/user`, and app passwords that a login exchanges itself for.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get};
use serde_json::{Value, json};

use crate::auth::{Login, OcsUser, Proof};
use crate::ocs::{self, Ocs};
use crate::{AppState, User};

pub(crate) fn routes() -> Router<AppState> {
    let router = Router::new();
    let router = ocs::route(router, "/cloud/user", get(current_user));
    let router = ocs::route(router, "/cloud/users", get(list_users));
    let router = ocs::route(router, "/cloud/users/{uid}", get(one_user));
    let router = ocs::route(router, "/core/getapppassword", get(get_app_password));
    ocs::route(router, "/core/apppassword", delete(delete_app_password))
}

async fn current_user(State(state): State<AppState>, OcsUser(user): OcsUser, ocs: Ocs) -> Response {
    ocs.ok(details(&state, &user))
}

/// Users see themselves; of others they learn nothing, not even whether they exist.
async fn one_user(
    State(state): State<AppState>,
    OcsUser(user): OcsUser,
    Path(uid): Path<String>,
    ocs: Ocs,
) -> Response {
    if user.uid.eq_ignore_ascii_case(&uid) {
        ocs.ok(details(&state, &user))
    } else {
        ocs.failure(998, "")
    }
}

async fn list_users(_: OcsUser, ocs: Ocs) -> Response {
    ocs.failure(403, "Logged in account must be at least a sub admin")
}

/// A password or a bearer token becomes an app password; an app password does not.
async fn get_app_password(State(state): State<AppState>, login: Login, ocs: Ocs) -> Response {
    if matches!(login.proof, Proof::AppPassword(_)) {
        return ocs.failure(403, "You cannot request an new apppassword with an apppassword");
    }
    let secret = state.users().create_app_password(&login.user.uid);
    ocs.ok(json!({ "apppassword": secret }))
}

/// An app password takes itself back.
async fn delete_app_password(State(state): State<AppState>, login: Login, ocs: Ocs) -> Response {
    let Proof::AppPassword(secret) = &login.proof else {
        return ocs.failure(403, "no app password in use");
    };
    state.users().delete_app_password(secret);
    ocs.ok(json!([]))
}

fn details(state: &AppState, user: &User) -> Value {
    let last_login = state.users().last_login(&user.uid);
    let mut details = json!({
        "enabled": true,
        "id": user.uid,
        "firstLoginTimestamp": last_login,
        "lastLoginTimestamp": last_login,
        "lastLogin": last_login * 1000,
        "backend": "Database",
        "subadmin": [],
        "quota": { "free": -3, "used": 20_368_245, "total": -3, "relative": 0, "quota": -3 },
        "manager": "",
        "avatarScope": "v2-federated",
        "email": user.email,
        "emailScope": "v2-federated",
        "additional_mail": [],
        "additional_mailScope": [],
        "displayname": user.display_name,
        "display-name": user.display_name,
        "displaynameScope": "v2-federated",
        "profile_enabled": "1",
        "profile_enabledScope": "v2-local",
        "pronouns": "",
        "pronounsScope": "v2-federated",
        "groups": [],
        "language": "en",
        "locale": "",
        "timezone": "UTC",
        "notify_email": null,
        "backendCapabilities": { "setDisplayName": true, "setPassword": true },
    });
    for field in EMPTY_FIELDS {
        details[field] = "".into();
        details[format!("{field}Scope")] = "v2-local".into();
    }
    details
}

/// The profile fields of the recorded users, all empty and visible locally.
const EMPTY_FIELDS: [&str; 10] = [
    "phone",
    "address",
    "website",
    "twitter",
    "bluesky",
    "fediverse",
    "organisation",
    "role",
    "headline",
    "biography",
];
