//! Clients, codes and tokens that a recording uses but does not show being made.

use nextcloud_sandbox::browser;
use serde_json::Value;
use url::Url;

use super::server::{Answer, Server, user};

/// What to ask the authorization endpoint for.
pub(crate) struct Authorization<'a> {
    pub(crate) login: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) resource: Option<&'a str>,
    /// PKCE challenge, method S256.
    pub(crate) challenge: Option<&'a str>,
}

/// Walks login and consent, and gives the code.
pub(crate) async fn authorize(server: &Server, wanted: &Authorization<'_>) -> String {
    let mut target = Url::parse(&format!("{}/apps/oidc/authorize", server.url)).unwrap();
    let mut query = target.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", wanted.client_id);
    query
        .append_pair("redirect_uri", wanted.redirect_uri)
        .append_pair("scope", wanted.scope);
    query.append_pair("state", "harness");
    if let Some(challenge) = wanted.challenge {
        query
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
    }
    if let Some(resource) = wanted.resource {
        query.append_pair("resource", resource);
    }
    drop(query);
    let user = user(wanted.login);
    let end = browser::authorize(target.as_str(), &user.uid, &user.password)
        .await
        .unwrap();
    let code = end.query_pairs().find(|(key, _)| key == "code");
    code.unwrap_or_else(|| panic!("no code: {end}")).1.into_owned()
}

/// Registers a client and gives its id and secret.
pub(crate) async fn register(server: &mut Server, redirect_uri: &str, token_type: &str) -> (String, String) {
    let body =
        serde_json::json!({ "client_name": "harness", "redirect_uris": [redirect_uri], "token_type": token_type });
    let request = server.request("POST", "/apps/oidc/register").json(&body);
    let registered = json(&server.send(request).await);
    let text = |name: &str| {
        registered[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {registered}"))
            .to_owned()
    };
    (text("client_id"), text("client_secret"))
}

/// Exchanges a code for tokens.
pub(crate) async fn tokens(
    server: &mut Server,
    client_id: &str,
    code: &str,
    verifier: &str,
    redirect_uri: &str,
) -> Value {
    let secret = server.client_secret(client_id).to_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("client_id", client_id),
        ("client_secret", &secret),
        ("code_verifier", verifier),
    ];
    let request = server.request("POST", "/apps/oidc/token").form(&form);
    json(&server.send(request).await)
}

fn json(answer: &Answer) -> Value {
    let text = String::from_utf8_lossy(&answer.body);
    assert!((200..300).contains(&answer.status), "{}: {text}", answer.status);
    serde_json::from_str(&text).unwrap()
}
