//! The provider as this server uses it: its metadata with our settings applied, and the issuers whose tokens it trusts.

use std::sync::Arc;

use url::Url;

use super::options::ProviderOptions;
use crate::oidc::{ClientAuthentication, ProviderMetadata, issuer_of};

/// The path of the introspection endpoint of Nextcloud's oidc app.
const NEXTCLOUD_INTROSPECTION: &str = "/apps/oidc/introspect";

/// A provider that tokens are trusted from.
#[derive(Debug)]
pub(super) struct Provider {
    /// Its metadata. `issuer`, and the endpoints that a browser goes to, have public addresses; the endpoints that this
    /// server calls have the address it was told to find the provider at.
    pub(super) metadata: Arc<ProviderMetadata>,
    /// What principals' subjects are named by: one name, whichever of `issuers` a token has.
    pub(super) issuer: Arc<str>,
    /// What a token's `iss` may be.
    issuers: Vec<String>,
}

/// The metadata speaks for another issuer than the configured one (RFC 8414 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the metadata at {location} is for the issuer {found}, not {expected}: correct OIDC_DISCOVERY_URL, OIDC_ISSUER or \
     NEXTCLOUD_PUBLIC_ISSUER_URL"
)]
pub(super) struct WrongIssuer {
    location: String,
    found: String,
    expected: String,
}

impl Provider {
    /// Applies our settings to what the provider says of itself.
    pub(super) fn adopt(mut metadata: ProviderMetadata, options: &ProviderOptions) -> Result<Self, WrongIssuer> {
        let internal = issuer_of(&options.location);
        let public = options.public_issuer.as_ref().map(issuer_of);
        let announced = metadata.issuer.clone();
        check_issuer(&announced, &internal, public.as_deref(), options)?;
        if let Some(public) = &public {
            give_addresses(&mut metadata, &internal, public);
        }
        for (endpoint, given) in [
            (&mut metadata.jwks_uri, &options.jwks_uri),
            (&mut metadata.introspection_endpoint, &options.introspection_uri),
            (&mut metadata.userinfo_endpoint, &options.userinfo_uri),
        ] {
            if given.is_some() {
                endpoint.clone_from(given);
            }
        }
        // Clients compare the issuer byte by byte: the provider's own spelling wins over a trailing slash of ours.
        let name = public.clone().or_else(|| options.issuer.clone());
        metadata.issuer = match name {
            Some(name) if !same_issuer(&name, &announced) => name,
            _ => announced.clone(),
        };
        let issuers = [Some(announced), options.issuer.clone(), public];
        Ok(Self {
            issuer: metadata.issuer.as_str().into(),
            metadata: Arc::new(metadata),
            issuers: issuers.into_iter().flatten().collect(),
        })
    }

    /// Whether tokens with this `iss` are the provider's.
    pub(super) fn is_issuer(&self, iss: &str) -> bool {
        self.issuers.iter().any(|issuer| same_issuer(issuer, iss))
    }

    /// Whether this is Nextcloud's oidc app. It answers introspection only to a token's owner and its resource, and
    /// names the owner's client as the audience in both cases.
    pub(super) fn is_nextcloud(&self) -> bool {
        let endpoint = self.metadata.introspection_endpoint.as_deref();
        endpoint.is_some_and(|url| url.trim_end_matches('/').ends_with(NEXTCLOUD_INTROSPECTION))
    }

    /// How to show our client at introspection first. The other way is tried when this one is refused.
    pub(super) fn preferred_authentication(&self) -> ClientAuthentication {
        self.metadata.client_authentication()
    }
}

/// The metadata has to be for the issuer it was looked for at, or for a configured one. With none configured another
/// name is only reported: behind a reverse proxy Nextcloud names itself by `overwritehost`.
fn check_issuer(
    announced: &str,
    internal: &str,
    public: Option<&str>,
    options: &ProviderOptions,
) -> Result<(), WrongIssuer> {
    let configured = [options.issuer.as_deref(), public];
    let mut expected = configured.into_iter().flatten();
    if same_issuer(internal, announced) || expected.clone().any(|issuer| same_issuer(issuer, announced)) {
        return Ok(());
    }
    if let Some(expected) = expected.next() {
        return Err(WrongIssuer {
            location: options.location.to_string(),
            found: announced.to_owned(),
            expected: expected.to_owned(),
        });
    }
    tracing::warn!(
        location = %options.location,
        issuer = announced,
        "the identity provider names itself by another address than it was found at; if that is right, set \
         NEXTCLOUD_PUBLIC_ISSUER_URL to it, and otherwise correct OIDC_DISCOVERY_URL or NEXTCLOUD_HOST"
    );
    Ok(())
}

/// Equal but for a trailing slash.
fn same_issuer(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// Gives the endpoints that this server calls the internal address, and those that a browser goes to the public one.
fn give_addresses(metadata: &mut ProviderMetadata, internal: &str, public: &str) {
    metadata.authorization_endpoint = moved(&metadata.authorization_endpoint, internal, public);
    metadata.token_endpoint = moved(&metadata.token_endpoint, public, internal);
    if let Some(logout) = &mut metadata.end_session_endpoint {
        *logout = moved(logout, internal, public);
    }
    for called in [
        &mut metadata.jwks_uri,
        &mut metadata.introspection_endpoint,
        &mut metadata.userinfo_endpoint,
        &mut metadata.registration_endpoint,
        &mut metadata.revocation_endpoint,
    ]
    .into_iter()
    .flatten()
    {
        *called = moved(called, public, internal);
    }
}

/// `url` with the base `from` replaced by `to`; unchanged if it is somewhere else.
fn moved(url: &str, from: &str, to: &str) -> String {
    // Parsing makes default ports and upper-case hosts comparable.
    let normal = Url::parse(url).map_or_else(|_| url.to_owned(), String::from);
    match normal.strip_prefix(from) {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) => format!("{to}{rest}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use url::Url;

    use super::{Provider, ProviderOptions};
    use crate::oidc::ProviderMetadata;

    fn metadata(issuer: &str) -> ProviderMetadata {
        serde_json::from_value(json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/apps/oidc/authorize"),
            "token_endpoint": format!("{issuer}/apps/oidc/token"),
            "jwks_uri": format!("{issuer}/apps/oidc/jwks"),
            "introspection_endpoint": format!("{issuer}/apps/oidc/introspect"),
            "end_session_endpoint": format!("{issuer}/apps/oidc/logout"),
        }))
        .unwrap()
    }

    fn options(location: &str, public: Option<&str>) -> ProviderOptions {
        ProviderOptions {
            public_issuer: public.map(|url| Url::parse(url).unwrap()),
            ..ProviderOptions::new(Url::parse(location).unwrap())
        }
    }

    #[test]
    fn browsers_get_public_addresses_and_calls_go_to_the_internal_host() {
        // Nextcloud names itself by the Host header, or by overwritehost: both come out the same.
        for announced in ["http://app:8080", "https://cloud.example.org"] {
            let options = options("http://app:8080", Some("https://cloud.example.org/"));
            let provider = Provider::adopt(metadata(announced), &options).unwrap();
            let metadata = &provider.metadata;
            assert_eq!(metadata.issuer, "https://cloud.example.org");
            assert_eq!(
                metadata.authorization_endpoint,
                "https://cloud.example.org/apps/oidc/authorize"
            );
            assert_eq!(
                metadata.end_session_endpoint.as_deref(),
                Some("https://cloud.example.org/apps/oidc/logout")
            );
            assert_eq!(metadata.token_endpoint, "http://app:8080/apps/oidc/token");
            assert_eq!(metadata.jwks_uri.as_deref(), Some("http://app:8080/apps/oidc/jwks"));
            assert!(provider.is_issuer("https://cloud.example.org"));
            assert!(provider.is_issuer(announced));
            assert!(!provider.is_issuer("https://cloud.example.org.evil.example"));
            assert!(provider.is_nextcloud());
        }
    }

    #[test]
    fn a_base_is_only_replaced_at_a_boundary() {
        assert_eq!(
            super::moved("http://app:80801/x", "http://app:8080", "https://c"),
            "http://app:80801/x"
        );
        assert_eq!(super::moved("http://app/x", "http://app", "https://c"), "https://c/x");
        assert_eq!(
            super::moved("HTTPS://C:443/x", "https://c", "http://app"),
            "http://app/x"
        );
    }

    #[test]
    fn metadata_for_another_issuer_is_refused_when_one_is_configured() {
        let mut options = options("http://app", None);
        options.issuer = Some("https://id.example".to_owned());
        let error = Provider::adopt(metadata("https://evil.example"), &options).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("https://evil.example, not https://id.example")
        );
        // Found where it was looked for: it only has another name for itself.
        let provider = Provider::adopt(metadata("http://app"), &options).unwrap();
        assert_eq!(&*provider.issuer, "https://id.example");
        assert!(provider.is_issuer("http://app") && provider.is_issuer("https://id.example/"));
    }

    #[test]
    fn overrides_win() {
        let mut options = options("http://app", Some("https://cloud.example"));
        options.jwks_uri = Some("http://keys.internal/jwks".to_owned());
        let provider = Provider::adopt(metadata("http://app"), &options).unwrap();
        assert_eq!(provider.metadata.jwks_uri.as_deref(), Some("http://keys.internal/jwks"));
    }
}
