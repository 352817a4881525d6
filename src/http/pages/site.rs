//! Where the pages are: every address in them follows from the public URL.

use url::Url;

/// The public URL, taken apart.
#[derive(Debug, Clone)]
pub struct Site {
    base: String,
    base_path: String,
}

impl Site {
    /// The site at `public_url`. A path is kept: the server may be behind a reverse proxy that takes it away.
    pub fn new(public_url: &Url) -> Self {
        Self {
            base: public_url.as_str().trim_end_matches('/').to_owned(),
            base_path: public_url.path().trim_end_matches('/').to_owned(),
        }
    }

    /// The address of one of our own paths on this site, for links, forms and redirects. It never leads elsewhere: what
    /// follows the first slash cannot name another host.
    pub fn path(&self, path: &str) -> String {
        format!("{}/{}", self.base_path, path.trim_start_matches(['/', '\\']))
    }

    /// The same with scheme and host, for others to come back to.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}", self.base, path.trim_start_matches(['/', '\\']))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::Site;

    #[test]
    fn paths_stay_on_the_site() {
        let site = |url: &str| Site::new(&Url::parse(url).unwrap());
        let root = site("https://mcp.example.org/");
        assert_eq!(root.path("/user/page"), "/user/page");
        assert_eq!(root.path("//evil.example"), "/evil.example");
        assert_eq!(root.path("/\\evil.example"), "/evil.example");
        assert_eq!(root.url("/oauth/callback"), "https://mcp.example.org/oauth/callback");
        let below = site("http://example.org/mcp-server");
        assert_eq!(below.path("/"), "/mcp-server/");
        assert_eq!(below.path("/user/page"), "/mcp-server/user/page");
    }
}
