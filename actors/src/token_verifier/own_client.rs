//! This server's own OAuth client, as the verifier needs it.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use crate::client_registrar::{ClientRegistrar, OAuthClient};
use crate::oidc::ClientCredentials;

/// When to come back where nothing says when.
const SOON: Duration = Duration::from_secs(5);

/// Where the verifier gets the OAuth client it introspects with.
pub trait OwnClient: Send + Sync + 'static {
    /// The client at the moment.
    fn current(&self) -> Option<ClientCredentials>;

    /// The provider refused the client with this id. Gives the client to go on with, if there is another.
    fn replace(&self, refused_client_id: &str) -> BoxFuture<'static, Result<ClientCredentials, NoOtherClient>>;
}

/// The provider refused our client, and there is no other to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoOtherClient {
    /// When there may be one; `None` if a person has to see to it.
    pub retry_after: Option<Duration>,
}

/// A client that never changes.
impl OwnClient for ClientCredentials {
    fn current(&self) -> Option<ClientCredentials> {
        Some(self.clone())
    }

    fn replace(&self, _refused_client_id: &str) -> BoxFuture<'static, Result<ClientCredentials, NoOtherClient>> {
        ready(Err(NoOtherClient { retry_after: None })).boxed()
    }
}

/// The registered client, registered again when the provider has deleted it.
impl OwnClient for ClientRegistrar {
    fn current(&self) -> Option<ClientCredentials> {
        Self::current(self).as_deref().map(credentials)
    }

    fn replace(&self, refused_client_id: &str) -> BoxFuture<'static, Result<ClientCredentials, NoOtherClient>> {
        let (registrar, refused) = (self.clone(), refused_client_id.to_owned());
        let replacement = async move {
            match Self::replace(&registrar, &refused).await {
                Ok(client) => Ok(credentials(&client)),
                Err(error) => {
                    tracing::warn!(client_id = refused, %error, "no other OAuth client to go on with");
                    let soon = error.is_transient().then_some(SOON);
                    Err(NoOtherClient {
                        retry_after: error.retry_after().or(soon),
                    })
                }
            }
        };
        replacement.boxed()
    }
}

fn credentials(client: &OAuthClient) -> ClientCredentials {
    ClientCredentials {
        client_id: client.client_id.as_str().into(),
        client_secret: client.client_secret.clone(),
    }
}
