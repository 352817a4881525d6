//! The stateful half of nextcloud-mcp-server.
//!
//! An actor owns its state and every write to it, and publishes an immutable snapshot through its handle; requests
//! read the snapshot. No handler awaits the network or the disk: it spawns a task that holds a permit and replies
//! from there. See `docs/architecture.md`.

pub mod admission;
pub mod authorization_sessions;
pub mod browser_sessions;
pub mod client_registrar;
pub mod clock;
pub mod credential_vault;
pub mod digest;
mod expiring_store;
pub mod http;
pub mod nextcloud;
pub mod oidc;
pub mod principal;
pub mod randomness;
pub mod scope;
pub mod slot;
pub mod supervisor;
pub mod token_verifier;
pub mod user_session;
