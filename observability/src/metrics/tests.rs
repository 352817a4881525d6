//! What a scrape shows after each kind of event.

use std::{collections::BTreeSet, time::Duration};

use http::StatusCode;

use super::*;

fn lines(metrics: &Metrics) -> BTreeSet<String> {
    metrics.render().unwrap().lines().map(str::to_owned).collect()
}

#[track_caller]
fn assert_shows(metrics: &Metrics, expected: &[&str]) {
    let text = metrics.render().unwrap();
    for line in expected {
        assert!(text.lines().any(|shown| shown == *line), "no line `{line}` in\n{text}");
    }
}

#[test]
fn an_http_request_is_counted_by_route_and_status() {
    let metrics = Metrics::new();
    let timer = metrics.http_request(&Method::POST, "/mcp").start();
    assert_shows(
        &metrics,
        &[r#"mcp_http_requests_in_progress{endpoint="/mcp",method="POST"} 1"#],
    );
    timer.finish(StatusCode::OK);
    metrics
        .http_request(&Method::POST, "/mcp")
        .start()
        .finish(StatusCode::IM_A_TEAPOT);
    drop(metrics.http_request(&Method::POST, "/mcp").start());
    assert_shows(
        &metrics,
        &[
            r#"mcp_http_requests_in_progress{endpoint="/mcp",method="POST"} 0"#,
            r#"mcp_http_requests_total{endpoint="/mcp",method="POST",status_code="200"} 1"#,
            r#"mcp_http_requests_total{endpoint="/mcp",method="POST",status_code="418"} 1"#,
            r#"mcp_http_request_duration_seconds_count{endpoint="/mcp",method="POST"} 2"#,
        ],
    );
}

#[test]
fn a_tool_has_no_series_before_its_first_call() {
    let metrics = Metrics::new();
    let tool = metrics.tool("nc_notes_get_note");
    assert!(!metrics.render().unwrap().contains("nc_notes_get_note"));
    tool.record(Duration::from_millis(20), Ok(()));
    tool.record(Duration::from_millis(70), Err("not_found"));
    assert_shows(
        &metrics,
        &[
            r#"mcp_tool_calls_total{status="success",tool_name="nc_notes_get_note"} 1"#,
            r#"mcp_tool_calls_total{status="error",tool_name="nc_notes_get_note"} 1"#,
            r#"mcp_tool_errors_total{error_type="not_found",tool_name="nc_notes_get_note"} 1"#,
            r#"mcp_tool_duration_seconds_bucket{tool_name="nc_notes_get_note",le="0.025"} 1"#,
            r#"mcp_tool_duration_seconds_bucket{tool_name="nc_notes_get_note",le="0.1"} 2"#,
        ],
    );
}

#[test]
fn a_nextcloud_request_without_an_answer_is_counted_too() {
    let metrics = Metrics::new();
    let propfind = metrics.nextcloud("webdav", "PROPFIND");
    propfind.record(Duration::from_millis(5), Some(StatusCode::MULTI_STATUS));
    propfind.record(Duration::from_secs(30), None);
    assert_shows(
        &metrics,
        &[
            r#"mcp_nextcloud_api_requests_total{app="webdav",method="PROPFIND",status_code="207"} 1"#,
            r#"mcp_nextcloud_api_requests_total{app="webdav",method="PROPFIND",status_code="none"} 1"#,
            r#"mcp_nextcloud_api_duration_seconds_count{app="webdav",method="PROPFIND"} 2"#,
        ],
    );
}

#[test]
fn tokens_dependencies_and_sessions_are_shown() {
    let metrics = Metrics::new();
    metrics.token_validation(TokenCheck::Jwt, TokenResult::Invalid, "expired");
    metrics.token_cache(true);
    metrics.dependency_health(Dependency::Nextcloud, true);
    metrics.dependency_health(Dependency::IdentityProvider, false);
    metrics.sessions().set(3);
    assert_shows(
        &metrics,
        &[
            r#"mcp_oauth_token_validations_total{method="jwt",reason="expired",result="invalid"} 1"#,
            r#"mcp_oauth_token_cache_hits_total{hit="true"} 1"#,
            r#"mcp_oauth_token_cache_hits_total{hit="false"} 0"#,
            r#"mcp_dependency_health{dependency="nextcloud"} 1"#,
            r#"mcp_dependency_health{dependency="identity_provider"} 0"#,
            "mcp_user_sessions 3",
        ],
    );
}

#[test]
fn every_family_of_the_reference_is_registered_with_its_labels() {
    let metrics = Metrics::new();
    metrics
        .http_request(&Method::GET, "/mcp")
        .start()
        .finish(StatusCode::OK);
    metrics.tool("t").record(Duration::ZERO, Err("e"));
    metrics.nextcloud("notes", "GET").record(Duration::ZERO, None);
    metrics.token_validation(TokenCheck::Userinfo, TokenResult::Valid, "ok");
    metrics.client_registration(RegistrationResult::Registered);
    metrics.grant_refresh(RefreshResult::Renewed);
    metrics.dependency_health(Dependency::CredentialVault, true);
    metrics.0.process.refresh();
    let gathered = metrics.0.registry.gather();
    let shown: BTreeSet<&str> = gathered.iter().map(prometheus::proto::MetricFamily::name).collect();
    let described: BTreeSet<&str> = FAMILIES
        .iter()
        .map(|family| family.name)
        .filter(|name| cfg!(target_os = "linux") || !name.starts_with("process_"))
        .collect();
    assert_eq!(shown, described);
    assert_eq!(
        lines(&metrics).iter().filter(|line| line.starts_with("# TYPE")).count(),
        described.len()
    );
}
