//! Sessions against a small Nextcloud that repeats the credential it was shown.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::get;
use futures_util::future::join_all;
use secrecy::SecretString;
use tokio::sync::Notify;
use url::Url;

use super::{BackDoor, Door, SessionError, SessionOptions, UserSession};
use crate::nextcloud::{Credential, NextcloudClient, NextcloudOptions, NextcloudServer};
use crate::principal::Subject;
use crate::supervisor::tests::parent::parent;

async fn session(back_door: BackDoor, nextcloud: Router) -> UserSession {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, nextcloud).await.unwrap() });
    let server = NextcloudServer::new(&NextcloudOptions::new(url)).unwrap();
    let alice = Subject::new("https://cloud", "alice");
    UserSession::open(&SessionOptions::new(server, back_door), &alice, parent().await)
}

fn echo() -> Router {
    Router::new()
        .fallback(|request: Request| async move { request.headers()["authorization"].to_str().unwrap().to_owned() })
}

async fn shown(client: &NextcloudClient) -> String {
    client.get("/who").send().await.unwrap().text().await.unwrap()
}

fn kept_clients(session: &UserSession) -> usize {
    match &session.0.door {
        Door::CallerBearer(door) => door.published.load().len(),
        _ => panic!("only this door keeps clients"),
    }
}

#[tokio::test]
async fn the_static_door_shows_its_credential_whoever_asks() {
    let credential = Credential::Basic {
        username: "alice".to_owned(),
        password: "secret".into(),
    };
    let session = session(BackDoor::Static(credential), echo()).await;
    let client = session.client(Some(&"caller".into())).await.unwrap();
    assert_eq!(shown(&client).await, "Basic YWxpY2U6c2VjcmV0");
    assert!(session.client(None).await.is_ok());
    assert!(session.actor().is_none());
}

#[tokio::test]
async fn the_callers_token_is_passed_on_and_no_other() {
    let session = session(BackDoor::CallerBearer, echo()).await;
    for token in ["one", "two", "one"] {
        let client = session.client(Some(&token.into())).await.unwrap();
        assert_eq!(shown(&client).await, format!("Bearer {token}"));
    }
    assert_eq!(kept_clients(&session), 2);
    assert_eq!(session.client(None).await.unwrap_err(), SessionError::BearerMissing);
    assert_eq!(SessionError::BearerMissing.retry_after(), None);
}

/// One thread: all 64 have looked, and queue, before the actor gets to the first.
#[tokio::test]
async fn a_new_token_in_64_requests_at_once_makes_one_client() {
    let session = session(BackDoor::CallerBearer, echo()).await;
    let token = SecretString::from("token");
    let asked = (0..64).map(|_| session.client(Some(&token)));
    for client in join_all(asked).await {
        client.unwrap();
    }
    assert_eq!(kept_clients(&session), 1);
}

#[tokio::test]
async fn the_clients_of_the_latest_tokens_are_kept() {
    let session = session(BackDoor::CallerBearer, echo()).await;
    for number in 0..20 {
        let token = SecretString::from(format!("token {number}"));
        let client = session.client(Some(&token)).await.unwrap();
        assert_eq!(shown(&client).await, format!("Bearer token {number}"));
    }
    assert_eq!(kept_clients(&session), 8);
}

#[tokio::test]
async fn a_slow_call_delays_no_other_call_of_the_same_user() {
    let release = Arc::new(Notify::new());
    let slow = Arc::clone(&release);
    let nextcloud = echo().route("/slow", get(async move || slow.notified().await));
    let session = session(BackDoor::CallerBearer, nextcloud).await;
    let client = session.client(Some(&"token".into())).await.unwrap();
    let slow = tokio::spawn({
        let client = client.clone();
        async move { client.get("/slow").send().await.map(drop) }
    });
    while session.0.user.is_idle() {
        tokio::task::yield_now().await;
    }

    let other_token = session.client(Some(&"other".into())).await.unwrap();
    assert_eq!(shown(&client).await, "Bearer token");
    assert_eq!(shown(&other_token).await, "Bearer other");
    assert!(!slow.is_finished());
    release.notify_one();
    slow.await.unwrap().unwrap();
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let session = session(BackDoor::CallerBearer, echo()).await;
    let client = session.client(Some(&"hunter2".into())).await.unwrap();
    let printed = format!("{session:?} {client:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
}
