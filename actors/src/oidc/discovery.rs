//! Provider metadata: OpenID Connect Discovery 1.0 §3 and RFC 8414 §2.

use serde::{Deserialize, Serialize};
use url::Url;

use super::call::{CallError, endpoint, get_document, parse};
use super::introspection::ClientAuthentication;
use super::token_endpoint::TOKEN_EXCHANGE;

/// What a provider says of itself. Fields that this server does not use are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderMetadata {
    /// The issuer's identifier; tokens name it in `iss`.
    pub issuer: String,
    /// Where a person logs in and consents.
    pub authorization_endpoint: String,
    /// Where codes and refresh tokens are redeemed.
    pub token_endpoint: String,
    /// The provider's public keys (RFC 7517).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// RFC 7662.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_endpoint: Option<String>,
    /// OpenID Connect Core §5.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// RFC 7591.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_endpoint: Option<String>,
    /// RFC 7009.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_endpoint: Option<String>,
    /// OpenID Connect RP-Initiated Logout 1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// PKCE methods (RFC 7636); clients must refuse a provider without `S256`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub code_challenge_methods_supported: Vec<String>,
    /// The scopes the provider knows of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes_supported: Vec<String>,
    /// The grants the token endpoint takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grant_types_supported: Vec<String>,
    /// How a client may authenticate at the token endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Whether authorization responses carry `iss` (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl ProviderMetadata {
    /// Whether the provider advertises PKCE with S256 (RFC 7636 §4.2).
    pub fn advertises_pkce_s256(&self) -> bool {
        self.code_challenge_methods_supported
            .iter()
            .any(|method| method == "S256")
    }

    /// Whether tokens can be exchanged there (RFC 8693).
    pub fn exchanges_tokens(&self) -> bool {
        self.grant_types_supported.iter().any(|grant| grant == TOKEN_EXCHANGE)
    }

    /// How a client with a secret shows it first. Nextcloud takes basic credentials for a login attempt and counts it as
    /// a failed one, so the form comes first where it is offered; where nothing is said, basic is the default (RFC 8414
    /// §2).
    pub fn client_authentication(&self) -> ClientAuthentication {
        let methods = &self.token_endpoint_auth_methods_supported;
        if methods.iter().any(|method| method == "client_secret_post") {
            ClientAuthentication::Post
        } else {
            ClientAuthentication::Basic
        }
    }
}

/// Longest metadata document that is read.
const DOCUMENT_LIMIT: usize = 256 * 1024;

const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";
const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// The route behind Nextcloud's well-known URL. It works where the web server lacks the well-known rules.
const NEXTCLOUD_DOCUMENT: &str = "/apps/oidc/openid-configuration";
const FRONT_CONTROLLER: &str = "/index.php";

/// Fetches a provider's metadata. `location` is an issuer or the URL of its document; the forms of OpenID Connect
/// Discovery 1.0 §4 and RFC 8414 §3.1 and §5 are tried in turn.
pub async fn discover(http: &reqwest::Client, location: &Url) -> Result<ProviderMetadata, CallError> {
    let mut first_error = None;
    for url in document_urls(location) {
        match fetch(http, &url).await {
            Ok(metadata) => return Ok(metadata),
            Err(error) => {
                let go_on = error.is_about_one_document();
                let error = first_error.get_or_insert(error);
                tracing::debug!(%url, error = %error, "no provider metadata here");
                if !go_on {
                    break;
                }
            }
        }
    }
    Err(first_error.unwrap_or_else(|| CallError::BadUrl(location.to_string())))
}

async fn fetch(http: &reqwest::Client, url: &Url) -> Result<ProviderMetadata, CallError> {
    let body = get_document(http, url, DOCUMENT_LIMIT).await?;
    let metadata: ProviderMetadata = parse(url, &body, "provider metadata")?;
    let optional = [
        &metadata.jwks_uri,
        &metadata.introspection_endpoint,
        &metadata.userinfo_endpoint,
        &metadata.registration_endpoint,
        &metadata.revocation_endpoint,
        &metadata.end_session_endpoint,
    ];
    let required = [
        &metadata.issuer,
        &metadata.authorization_endpoint,
        &metadata.token_endpoint,
    ];
    for url in required.into_iter().chain(optional.into_iter().flatten()) {
        endpoint(url)?;
    }
    Ok(metadata)
}

/// The issuer that a document at `location` speaks for, without a trailing slash; `location` itself if it is an issuer.
pub fn issuer_of(location: &Url) -> String {
    let origin = location.origin().ascii_serialization();
    let path = location.path();
    let issuer_path = if let Some((before, after)) = path.split_once("/.well-known/") {
        // RFC 8414 §3.1 inserts the well-known part before the issuer's path, OpenID Connect appends it.
        let inserted = after.find('/').map_or("", |slash| &after[slash..]);
        let before = before.strip_suffix(FRONT_CONTROLLER).unwrap_or(before);
        format!("{before}{inserted}")
    } else {
        let path = path.strip_suffix(NEXTCLOUD_DOCUMENT).unwrap_or(path);
        path.strip_suffix(FRONT_CONTROLLER).unwrap_or(path).to_owned()
    };
    format!("{origin}{}", issuer_path.trim_end_matches('/'))
}

/// Where the metadata of the issuer at `location` may be, the likeliest first.
fn document_urls(location: &Url) -> Vec<Url> {
    let issuer = issuer_of(location);
    let origin = location.origin().ascii_serialization();
    let path = issuer.strip_prefix(&origin).unwrap_or_default();
    let forms = [
        format!("{issuer}{OPENID_CONFIGURATION}"),
        format!("{origin}{AUTHORIZATION_SERVER}{path}"),
        format!("{origin}{OPENID_CONFIGURATION}{path}"),
        format!("{issuer}{FRONT_CONTROLLER}{NEXTCLOUD_DOCUMENT}"),
    ];
    let is_document = location.as_str().contains("/.well-known/") || location.path().ends_with(NEXTCLOUD_DOCUMENT);
    let given = is_document.then(|| location.clone());
    let mut urls: Vec<Url> = Vec::new();
    for url in given
        .into_iter()
        .chain(forms.iter().filter_map(|form| Url::parse(form).ok()))
    {
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{document_urls, issuer_of};

    fn issuer(location: &str) -> String {
        issuer_of(&Url::parse(location).unwrap())
    }

    #[test]
    fn the_issuer_follows_from_every_form_of_document_url() {
        for location in [
            "https://id.example/realms/x",
            "https://id.example/realms/x/",
            "https://id.example/realms/x/.well-known/openid-configuration",
            "https://id.example/.well-known/oauth-authorization-server/realms/x",
            "https://id.example/.well-known/openid-configuration/realms/x",
        ] {
            assert_eq!(issuer(location), "https://id.example/realms/x", "{location}");
        }
        for location in [
            "http://localhost:8080",
            "http://localhost:8080/.well-known/openid-configuration",
            "http://localhost:8080/index.php/.well-known/openid-configuration",
            "http://localhost:8080/apps/oidc/openid-configuration",
            "http://localhost:8080/index.php/apps/oidc/openid-configuration",
        ] {
            assert_eq!(issuer(location), "http://localhost:8080", "{location}");
        }
    }

    #[test]
    fn the_given_document_comes_first_and_nothing_is_asked_twice() {
        let given = Url::parse("https://id.example/realms/x/.well-known/openid-configuration").unwrap();
        let urls: Vec<String> = document_urls(&given).iter().map(ToString::to_string).collect();
        assert_eq!(
            urls,
            [
                "https://id.example/realms/x/.well-known/openid-configuration",
                "https://id.example/.well-known/oauth-authorization-server/realms/x",
                "https://id.example/.well-known/openid-configuration/realms/x",
                "https://id.example/realms/x/index.php/apps/oidc/openid-configuration",
            ]
        );
    }
}
