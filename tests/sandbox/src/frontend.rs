//! What the web server in front of PHP does: pretty URLs, counting, and the public address of a request.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Uri, header};

use crate::AppState;

/// The request's path and query as they were sent.
#[derive(Debug, Clone)]
pub(crate) struct SentUri(pub(crate) Uri);

/// Middleware: answers `/index.php/apps/x` as `/apps/x`, and counts. Well-known paths differ in the two forms and stay.
pub(crate) async fn rewrite(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let sent = request.uri().clone();
    if let Some(pretty) = without_index_php(&sent) {
        *request.uri_mut() = pretty;
    }
    request.extensions_mut().insert(SentUri(sent));
    state.requests().record(request.method(), request.uri().path());
    next.run(request).await
}

fn without_index_php(uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix("/index.php")?;
    if !rest.starts_with('/') || rest.starts_with("/.well-known/") {
        return None;
    }
    rest.parse().ok()
}

/// The server's own address as this request's sender knows it: Nextcloud builds every absolute URL, and the `iss` of
/// its tokens, from the Host header. No slash at the end.
pub(crate) fn base_url(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    format!("http://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_php_is_dropped_except_before_well_known_paths() {
        let pretty = |uri: &'static str| without_index_php(&Uri::from_static(uri)).map(|uri| uri.to_string());
        assert_eq!(pretty("/index.php/apps/notes?a=b").as_deref(), Some("/apps/notes?a=b"));
        assert_eq!(pretty("/index.php/.well-known/openid-configuration"), None);
        assert_eq!(pretty("/index.phpx"), None);
        assert_eq!(pretty("/apps/notes"), None);
    }
}
