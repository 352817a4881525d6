//! From text to typed values. Each parser says what is wrong and what would be right; none shows a secret.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::problem::Invalid;

/// The longest time that makes sense in a setting: a year.
const LONGEST: Duration = Duration::from_hours(365 * 24);

/// `true`, `1`, `yes`, `on` and their opposites, in any case.
pub(super) fn boolean(text: &str) -> Result<bool, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(Invalid::new(
            format!("{} is neither true nor false", shown(text)),
            "use true or false",
        )),
    }
}

/// A TCP port that can be connected to.
pub(super) fn port(text: &str) -> Result<u16, Invalid> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(Invalid::new(
            format!("{} is not a port", shown(text)),
            "use a number from 1 to 65535",
        )),
    }
}

/// Seconds, with a fraction if need be.
pub(super) fn seconds(text: &str) -> Result<Duration, Invalid> {
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| *duration <= LONGEST)
        .ok_or_else(|| {
            Invalid::new(
                format!("{} is not a number of seconds", shown(text)),
                "use a number such as 30 or 0.5",
            )
        })
}

/// Seconds, more than none.
pub(super) fn positive_seconds(text: &str) -> Result<Duration, Invalid> {
    let duration = seconds(text)?;
    if duration.is_zero() {
        return Err(Invalid::new(
            "it must be more than 0 seconds",
            "use a number such as 30 or 0.5",
        ));
    }
    Ok(duration)
}

/// Bytes: a number, alone or with `kB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`.
pub(super) fn bytes(text: &str) -> Result<usize, Invalid> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor: Option<usize> = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "kb" => Some(1000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        "kib" => Some(1 << 10),
        "mib" => Some(1 << 20),
        "gib" => Some(1 << 30),
        _ => None,
    };
    let number: Option<usize> = digits.parse().ok();
    number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| {
            Invalid::new(
                format!("{} is not a size", shown(text)),
                "use bytes, or a number with a unit such as 16 MiB",
            )
        })
}

/// Mebibytes, as a number of bytes.
pub(super) fn mebibytes(text: &str) -> Result<usize, Invalid> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .and_then(|number: usize| number.checked_mul(1 << 20))
        .ok_or_else(|| {
            Invalid::new(
                format!("{} is not a number of MiB", shown(text)),
                "use a whole number such as 50",
            )
        })
}

/// Items between commas; blank ones are dropped.
pub(super) fn list(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// An IP address.
pub(super) fn ip_address(text: &str) -> Result<IpAddr, Invalid> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    bare.parse().map_err(|_| {
        Invalid::new(
            format!("{} is not an IP address", shown(text)),
            "use an address such as 127.0.0.1 or ::1",
        )
    })
}

/// An IP address or a host name to listen on, without brackets.
pub(super) fn listen_host(text: &str) -> Result<String, Invalid> {
    if let Ok(address) = ip_address(text) {
        return Ok(address.to_string());
    }
    match url::Host::parse(text) {
        Ok(url::Host::Domain(name)) => Ok(name),
        _ => Err(Invalid::new(
            format!("{} is neither an address nor a host name", shown(text)),
            "use an address such as 127.0.0.1 or 0.0.0.0; the port is set apart",
        )),
    }
}

/// The URL that paths are appended to: `http` or `https`, no credentials, query or fragment. A trailing slash is dropped.
pub(super) fn base_url(text: &str) -> Result<Url, Invalid> {
    let mut url = endpoint_url(text)?;
    if url.query().is_some() {
        return Err(Invalid::new(
            "the URL has a query",
            "leave out everything from the `?` on",
        ));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// The URL of one endpoint: `http` or `https`, no credentials or fragment.
pub(super) fn endpoint_url(text: &str) -> Result<Url, Invalid> {
    const EXAMPLE: &str = "write it as https://cloud.example.org";
    let url = match Url::parse(text) {
        Ok(url) => url,
        // `cloud.example.org` and `localhost:8080` are the usual slips. The text may hold credentials, so it is not shown.
        Err(url::ParseError::RelativeUrlWithoutBase) => return Err(Invalid::new("the URL has no scheme", EXAMPLE)),
        Err(error) => return Err(Invalid::new(format!("not a URL: {error}"), EXAMPLE)),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Invalid::new(
            "the URL begins with neither http:// nor https://",
            EXAMPLE,
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Invalid::new(
            "the URL holds credentials",
            "set user name and password by their own variables",
        ));
    }
    if url.fragment().is_some() {
        return Err(Invalid::new(
            "the URL has a fragment",
            "leave out everything from the `#` on",
        ));
    }
    Ok(url)
}

/// A path in the file system; a leading `~` is refused, for nothing expands it here.
pub(super) fn path(text: &str) -> Result<PathBuf, Invalid> {
    if text.starts_with("~/") || text.contains('\0') {
        return Err(Invalid::new(
            format!("{} is not a usable path", shown(text)),
            "write the path in full, without `~`",
        ));
    }
    Ok(PathBuf::from(text))
}

/// A value as messages show it: in quotation marks and clipped.
pub(super) fn shown(text: &str) -> String {
    const LONGEST_SHOWN: usize = 60;
    if text.chars().count() <= LONGEST_SHOWN {
        format!("{text:?}")
    } else {
        format!("{:?}…", text.chars().take(LONGEST_SHOWN).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn booleans() {
        for (text, value) in [
            ("true", true),
            ("1", true),
            ("YES", true),
            ("on", true),
            ("False", false),
            ("0", false),
            ("no", false),
            ("off", false),
        ] {
            assert_eq!(boolean(text), Ok(value), "{text}");
        }
        assert!(boolean("2").is_err());
    }

    #[test]
    fn numbers_with_bounds() {
        assert_eq!(port("65535"), Ok(65535));
        for text in ["0", "65536", "-1", "80/tcp", ""] {
            assert!(port(text).is_err(), "{text}");
        }
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for text in ["-1", "NaN", "inf", "1e300", "5m"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        assert!(positive_seconds("0").is_err());
    }

    #[test]
    fn sizes() {
        for (text, size) in [("10", 10), ("16 MiB", 16 << 20), ("2kB", 2000), ("1gib", 1 << 30)] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for text in [
            "0",
            "MiB",
            "1.5 MiB",
            "1 PiB",
            "99999999999999999999",
            "9999999999999 GiB",
        ] {
            assert!(bytes(text).is_err(), "{text}");
        }
        assert_eq!(mebibytes("50"), Ok(50 << 20));
        assert!(mebibytes("0").is_err());
    }

    #[test]
    fn base_urls_lose_their_trailing_slash_and_keep_their_path() {
        for (text, url) in [
            ("https://cloud.example.org", "https://cloud.example.org/"),
            ("https://cloud.example.org/", "https://cloud.example.org/"),
            ("http://app:8080/nextcloud/", "http://app:8080/nextcloud"),
        ] {
            assert_eq!(base_url(text).unwrap().as_str(), url);
        }
    }

    #[test]
    fn unusable_urls_are_refused_without_being_shown() {
        for text in [
            "cloud.example.org",
            "localhost:8080",
            "ftp://cloud.example.org",
            "https://",
            "https://ann:hunter2@cloud.example.org",
            "ann:hunter2@cloud.example.org",
            "https://ann:hunter2@cloud.example.org:port",
            "https://cloud.example.org/?a=hunter2",
            "https://cloud.example.org/#hunter2",
        ] {
            let invalid = base_url(text).unwrap_err();
            assert!(!format!("{invalid:?}").contains("hunter2"), "{invalid:?}");
        }
    }

    #[test]
    fn hosts_to_listen_on() {
        for (text, host) in [
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "::1"),
            ("::", "::"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(listen_host(text).as_deref(), Ok(host));
        }
        for text in ["localhost:8000", "http://localhost", "a b"] {
            assert!(listen_host(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).*") {
            let _ = (boolean(&text), port(&text), positive_seconds(&text), bytes(&text), mebibytes(&text));
            let _ = (list(&text), listen_host(&text), base_url(&text), path(&text), shown(&text));
        }
    }
}
