//! The processes under load. Each prints its address on one line and serves until it is killed.

use std::process::ExitCode;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use nextcloud_mcp_server::config::{self, Flags, Sources};
use nextcloud_mcp_server::server::Server;
use nextcloud_sandbox::{Sandbox, SandboxOptions, TokenType};
use observability::Metrics;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What Nextcloud answers for a note.
const NOTE: &str = r##"{"id":1,"title":"Shopping","modified":1795220862,"category":"Home","favorite":false,"readonly":false,"internalPath":"/Notes/Home/Shopping.md","shareTypes":[],"isShared":false,"error":false,"errorType":"","content":"# Shopping\n\n- apples\n- bread\n","etag":"876d286ec85048a4f1d171d2e49e6473"}"##;

/// Runs the role that `arguments` begin with.
#[tokio::main]
pub async fn run(arguments: &[String]) -> ExitCode {
    let nextcloud = arguments.get(1).map_or("", String::as_str);
    match arguments.first().map(String::as_str) {
        Some("nextcloud") => serve_note().await,
        Some("floor") => floor(nextcloud).await,
        Some("ours") => ours(nextcloud).await,
        _ => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, url)
}

async fn serve(app: Router) {
    let (listener, url) = listen().await;
    println!("{url}");
    axum::serve(listener, app).await.expect("serving");
}

async fn serve_note() {
    let note = || async { ([("content-type", "application/json; charset=utf-8")], NOTE) };
    serve(Router::new().route("/index.php/apps/notes/api/v1/notes/1", get(note))).await;
}

#[derive(Deserialize)]
struct Call {
    id: Value,
    params: Params,
}

#[derive(Deserialize)]
struct Params {
    arguments: Arguments,
}

#[derive(Deserialize)]
struct Arguments {
    note_id: i64,
}

#[derive(Deserialize, Serialize)]
struct Note {
    id: i64,
    title: String,
    content: String,
    category: String,
    modified: i64,
    favorite: bool,
    etag: String,
    readonly: bool,
}

async fn floor(nextcloud: &str) {
    let http = actors::http::client(&actors::http::ClientOptions::default()).expect("a client");
    let state = Arc::new((http, nextcloud.to_owned()));
    serve(Router::new().route("/mcp", post(call)).with_state(state)).await;
}

async fn call(State(state): State<Arc<(reqwest::Client, String)>>, Json(call): Json<Call>) -> Json<Value> {
    let (http, nextcloud) = &*state;
    let url = format!(
        "{nextcloud}/index.php/apps/notes/api/v1/notes/{}",
        call.params.arguments.note_id
    );
    let answer = http.get(url).bearer_auth("token").send().await.expect("an answer");
    let note: Note = answer.json().await.expect("a note");
    let note = serde_json::to_value(note).expect("JSON");
    let content = json!([{"type": "text", "text": note.to_string()}]);
    let result = json!({"content": content, "structuredContent": note});
    Json(json!({"jsonrpc": "2.0", "id": call.id, "result": result}))
}

/// Our server, its identity provider the sandbox, its Nextcloud the stub. The line has a token behind the address.
async fn ours(nextcloud: &str) {
    let provider = Sandbox::start(SandboxOptions::new()).await.expect("the sandbox");
    let (listener, url) = listen().await;
    let database = tempfile::tempdir().expect("a directory");
    let variables = [
        ("NEXTCLOUD_HOST", nextcloud.to_owned()),
        (
            "OIDC_DISCOVERY_URL",
            format!("{}/.well-known/openid-configuration", provider.url()),
        ),
        ("NEXTCLOUD_MCP_SERVER_URL", url.clone()),
        ("NEXTCLOUD_TOKEN_PASSTHROUGH", "true".to_owned()),
        (
            "TOKEN_STORAGE_DB",
            database.path().join("credentials.redb").display().to_string(),
        ),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    let loaded = config::load(&Sources::new(Flags::default(), variables)).expect("a configuration");
    // As the `run` command does: spans and log filters are part of the cost.
    let telemetry = observability::init(&loaded.config.observability.options).expect("logs");
    let server = Server::start(&loaded.config, listener, Metrics::new())
        .await
        .expect("the server starts");
    let admin = provider.state().oidc_admin();
    let client = admin.create_client("benchmark", &["http://127.0.0.1/callback"], TokenType::Jwt);
    let resource = format!("{url}/mcp");
    let scope = "openid profile notes:read";
    let tokens = admin.issue_for("alice", &client.client_id, scope, provider.url(), Some(&resource));
    println!("{url} {}", tokens.expect("a token").access_token);
    std::future::pending::<()>().await;
    drop((server, provider, database, telemetry));
}
