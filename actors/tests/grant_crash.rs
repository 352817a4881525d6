//! Kills a process that renews grants at a provider that rotates, again and again, and looks for everything it was seen to
//! use.
//!
//! One loss cannot be helped: a provider that rotates has answered, and the process is killed before the answer is stored.
//! So a grant may end here only if the provider gave out a token that was never used.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test by panicking")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use nextcloud_mcp_actors::clock::{Clock, ManualClock};
use nextcloud_mcp_actors::credential_vault::{CredentialVault, Table, VaultOptions};
use nextcloud_mcp_actors::http::{ClientOptions, client};
use nextcloud_mcp_actors::nextcloud::{NextcloudOptions, NextcloudServer};
use nextcloud_mcp_actors::oidc::{ClientCredentials, ProviderMetadata, Tokens};
use nextcloud_mcp_actors::principal::{Principal, Subject};
use nextcloud_mcp_actors::supervisor::{Supervisor, SupervisorOptions};
use nextcloud_mcp_actors::user_session::{
    BackDoor, Grant, GrantKeeper, GrantKeeperOptions, SessionError, SessionOptions, UserSession,
};
use observability::Metrics;
use serde_json::{Value, json};
use tokio::sync::watch;
use url::Url;

/// Set for the process that is killed: the database, the provider, and the time it begins at.
const DATABASE: &str = "GRANT_CRASH_DATABASE";
const PROVIDER: &str = "GRANT_CRASH_PROVIDER";
const TIME: &str = "GRANT_CRASH_TIME";

const PEOPLE: usize = 8;
const LIFETIME: u64 = 3600;
const BEGINNING: u64 = 1_795_221_159;
/// How many uses to wait for before the process is killed. At 0 it is killed while it starts.
const ROUNDS: [usize; 16] = [20, 0, 1, 60, 7, 0, 90, 33, 3, 120, 11, 50, 0, 80, 25, 70];

/// Not a test of its own: what the test starts and kills.
#[test]
fn renews_until_killed() {
    if let Some(database) = std::env::var_os(DATABASE) {
        runtime().block_on(renew_until_killed(Path::new(&database)));
    }
}

#[test]
fn no_grant_is_lost_that_was_acknowledged() {
    let server = runtime();
    let provider = server.block_on(Provider::start());
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("vault.redb");
    // By person: the latest serial number that was seen in use.
    let mut used: HashMap<String, u64> = HashMap::new();
    let (mut renewals, mut losses) = (0, 0);
    for (round, wanted) in ROUNDS.into_iter().enumerate() {
        let mut child = start(&database, &provider.url, round);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        let mut killed = false;
        loop {
            if seen >= wanted && !killed {
                child.kill().unwrap();
                killed = true;
            }
            let Some(Ok(line)) = lines.next() else { break };
            match Event::read(&line) {
                Some(Event::Used { person, serial }) => {
                    seen += 1;
                    used.insert(person, serial);
                }
                Some(Event::Lost { person }) => {
                    losses += 1;
                    let given = provider.lock()[&person].before_login;
                    let known = used.get(&person).copied().unwrap_or_default();
                    assert!(given > known, "{person} was at {known} of {given}, and lost the grant");
                }
                None => {}
            }
        }
        assert!(killed, "the process renews until it is killed");
        child.wait().unwrap();
        renewals += seen;
        check(&server, &database, &used);
    }
    assert!(renewals > 500, "{renewals}");
    println!("{renewals} renewals, {losses} losses between an answer and its storage");
}

/// What is stored is not older than what was used.
fn check(runtime: &tokio::runtime::Runtime, database: &Path, used: &HashMap<String, u64>) {
    runtime.block_on(async {
        let vault = CredentialVault::open(VaultOptions::at(database)).unwrap();
        let stored: Vec<(String, Value)> = vault.list(Table::Grants).await.unwrap();
        let serials: HashMap<&str, u64> = stored
            .iter()
            .map(|(_, grant)| {
                let token = grant["refresh_token"].as_str().unwrap();
                let serial = token.rsplit('-').next().unwrap().parse().unwrap();
                (grant["subject"].as_str().unwrap(), serial)
            })
            .collect();
        for (person, serial) in used {
            // A grant that has ended is not stored; whether it might end is looked at where it is reported.
            if let Some(stored) = serials.get(person.as_str()) {
                assert!(stored >= serial, "{person}: {stored} is stored, {serial} was used");
            }
        }
        vault.close().await;
    });
}

enum Event {
    Used { person: String, serial: u64 },
    Lost { person: String },
}

impl Event {
    /// Reads `used <person> <serial>.` and `lost <person>.`; a line that was cut off lacks the full stop.
    fn read(line: &str) -> Option<Self> {
        let line = line.strip_suffix('.')?;
        // The test harness may have begun the line.
        if let Some((_, rest)) = line.split_once("used ") {
            let (person, serial) = rest.split_once(' ')?;
            return Some(Self::Used {
                person: person.to_owned(),
                serial: serial.parse().ok()?,
            });
        }
        let (_, person) = line.split_once("lost ")?;
        Some(Self::Lost {
            person: person.to_owned(),
        })
    }
}

fn start(database: &Path, provider: &str, round: usize) -> Child {
    let time = BEGINNING + round as u64 * 1000 * LIFETIME;
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "renews_until_killed", "--nocapture"])
        .env(DATABASE, database)
        .env(PROVIDER, provider)
        .env(TIME, time.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The process that is killed: people whose grant is renewed for each of their calls.
async fn renew_until_killed(database: &Path) {
    let vault = CredentialVault::open(VaultOptions::at(database)).unwrap();
    let people = (0..PEOPLE).map(|number| use_grant(vault.clone(), format!("person{number}")));
    futures_util::future::join_all(people).await;
}

/// Each person has a time of their own, so that nobody's token ends while another waits.
async fn use_grant(vault: CredentialVault, person: String) {
    let url = &std::env::var(PROVIDER).unwrap();
    let clock = &ManualClock::at(std::env::var(TIME).unwrap().parse().unwrap());
    let metadata: ProviderMetadata = serde_json::from_value(json!({
        "issuer": url, "authorization_endpoint": url, "token_endpoint": format!("{url}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }))
    .unwrap();
    let provider = watch::Sender::new(Some(Arc::new(metadata)));
    let keeper = GrantKeeper::new(GrantKeeperOptions {
        vault,
        http: client(&ClientOptions::default()).unwrap(),
        clock: Arc::<ManualClock>::clone(clock),
        provider: provider.subscribe(),
        clients: Arc::new(ClientCredentials {
            client_id: "us".into(),
            client_secret: Some("secret".into()),
        }),
        metrics: Metrics::new(),
    });
    let server = NextcloudServer::new(&NextcloudOptions::new(Url::parse(url).unwrap())).unwrap();
    let options = SessionOptions::new(server, BackDoor::OwnGrant(keeper));
    let supervisor = Supervisor::start(SupervisorOptions::new(options)).await.unwrap();
    let principal = Principal {
        subject: Subject::new(url.as_str(), person.as_str()),
        client_id: None,
        scopes: None,
        expires_at: None,
    };
    let session = supervisor.session(&principal).unwrap();
    let mut had_one = std::env::var(TIME).unwrap() != BEGINNING.to_string();
    loop {
        clock.advance(Duration::from_secs(LIFETIME));
        match session.client(None).await {
            Ok(client) => {
                let token = client.get("/who").send().await.unwrap().text().await.unwrap();
                let serial = token.rsplit('-').next().unwrap();
                say(&format!("used {person} {serial}."));
                had_one = true;
            }
            Err(SessionError::NotProvisioned(_)) => {
                let lost = provision(&session, url, clock, &principal).await;
                if lost && had_one {
                    say(&format!("lost {person}."));
                }
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// A login. Whether the provider had given a grant before.
async fn provision(session: &UserSession, url: &str, clock: &ManualClock, principal: &Principal) -> bool {
    let http = client(&ClientOptions::default()).unwrap();
    let person = &principal.subject.subject;
    let answer = http.get(format!("{url}/login?person={person}")).send().await.unwrap();
    let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let tokens: Tokens = serde_json::from_value(answer.clone()).unwrap();
    let grant = Grant::new(&principal.subject, None, "us", "openid", tokens, clock.unix_seconds()).unwrap();
    session.own_grant().unwrap().install(grant).await.unwrap();
    answer["again"].as_bool().unwrap()
}

fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    // The pipe is gone only if the test that reads it is.
    if writeln!(output, "{line}").and_then(|()| output.flush()).is_err() {
        std::process::exit(0);
    }
}

/// A provider and a Nextcloud for many people. It lives in the test's own process.
#[derive(Clone)]
struct Provider {
    grants: Arc<Mutex<HashMap<String, Issued>>>,
    url: String,
}

#[derive(Default)]
struct Issued {
    /// The serial number of the tokens that are good.
    serial: u64,
    /// That at the time of the latest login.
    before_login: u64,
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            grants: Arc::default(),
        };
        let router = Router::new()
            .route("/login", get(login))
            .route("/token", post(token))
            .route("/who", get(who))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Issued>> {
        self.grants.lock().unwrap()
    }
}

fn tokens(person: &str, serial: u64) -> Value {
    json!({
        "access_token": format!("access-{person}-{serial}"), "refresh_token": format!("refresh-{person}-{serial}"),
        "expires_in": LIFETIME,
    })
}

async fn login(State(provider): State<Provider>, Query(query): Query<HashMap<String, String>>) -> Response {
    let person = &query["person"];
    let mut grants = provider.lock();
    let issued = grants.entry(person.clone()).or_default();
    issued.before_login = issued.serial;
    issued.serial += 1;
    let mut answer = tokens(person, issued.serial);
    answer["again"] = json!(issued.before_login > 0);
    Json(answer).into_response()
}

async fn token(State(provider): State<Provider>, Form(form): Form<HashMap<String, String>>) -> Response {
    let shown = &form["refresh_token"];
    let person = shown.split('-').nth(1).unwrap();
    let mut grants = provider.lock();
    let issued = grants.get_mut(person).unwrap();
    if *shown != format!("refresh-{person}-{}", issued.serial) {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response();
    }
    issued.serial += 1;
    Json(tokens(person, issued.serial)).into_response()
}

async fn who(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    let shown = headers["authorization"]
        .to_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap();
    let person = shown.split('-').nth(1).unwrap();
    let good = shown == format!("access-{person}-{}", provider.lock()[person].serial);
    if good {
        shown.to_owned().into_response()
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}
