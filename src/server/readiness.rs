//! What the server needs to do its work, followed into the readiness board.

use actors::client_registrar::ClientRegistrar;
use actors::credential_vault;
use actors::supervisor::ReadinessBoard;
use actors::token_verifier::ProviderStatus;
use tokio::sync::watch;

/// The conditions of readiness in OAuth mode.
pub(super) const PROVIDER_FOUND: &str = "identity_provider";
pub(super) const CLIENT_READY: &str = "oauth_client";
const VAULT_OPEN: &str = "credential_vault";

/// Follows the vault into the readiness board: while its database is being opened again nothing can be stored.
pub(super) fn report_vault(mut status: watch::Receiver<credential_vault::Status>, board: ReadinessBoard) {
    tokio::spawn(async move {
        loop {
            match &*status.borrow_and_update() {
                credential_vault::Status::Open => board.met(VAULT_OPEN),
                other => board.unmet(VAULT_OPEN, format!("the credential database is not open: {other:?}")),
            }
            if status.changed().await.is_err() {
                return;
            }
        }
    });
}

/// Follows discovery into the readiness board.
pub(super) fn report_provider(mut status: watch::Receiver<ProviderStatus>, board: ReadinessBoard) {
    tokio::spawn(async move {
        loop {
            match &*status.borrow_and_update() {
                ProviderStatus::Ready => board.met(PROVIDER_FOUND),
                ProviderStatus::Unknown { attempts, problem } => {
                    board.unmet(
                        PROVIDER_FOUND,
                        format!("not found after {attempts} attempts: {problem}"),
                    );
                }
            }
            if status.changed().await.is_err() {
                return;
            }
        }
    });
}

/// Follows the registration into the readiness board.
pub(super) fn report_client(registrar: &ClientRegistrar, board: ReadinessBoard) {
    let (mut client, mut problem) = (registrar.subscribe(), registrar.problem());
    tokio::spawn(async move {
        loop {
            let has_client = client.borrow_and_update().is_some();
            let problem_now = problem.borrow_and_update().clone();
            match problem_now {
                _ if has_client => board.met(CLIENT_READY),
                Some(problem) => board.unmet(CLIENT_READY, problem.to_string()),
                None => board.unmet(
                    CLIENT_READY,
                    "this server has no OAuth client at the identity provider yet",
                ),
            }
            let changed = tokio::select! {
                changed = client.changed() => changed,
                changed = problem.changed() => changed,
            };
            if changed.is_err() {
                return;
            }
        }
    });
}
