//! From the link of a tool to the provider.

use actors::authorization_sessions::{Flow, Kind, LIFETIME, Login};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{BeginError, DelegatedAccess, SCOPE};

/// Bytes of randomness in a cookie.
const COOKIE_BYTES: usize = 32;

/// Where to send the browser, and with what.
#[derive(Debug)]
pub struct Departure {
    /// The provider's authorization endpoint with the request.
    pub location: Url,
    /// The value of a `Set-Cookie` header.
    pub cookie: SecretString,
}

impl DelegatedAccess {
    /// Takes the ticket of a link and makes the authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
    pub async fn depart(&self, ticket: &str) -> Result<Departure, BeginError> {
        let options = &self.0;
        // Before the ticket is taken: it is good once.
        let (provider, client) = self.provider().ok_or(BeginError::NotReady)?;
        let mut location = Url::parse(&provider.authorization_endpoint).map_err(|_| BeginError::BadEndpoint)?;
        let Some(Flow::ProvisioningLink { subject }) = options.flows.take(Kind::Link, ticket).await? else {
            return Err(BeginError::UnknownLink);
        };
        let cookie = SecretString::from(options.randomness.token(COOKIE_BYTES));
        let login = Login::new(&client.client_id, &cookie, &*options.randomness);
        let (nonce, challenge) = (login.nonce.clone(), login.challenge());
        let flow = Flow::DelegatedAccess { subject, login };
        let state = options.flows.begin(Kind::State, flow).await?;
        location
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.client_id)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("scope", SCOPE)
            .append_pair("state", state.expose_secret())
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256")
            .append_pair("resource", &options.resource);
        let name = self.cookie_name(state.expose_secret());
        Ok(Departure {
            location,
            cookie: self.set_cookie(&name, cookie.expose_secret(), LIFETIME).into(),
        })
    }

    /// The value of a `Set-Cookie` header (RFC 6265 §4.1). `Lax`, since the answer comes by a link from the provider.
    pub(super) fn set_cookie(&self, name: &str, value: &str, seconds: u64) -> String {
        let secure = if self.is_secure() { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}
