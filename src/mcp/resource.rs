//! Resources: what a client can read by URI.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actors::nextcloud::NextcloudClient;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use rmcp::model::{Resource as Definition, ResourceContents, ResourceTemplate};
use serde::Serialize;

use super::app::App;
use super::{ToolError, ToolResult};

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Handler = Box<dyn Fn(NextcloudClient, UriParameters) -> BoxFuture<ToolResult<ResourceBody>> + Send + Sync>;

/// The values of a resource template's placeholders, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UriParameters(Vec<(&'static str, String)>);

impl UriParameters {
    /// The value of a placeholder; empty for one that the template does not have.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(placeholder, _)| *placeholder == name)
            .map_or("", |(_, value)| value)
    }

    /// The value of a placeholder that stands for a number.
    pub fn number(&self, name: &'static str) -> ToolResult<i64> {
        self.get(name)
            .parse()
            .map_err(|_| ToolError::invalid(format!("`{name}` in the URI must be a number")))
    }
}

/// What a resource holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceBody {
    /// Text, with its media type.
    Text(String, String),
    /// Anything else, with its media type.
    Blob(String, Vec<u8>),
}

impl ResourceBody {
    /// A value as JSON.
    pub fn json(value: &impl Serialize) -> ToolResult<Self> {
        let text = serde_json::to_string(value).map_err(|_| ToolError::internal())?;
        Ok(Self::Text("application/json".to_owned(), text))
    }
}

/// A resource or resource template: everything that is known of it, and how it is read.
pub struct Resource {
    /// The app it belongs to.
    pub app: App,
    /// Its URI, or URI template (RFC 6570 level 1).
    pub uri: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// The scopes a caller needs.
    pub scopes: &'static [&'static str],
    handler: Handler,
}

impl Resource {
    pub(super) fn new<F, Fut>(
        app: App,
        uri: &'static str,
        name: &'static str,
        description: &'static str,
        scopes: &'static [&'static str],
        handler: F,
    ) -> Self
    where
        F: Fn(NextcloudClient, UriParameters) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ToolResult<ResourceBody>> + Send + 'static,
    {
        Self {
            app,
            uri,
            name,
            description,
            scopes,
            handler: Box::new(move |nextcloud, parameters| Box::pin(handler(nextcloud, parameters))),
        }
    }

    /// Whether the URI has placeholders.
    pub fn is_template(&self) -> bool {
        self.uri.contains('{')
    }

    /// The placeholders' values if `uri` is one of this resource's.
    pub fn matches(&self, uri: &str) -> Option<UriParameters> {
        let mut template = self.uri.split('/');
        let mut actual = uri.split('/');
        let mut parameters = UriParameters::default();
        loop {
            match (template.next(), actual.next()) {
                (None, None) => return Some(parameters),
                (Some(segment), Some(value)) => {
                    match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                        Some(_) if value.is_empty() => return None,
                        Some(name) => {
                            let value = percent_decode_str(value).decode_utf8().ok()?;
                            parameters.0.push((name, value.into_owned()));
                        }
                        None if segment != value => return None,
                        None => {}
                    }
                }
                _ => return None,
            }
        }
    }

    /// Reads it.
    pub async fn read(
        &self,
        nextcloud: NextcloudClient,
        uri: &str,
        parameters: UriParameters,
    ) -> ToolResult<ResourceContents> {
        let contents = match (self.handler)(nextcloud, parameters).await? {
            ResourceBody::Text(media_type, text) => ResourceContents::text(text, uri).with_mime_type(media_type),
            ResourceBody::Blob(media_type, bytes) => {
                ResourceContents::blob(STANDARD.encode(bytes), uri).with_mime_type(media_type)
            }
        };
        Ok(contents)
    }

    /// What `resources/list` says of it.
    pub fn definition(&self) -> Definition {
        Definition::new(self.uri, self.name).with_description(self.description)
    }

    /// What `resources/templates/list` says of it.
    pub fn template(&self) -> ResourceTemplate {
        ResourceTemplate::new(self.uri, self.name).with_description(self.description)
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Resource")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{App, Resource, ResourceBody};

    fn resource(uri: &'static str) -> Resource {
        Resource::new(App::Notes, uri, "n", "d", &[], |_, _| async {
            Ok(ResourceBody::Text(String::new(), String::new()))
        })
    }

    #[test]
    fn placeholders_take_one_decoded_segment_each() {
        let attachment = resource("nc://Notes/{note_id}/attachments/{name}");
        let parameters = attachment.matches("nc://Notes/12/attachments/a%20b.png").unwrap();
        assert_eq!(parameters.number("note_id").unwrap(), 12);
        assert_eq!(parameters.get("name"), "a b.png");
        for other in [
            "nc://Notes/12",
            "nc://Notes//attachments/x",
            "nc://Notes/12/attachments/x/y",
            "nc://Notes/1/attachments/%ff",
        ] {
            assert_eq!(attachment.matches(other), None, "{other}");
        }
    }

    #[test]
    fn a_plain_uri_matches_itself_only() {
        let settings = resource("notes://settings");
        assert!(settings.matches("notes://settings").is_some());
        assert!(settings.matches("notes://settings/x").is_none());
    }
}
