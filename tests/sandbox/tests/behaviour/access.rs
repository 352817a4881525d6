//! Which credentials open which kind of API, Login Flow v2, and Nextcloud in trouble.

use std::time::Duration;

use crate::common::{ALICE, http, post, register, text, whoami};
use nextcloud_sandbox::browser::Browser;
use nextcloud_sandbox::faults::Fault;
use nextcloud_sandbox::{Sandbox, SandboxOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn start() -> Sandbox {
    Sandbox::start(SandboxOptions::new()).await.unwrap()
}

#[tokio::test]
async fn ocs_with_basic_credentials_needs_the_header_and_with_a_bearer_does_not() {
    let sandbox = start().await;
    let url = format!("{}/ocs/v2.php/cloud/user?format=json", sandbox.url());
    let basic = http()
        .get(&url)
        .basic_auth(ALICE.0, Some(ALICE.1))
        .send()
        .await
        .unwrap();
    assert_eq!(basic.status(), StatusCode::PRECONDITION_FAILED);
    assert_eq!(
        basic.json::<Value>().await.unwrap(),
        json!({ "message": "CSRF check failed" })
    );
    let client = register(&sandbox, json!({})).await;
    let tokens = client.log_in(&sandbox, "openid").await;
    let bearer = http()
        .get(&url)
        .bearer_auth(text(&tokens, "access_token"))
        .send()
        .await
        .unwrap();
    assert_eq!(bearer.status(), StatusCode::OK);
    assert_eq!(bearer.headers()["x-user-id"], "alice");
}

#[tokio::test]
async fn a_session_outlives_the_bearer_that_opened_it() {
    let sandbox = start().await;
    let client = register(&sandbox, json!({})).await;
    let tokens = client.log_in(&sandbox, "openid").await;
    let url = format!("{}/ocs/v2.php/cloud/user?format=json", sandbox.url());
    let first = http()
        .get(&url)
        .bearer_auth(text(&tokens, "access_token"))
        .send()
        .await
        .unwrap();
    let cookies: Vec<_> = first
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|it| it.to_str().unwrap().split(';').next().unwrap())
        .collect();
    sandbox.state().oidc_admin().revoke(text(&tokens, "access_token"));
    let request = http()
        .get(&url)
        .header("OCS-APIRequest", "true")
        .header("cookie", cookies.join("; "));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_bearer_is_nothing_without_user_oidc() {
    let sandbox = Sandbox::start(SandboxOptions::new().bearer_validation(false))
        .await
        .unwrap();
    let client = register(&sandbox, json!({})).await;
    let tokens = client.log_in(&sandbox, "openid").await;
    assert!(whoami(&sandbox, text(&tokens, "access_token")).await.is_err());
    assert_eq!(
        client.introspect(&sandbox, text(&tokens, "access_token")).await["active"],
        json!(true)
    );
}

#[tokio::test]
async fn login_flow_hands_an_app_password_to_who_polls() {
    let sandbox = start().await;
    let started = http()
        .post(format!("{}/index.php/login/v2", sandbox.url()))
        .send()
        .await
        .unwrap();
    let started: Value = started.json().await.unwrap();
    let poll_token = text(&started["poll"], "token");
    let poll = || async { post(&sandbox, "/login/v2/poll", &[("token", poll_token)]).await };
    assert_eq!(poll().await, (StatusCode::NOT_FOUND, json!([])));
    Browser::new(ALICE.0, ALICE.1)
        .unwrap()
        .grant_login_flow(text(&started, "login"))
        .await
        .unwrap();
    let (status, granted) = poll().await;
    assert_eq!((status, text(&granted, "loginName")), (StatusCode::OK, "alice"));
    assert_eq!(poll().await.0, StatusCode::NOT_FOUND);

    let own = |method| {
        let request = http().request(method, format!("{}/ocs/v2.php/core/apppassword", sandbox.url()));
        request
            .header("OCS-APIRequest", "true")
            .basic_auth("alice", Some(text(&granted, "appPassword")))
            .send()
    };
    assert_eq!(own(Method::DELETE).await.unwrap().status(), StatusCode::OK);
    assert_eq!(own(Method::DELETE).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn index_php_is_optional_and_unknown_paths_are_404_in_their_own_form() {
    let sandbox = start().await;
    let get = |path: &str| http().get(format!("{}{path}", sandbox.url())).send();
    assert_eq!(get("/index.php/apps/oidc/jwks").await.unwrap().status(), StatusCode::OK);
    assert_eq!(sandbox.state().requests().count("/apps/oidc/jwks"), 1);
    assert_eq!(
        get("/.well-known/openid-configuration").await.unwrap().status(),
        StatusCode::MOVED_PERMANENTLY
    );
    let unknown = get("/ocs/v2.php/nosuch?format=json").await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(unknown.json::<Value>().await.unwrap()["ocs"]["meta"]["statuscode"], 998);
    let page = get("/apps/nosuch").await.unwrap();
    assert_eq!(
        (page.status(), page.headers()["content-type"].to_str().unwrap()),
        (StatusCode::NOT_FOUND, "text/html; charset=UTF-8")
    );
    assert_eq!(
        get("/apps/oidc/token").await.unwrap().status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn trouble_shows_on_the_wire() {
    let sandbox = start().await;
    let faults = sandbox.state().faults();
    let get = || http().get(format!("{}/status.php", sandbox.url())).send();
    faults.set_times("/status.php", Fault::Close, 1);
    assert!(get().await.is_err(), "the connection ends without an answer");
    faults.set_times("/status.php", Fault::Empty, 1);
    let empty = get().await.unwrap();
    assert_eq!(
        (empty.status(), empty.text().await.unwrap().as_str()),
        (StatusCode::OK, "")
    );
    faults.set_times("/status.php", Fault::Status(StatusCode::SERVICE_UNAVAILABLE), 1);
    assert_eq!(get().await.unwrap().headers()["retry-after"], "120");
    faults.set_times("/status.php", Fault::Html, 1);
    assert!(
        get()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );

    let held = faults.hold("/status.php");
    let waiting = tokio::spawn(get());
    held.arrived(1).await;
    assert!(!waiting.is_finished());
    held.release();
    assert_eq!(waiting.await.unwrap().unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stopped_sandbox_frees_its_port() {
    let sandbox = start().await;
    let address = sandbox.address();
    sandbox.stop().await;
    let again = Sandbox::start(SandboxOptions::new().bind(address)).await.unwrap();
    again.state().clock().advance(Duration::from_secs(1));
    assert_eq!(again.address(), address);
}
