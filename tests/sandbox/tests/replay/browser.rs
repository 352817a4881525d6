//! A person at a browser: logs in, consents, and comes back with a code.

use serde_json::Value;
use url::Url;

use super::server::{Answer, Cookies, Server, user};

/// How many redirects a login may take.
const REDIRECTS: usize = 12;

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
pub(crate) async fn authorize(server: &mut Server, wanted: &Authorization<'_>) -> String {
    let mut target = Url::parse(&format!("{}/apps/oidc/authorize", server.url)).unwrap();
    let mut query = target.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", wanted.client_id);
    query
        .append_pair("redirect_uri", wanted.redirect_uri)
        .append_pair("scope", wanted.scope)
        .append_pair("state", "harness");
    if let Some(challenge) = wanted.challenge {
        query
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
    }
    if let Some(resource) = wanted.resource {
        query.append_pair("resource", resource);
    }
    drop(query);

    let mut cookies = Cookies::default();
    for _ in 0..REDIRECTS {
        let page = get(server, target.as_str(), &mut cookies).await;
        let answer = match (page.location(), target.path()) {
            (Some(_), _) => page,
            (None, "/login") => {
                let user = user(wanted.login);
                let query: Vec<(String, String)> = target.query_pairs().into_owned().collect();
                let back = query
                    .into_iter()
                    .find(|(key, _)| key == "redirect_url")
                    .map_or_else(String::new, |(_, value)| value);
                let token = page.request_token();
                let form = [
                    ("user", user.uid.as_str()),
                    ("password", &user.password),
                    ("requesttoken", &token),
                    ("redirect_url", &back),
                ];
                post(server, "/login", &form, &mut cookies, &token).await
            }
            (None, "/apps/oidc/consent") => {
                let form = [("scopes", wanted.scope)];
                post(
                    server,
                    "/apps/oidc/consent/grant",
                    &form,
                    &mut cookies,
                    &page.request_token(),
                )
                .await
            }
            (None, path) => panic!(
                "stuck at {path} with {}: {}",
                page.status,
                String::from_utf8_lossy(&page.body)
            ),
        };
        let location = answer
            .location()
            .unwrap_or_else(|| panic!("{} after {target}", answer.status));
        target = target.join(location).unwrap();
        if target.as_str().starts_with(wanted.redirect_uri) {
            let mut query = target.query_pairs();
            let code = query
                .find(|(key, _)| key == "code")
                .unwrap_or_else(|| panic!("no code: {target}"));
            return code.1.into_owned();
        }
    }
    panic!("too many redirects")
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

async fn get(server: &mut Server, target: &str, cookies: &mut Cookies) -> Answer {
    let request = server
        .request("GET", target)
        .header("Accept", "text/html")
        .header("Cookie", cookies.header());
    let answer = server.send(request).await;
    cookies.keep(&answer);
    answer
}

async fn post(server: &mut Server, path: &str, form: &[(&str, &str)], cookies: &mut Cookies, token: &str) -> Answer {
    let request = server.request("POST", path).form(form).header("Origin", &server.url);
    let answer = server
        .send(request.header("Cookie", cookies.header()).header("requesttoken", token))
        .await;
    cookies.keep(&answer);
    answer
}

fn json(answer: &Answer) -> Value {
    let text = String::from_utf8_lossy(&answer.body);
    assert!((200..300).contains(&answer.status), "{}: {text}", answer.status);
    serde_json::from_str(&text).unwrap()
}
