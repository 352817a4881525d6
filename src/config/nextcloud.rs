//! The Nextcloud behind the server, and how connections to it are made.

use std::time::Duration;

use actors::http::ClientOptions;
use url::Url;

use super::problem::Invalid;
use super::reader::Reader;
use super::values::{base_url, boolean, path, positive_seconds};
use super::variables::{
    NEXTCLOUD_CA_BUNDLE, NEXTCLOUD_CONNECT_TIMEOUT_SECONDS, NEXTCLOUD_HOST, NEXTCLOUD_HTTP_KEEPALIVE,
    NEXTCLOUD_PUBLIC_URL, NEXTCLOUD_TIMEOUT_SECONDS, NEXTCLOUD_VERIFY_SSL,
};

/// The section "Nextcloud".
#[derive(Debug, Clone)]
pub struct NextcloudConfig {
    /// The base URL; it may have a path, without trailing slash.
    pub base_url: Url,
    /// The base URL in people's browsers, where it differs.
    pub public_url: Option<Url>,
    /// How connections to Nextcloud and to the identity provider are made.
    pub http: ClientOptions,
    /// Bound on one request up to the head of its answer.
    pub request_timeout: Duration,
}

impl NextcloudConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        if !reader.is_set(&NEXTCLOUD_HOST) {
            reader.refuse(
                &NEXTCLOUD_HOST,
                Invalid::new(
                    "not set",
                    "set it to the base URL of Nextcloud, such as https://cloud.example.org",
                ),
            );
        }
        let base = reader.optional(&NEXTCLOUD_HOST, base_url);
        let public_url = reader.optional(&NEXTCLOUD_PUBLIC_URL, base_url);
        let verify_tls = reader.value(&NEXTCLOUD_VERIFY_SSL, boolean);
        if !verify_tls {
            reader.notice(
                "NEXTCLOUD_VERIFY_SSL=false: whoever is on the way to Nextcloud can read and change everything; \
                 NEXTCLOUD_CA_BUNDLE is the safe way to accept a private certificate",
            );
        }
        let request_timeout = reader.value(&NEXTCLOUD_TIMEOUT_SECONDS, positive_seconds);
        let http = ClientOptions {
            verify_tls,
            ca_bundle: reader.optional(&NEXTCLOUD_CA_BUNDLE, path),
            keepalive: reader.value(&NEXTCLOUD_HTTP_KEEPALIVE, boolean),
            connect_timeout: reader.value(&NEXTCLOUD_CONNECT_TIMEOUT_SECONDS, positive_seconds),
        };
        Some(Self {
            base_url: base?,
            public_url,
            http,
            request_timeout,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::super::tests::{OAUTH, load, notices, problems};

    #[test]
    fn defaults_are_those_of_the_http_client() {
        let nextcloud = load(OAUTH).config.nextcloud;
        let http = actors::http::ClientOptions::default();
        assert_eq!(nextcloud.base_url.as_str(), "https://cloud.example.org/");
        assert_eq!(nextcloud.http.connect_timeout, http.connect_timeout);
        assert!(nextcloud.http.verify_tls && nextcloud.http.keepalive);
    }

    #[test]
    fn everything_can_be_set() {
        let settings = [
            ("NEXTCLOUD_HOST", "http://app/nextcloud/"),
            ("NEXTCLOUD_PUBLIC_URL", "https://cloud.example.org/"),
            ("NEXTCLOUD_VERIFY_SSL", "false"),
            ("NEXTCLOUD_CA_BUNDLE", "/etc/ca.pem"),
            ("NEXTCLOUD_HTTP_KEEPALIVE", "0"),
            ("NEXTCLOUD_TIMEOUT_SECONDS", "7"),
        ];
        let nextcloud = load(&settings).config.nextcloud;
        assert_eq!(nextcloud.base_url.as_str(), "http://app/nextcloud");
        assert!(!nextcloud.http.verify_tls && !nextcloud.http.keepalive);
        assert_eq!(nextcloud.http.ca_bundle.as_deref(), Some(Path::new("/etc/ca.pem")));
        assert_eq!(nextcloud.request_timeout, Duration::from_secs(7));
        assert!(notices(&settings).contains("NEXTCLOUD_CA_BUNDLE is the safe way"));
    }

    #[test]
    fn a_missing_or_broken_host_is_told() {
        assert!(problems(&[]).contains("NEXTCLOUD_HOST (--nextcloud-host): not set; set it to"));
        let told = problems(&[("NEXTCLOUD_URL", "https://cloud.example.org")]);
        assert!(told.ends_with("did you mean NEXTCLOUD_HOST?"), "{told}");
        let told = problems(&[("NEXTCLOUD_HOST", "cloud.example.org")]);
        assert!(
            told.contains("NEXTCLOUD_HOST: the URL has no scheme; write it as https://"),
            "{told}"
        );
    }
}
