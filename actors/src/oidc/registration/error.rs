//! Why a registration call failed, in sentences that say what helps.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::http::BodyError;

/// The longest piece of the provider's own words that is passed on.
const MAX_QUOTED: usize = 300;

/// Why a registration call failed.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// No answer.
    #[error("the identity provider cannot be reached for client registration: {0}")]
    Transport(#[source] reqwest::Error),
    /// The answer is too long or broke off.
    #[error("the identity provider's answer to a client registration cannot be read: {0}")]
    Body(#[source] BodyError),
    /// 429.
    #[error(
        "the identity provider asks this server to slow down (HTTP 429). Nextcloud takes ten registrations a minute \
         from one address; if it goes on, `occ security:bruteforce:reset <address of this server>` lifts the block"
    )]
    TooManyRequests {
        /// What `Retry-After` said.
        retry_after: Option<Duration>,
    },
    /// 5xx.
    #[error(
        "the identity provider failed while it handled a client registration (HTTP {status}); its log says why \
         (Nextcloud: `occ log:tail`)"
    )]
    Server {
        /// The HTTP status.
        status: u16,
        /// What `Retry-After` said.
        retry_after: Option<Duration>,
    },
    /// 4xx.
    #[error("{0}")]
    Refused(Refusal),
    /// Neither a registration nor an error.
    #[error(
        "the identity provider answered a client registration with HTTP {status}, but not with a client ({reason}); \
         check that the registration endpoint {endpoint} is right and not behind a login or maintenance page"
    )]
    Malformed {
        /// The HTTP status.
        status: u16,
        /// Where the request went.
        endpoint: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl RegistrationError {
    /// Whether the same request may succeed a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Body(_) | Self::TooManyRequests { .. } | Self::Server { .. } => true,
            Self::Refused(_) | Self::Malformed { .. } => false,
        }
    }

    /// Whether the provider may have carried the request out although no usable answer came.
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Transport(error) => !error.is_connect(),
            Self::Body(_) | Self::Server { .. } | Self::Malformed { .. } => true,
            Self::TooManyRequests { .. } | Self::Refused(_) => false,
        }
    }

    /// When the provider wants to be asked again, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } | Self::Server { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// A refusal (4xx): the registered error codes (RFC 7591 §3.2.2) and those of Nextcloud's `oidc` app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `error`, or empty if the answer was no OAuth error.
    pub code: String,
    /// `error_description`, clipped and without control characters.
    pub description: String,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
}

impl Refusal {
    /// Reads an error answer. A body that is no OAuth error (an HTML page, say) leaves the code empty.
    pub fn parse(status: u16, body: &[u8]) -> Self {
        let body: Option<ErrorBody> = serde_json::from_slice(body).ok();
        let (code, description) = body.map_or_else(Default::default, |body| {
            (body.error, body.error_description.unwrap_or_default())
        });
        Self {
            status,
            code: clip(&code),
            description: clip(&description),
        }
    }

    /// Whether it is the scopes asked for that the provider does not take: it does not know them, or does not let clients
    /// that register themselves have them. Providers agree neither on the code nor on the words.
    pub fn is_about_scope(&self) -> bool {
        match self.code.as_str() {
            // RFC 6749 §4.1.2.1, borrowed by Nextcloud; RFC 6750 §3.1, borrowed by Keycloak's client policies.
            "invalid_scope" | "insufficient_scope" => true,
            "invalid_client_metadata" => self.description.to_ascii_lowercase().contains("scope"),
            _ => false,
        }
    }

    /// What helps.
    fn help(&self) -> &'static str {
        match (self.code.as_str(), self.status) {
            ("dynamic_registration_not_allowed", _) => {
                "Dynamic client registration is switched off at Nextcloud. Switch it on with `occ config:app:set oidc \
                 dynamic_client_registration --value=true`, or create a client with `occ oidc:create` and set \
                 NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET"
            }
            ("max_num_clients_exceeded", _) => {
                "Nextcloud holds as many dynamically registered clients as it allows (100). `occ oidc:list` lists them \
                 and `occ oidc:remove <client id>` deletes one; expired ones go by themselves, sooner with a smaller \
                 `occ config:app:set oidc client_expire_time --value=<seconds>`; or create a client with `occ \
                 oidc:create` and set NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET"
            }
            ("no_redirect_uris_provided" | "invalid_redirect_uri", _) => {
                "The provider does not take this server's redirect URI: check NEXTCLOUD_MCP_SERVER_URL, from which it \
                 is made. A proxy that drops the request's body has the same effect; or create a client with `occ \
                 oidc:create` and set NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET"
            }
            ("invalid_scope", _) => {
                "The provider does not take the scopes asked for: check NEXTCLOUD_OIDC_SCOPES (Nextcloud allows letters, \
                 digits and `_ - : . /`; `occ oidc:list` shows the scopes of existing clients)"
            }
            ("invalid_resource_url", _) => {
                "The provider does not take this server's resource URL: NEXTCLOUD_MCP_SERVER_URL has to be a complete \
                 http(s) URL, at most 508 characters long (`occ oidc:list` shows the resource URLs of existing clients)"
            }
            ("invalid_client_metadata", _) => {
                "The provider does not take what this server asks to be registered as; create a client there by hand \
                 (Nextcloud: `occ oidc:create`) and set NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET"
            }
            ("invalid_token" | "unauthorized_client", _) => {
                "The provider does not know the client any more, or this server's registration access token is not the \
                 latest (Nextcloud: `occ oidc:list` shows the clients it knows)"
            }
            (_, 401 | 403) => {
                "The provider lets nobody register without being asked first; create a client there by hand (Nextcloud: \
                 `occ oidc:create`) and set NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET"
            }
            (_, 404 | 405) => {
                "There is no client registration at that address (Nextcloud: `occ app:enable oidc` and `occ \
                 config:app:set oidc dynamic_client_registration --value=true`)"
            }
            _ => {
                "Create a client at the provider by hand (Nextcloud: `occ oidc:create`) and set \
                 NEXTCLOUD_OIDC_CLIENT_ID and NEXTCLOUD_OIDC_CLIENT_SECRET"
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the identity provider refused (HTTP {}", self.status)?;
        if !self.code.is_empty() {
            write!(formatter, ", {}", self.code)?;
        }
        if !self.description.is_empty() {
            write!(formatter, ": {}", self.description)?;
        }
        write!(formatter, "). {}", self.help())
    }
}

/// The provider's words, short and on one line.
fn clip(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_QUOTED)
        .collect()
}
