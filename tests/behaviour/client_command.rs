//! `client show`, `register` and `unregister`: the real binary at the sandbox.

use std::path::Path;
use std::process::Output;

use crate::support::TestNextcloud;
use crate::support::process::binary;
use nextcloud_sandbox::SandboxOptions;

pub(crate) async fn client(nextcloud: &TestNextcloud, data: &Path, command: &'static str) -> Output {
    let mut binary = binary(nextcloud);
    binary
        .args(["client", command])
        .env("TOKEN_STORAGE_DB", data.join("credentials.redb"));
    tokio::task::spawn_blocking(move || binary.output().unwrap())
        .await
        .unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn a_client_is_registered_shown_and_deleted() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let data = tempfile::tempdir().unwrap();
    let admin = nextcloud.state().oidc_admin();

    let shown = client(&nextcloud, data.path(), "show").await;
    assert!(said(&shown).contains("no OAuth client"), "{}", said(&shown));
    assert!(admin.clients().is_empty(), "showing registers nothing");

    let registered = client(&nextcloud, data.path(), "register").await;
    assert!(registered.status.success(), "{}", said(&registered));
    let known = admin.clients();
    let id = &known.first().unwrap().client_id;
    assert!(said(&registered).contains(id.as_str()), "{}", said(&registered));

    let shown = client(&nextcloud, data.path(), "show").await;
    assert!(
        said(&shown).contains(id.as_str()) && said(&shown).contains("known at the provider"),
        "{}",
        said(&shown)
    );

    let deleted = client(&nextcloud, data.path(), "unregister").await;
    assert!(said(&deleted).contains("deleted at the provider"), "{}", said(&deleted));
    assert!(admin.clients().is_empty());
}
