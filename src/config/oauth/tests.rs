//! What the section accepts, and what it says of the rest.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::{GrantResource, OAuthBackDoor, TokenType};
use crate::config::tests::{OAUTH, load, notices, problems};

#[test]
fn defaults() {
    let oauth = load(OAUTH).config.oauth;
    assert_eq!(
        oauth.discovery_url.as_str(),
        "https://cloud.example.org/.well-known/openid-configuration"
    );
    assert!(oauth.client.is_none() && oauth.scopes.is_none() && oauth.overrides.issuer.is_none());
    assert_eq!((oauth.token_type, oauth.scope_separator), (TokenType::Bearer, ':'));
    assert_eq!(oauth.token_cache_ttl, Duration::from_mins(1));
}

#[test]
fn each_user_gives_access_unless_something_else_is_asked_for() {
    let back_door = |settings: &[(&str, &str)]| load(&[OAUTH, settings].concat()).config.oauth.back_door;
    assert_eq!(back_door(&[]), OAuthBackDoor::OwnGrant);
    let exchange = [
        ("NEXTCLOUD_TOKEN_EXCHANGE", "true"),
        ("NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE", "nextcloud"),
    ];
    let audience = Some("nextcloud".to_owned());
    assert_eq!(back_door(&exchange), OAuthBackDoor::TokenExchange { audience });
    let passthrough = [("NEXTCLOUD_TOKEN_PASSTHROUGH", "true")];
    assert_eq!(back_door(&passthrough), OAuthBackDoor::CallerBearer);
    assert!(notices(&[OAUTH, &passthrough].concat()).contains("The MCP specification forbids that"));
}

#[test]
fn grants_are_asked_for_nextcloud_or_what_the_provider_calls_it() {
    let resource = |settings: &[(&str, &str)]| load(&[OAUTH, settings].concat()).config.oauth.grant_resource;
    assert_eq!(resource(&[]), GrantResource::Nextcloud);
    assert_eq!(resource(&[("NEXTCLOUD_OIDC_RESOURCE", "None")]), GrantResource::Unnamed);
    for name in ["urn:nextcloud", "https://Cloud.example.org:443/x/"] {
        let named = GrantResource::Named(name.to_owned());
        assert_eq!(resource(&[("NEXTCLOUD_OIDC_RESOURCE", name)]), named);
    }
    for wrong in ["nextcloud", "https://cloud.example.org/#a"] {
        let problems = problems(&[OAUTH, &[("NEXTCLOUD_OIDC_RESOURCE", wrong)]].concat());
        assert!(problems.contains("absolute URI without a fragment"), "{problems}");
    }
}

#[test]
fn discovery_follows_the_path_of_nextcloud() {
    let oauth = load(&[("NEXTCLOUD_HOST", "https://example.org/nextcloud/")])
        .config
        .oauth;
    assert_eq!(
        oauth.discovery_url.as_str(),
        "https://example.org/nextcloud/.well-known/openid-configuration"
    );
}

#[test]
fn everything_can_be_set() {
    let oauth = load(
        &[
            OAUTH,
            &[
                (
                    "OIDC_DISCOVERY_URL",
                    "https://id.example.org/realms/a/.well-known/openid-configuration",
                ),
                ("NEXTCLOUD_OIDC_CLIENT_ID", "mcp"),
                ("NEXTCLOUD_OIDC_CLIENT_SECRET", "hunter2"),
                ("NEXTCLOUD_OIDC_SCOPES", "openid notes.read, notes.write"),
                ("NEXTCLOUD_OIDC_TOKEN_TYPE", "JWT"),
                ("OIDC_ISSUER", "https://id.example.org/realms/a/"),
                ("NEXTCLOUD_MCP_SCOPE_SEPARATOR", "."),
                ("TOKEN_CACHE_TTL_SECONDS", "0"),
            ],
        ]
        .concat(),
    )
    .config
    .oauth;
    let client = oauth.client.unwrap();
    assert_eq!(client.id, "mcp");
    assert_eq!(client.secret.unwrap().expose_secret(), "hunter2");
    assert_eq!(oauth.scopes.unwrap(), ["openid", "notes.read", "notes.write"]);
    assert_eq!(
        oauth.overrides.issuer.as_deref(),
        Some("https://id.example.org/realms/a/")
    );
    assert_eq!((oauth.token_type, oauth.scope_separator), (TokenType::Jwt, '.'));
    assert!(oauth.token_cache_ttl.is_zero());
}

#[test]
fn what_does_not_fit_together_is_refused() {
    for (settings, told) in [
        (
            &[("NEXTCLOUD_OIDC_CLIENT_SECRET", "hunter2")][..],
            "NEXTCLOUD_OIDC_CLIENT_SECRET: set without",
        ),
        (
            &[("OIDC_DISCOVERY_BACKOFF_BASE", "20")],
            "OIDC_DISCOVERY_BACKOFF_MAX: it is less than",
        ),
        (&[("NEXTCLOUD_OIDC_SCOPES", "openid n\u{f6}tes")], "is not a scope"),
        (&[("NEXTCLOUD_OIDC_TOKEN_TYPE", "opaque")], "use bearer or jwt"),
        (&[("NEXTCLOUD_MCP_SCOPE_SEPARATOR", "/")], "use `:` or `.`"),
        (
            &[
                ("NEXTCLOUD_TOKEN_PASSTHROUGH", "true"),
                ("NEXTCLOUD_TOKEN_EXCHANGE", "true"),
            ],
            "NEXTCLOUD_TOKEN_EXCHANGE: it contradicts",
        ),
    ] {
        let problems = problems(&[OAUTH, settings].concat());
        assert!(problems.contains(told), "{problems}");
        assert!(!problems.contains("hunter2"));
    }
}
