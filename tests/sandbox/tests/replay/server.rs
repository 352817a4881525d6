//! The sandbox as the harness reaches it: over HTTP, with real credentials and a browser's cookies.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::header::SET_COOKIE;
use nextcloud_sandbox::{Sandbox, SandboxOptions, User};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

/// When recordings begin: 2026-11-21T00:27:42Z.
const BEGIN: u64 = 1_795_220_862;

/// A running sandbox.
pub(crate) struct Server {
    pub(crate) url: String,
    client: Client,
    seconds: Arc<AtomicU64>,
    app_passwords: HashMap<String, String>,
    /// Secrets of the OAuth clients that were registered, by client id.
    client_secrets: HashMap<String, String>,
    sandbox: Sandbox,
}

/// What the sandbox answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The first header of this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The value that forms of an HTML page must send back.
    pub(crate) fn request_token(&self) -> String {
        let page = String::from_utf8_lossy(&self.body);
        let token = page
            .split_once("data-requesttoken=\"")
            .and_then(|(_, rest)| rest.split_once('"'));
        let (token, _) = token.unwrap_or_else(|| panic!("no request token in {page}"));
        token.replace("&amp;", "&")
    }
}

/// The cookies of one browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over what an answer sets.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        let set = answer
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(SET_COOKIE.as_str()));
        for (_, cookie) in set {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let gone = value == "deleted" || cookie.contains("Max-Age=0");
            if gone {
                self.0.remove(name)
            } else {
                self.0.insert(name.to_owned(), value.to_owned())
            };
        }
    }

    pub(crate) fn header(&self) -> String {
        self.0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

impl Server {
    /// Starts a sandbox with empty accounts and a clock that only moves when told.
    pub(crate) async fn start(options: SandboxOptions) -> Self {
        let seconds = Arc::new(AtomicU64::new(BEGIN));
        let clock = Arc::clone(&seconds);
        let options = options
            .seed(false)
            .time_source(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)));
        let sandbox = Sandbox::start(options).await.unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox does not depend on the crate that makes our clients"
        )]
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self {
            url: sandbox.url().to_string().trim_end_matches('/').to_owned(),
            client,
            seconds,
            app_passwords: HashMap::new(),
            client_secrets: HashMap::new(),
            sandbox,
        }
    }

    /// Moves the sandbox's clock.
    pub(crate) fn wait(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// A request to a path and query of the sandbox, or to a whole address.
    pub(crate) fn request(&self, method: &str, target: &str) -> RequestBuilder {
        let url = if target.starts_with("http://") {
            target.to_owned()
        } else {
            format!("{}{target}", self.url)
        };
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url)
    }

    /// Sends, and remembers the secret of a client that was registered.
    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        let body = response.bytes().await.unwrap().to_vec();
        if let Ok(Value::Object(fields)) = serde_json::from_slice(&body)
            && let (Some(Value::String(id)), Some(Value::String(secret))) =
                (fields.get("client_id"), fields.get("client_secret"))
        {
            self.client_secrets.insert(id.clone(), secret.clone());
        }
        Answer { status, headers, body }
    }

    /// The secret that this client was registered with.
    pub(crate) fn client_secret(&self, client_id: &str) -> &str {
        self.client_secrets
            .get(client_id)
            .unwrap_or_else(|| panic!("no client {client_id} was registered"))
    }

    /// The `Authorization` header for an annotation `login:secret`, where the secret is `password`, `app password`,
    /// `app password of <user>`, `client secret` or `wrong password`.
    pub(crate) fn basic(&mut self, annotation: &str) -> String {
        let (login, secret) = annotation
            .rsplit_once(':')
            .unwrap_or_else(|| panic!("no secret: {annotation}"));
        let secret = match secret.trim() {
            "wrong password" => "wrong".to_owned(),
            "password" => user(login).password,
            "app password" => self.app_password(&user(login).uid),
            "client secret" => self.client_secret(login).to_owned(),
            other => match other.strip_prefix("app password of ") {
                Some(owner) => self.app_password(owner),
                None => panic!("unknown secret: {other}"),
            },
        };
        basic(login, &secret)
    }

    /// An app password of this user, made at the first need.
    fn app_password(&mut self, uid: &str) -> String {
        if let Some(password) = self.app_passwords.get(uid) {
            return password.clone();
        }
        let password = self.sandbox.state().create_app_password(uid);
        self.app_passwords.insert(uid.to_owned(), password.clone());
        password
    }
}

fn basic(login: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{login}:{secret}")))
}

/// The sandbox's user with this login name.
pub(crate) fn user(login: &str) -> User {
    let mut users = [User::alice(), User::bob()].into_iter();
    let found = users.find(|user| user.uid.eq_ignore_ascii_case(login) || user.email == login);
    found.unwrap_or_else(|| panic!("no user {login}"))
}
