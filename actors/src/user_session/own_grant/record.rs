//! A grant as it is stored: what one person allowed this server to do at their Nextcloud.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::oidc::Tokens;
use crate::oidc::registration::exposed;
use crate::principal::Subject;

/// How long an access token is taken to be good when the provider does not say, in seconds.
const ASSUMED_LIFETIME: u64 = 300;
/// How long before its end an access token is renewed, in seconds; at most a fifth of its life.
const RENEWAL_MARGIN: u64 = 120;
/// How long before its end it is shown for the last time, in seconds; at most a tenth of its life. A request takes time to
/// arrive, and Nextcloud deletes the whole grant of an expired token.
const USE_MARGIN: u64 = 10;
/// How far the clock may step back before a token's age counts as unknown, in seconds.
const CLOCK_TOLERANCE: u64 = 5;

/// A grant. All times are Unix seconds by this server's clock.
#[derive(Clone, Serialize, Deserialize)]
pub struct Grant {
    issuer: String,
    subject: String,
    /// The person's name, for people to read.
    pub username: Option<String>,
    /// The OAuth client that the tokens belong to.
    pub client_id: String,
    /// The granted scopes, separated by spaces.
    pub scope: String,
    /// What it was asked for (RFC 8707); asked for again with each refresh.
    #[serde(default)]
    pub(super) resource: Option<String>,
    /// When the person agreed.
    pub granted_at: u64,
    #[serde(with = "exposed")]
    pub(super) refresh_token: SecretString,
    #[serde(with = "exposed")]
    pub(super) access_token: SecretString,
    /// When the access token was asked for: its life counts from then, whatever a claim or an introspection says.
    asked_at: u64,
    expires_at: u64,
}

impl Grant {
    /// The grant of a login, if the provider gave the means to renew it. `requested` are the scopes asked for, which are
    /// those granted when the provider does not say; `asked_at` is when the tokens were asked for.
    pub fn new(
        subject: &Subject,
        username: Option<String>,
        client_id: &str,
        requested: &str,
        tokens: Tokens,
        asked_at: u64,
    ) -> Option<Self> {
        Some(Self {
            issuer: subject.issuer.as_ref().to_owned(),
            subject: subject.subject.as_ref().to_owned(),
            username,
            client_id: client_id.to_owned(),
            scope: tokens.scope.unwrap_or_else(|| requested.to_owned()),
            resource: None,
            granted_at: asked_at,
            refresh_token: tokens.refresh_token?,
            access_token: tokens.access_token,
            asked_at,
            expires_at: asked_at.saturating_add(tokens.expires_in.unwrap_or(ASSUMED_LIFETIME)),
        })
    }

    /// The grant, asked for with this `resource`.
    #[must_use]
    pub fn for_resource(self, resource: Option<&str>) -> Self {
        let resource = resource.map(ToOwned::to_owned);
        Self { resource, ..self }
    }

    /// The grant after a refresh as `client_id`. A provider that does not rotate sends no refresh token: the old one stays.
    pub(super) fn renewed(&self, client_id: &str, tokens: Tokens, asked_at: u64) -> Self {
        Self {
            client_id: client_id.to_owned(),
            scope: tokens.scope.unwrap_or_else(|| self.scope.clone()),
            refresh_token: tokens.refresh_token.unwrap_or_else(|| self.refresh_token.clone()),
            access_token: tokens.access_token,
            asked_at,
            expires_at: asked_at.saturating_add(tokens.expires_in.unwrap_or(ASSUMED_LIFETIME)),
            ..self.clone()
        }
    }

    /// Whose it is.
    pub fn subject(&self) -> Subject {
        Subject::new(self.issuer.as_str(), self.subject.as_str())
    }

    /// When the access token may be shown.
    pub(super) fn access_times(&self) -> AccessTimes {
        let lifetime = self.expires_at - self.asked_at;
        AccessTimes {
            from: self.asked_at.saturating_sub(CLOCK_TOLERANCE),
            renew_at: self.expires_at - RENEWAL_MARGIN.min(lifetime / 5),
            until: self.expires_at - USE_MARGIN.min(lifetime / 10),
        }
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Grant")
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .field("granted_at", &self.granted_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// When an access token may be shown, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AccessTimes {
    from: u64,
    renew_at: u64,
    until: u64,
}

impl AccessTimes {
    /// Whether it may be shown and need not be renewed yet. Not if the clock stands before its issue: then its age is
    /// unknown.
    pub(super) fn is_fresh(&self, now: u64) -> bool {
        (self.from..self.renew_at).contains(&now)
    }

    /// Whether it may be shown at all.
    pub(super) fn is_usable(&self, now: u64) -> bool {
        (self.from..self.until).contains(&now)
    }
}

/// The key of a person's grant in the vault: keys are not encrypted, so the person is not to be read off it.
pub(super) fn key(subject: &Subject) -> String {
    digest::base64url([&*subject.issuer, &*subject.subject])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Grant, key};
    use crate::principal::Subject;

    fn grant(tokens: serde_json::Value) -> Option<Grant> {
        let alice = Subject::new("https://cloud", "alice");
        Grant::new(
            &alice,
            None,
            "us",
            "openid offline_access",
            serde_json::from_value(tokens).unwrap(),
            1000,
        )
    }

    #[test]
    fn a_token_is_renewed_before_it_ends_and_not_shown_near_its_end() {
        let times = grant(json!({"access_token": "a", "refresh_token": "r", "expires_in": 3600}))
            .unwrap()
            .access_times();
        assert!(!times.is_usable(900) && times.is_fresh(996) && times.is_fresh(4479));
        assert!(!times.is_fresh(4480) && times.is_usable(4480));
        assert!(times.is_usable(4589) && !times.is_usable(4590));
        let short = grant(json!({"access_token": "a", "refresh_token": "r", "expires_in": 5}))
            .unwrap()
            .access_times();
        assert!(short.is_fresh(1003) && !short.is_fresh(1004) && !short.is_usable(1005));
        let none = grant(json!({"access_token": "a", "refresh_token": "r", "expires_in": 0}))
            .unwrap()
            .access_times();
        assert!(!none.is_usable(1000));
    }

    #[test]
    fn without_a_refresh_token_there_is_no_grant() {
        assert!(grant(json!({"access_token": "a", "expires_in": 3600})).is_none());
    }

    #[test]
    fn a_provider_that_does_not_rotate_keeps_its_refresh_token() {
        use secrecy::ExposeSecret;
        let first = grant(json!({"access_token": "a", "refresh_token": "r", "expires_in": 3600})).unwrap();
        let next = serde_json::from_value(json!({"access_token": "b", "expires_in": 3600})).unwrap();
        let renewed = first.renewed("us", next, 2000);
        assert_eq!(renewed.refresh_token.expose_secret(), "r");
        assert_eq!(renewed.access_token.expose_secret(), "b");
        assert_eq!(
            (renewed.granted_at, renewed.scope.as_str()),
            (1000, "openid offline_access")
        );
        assert!(renewed.access_times().is_fresh(4700));
    }

    #[test]
    fn keys_tell_issuer_from_subject() {
        assert_ne!(
            key(&Subject::new("https://a", "b")),
            key(&Subject::new("https://", "ab"))
        );
        assert_eq!(key(&Subject::new("https://a", "b")).len(), 43);
    }
}
