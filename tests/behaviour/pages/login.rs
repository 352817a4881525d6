//! Logging in with the browser, and what does not log anybody in.

use nextcloud_sandbox::browser::{Browser, Consent};
use reqwest::StatusCode;
use reqwest::header::LOCATION;

use super::visitor::at_provider;
use super::{TestNextcloud, TestServer, Visitor};
use crate::support::url::{parameter, with_parameter};

#[tokio::test]
async fn a_person_logs_in_and_sees_who_they_are() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    assert!(!visitor.is_logged_in().await);
    let page = visitor.log_in(&nextcloud.user).await;
    page.assert_says(StatusCode::OK, "Your access");
    assert!(
        page.text.contains(&format!("<bdi>{}</bdi>", nextcloud.user.name)),
        "{}",
        page.text
    );
    assert!(!Visitor::new(&server).is_logged_in().await, "another browser is not");
}

#[tokio::test]
async fn the_login_asks_who_it_is_and_for_nothing_else() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    let location = visitor.depart().await;
    let asked = |name: &str| parameter(&location, name).unwrap();
    assert_eq!(asked("response_type"), "code");
    assert_eq!(asked("scope"), "openid profile email");
    assert_eq!(asked("code_challenge_method"), "S256");
    assert_eq!(asked("redirect_uri"), format!("{}/oauth/callback", server.url));
    assert_eq!(parameter(&location, "resource"), None);
    let secrets = ["state", "nonce", "code_challenge"];
    assert_eq!(secrets.map(|name| asked(name).len()), [43, 43, 43]);
    let again = visitor.depart().await;
    assert!(
        secrets
            .iter()
            .all(|name| parameter(&again, name).unwrap() != asked(name))
    );
}

/// Login CSRF: somebody who is lured to the answer of another's login would work in the other's account.
#[tokio::test]
async fn an_answer_to_another_browser_logs_nobody_in() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut attacker = Visitor::new(&server);
    let lure = at_provider(&attacker.depart().await, &nextcloud.other).await;
    let mut victim = Visitor::new(&server);
    victim.depart().await;
    let page = victim.come_back(&lure).await;
    page.assert_says(StatusCode::BAD_REQUEST, "Another browser");
    assert!(!victim.is_logged_in().await);
    // It is used up: the attacker has no use of it any more, either.
    let page = attacker.come_back(&lure).await;
    page.assert_says(StatusCode::BAD_REQUEST, "This login is not known");
    assert!(!attacker.is_logged_in().await);
}

#[tokio::test]
async fn an_answer_is_taken_once_and_from_the_provider_only() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    for (name, value, headline) in [
        ("state", "forged", "This login is not known"),
        ("iss", "https://evil.example", "The answer does not fit"),
        ("code", "", "The answer does not fit"),
        ("code", "forged", "The identity provider did not confirm the login"),
    ] {
        let back = at_provider(&visitor.depart().await, &nextcloud.user).await;
        let page = visitor.come_back(&with_parameter(&back, name, value)).await;
        assert!(page.status.is_client_error() || page.status == StatusCode::BAD_GATEWAY);
        assert!(page.text.contains(headline), "{name}={value}: {}", page.text);
        assert!(!visitor.is_logged_in().await, "{name}={value}");
    }
    let back = at_provider(&visitor.depart().await, &nextcloud.user).await;
    assert_eq!(visitor.come_back(&back).await.status, StatusCode::SEE_OTHER);
    let replayed = visitor.come_back(&back).await;
    replayed.assert_says(StatusCode::BAD_REQUEST, "This login is not known");
}

/// The PKCE verifier and the nonce are those of the other login.
#[tokio::test]
async fn a_code_of_another_login_is_not_taken() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    let stolen = at_provider(&Visitor::new(&server).depart().await, &nextcloud.other).await;
    let state = parameter(&visitor.depart().await, "state").unwrap();
    let page = visitor.come_back(&with_parameter(&stolen, "state", &state)).await;
    page.assert_says(
        StatusCode::BAD_GATEWAY,
        "The identity provider did not confirm the login",
    );
    assert!(!visitor.is_logged_in().await);
}

#[tokio::test]
async fn a_refusal_is_told_in_our_own_words() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    let location = visitor.depart().await;
    let user = &nextcloud.user;
    let mut browser = Browser::new(&user.name, &user.password).unwrap().consent(Consent::Deny);
    let back = browser.authorize(location.as_str()).await.unwrap();
    let back = with_parameter(
        &back,
        "error_description",
        "<script>alert(1)</script>\r\nSet-Cookie: a=b",
    );
    let page = visitor.come_back(&back).await;
    page.assert_says(StatusCode::FORBIDDEN, "No access was given");
    assert!(page.text.contains("You are not logged in") && !page.text.contains("alert"));
    assert!(!visitor.cookies.contains_key("a"));
}

#[tokio::test]
async fn a_login_ends_at_the_persons_own_page_and_nowhere_else() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    for parameter in ["return_to", "next", "redirect_uri", "url"] {
        let path = format!("/oauth/login?{parameter}=https%3A%2F%2Fevil.example%2F");
        let location = visitor.get(&path).await.location();
        assert!(!location.as_str().contains("evil"), "{location}");
    }
    let back = at_provider(&visitor.depart().await, &nextcloud.user).await;
    let page = visitor
        .come_back(&with_parameter(&back, "return_to", "//evil.example"))
        .await;
    assert_eq!(page.headers[LOCATION], "/user/page");
}

#[tokio::test]
async fn logins_in_two_tabs_do_not_get_in_each_others_way() {
    let nextcloud = TestNextcloud::start().await;
    let server = TestServer::oauth(&nextcloud).await;
    let mut visitor = Visitor::new(&server);
    let (one, other) = (visitor.depart().await, visitor.depart().await);
    for location in [one, other] {
        let back = at_provider(&location, &nextcloud.user).await;
        assert_eq!(visitor.come_back(&back).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(visitor.cookies.len(), 1, "the cookies of the logins are gone");
}
