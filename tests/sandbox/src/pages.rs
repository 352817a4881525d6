//! HTML pages: the shell every page shares, and the error pages.

use axum::response::Response;
use http::StatusCode;

use crate::reply;

/// A page of the sandbox. `request_token` is what scripts and forms must send back (Nextcloud puts it on `<head>`).
pub(crate) fn page(status: StatusCode, request_token: &str, title: &str, body: &str) -> Response {
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en">
	<head data-requesttoken="{token}">
		<meta charset="utf-8">
		<title>{title}</title>
		<meta name="viewport" content="width=device-width, initial-scale=1.0">
		<style>{STYLE}</style>
	</head>
	<body id="body-login">
		<main>
{body}
		</main>
	</body>
</html>
"#,
        token = escape(request_token),
        title = escape(title),
    );
    reply::text(status, reply::HTML, html)
}

/// A page without forms.
pub(crate) fn plain(status: StatusCode, title: &str, body: &str) -> Response {
    page(status, "", title, body)
}

/// Nextcloud's error page for a status.
pub(crate) fn error(status: StatusCode) -> Response {
    let body = match status {
        StatusCode::NOT_FOUND => {
            "<h2>Page not found</h2>\n<p>The page could not be found on the server or you may not be allowed to view it.</p>"
                .to_owned()
        }
        StatusCode::INTERNAL_SERVER_ERROR => {
            "<h2>Internal Server Error</h2>\n<p>The server was unable to complete your request.</p>".to_owned()
        }
        other => format!("<h2>{}</h2>", other.canonical_reason().unwrap_or("Error")),
    };
    plain(status, "Nextcloud", &body)
}

/// The page for a client or a person who may not continue. Its status is 200 unless a page says otherwise.
pub(crate) fn forbidden(status: StatusCode, hint: &str) -> Response {
    let body = format!("<h2>Access forbidden</h2>\n<p class=\"hint\">{}</p>", escape(hint));
    plain(status, "Nextcloud", &body)
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#039;"),
            other => escaped.push(other),
        }
    }
    escaped
}

const STYLE: &str = "body{font-family:sans-serif;background:#00679e;margin:0}\
main{background:#fff;max-width:26rem;margin:12vh auto;padding:2rem;border-radius:.8rem}\
label{display:block;margin:.8rem 0}input{display:block;width:100%;box-sizing:border-box;padding:.5rem;font:inherit}\
button{padding:.6rem 1.4rem;font:inherit}form{margin:.6rem 0}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_attribute() {
        assert_eq!(
            escape(r#"<a href="x">'&'"#),
            "&lt;a href=&quot;x&quot;&gt;&#039;&amp;&#039;"
        );
    }
}
