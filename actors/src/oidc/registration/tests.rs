use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{ClientInformation, Refusal, RegistrationError, SecretExpiry, TokenEndpointAuthMethod, TokenFormat};

const ENDPOINT: &str = "https://cloud.example/apps/oidc/register";

fn parse(value: Value) -> Result<ClientInformation, serde_json::Error> {
    serde_json::from_value(value)
}

#[test]
fn an_answer_of_nextcloud_is_understood() {
    let client = parse(json!({
        "client_name": "full", "client_id": "uV17", "client_secret": "91oJ",
        "registration_access_token": "imjT",
        "registration_client_uri": "https://cloud.example/apps/oidc/register/uV17",
        "redirect_uris": ["https://mcp.example/oauth/callback"],
        "token_endpoint_auth_method": "client_secret_post", "response_types": ["code"],
        "grant_types": ["authorization_code"], "id_token_signed_response_alg": "RS256", "application_type": "native",
        "client_id_issued_at": 1_795_221_150, "client_secret_expires_at": 1_797_813_150,
        "scope": "openid notes:read", "token_type": "jwt", "resource_url": "https://mcp.example/mcp"
    }))
    .unwrap();
    assert_eq!(client.client_id, "uV17");
    assert_eq!(client.secret_expiry(), SecretExpiry::At(1_797_813_150));
    assert_eq!(client.token_endpoint_auth_method, Some(TokenEndpointAuthMethod::Post));
    let registration = client.registration(ENDPOINT).unwrap();
    assert_eq!(registration.access_token.expose_secret(), "imjT");
    let shown = format!("{client:?} {registration:?}");
    assert!(!shown.contains("91oJ") && !shown.contains("imjT"), "{shown}");
}

#[test]
fn zero_is_never_and_absent_is_unknown() {
    let expiry = |value: Value| parse(value).unwrap().secret_expiry();
    assert_eq!(
        expiry(json!({"client_id": "a", "client_secret_expires_at": 0})),
        SecretExpiry::Never
    );
    assert_eq!(expiry(json!({"client_id": "a"})), SecretExpiry::Unknown);
    assert_eq!(
        expiry(json!({"client_id": "a", "client_secret_expires_at": null})),
        SecretExpiry::Unknown
    );
    assert_eq!(
        expiry(json!({"client_id": "a", "client_secret_expires_at": "soon"})),
        SecretExpiry::Unknown
    );
}

#[test]
fn a_client_without_an_identifier_is_no_client() {
    assert!(parse(json!({"client_secret": "s"})).is_err());
    assert!(parse(json!({"client_id": ""})).is_err());
    assert!(parse(json!({"client_id": 7})).is_err());
}

#[test]
fn the_registration_token_is_not_sent_in_the_clear_or_to_other_schemes() {
    let at = |uri: &str| {
        parse(json!({"client_id": "a", "registration_access_token": "t", "registration_client_uri": uri})).unwrap()
    };
    assert!(at("http://cloud.example/r/a").registration(ENDPOINT).is_none());
    assert!(at("file:///etc/passwd").registration(ENDPOINT).is_none());
    assert!(at("/relative").registration(ENDPOINT).is_none());
    assert!(at("http://localhost/r/a").registration("http://localhost/r").is_some());
    let none = parse(json!({"client_id": "a", "registration_client_uri": "https://cloud.example/r/a"})).unwrap();
    assert!(none.registration(ENDPOINT).is_none());
}

#[test]
fn every_refusal_names_the_command_that_helps() {
    let sentence = |status, code: &str| {
        let body = json!({"error": code, "error_description": "said the provider"}).to_string();
        RegistrationError::Refused(Refusal::parse(status, body.as_bytes())).to_string()
    };
    let expected = [
        (
            "dynamic_registration_not_allowed",
            "`occ config:app:set oidc dynamic_client_registration --value=true`",
        ),
        ("max_num_clients_exceeded", "`occ oidc:remove <client id>`"),
        ("no_redirect_uris_provided", "NEXTCLOUD_MCP_SERVER_URL"),
        ("invalid_scope", "NEXTCLOUD_OIDC_SCOPES"),
        ("invalid_resource_url", "`occ oidc:list`"),
    ];
    for (code, help) in expected {
        let sentence = sentence(400, code);
        assert!(sentence.contains(help), "{sentence}");
        assert!(
            sentence.contains(code) && sentence.contains("said the provider"),
            "{sentence}"
        );
        assert!(sentence.contains("occ "), "{sentence}");
    }
    let slow = RegistrationError::TooManyRequests { retry_after: None };
    assert!(slow.to_string().contains("occ security:bruteforce:reset"));
    let page = RegistrationError::Refused(Refusal::parse(404, b"<!DOCTYPE html>")).to_string();
    assert!(
        page.contains("occ app:enable oidc") && !page.contains("DOCTYPE"),
        "{page}"
    );
}

#[test]
fn the_providers_words_are_clipped_and_stay_on_one_line() {
    let body = json!({"error": "x\r\ny", "error_description": "z".repeat(10_000)}).to_string();
    let refusal = Refusal::parse(400, body.as_bytes());
    assert_eq!(refusal.code, "x  y");
    assert_eq!(refusal.description.len(), 300);
}

#[test]
fn bearer_means_opaque() {
    assert_eq!("Bearer".parse(), Ok(TokenFormat::Opaque));
    assert_eq!("JWT".parse(), Ok(TokenFormat::Jwt));
    assert!("saml".parse::<TokenFormat>().is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(".{0,8}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

const MEMBERS: [&str; 8] = [
    "client_secret",
    "client_id_issued_at",
    "client_secret_expires_at",
    "registration_access_token",
    "registration_client_uri",
    "redirect_uris",
    "scope",
    "token_endpoint_auth_method",
];

proptest! {
    #[test]
    fn members_of_any_type_cost_neither_the_client_nor_a_panic(
        members in prop::collection::vec(any_json(), MEMBERS.len())
    ) {
        let mut object: serde_json::Map<String, Value> =
            MEMBERS.iter().map(|name| (*name).to_owned()).zip(members).collect();
        object.insert("client_id".to_owned(), json!("kept"));
        let client = parse(Value::Object(object)).unwrap();
        prop_assert_eq!(&client.client_id, "kept");
        let _ = client.registration(ENDPOINT);
        let _ = client.secret_expiry();
    }

    #[test]
    fn any_bytes_are_a_client_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), value in any_json()) {
        let _ = serde_json::from_slice::<ClientInformation>(&bytes);
        let _ = serde_json::from_value::<ClientInformation>(value.clone());
        let refusal = Refusal::parse(400, value.to_string().as_bytes());
        prop_assert!(!refusal.to_string().contains('\n'));
        let _ = Refusal::parse(400, &bytes).to_string();
    }
}
