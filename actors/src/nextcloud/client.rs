//! One credential at one Nextcloud.

use std::fmt;
use std::sync::Arc;

use http::Method;

use super::capabilities::CapabilitiesCache;
use super::credential::{Authorization, RenewedCredential};
use super::principal::PrincipalCache;
use super::turns::Turns;
use super::{Breaker, Capabilities, Credential, Limits, NextcloudError, NextcloudRequest, NextcloudServer};

/// The client of one user: cheap to clone, and the only way to Nextcloud.
#[derive(Clone)]
pub struct NextcloudClient(Arc<Inner>);

struct Inner {
    server: Arc<NextcloudServer>,
    authorization: Authorization,
    user: Arc<UserCaches>,
}

/// What belongs to a user whatever credential is used: it outlives a refreshed token.
#[derive(Debug, Default)]
pub struct UserCaches {
    pub(super) limits: Limits,
    pub(super) breaker: Breaker,
    pub(super) turns: Turns,
    principal: PrincipalCache,
    capabilities: CapabilitiesCache,
}

impl UserCaches {
    /// Nothing known yet of a user whose requests are held within `limits` and pass through `breaker`.
    pub fn new(limits: Limits, breaker: Breaker) -> Self {
        Self {
            limits,
            breaker,
            ..Self::default()
        }
    }

    /// Whether no request of this user is under way.
    pub fn is_idle(&self) -> bool {
        self.limits.is_idle()
    }
}

impl NextcloudClient {
    /// A client that shows `credential` to `server`.
    pub fn new(server: Arc<NextcloudServer>, credential: &Credential, user: Arc<UserCaches>) -> Self {
        Self(Arc::new(Inner {
            server,
            authorization: Authorization::Fixed(credential.authorization()),
            user,
        }))
    }

    /// A client that shows what `credential` is at the moment of each request.
    pub fn renewing(
        server: Arc<NextcloudServer>,
        credential: Arc<dyn RenewedCredential>,
        user: Arc<UserCaches>,
    ) -> Self {
        Self(Arc::new(Inner {
            server,
            authorization: Authorization::Renewed(credential),
            user,
        }))
    }

    /// The Nextcloud behind this client.
    pub fn server(&self) -> &NextcloudServer {
        &self.0.server
    }

    pub(super) fn user(&self) -> &UserCaches {
        &self.0.user
    }

    pub(super) fn authorization(&self) -> &Authorization {
        &self.0.authorization
    }

    /// A request with any method. `template` starts with `/` and names its placeholders in braces.
    pub fn request(&self, method: Method, template: &'static str) -> NextcloudRequest {
        NextcloudRequest::new(self.clone(), method, template)
    }

    /// A `GET`.
    pub fn get(&self, template: &'static str) -> NextcloudRequest {
        self.request(Method::GET, template)
    }

    /// A `POST`.
    pub fn post(&self, template: &'static str) -> NextcloudRequest {
        self.request(Method::POST, template)
    }

    /// A `PUT`.
    pub fn put(&self, template: &'static str) -> NextcloudRequest {
        self.request(Method::PUT, template)
    }

    /// A `DELETE`.
    pub fn delete(&self, template: &'static str) -> NextcloudRequest {
        self.request(Method::DELETE, template)
    }

    /// The user id that DAV paths contain, as Nextcloud reports it: with LDAP or OIDC it is not the login name.
    /// Asked for once per session.
    pub async fn user_id(&self) -> Result<Arc<str>, NextcloudError> {
        self.0.user.principal.get(self).await
    }

    /// What this Nextcloud can do, read again when older than five minutes.
    pub async fn capabilities(&self) -> Result<Arc<Capabilities>, NextcloudError> {
        self.0.user.capabilities.get(self).await
    }

    /// What was learnt of this Nextcloud before, without asking.
    pub fn known_capabilities(&self) -> Option<Arc<Capabilities>> {
        self.0.user.capabilities.known()
    }

    /// See [`NextcloudServer::deep_link`].
    pub fn deep_link(&self, path: &str) -> Option<String> {
        self.0.server.deep_link(path)
    }
}

impl fmt::Debug for NextcloudClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NextcloudClient")
            .field("server", &self.0.server.base)
            .finish_non_exhaustive()
    }
}
