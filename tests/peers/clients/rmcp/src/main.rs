//! rmcp's client: `peer-rmcp URL`; lines of JSON in and out, as `lib/adapter.mjs` says.

use std::env;
use std::error::Error;
use std::io;

use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::{RoleClient, RunningService, ServiceError};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{
    AuthClient, AuthError, AuthorizationCallback, AuthorizationManager, AuthorizationRequest, OAuthState,
};
use rmcp::transport::streamable_http_client::{InsufficientScopeError, StreamableHttpClientTransportConfig};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

type Failure = Box<dyn Error + Send + Sync>;

const REDIRECT_URI: &str = "http://127.0.0.1:9876/callback";

/// What the suite asks for.
#[derive(Deserialize)]
#[serde(untagged)]
enum Request {
    Call { call: String, args: Map<String, Value> },
    List {},
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "the answers to the suite")]
async fn main() -> Result<(), Failure> {
    let url = env::args().nth(1).ok_or("usage: peer-rmcp URL")?;
    let client = PeerClient::log_in(&url).await?;
    let mut requests = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = requests.next_line().await? {
        let answer = match serde_json::from_str(&line)? {
            Request::List {} => client.list().await,
            Request::Call { call, args } => client.call(call, args).await,
        };
        println!(
            "{}",
            answer.unwrap_or_else(|error| json!({ "error": error.to_string() }))
        );
    }
    Ok(())
}

/// A client that is logged in.
struct PeerClient {
    service: RunningService<RoleClient, ()>,
    http: AuthClient<reqwest::Client>,
}

impl PeerClient {
    async fn log_in(url: &str) -> Result<Self, Failure> {
        let manager = authorize(url).await?;
        #[expect(clippy::disallowed_methods, reason = "the client under test brings its own")]
        let http = AuthClient::new(reqwest::Client::new(), manager);
        let config = StreamableHttpClientTransportConfig::with_uri(url);
        let service = ().serve(StreamableHttpClientTransport::with_client(http.clone(), config)).await?;
        Ok(Self { service, http })
    }

    async fn list(&self) -> Result<Value, Failure> {
        let tools = self.service.list_all_tools().await?;
        Ok(json!({ "tools": tools.iter().map(|tool| &*tool.name).collect::<Vec<_>>() }))
    }

    /// Calls a tool; where the token lacks scopes, steps up and calls again, as rmcp leaves to the application.
    async fn call(&self, name: String, args: Map<String, Value>) -> Result<Value, Failure> {
        let request = CallToolRequestParams::new(name).with_arguments(args);
        match self.service.call_tool(request.clone()).await {
            Ok(result) => Ok(summary(&result)),
            Err(error) => {
                let scope = required_scope(&error).ok_or(error)?;
                self.step_up(&scope).await?;
                Ok(summary(&self.service.call_tool(request).await?))
            }
        }
    }

    async fn step_up(&self, scope: &str) -> Result<(), Failure> {
        let manager = self.http.auth_manager.lock().await;
        let callback = visit(&manager.request_scope_upgrade(scope).await?).await?;
        let issuer = callback.issuer.as_deref();
        manager
            .exchange_code_for_token_with_issuer(&callback.code, &callback.csrf_token, issuer)
            .await?;
        Ok(())
    }
}

/// Discovery, registration, the user's visit, and the token.
async fn authorize(url: &str) -> Result<AuthorizationManager, Failure> {
    let mut state = OAuthState::new(url, None).await?;
    let request = AuthorizationRequest::new(REDIRECT_URI)
        .with_initial_scope_selection()
        .with_client_name("peers");
    state.start_authorization(request).await?;
    let callback = visit(&state.get_authorization_url().await?).await?;
    state
        .handle_callback_with_issuer(&callback.code, &callback.csrf_token, callback.issuer.as_deref())
        .await?;
    let manager = state.into_authorization_manager();
    Ok(manager.ok_or_else(|| AuthError::InternalError("the login did not end".to_owned()))?)
}

/// Sends the user to the provider.
async fn visit(authorization_url: &str) -> Result<AuthorizationCallback, Failure> {
    let browser = env::var("PEERS_BROWSER")?;
    let output = Command::new(env::var("PEERS_NODE")?)
        .args([&browser, "--print", authorization_url])
        .output()
        .await?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(AuthorizationCallback::from_redirect_url(
        String::from_utf8(output.stdout)?.trim(),
    )?)
}

/// The scopes that the server's 403 asks for, if that is what went wrong.
fn required_scope(error: &ServiceError) -> Option<String> {
    let ServiceError::TransportSend(error) = error else {
        return None;
    };
    let mut cause: Option<&(dyn Error + 'static)> = Some(error.error.as_ref());
    while let Some(current) = cause {
        if let Some(refusal) = current.downcast_ref::<InsufficientScopeError>() {
            return refusal.required_scope.clone();
        }
        cause = current.source();
    }
    None
}

fn summary(result: &CallToolResult) -> Value {
    let text: Vec<_> = result
        .content
        .iter()
        .filter_map(|item| Some(&*item.as_text()?.text))
        .collect();
    json!({
        "isError": result.is_error.unwrap_or_default(),
        "structuredContent": result.structured_content,
        "text": text.join("\n"),
    })
}
