//! That names which others chose stay names.

use nextcloud_sandbox::{SandboxOptions, User};

use super::{TestNextcloud, TestServer, Visitor};

const HOSTILE: &str = "</bdi><script>alert(1)</script>\"onclick='x' \u{202e}evil";

#[tokio::test]
async fn a_display_name_is_shown_and_not_obeyed() {
    let mut alice = User::alice();
    alice.display_name = HOSTILE.to_owned();
    let options = SandboxOptions::new().users([alice, User::bob()]);
    let nextcloud = TestNextcloud::sandbox(options).await;
    let server = TestServer::oauth(&nextcloud).await;
    let page = Visitor::new(&server).log_in(&nextcloud.user).await;
    let shown = "<bdi>&lt;/bdi&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;onclick=&#39;x&#39; \u{202e}evil</bdi>";
    assert!(page.text.contains(shown), "{}", page.text);
    assert!(page.text.contains("<bdi>alice</bdi>"), "{}", page.text);
}
