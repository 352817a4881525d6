//! Request parameters of OAuth endpoints.

use std::borrow::Cow;

use url::form_urlencoded;

/// Most parameters of one request.
const LIMIT: usize = 32;

/// The parameters of a query. One that comes twice makes the whole request invalid (RFC 6749 §3.1); an empty one counts
/// as absent.
#[derive(Debug)]
pub(super) struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// The parameters cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidParameters {
    /// One comes twice.
    #[error("a request parameter comes twice")]
    Repeated,
    /// There are more than any request needs.
    #[error("there are too many request parameters")]
    TooMany,
}

impl<'a> Parameters<'a> {
    pub(super) fn read(query: &'a str) -> Result<Self, InvalidParameters> {
        let mut parameters: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(InvalidParameters::Repeated);
            }
            if parameters.len() == LIMIT {
                return Err(InvalidParameters::TooMany);
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.as_ref()).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::form_urlencoded;

    use super::{InvalidParameters, LIMIT, Parameters};

    #[test]
    fn a_parameter_comes_once() {
        let parameters = Parameters::read("state=a+b%26c&scope=&x").unwrap();
        assert_eq!(parameters.get("state"), Some("a b&c"));
        assert_eq!(parameters.get("scope"), None);
        let repeated = Parameters::read("state=a&client_id=x&state=a");
        assert_eq!(repeated.unwrap_err(), InvalidParameters::Repeated);
        let many = (0..40)
            .map(|number| format!("p{number}=1"))
            .collect::<Vec<_>>()
            .join("&");
        assert_eq!(Parameters::read(&many).unwrap_err(), InvalidParameters::TooMany);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(pairs in prop::collection::btree_map("\\PC{0,8}", "\\PC{0,12}", 0..LIMIT)) {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let parameters = Parameters::read(&query).unwrap();
            for (name, value) in &pairs {
                prop_assert_eq!(parameters.get(name), Some(value.as_str()).filter(|value| !value.is_empty()));
            }
        }

        #[test]
        fn whatever_comes_no_parameter_has_two_values(query in "[a-c=&%+0-9;#\\[\\]\u{0}-\u{20}]{0,40}|\\PC{0,40}") {
            if let Ok(parameters) = Parameters::read(&query) {
                for (name, value) in form_urlencoded::parse(query.as_bytes()) {
                    prop_assert_eq!(parameters.get(&name), Some(&*value).filter(|value| !value.is_empty()));
                }
            }
        }
    }
}
