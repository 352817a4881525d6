//! The client against a small HTTP server that answers as told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::{Credential, Etag, NextcloudClient, NextcloudError, NextcloudOptions, NextcloudServer, UserCaches};

async fn serve(app: Router) -> NextcloudClient {
    client_of(listen(app).await)
}

/// A client that waits no longer than 100 ms.
async fn impatient(app: Router) -> NextcloudClient {
    waiting(listen(app).await, Duration::from_millis(100))
}

/// Where `app` answers from now on.
async fn listen(app: Router) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/cloud/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url.parse().unwrap()
}

fn client_of(url: Url) -> NextcloudClient {
    waiting(url, Duration::from_secs(2))
}

fn waiting(url: Url, request_timeout: Duration) -> NextcloudClient {
    let mut options = NextcloudOptions::new(url);
    options.request_timeout = request_timeout;
    options.max_body = 1000;
    let server = NextcloudServer::new(&options).unwrap();
    let credential = Credential::Bearer("token".into());
    NextcloudClient::new(server, &credential, Arc::new(UserCaches::default()))
}

fn answering<R>(answer: impl Fn(usize) -> R + Clone + Send + Sync + 'static) -> (Router, Arc<AtomicUsize>)
where
    R: IntoResponse + Send + 'static,
{
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let app = Router::new().fallback(move || {
        let answer = answer(counter.fetch_add(1, Ordering::SeqCst));
        async move { answer }
    });
    (app, count)
}

#[tokio::test]
async fn requests_carry_path_query_credential_and_the_ocs_header() {
    let app = Router::new().fallback(|request: Request| async move {
        let headers = request.headers();
        axum::Json(json!({
            "method": request.method().as_str(),
            "uri": request.uri().to_string(),
            "authorization": headers["authorization"].to_str().unwrap(),
            "ocs": headers["ocs-apirequest"].to_str().unwrap(),
            "if_match": headers["if-match"].to_str().unwrap(),
            "accept_encoding": headers.get("accept-encoding").is_some(),
        }))
    });
    let echo: Value = serve(app)
        .await
        .put("/index.php/apps/notes/api/v1/notes/{id}")
        .segment("a/b")
        .query("category", "Ä & b")
        .if_match(&Etag::parse("abc"))
        .json(&json!({}))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        echo,
        json!({
            "method": "PUT",
            "uri": "/cloud/index.php/apps/notes/api/v1/notes/a%2Fb?category=%C3%84+%26+b",
            "authorization": "Bearer token",
            "ocs": "true",
            "if_match": "\"abc\"",
            "accept_encoding": false,
        })
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_made_is_not_sent() {
    let (app, count) = answering(|_| "");
    let client = serve(app).await;
    let climbing = client.get("/files/{path}").path("a/../b").send().await;
    assert!(matches!(climbing, Err(NextcloudError::Invalid(_))));
    let injected = client.put("/x").if_match(&Etag::parse("a\"\r\nX: y")).send().await;
    assert!(matches!(injected, Err(NextcloudError::Invalid(_))));
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn html_empty_and_oversized_answers_are_told_apart() {
    let (html, _) = answering(|_| axum::response::Html("<html>log in</html>"));
    let error = serve(html)
        .await
        .get("/x")
        .send()
        .await
        .unwrap()
        .json::<Value>()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("HTML"), "{error}");

    let (empty, _) = answering(|_| "");
    let error = serve(empty)
        .await
        .get("/x")
        .send()
        .await
        .unwrap()
        .json::<Value>()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("empty body"), "{error}");

    let (large, _) = answering(|_| "x".repeat(1001));
    let error = serve(large)
        .await
        .get("/x")
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap_err();
    assert!(matches!(error, NextcloudError::TooLarge { limit: 1000 }), "{error}");
}

#[tokio::test]
async fn a_request_may_be_given_more_time_than_others() {
    let app = Router::new().fallback(|| async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "late"
    });
    let client = impatient(app).await;
    let refused = client.post("/x").send().await.unwrap_err();
    assert_eq!(refused.kind(), "timeout");
    let answer = client.post("/x").timeout(Duration::from_secs(30)).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "late");
}

#[tokio::test]
async fn an_answer_that_falls_silent_is_given_up() {
    let app = Router::new().fallback(|| async {
        let beginning = futures_util::stream::iter([Ok::<_, std::io::Error>("beginning")]);
        axum::body::Body::from_stream(beginning.chain(futures_util::stream::pending()))
    });
    let client = impatient(app).await;
    let whole = client.get("/x").send().await.unwrap().bytes().await;
    assert_eq!(whole.unwrap_err().kind(), "timeout");
    let mut pieces = Box::pin(client.get("/x").send().await.unwrap().stream());
    assert_eq!(pieces.next().await.unwrap().unwrap(), "beginning");
    assert_eq!(pieces.next().await.unwrap().unwrap_err().kind(), "timeout");
}

#[tokio::test]
async fn only_safe_methods_are_repeated_when_the_server_is_overloaded() {
    let flaky = |turn: usize| -> Response {
        if turn == 0 {
            let headers: HeaderMap = [(http::header::RETRY_AFTER, "0".parse().unwrap())]
                .into_iter()
                .collect();
            (StatusCode::SERVICE_UNAVAILABLE, headers).into_response()
        } else {
            "ok".into_response()
        }
    };
    let (app, count) = answering(flaky);
    assert!(serve(app).await.get("/x").send().await.is_ok());
    assert_eq!(count.load(Ordering::SeqCst), 2);

    let (app, count) = answering(flaky);
    let error = serve(app).await.post("/x").send().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_fails_inside_nextcloud_is_read_again_but_never_written_again() {
    let (app, count) = answering(|turn| match turn {
        0 | 1 => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::OK,
    });
    assert!(serve(app).await.get("/x").send().await.is_ok());
    assert_eq!(count.load(Ordering::SeqCst), 3);

    let (app, count) = answering(|_| StatusCode::INTERNAL_SERVER_ERROR);
    let error = serve(app).await.get("/x").send().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(count.load(Ordering::SeqCst), 4);

    let (app, count) = answering(|_| StatusCode::INTERNAL_SERVER_ERROR);
    assert!(serve(app).await.put("/x").send().await.is_err());
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_lock_is_waited_out_by_writes_too() {
    let (app, count) = answering(|turn| if turn == 0 { StatusCode::LOCKED } else { StatusCode::OK });
    assert!(serve(app).await.post("/x").send().await.is_ok());
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_absent_server_is_unreachable_and_names_no_path() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = client_of(url)
        .post("/files/{path}")
        .path("secret-name.txt")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), "unreachable");
    assert!(!error.to_string().contains("secret-name"), "{error}");
}

#[tokio::test]
async fn ocs_errors_inside_a_200_are_errors() {
    let (app, _) = answering(|_| {
        axum::Json(json!({"ocs": {"meta": {"status": "failure", "statuscode": 404, "message": "gone"}, "data": []}}))
    });
    let error = serve(app).await.get("/ocs/v1.php/x").ocs::<Value>().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.to_string(), "Nextcloud answered 404: gone");
}

#[tokio::test]
async fn the_user_id_is_asked_for_once() {
    let (app, count) = answering(|_| {
        axum::Json(json!({"ocs": {"meta": {"statuscode": 200, "message": "OK"}, "data": {"id": "uid-1"}}}))
    });
    let client = serve(app).await;
    assert_eq!(&*client.user_id().await.unwrap(), "uid-1");
    assert_eq!(&*client.user_id().await.unwrap(), "uid-1");
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_place_is_kept_until_the_body_is_read_or_dropped() {
    let (app, _) = answering(|_| "body");
    let client = serve(app).await;
    let user = client.user();
    let response = client.get("/status.php").send().await.unwrap();
    assert!(!user.is_idle());
    response.bytes().await.unwrap();
    assert!(user.is_idle());
    let mut stream = Box::pin(client.get("/status.php").send().await.unwrap().stream());
    assert!(!user.is_idle());
    while stream.next().await.is_some() {}
    drop(stream);
    assert!(user.is_idle());
}

#[tokio::test]
async fn a_nextcloud_that_is_down_is_asked_no_more_and_a_failing_app_is() {
    let (app, count) = answering(|_| StatusCode::INTERNAL_SERVER_ERROR);
    let client = serve(app).await;
    for _ in 0..10 {
        let _ = client.post("/index.php/apps/deck").send().await;
    }
    assert_eq!(count.load(Ordering::SeqCst), 10);

    let (app, count) = answering(|_| StatusCode::BAD_GATEWAY);
    let client = serve(app).await;
    for _ in 0..5 {
        let error = client.post("/index.php/apps/notes").send().await.unwrap_err();
        assert_eq!(error.kind(), "server_error");
    }
    let refused = client.post("/index.php/apps/notes").send().await.unwrap_err();
    assert_eq!(refused.kind(), "circuit_open");
    assert_eq!(count.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn capabilities_for_strangers_are_not_taken_for_the_users() {
    let (app, count) = answering(|number| {
        let capabilities = if number == 0 {
            json!({"theming": {}})
        } else {
            json!({"core": {}, "notes": {"version": "5.0.2"}})
        };
        let version = json!({"major": 32, "string": "32.0.1"});
        axum::Json(json!({"ocs": {"meta": {"statuscode": 200},
            "data": {"version": version, "capabilities": capabilities}}}))
    });
    let client = serve(app).await;
    let refused = client.capabilities().await;
    assert!(matches!(refused, Err(NextcloudError::Unexpected { .. })), "{refused:?}");
    assert!(client.known_capabilities().is_none());

    let accepted = client.capabilities().await.unwrap();
    assert_eq!(accepted.app_version("notes"), Some([5, 0, 2]));
    client.capabilities().await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
}
