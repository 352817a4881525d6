//! OpenID Connect and OAuth 2.0 protocol types and calls. No state: the actors own that.

mod call;
mod claims;
mod credentials;
mod discovery;
mod id_token;
mod introspection;
mod jwks;
mod jwt;
pub mod registration;
mod token_endpoint;
mod userinfo;

pub use call::CallError;
pub use claims::{Claims, NumericDate, OneOrMany};
pub use credentials::ClientCredentials;
pub use discovery::{ProviderMetadata, discover, issuer_of};
pub(crate) use id_token::check_claims as check_id_token;
pub use id_token::{IdToken, IdTokenError, IdTokenExpectations};
pub use introspection::{ClientAuthentication, Introspection, introspect};
pub use jwks::{KeyProblem, KeySet, fetch_keys};
pub use jwt::{Algorithm, Header, Jwt, TokenShape};
pub use token_endpoint::{Grant, TOKEN_EXCHANGE, TokenError, Tokens, request_tokens, revoke_refresh_token};
pub use userinfo::{UserInfo, UserInfoAnswer, userinfo};
