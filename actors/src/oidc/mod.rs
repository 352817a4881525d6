//! OpenID Connect and OAuth 2.0 protocol types and calls. No state: the actors own that.

mod discovery;

pub use discovery::ProviderMetadata;
