//! `nextcloud-mcp-server sandbox`: the server in OAuth mode in front of a Nextcloud that lives in this process, with
//! users who have something in their notes. For a first look, and for trying clients out.

use std::io::{self, IsTerminal};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use nextcloud_sandbox::{Sandbox, SandboxOptions, User};
use observability::Metrics;
use tokio::net::TcpListener;

use crate::cli::SandboxArgs;
use crate::config::{self, Flags, Sources, variables};
use crate::server::{Server, StartError};

/// Tokens that are printed last as long as somebody is likely to look at them.
const TOKEN_LIFETIME: Duration = Duration::from_hours(12);

/// Why the sandbox does not come up.
#[derive(Debug, thiserror::Error)]
enum SandboxError {
    #[error("port {port} cannot be used: {source}; choose another with {flag}")]
    Port {
        port: u16,
        flag: &'static str,
        source: io::Error,
    },
    #[error(transparent)]
    Server(#[from] StartError),
    #[error("the demo login failed: {0}")]
    Login(#[from] demo::DemoError),
    #[error("{0}")]
    Configuration(String),
}

/// Brings everything up, says how to use it, and runs until told to stop.
#[expect(clippy::print_stderr, reason = "the command's own output")]
pub async fn run(args: &SandboxArgs) -> ExitCode {
    let options = observability::Options {
        ansi: io::stderr().is_terminal(),
        level: "warn".parse().unwrap_or(observability::Options::default().level),
        ..observability::Options::default()
    };
    let telemetry = observability::init(&options);
    let outcome = serve(args).await;
    if let Ok(telemetry) = telemetry {
        let _ = telemetry.shutdown(Duration::from_secs(2));
    }
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the command's own output")]
async fn serve(args: &SandboxArgs) -> Result<(), SandboxError> {
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut options = SandboxOptions::new()
        .bind(loopback(args.nextcloud_port))
        .expire_time(TOKEN_LIFETIME);
    if let Some(issuer) = &args.trust_issuer {
        options = options.trusted_issuer(issuer);
    }
    let nextcloud = Sandbox::start(options).await.map_err(|source| SandboxError::Port {
        port: args.nextcloud_port,
        flag: "--nextcloud-port",
        source,
    })?;
    let listener = TcpListener::bind(loopback(args.port))
        .await
        .map_err(|source| SandboxError::Port {
            port: args.port,
            flag: "--port",
            source,
        })?;
    let address = listener.local_addr().map_err(StartError::from)?;
    let url = format!("http://{address}");
    let config = configuration(&url, nextcloud.url())?;
    let server = Server::start(&config, listener, Metrics::new()).await?;
    let users = [User::alice(), User::bob()];
    let token = demo::log_in(&url, &users[0]).await?;
    println!("{}", demo::welcome(&url, nextcloud.url(), &users, &token));
    super::run::stop_signal().await;
    server.stop(Duration::from_secs(5)).await;
    nextcloud.stop().await;
    Ok(())
}

/// The configuration that an administrator would write, except that nothing is kept on disk.
fn configuration(url: &str, nextcloud_url: &str) -> Result<config::Config, SandboxError> {
    let mut flags = Flags {
        oauth: Some(true),
        ..Flags::default()
    };
    flags.set(&variables::NEXTCLOUD_HOST, nextcloud_url);
    flags.set(&variables::NEXTCLOUD_PUBLIC_URL, nextcloud_url);
    flags.set(&variables::NEXTCLOUD_MCP_SERVER_URL, url);
    flags.set(&variables::TOKEN_STORAGE_DB, "/nonexistent/in-memory");
    // The token that is printed works at once; nobody has to agree in a browser first.
    flags.set(&variables::NEXTCLOUD_TOKEN_PASSTHROUGH, "true");
    let loaded = config::load(&Sources::new(flags, []));
    let mut config = loaded
        .map_err(|problems| SandboxError::Configuration(problems.to_string()))?
        .config;
    config.storage = None;
    Ok(config)
}

mod demo {
    //! The first user's login, done for them, and what is said at the start.

    use nextcloud_sandbox::{User, browser};
    use serde_json::{Value, json};
    use url::Url;

    /// Why no demo token could be had.
    #[derive(Debug, thiserror::Error)]
    pub(super) enum DemoError {
        #[error(transparent)]
        Browser(#[from] browser::BrowserError),
        #[error(transparent)]
        Http(#[from] reqwest::Error),
        #[error(transparent)]
        Client(#[from] actors::http::ClientError),
        #[error(transparent)]
        Url(#[from] url::ParseError),
        #[error("{0} is missing in an answer")]
        Missing(&'static str),
    }

    const REDIRECT_URI: &str = "http://127.0.0.1:9876/callback";
    /// 43 characters of RFC 7636's alphabet, and its S256 challenge (appendix B of the RFC).
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    /// Logs `user` in as an MCP client would and gives the access token.
    pub(super) async fn log_in(url: &str, user: &User) -> Result<String, DemoError> {
        let http = actors::http::client(&actors::http::ClientOptions::default())?;
        let resource = metadata(&http, url).await?;
        let issuer = text(&resource["authorization_servers"][0], "authorization_servers")?;
        let scope = resource["scopes_supported"]
            .as_array()
            .ok_or(DemoError::Missing("scopes_supported"))?
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        let provider: Value = http
            .get(format!("{issuer}/index.php/.well-known/openid-configuration"))
            .send()
            .await?
            .json()
            .await?;
        let registration = json!({"client_name": "demo", "redirect_uris": [REDIRECT_URI], "token_type": "opaque"});
        let client: Value = http
            .post(text(&provider["registration_endpoint"], "registration_endpoint")?)
            .json(&registration)
            .send()
            .await?
            .json()
            .await?;
        let client_id = text(&client["client_id"], "client_id")?;
        let mut authorize = Url::parse(text(&provider["authorization_endpoint"], "authorization_endpoint")?)?;
        authorize.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", &scope),
            ("state", "demo"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("resource", text(&resource["resource"], "resource")?),
        ]);
        let back = browser::authorize(authorize.as_str(), &user.uid, &user.password).await?;
        let code = back.query_pairs().find(|(name, _)| name == "code");
        let (_, code) = code.ok_or(DemoError::Missing("code"))?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("client_id", client_id),
            ("client_secret", text(&client["client_secret"], "client_secret")?),
            ("code_verifier", VERIFIER),
        ];
        let tokens: Value = http
            .post(text(&provider["token_endpoint"], "token_endpoint")?)
            .form(&form)
            .send()
            .await?
            .json()
            .await?;
        text(&tokens["access_token"], "access_token").map(ToOwned::to_owned)
    }

    /// This server's own metadata, as soon as it has found its provider.
    async fn metadata(http: &reqwest::Client, url: &str) -> Result<Value, DemoError> {
        let address = format!("{url}/.well-known/oauth-protected-resource/mcp");
        for _ in 0..100 {
            let response = http.get(&address).send().await?;
            if response.status().is_success() {
                return Ok(response.json().await?);
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Err(DemoError::Missing("the resource metadata"))
    }

    fn text<'a>(value: &'a Value, name: &'static str) -> Result<&'a str, DemoError> {
        value.as_str().ok_or(DemoError::Missing(name))
    }

    /// What the command prints: addresses, logins, a client's configuration, and a command that works as it stands.
    pub(super) fn welcome(url: &str, nextcloud_url: &str, users: &[User], token: &str) -> String {
        let logins: Vec<String> = users
            .iter()
            .map(|user| format!("  {:<6} password {}", user.uid, user.password))
            .collect();
        let client = json!({"mcpServers": {"nextcloud": {"type": "http", "url": format!("{url}/mcp")}}});
        let client = serde_json::to_string_pretty(&client).unwrap_or_default();
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "nc_notes_list_notes", "arguments": {}}});
        format!(
            "MCP server   {url}/mcp\n\
             Nextcloud    {nextcloud_url}  (in memory: everything is gone when this stops)\n\n\
             Log in as\n{}\n\n\
             Configuration of an MCP client\n{client}\n\n\
             Or without a client, as {}:\n\n\
             curl -s {url}/mcp \\\n  -H 'Authorization: Bearer {token}' \\\n  -H 'Content-Type: application/json' \\\n  \
             -H 'Accept: application/json, text/event-stream' \\\n  -d '{call}'\n\n\
             Stop with Ctrl-C.",
            logins.join("\n"),
            users.first().map_or("", |user| user.uid.as_str()),
        )
    }
}
