use http::StatusCode;

use super::*;

#[test]
fn hrefs_are_escaped_in_lower_case() {
    assert_eq!(
        encode(["files", "alice", "we ird é#%.txt"], false),
        "/remote.php/dav/files/alice/we%20ird%20%c3%a9%23%25.txt"
    );
}

#[test]
fn properties_are_given_or_named_as_missing() {
    let request = Element::parse(
        br#"<d:propfind xmlns:d="DAV:" xmlns:x="urn:x"><d:prop><d:displayname/><x:y/></d:prop></d:propfind>"#,
    )
    .unwrap();
    let mut properties = Properties::default();
    properties.text(ns::DAV, "displayname", "a & b");
    let mut answer = Multistatus::default();
    answer.give("/remote.php/dav/", &Wanted::of(&request), &properties);
    assert_eq!(
        answer.responses,
        "<d:response><d:href>/remote.php/dav/</d:href><d:propstat><d:prop><d:displayname>a &amp; \
         b</d:displayname></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><x1:y \
         xmlns:x1=\"urn:x\"/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
    );
}

#[test]
fn malformed_requests_are_refused() {
    for body in ["<broken", "<a></b>", "<!DOCTYPE a><a/>", "<x:a/>"] {
        let response = Element::parse(body.as_bytes()).unwrap_err().into_response();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{body}");
    }
}
