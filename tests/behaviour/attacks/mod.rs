//! Attacks on logins, tokens and requests, each against the whole server over HTTP. For every one of them the defence was
//! taken out once and the test seen to fail; `docs/security.md` has a row for each: the attack, the defence, where it is,
//! the test.
//!
//! | attacked | with | defended by |
//! |---|---|---|
//! | [`tokens`]: what tokens say | ID tokens, other audiences, odd times, ambiguous JSON, injected scopes, revoked tokens | `actors::token_verifier`, `actors::oidc::{jwt, claims}` |
//! | [`signatures`]: who signed them | `none`, confused algorithms, keys in headers, `kid` tricks, huge key sets | `actors::oidc::{jwt, jwks}` |
//! | [`issuers`]: whose they are | other issuers, foreign metadata, mixed-up answers (RFC 9207), the same name elsewhere | `actors::token_verifier::provider`, `code_flow` |
//! | [`answers`]: introspection and userinfo | "active" for others, answers without measure or end | `actors::token_verifier::inspect`, `actors::oidc::call` |
//! | [`login`]: giving this server access | forged ID tokens, other people's logins, PKCE downgrade, markup | `code_flow`, `delegated_access`, `actors::oidc::id_token` |
//! | [`grants`]: what was given | replayed refresh tokens, other people's sessions | `actors::user_session::own_grant`, `actors::supervisor` |
//! | [`redirects`]: `/oauth/authorize` | open redirects, PKCE left out, smuggled parameters | `http::oauth::{authorize, registry, parameters}` |
//! | [`requests`]: `/mcp` | tokens elsewhere or twice, DNS rebinding, scopes gone round | `http::guard`, `mcp::handler` |
//!
//! Attacks that need a provider's real pages are with the tests of those flows: forged, replayed and stolen states and codes
//! in `delegated_access.rs`; login CSRF, session fixation and forged forms in `pages/`.

#[path = "../../../actors/src/token_verifier/tests/keys.rs"]
mod keys;

mod bench;
mod flow;
mod provider;

mod answers;
mod grants;
mod issuers;
mod login;
mod redirects;
mod requests;
mod signatures;
mod tokens;
