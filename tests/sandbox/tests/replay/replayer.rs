//! Sends the recorded requests in order, and does what the directives say.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use nextcloud_sandbox::SandboxOptions;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::RequestBuilder;
use sha2::{Digest, Sha256};

use super::compare;
use super::mapping::{Mapping, kind_of_target};
use super::oauth::{self, Authorization};
use super::recording::{Body, Directive, Exchange, Step};
use super::server::{Answer, Cookies, Server};

/// Where recordings were made.
const RECORDED_URL: &str = "http://localhost:8080";
/// The redirect address of the recorded OAuth clients.
const REDIRECT_URI: &str = "http://127.0.0.1:9876/callback";
/// A PKCE verifier for tokens whose verifier was not recorded.
const VERIFIER: &str = "harness-harness-harness-harness-harness-harness";

/// What became of one exchange.
#[derive(Debug)]
pub(crate) enum Outcome {
    Matched,
    Differs(Vec<String>),
    Skipped(String),
}

/// Replays a recording on a fresh sandbox: each exchange's title and outcome.
pub(crate) async fn replay(steps: Vec<Step>, options: SandboxOptions, literal: &[&str]) -> Vec<(String, Outcome)> {
    let mut replayer = Replayer::new(Server::start(options).await);
    let mut outcomes = Vec::new();
    for step in steps {
        match step {
            Step::Directive(directive) => replayer.obey(&directive).await,
            Step::Exchange(exchange) => {
                let outcome = replayer.exchange(&exchange, literal).await;
                outcomes.push((exchange.title, outcome));
            }
        }
    }
    outcomes
}

struct Replayer {
    server: Server,
    mapping: Mapping,
    /// The cookies behind `Cookie: (session cookies)`.
    session: Cookies,
    /// Cookies of the last answer to a request without any: a session begins with them.
    candidate: Cookies,
    request_token: Option<String>,
}

impl Replayer {
    fn new(server: Server) -> Self {
        let mut mapping = Mapping::default();
        let encoded = |url: &str| url.replace(':', "%3A").replace('/', "%2F");
        mapping.text(RECORDED_URL, &server.url);
        mapping.text(&encoded(RECORDED_URL), &encoded(&server.url));
        Self {
            server,
            mapping,
            session: Cookies::default(),
            candidate: Cookies::default(),
            request_token: None,
        }
    }

    async fn exchange(&mut self, exchange: &Exchange, literal: &[&str]) -> Outcome {
        if let Some(reason) = &exchange.skip {
            return Outcome::Skipped(reason.clone());
        }
        let ours = self.send(exchange).await;
        if !matches!(exchange.method.as_str(), "GET" | "HEAD" | "PROPFIND" | "REPORT") {
            // Changes are a second apart, as they were when recorded: order by time must not be chance.
            self.server.wait(1);
        }
        let differences = compare::compare(exchange, &ours, literal, &mut self.mapping);
        if differences.is_empty() {
            Outcome::Matched
        } else {
            Outcome::Differs(differences)
        }
    }

    async fn send(&mut self, exchange: &Exchange) -> Answer {
        let target = self.mapping.translate_target(&exchange.target);
        let mut request = self.server.request(&exchange.method, &target);
        let mut with_session = false;
        for (name, value) in &exchange.request.headers {
            let value = match name.to_ascii_lowercase().as_str() {
                "content-length" | "host" => continue,
                "cookie" => {
                    with_session = true;
                    if self.session.is_empty() {
                        self.session = self.candidate.clone();
                    }
                    self.session.header()
                }
                "authorization" => self.authorization(value),
                "requesttoken" => self
                    .request_token
                    .clone()
                    .unwrap_or_else(|| panic!("{}: no `! page` before", exchange.title)),
                _ => self.mapping.translate(value),
            };
            request = request.header(name, value);
        }
        let answer = self.server.send(self.with_body(request, exchange)).await;
        if with_session {
            self.session.keep(&answer);
        } else {
            self.candidate = Cookies::default();
            self.candidate.keep(&answer);
        }
        answer
    }

    /// `Basic <login:secret>` with a real secret, anything else translated.
    fn authorization(&mut self, value: &str) -> String {
        match value.strip_prefix("Basic <").and_then(|rest| rest.strip_suffix('>')) {
            Some(annotation) => {
                let annotation = self.mapping.translate(annotation);
                self.server.basic(&annotation)
            }
            None => self.mapping.translate(value),
        }
    }

    fn with_body(&self, request: RequestBuilder, exchange: &Exchange) -> RequestBuilder {
        match &exchange.request.body {
            Body::Empty | Body::Any | Body::Html => request,
            Body::Binary { start, length } => {
                assert_eq!(start.len(), *length, "{}: give all bytes of a request", exchange.title);
                request.body(start.clone())
            }
            Body::Text(text) => {
                let document = serde_json::from_str(text).ok().map(|document| {
                    let kind = kind_of_target(&exchange.target);
                    self.mapping.translate_json(&document, &kind).to_string()
                });
                request.body(document.unwrap_or_else(|| self.with_request_token(&self.mapping.translate(text))))
            }
        }
    }

    /// A form whose `requesttoken` is the one of the page seen last.
    fn with_request_token(&self, form: &str) -> String {
        let Some(token) = &self.request_token else {
            return form.to_owned();
        };
        let fields = form.split('&').map(|field| match field.split_once('=') {
            Some(("requesttoken", _)) => format!("requesttoken={}", utf8_percent_encode(token, NON_ALPHANUMERIC)),
            _ => field.to_owned(),
        });
        fields.collect::<Vec<_>>().join("&")
    }

    async fn obey(&mut self, directive: &Directive) {
        let words: Vec<&str> = directive.words.iter().map(String::as_str).collect();
        match (directive.name.as_str(), words.as_slice()) {
            ("wait", [seconds]) => self
                .server
                .wait(seconds.parse().unwrap_or_else(|_| panic!("no seconds: {seconds}"))),
            ("new", ["session"]) => (self.session, self.candidate) = Default::default(),
            ("file", [user, path]) => self.upload("PUT", user, path).await,
            ("folder", [user, path]) => self.upload("MKCOL", user, path).await,
            ("page", [target]) => self.page(target).await,
            ("code", []) => {
                let code = self.code(directive).await;
                self.learn(directive, "code", &code);
            }
            ("tokens", []) => self.tokens(directive).await,
            ("client", []) => {
                let token_type = directive.argument("type").unwrap_or("opaque");
                let (client_id, client_secret) = oauth::register(&mut self.server, REDIRECT_URI, token_type).await;
                self.learn(directive, "client_id", &client_id);
                self.learn(directive, "client_secret", &client_secret);
            }
            _ => panic!("unknown directive: {directive:?}"),
        }
    }

    /// `! file <user> <path>`, `! folder <user> <path>`: makes what was there before the recording began.
    async fn upload(&mut self, method: &str, user: &str, path: &str) {
        let target = format!("/remote.php/dav/files/{user}{path}");
        let authorization = self.server.basic(&format!("{user}:app password"));
        let mut request = self
            .server
            .request(method, &target)
            .header("Authorization", authorization);
        if method == "PUT" {
            request = request.body("share");
        }
        let answer = self.server.send(request).await;
        assert_eq!(answer.status, 201, "{method} {target}");
    }

    /// `! page <target>`: opens a page with the session, for its request token.
    async fn page(&mut self, target: &str) {
        if self.session.is_empty() {
            self.session = self.candidate.clone();
        }
        let target = self.mapping.translate_target(target);
        let request = self
            .server
            .request("GET", &target)
            .header("Accept", "text/html")
            .header("Cookie", self.session.header());
        let answer = self.server.send(request).await;
        assert_eq!(answer.status, 200, "{target}");
        self.session.keep(&answer);
        self.request_token = Some(answer.request_token());
    }

    /// `! code user=… client=… scope=… [resource=…] [verifier=…]`: a new code.
    async fn code(&mut self, directive: &Directive) -> String {
        let argument = |name: &str| directive.argument(name).map(|value| self.mapping.translate(value));
        let (client_id, resource) = (argument("client").expect("client="), argument("resource"));
        let challenge = directive
            .argument("verifier")
            .map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        let wanted = Authorization {
            login: directive.argument("user").unwrap_or("alice"),
            client_id: &client_id,
            redirect_uri: REDIRECT_URI,
            scope: directive
                .argument("scope")
                .unwrap_or("openid profile email offline_access"),
            resource: resource.as_deref(),
            challenge: challenge.as_deref(),
        };
        oauth::authorize(&self.server, &wanted).await
    }

    /// `! tokens user=… (client=…|type=opaque|jwt) [scope=…] [access=…] [refresh=…] [id=…]`: a whole login. The last
    /// three name the recorded tokens that the new ones stand for.
    async fn tokens(&mut self, directive: &Directive) {
        let mut directive = directive.clone();
        if directive.argument("client").is_none() {
            let token_type = directive.argument("type").unwrap_or("opaque").to_owned();
            let (client_id, _) = oauth::register(&mut self.server, REDIRECT_URI, &token_type).await;
            directive.arguments.push(("client".to_owned(), client_id));
        }
        directive.arguments.push(("verifier".to_owned(), VERIFIER.to_owned()));
        let code = self.code(&directive).await;
        let client_id = self.mapping.translate(directive.argument("client").unwrap_or_default());
        let tokens = oauth::tokens(&mut self.server, &client_id, &code, VERIFIER, REDIRECT_URI).await;
        for (argument, field) in [
            ("access", "access_token"),
            ("refresh", "refresh_token"),
            ("id", "id_token"),
        ] {
            if directive.argument(argument).is_some() {
                let token = tokens[field].as_str().unwrap_or_else(|| panic!("no {field}: {tokens}"));
                self.learn(&directive, argument, token);
            }
        }
    }

    fn learn(&mut self, directive: &Directive, argument: &str, ours: &str) {
        if let Some(recorded) = directive.argument(argument) {
            self.mapping.text(recorded, ours);
        }
    }
}
