//! The consents in a user's security settings: listed, and taken back.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get};
use http::StatusCode;
use serde_json::{Value, json};

use crate::auth::AppUser;
use crate::{AppState, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/apps/oidc/api/consents", get(list))
        .route("/apps/oidc/api/consents/{client}", delete(revoke))
}

async fn list(State(state): State<AppState>, AppUser(user): AppUser) -> Response {
    let store = state.oidc();
    let consents: Vec<Value> = store
        .consents_of(&user.uid)
        .into_iter()
        .map(|(number, client, consent)| {
            json!({
                "id": consent.id,
                "clientId": number,
                "clientName": client.name,
                "clientIdentifier": client.id,
                "scopesGranted": consent.granted,
                "allowedScopes": client.scope,
                "createdAt": consent.created,
                "updatedAt": consent.updated,
            })
        })
        .collect();
    reply::json(StatusCode::OK, &consents)
}

/// The client is named by its number, not by its client id. Its tokens for this user go too.
async fn revoke(State(state): State<AppState>, AppUser(user): AppUser, Path(client): Path<u64>) -> Response {
    if state.oidc().revoke_consent(&user.uid, client) {
        reply::json(StatusCode::OK, &json!({ "success": true }))
    } else {
        // No recording shows this one.
        reply::message(StatusCode::NOT_FOUND, "Consent not found")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sandbox, SandboxOptions, TokenType, User, browser};

    #[tokio::test]
    async fn a_consent_is_listed_until_it_is_taken_back() {
        let sandbox = Sandbox::start(SandboxOptions::new()).await.unwrap();
        let redirect_uri = "http://127.0.0.1:9/cb";
        let client = sandbox
            .state()
            .oidc_admin()
            .create_client("c", &[redirect_uri], TokenType::Opaque);
        let authorize = format!(
            "{}/apps/oidc/authorize?response_type=code&client_id={}&redirect_uri={redirect_uri}&scope=openid",
            sandbox.url(),
            client.client_id
        );
        let alice = User::alice();
        browser::authorize(&authorize, &alice.uid, &alice.password)
            .await
            .unwrap();

        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox does not depend on the crate that makes our clients"
        )]
        let http = reqwest::Client::new();
        let password = sandbox.state().create_app_password("alice");
        let send = async |method: &str, path: &str| {
            let url = format!("{}/apps/oidc/api/consents{path}", sandbox.url());
            let request = http
                .request(method.parse().unwrap(), url)
                .header("OCS-APIRequest", "true");
            let response = request.basic_auth("alice", Some(&password)).send().await.unwrap();
            (response.status(), response.json::<Value>().await.unwrap())
        };
        let (_, consents) = send("GET", "").await;
        assert_eq!(consents[0]["clientIdentifier"], json!(client.client_id));
        let path = format!("/{}", consents[0]["clientId"]);
        assert_eq!(
            send("DELETE", &path).await,
            (StatusCode::OK, json!({ "success": true }))
        );
        assert_eq!(send("GET", "").await, (StatusCode::OK, json!([])));
        assert_eq!(send("DELETE", &path).await.0, StatusCode::NOT_FOUND);
    }
}
