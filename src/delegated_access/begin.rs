//! From the link of a tool to the provider.

use actors::authorization_sessions::{Flow, Kind, Login};
use secrecy::SecretString;

use super::{BeginError, DelegatedAccess, SCOPE};
use crate::code_flow::{Departure, Request};

/// Bytes of randomness in a cookie.
const COOKIE_BYTES: usize = 32;

impl DelegatedAccess {
    /// Takes the ticket of a link and makes the authorization request.
    pub async fn depart(&self, ticket: &str) -> Result<Departure, BeginError> {
        let options = &self.0;
        // Before the ticket is taken: it is good once.
        let destination = options.code_flow.destination().await?;
        let Some(Flow::ProvisioningLink { subject }) = options.flows.take(Kind::Link, ticket).await? else {
            return Err(BeginError::UnknownLink);
        };
        let cookie = SecretString::from(options.randomness.token(COOKIE_BYTES));
        let login = Login::new(&destination.client_id, &cookie, &*options.randomness);
        let flow = Flow::DelegatedAccess {
            subject,
            login: login.clone(),
        };
        let state = options.flows.begin(Kind::State, flow).await?;
        let request = Request {
            login: &login,
            state: &state,
            cookie: &cookie,
            scope: SCOPE,
            resource: options.resource.as_deref(),
        };
        Ok(options.code_flow.depart(destination, &request))
    }
}
