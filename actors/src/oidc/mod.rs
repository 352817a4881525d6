//! OpenID Connect and OAuth 2.0 protocol types and calls. No state: the actors own that.

mod call;
mod claims;
mod credentials;
mod discovery;
mod introspection;
mod jwks;
mod jwt;
pub mod registration;
mod userinfo;

pub use call::CallError;
pub use claims::{Claims, NumericDate, OneOrMany};
pub use credentials::ClientCredentials;
pub use discovery::{ProviderMetadata, discover, issuer_of};
pub use introspection::{ClientAuthentication, Introspection, introspect};
pub use jwks::{KeyProblem, KeySet, fetch_keys};
pub use jwt::{Algorithm, Header, Jwt, TokenShape};
pub use userinfo::{UserInfo, UserInfoAnswer, userinfo};
