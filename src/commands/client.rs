//! `nextcloud-mcp-server client show|register|unregister`: this server's OAuth client at the identity provider.
//!
//! The commands open the credential database themselves, and redb gives it to one process at a time: they work while the
//! server is stopped, and say so while it runs.

use std::process::ExitCode;
use std::time::Duration;

use actors::client_registrar::{ClientRegistrar, Description, Standing, Unregistered};
use actors::supervisor::Supervisor;
use actors::token_verifier::{ProviderStatus, TokenVerifier};
use jiff::Timestamp;
use observability::Metrics;

use crate::cli::ClientCommand;
use crate::config::{Config, Mode};
use crate::server::{self, Identity};

/// How long the provider is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs one of the commands.
#[expect(clippy::print_stderr, clippy::print_stdout, reason = "the command's own output")]
pub async fn run(command: &ClientCommand) -> ExitCode {
    let loaded = match super::configuration(command.args()) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    match carry_out(command, &loaded.config).await {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(command: &ClientCommand, config: &Config) -> Result<String, String> {
    if !matches!(config.mode, Mode::OAuth) {
        return Err("there is an OAuth client in OAuth mode only".to_owned());
    }
    let identity = server::identity(config, &Metrics::new(), false)
        .await
        .map_err(|error| error.to_string())?;
    let supervisor = server::bare_supervisor(config)
        .await
        .map_err(|error| error.to_string())?;
    let outcome = with_actors(command, &identity, &supervisor).await;
    supervisor.drain(Duration::from_secs(5)).await;
    identity.vault.close().await;
    outcome
}

async fn with_actors(command: &ClientCommand, identity: &Identity, supervisor: &Supervisor) -> Result<String, String> {
    for child in identity.children() {
        supervisor.supervise(child).await.map_err(|error| error.to_string())?;
    }
    until_found(&identity.verifier).await?;
    let registrar = &identity.registrar;
    match command {
        ClientCommand::Show(_) => show(registrar).await,
        ClientCommand::Register(_) => {
            let client = registrar.register_now().await.map_err(|error| error.to_string())?;
            Ok(format!("registered as {}", client.client_id))
        }
        ClientCommand::Unregister(_) => match registrar.unregister().await.map_err(|error| error.to_string())? {
            Unregistered::NoClient => Ok("there was no registered client".to_owned()),
            Unregistered::Deleted => Ok("deleted at the provider and forgotten here".to_owned()),
            Unregistered::Forgotten => {
                Ok("forgotten here; the provider did not know it any more, or cannot be told to delete it".to_owned())
            }
        },
    }
}

async fn until_found(verifier: &TokenVerifier) -> Result<(), String> {
    let mut status = verifier.status();
    let found = status.wait_for(|status| matches!(status, ProviderStatus::Ready));
    if tokio::time::timeout(PATIENCE, found)
        .await
        .is_ok_and(|found| found.is_ok())
    {
        return Ok(());
    }
    let problem = match &*verifier.status().borrow() {
        ProviderStatus::Unknown { problem, .. } => problem.clone(),
        ProviderStatus::Ready => String::new(),
    };
    Err(format!("the identity provider is not reached: {problem}"))
}

async fn show(registrar: &ClientRegistrar) -> Result<String, String> {
    let description = registrar.describe().await.map_err(|error| error.to_string())?;
    let standing = match registrar.check().await {
        Ok(Standing::Known) => "known at the provider".to_owned(),
        Ok(Standing::Unknown) => "NOT known at the provider any more".to_owned(),
        Err(error) => error.to_string(),
    };
    Ok(describe(&description, &standing))
}

fn describe(description: &Description, standing: &str) -> String {
    let Some(client) = &description.client else {
        return format!(
            "no OAuth client; the next start registers one at {}",
            description.issuer.as_deref().unwrap_or("the identity provider")
        );
    };
    let expires = match client.expires_at() {
        Some(at) => moment(at),
        None => "never, or not known".to_owned(),
    };
    format!(
        "client id     {}\nsource        {:?}\nissuer        {}\nredirect URI  {}\nscopes        {}\nexpires       {expires}\n\
         standing      {standing}\nto delete     {} old clients",
        client.client_id,
        client.source,
        description.issuer.as_deref().unwrap_or("unknown"),
        description.redirect_uri,
        client
            .scope
            .as_deref()
            .filter(|scope| !scope.is_empty())
            .unwrap_or("any"),
        description.to_delete,
    )
}

/// A moment in Unix seconds as people read it.
fn moment(unix_seconds: u64) -> String {
    i64::try_from(unix_seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map_or_else(|| unix_seconds.to_string(), |moment| moment.to_string())
}
