//! The little that the browser reads from pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The value of `attribute` in the first tag that contains `marker`.
pub(super) fn attribute(page: &str, marker: &str, attribute: &str) -> Option<String> {
    let at = page.find(marker)?;
    let start = page[..=at].rfind('<')?;
    let tag = &page[start..start + page[start..].find('>')?];
    let value = &tag[tag.find(&format!("{attribute}=\""))? + attribute.len() + 2..];
    Some(unescape(&value[..value.find('"')?]))
}

/// A string of the page's initial state: base64 of its JSON in a hidden input.
pub(super) fn initial_state(page: &str, key: &str) -> Option<String> {
    let encoded = attribute(page, &format!("id=\"initial-state-{key}\""), "value")?;
    serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()
}

/// The target of `<meta http-equiv="refresh">`.
pub(super) fn refresh(page: &str) -> Option<String> {
    let content = attribute(page, "http-equiv=\"refresh\"", "content")?;
    content.split_once("url=").map(|(_, target)| target.to_owned())
}

/// The first headline, else the title: what a person would say the page is.
pub(super) fn headline(page: &str) -> String {
    let text = |tag: &str| {
        let start = page.find(&format!("<{tag}>"))? + tag.len() + 2;
        Some(page[start..start + page[start..].find("</")?].trim().to_owned())
    };
    text("h2").or_else(|| text("title")).unwrap_or_default()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#039;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_request_token_as_the_recorded_pages_write_it() {
        let page = "<html>\n\t<head\n data-requesttoken=\"a/b+c=:d=\">\n\t\t<meta charset=\"utf-8\">";
        assert_eq!(
            attribute(page, "<head", "data-requesttoken").as_deref(),
            Some("a/b+c=:d=")
        );
    }

    #[test]
    fn reads_the_consent_page() {
        let page = "<div id=\"oidc-consent\"\n     data-client-name=\"A &amp; B\"\n     data-scopes=\"openid email\">";
        assert_eq!(
            attribute(page, "id=\"oidc-consent\"", "data-client-name").as_deref(),
            Some("A & B")
        );
        assert_eq!(
            attribute(page, "id=\"oidc-consent\"", "data-scopes").as_deref(),
            Some("openid email")
        );
        assert_eq!(attribute(page, "id=\"oidc-consent\"", "data-other"), None);
    }

    #[test]
    fn reads_initial_state_refresh_and_headline() {
        let page = "<input type=\"hidden\" id=\"initial-state-core-x\" value=\"InRva2VuIg==\">\
                    <meta http-equiv=\"refresh\" content=\"0;url=/apps/x?a=b&amp;c=d\"><h2> Hello </h2>";
        assert_eq!(initial_state(page, "core-x").as_deref(), Some("token"));
        assert_eq!(refresh(page).as_deref(), Some("/apps/x?a=b&c=d"));
        assert_eq!(headline(page), "Hello");
    }
}
