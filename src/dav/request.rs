//! DAV requests: their methods, headers and XML bodies.

use std::future::Future;

use actors::nextcloud::{NextcloudClient, NextcloudError, NextcloudRequest, NextcloudResponse};
use http::header::ACCEPT;
use http::{HeaderName, Method, StatusCode};

use super::element::Element;
use super::multistatus::Multistatus;
use super::namespace::{DAV, Name};
use super::reader::XmlError;

const DEPTH: HeaderName = HeaderName::from_static("depth");
/// Nextcloud answers 501 to a SEARCH of any other type.
const XML: &str = "application/xml; charset=utf-8";

/// How far below a collection a request reaches (RFC 4918 §10.2). Nextcloud takes a missing header for 1, so it is
/// always sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The resource itself.
    Zero,
    /// And its members.
    One,
    /// And everything below.
    Infinity,
}

impl Depth {
    /// The header's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "0",
            Self::One => "1",
            Self::Infinity => "infinity",
        }
    }
}

/// DAV methods of the client. Placeholders of `template` are filled afterwards, as for any request.
///
/// None of these requests asks for a compressed answer: compressed ones come with weakened ETags.
pub trait DavClient {
    /// A request of any method that has no XML body (`MKCOL`, `MOVE`, `PUT`), with DAV's `Accept`.
    fn dav(&self, method: &'static str, template: &'static str) -> NextcloudRequest;

    /// A request with an XML body.
    fn dav_xml(&self, method: &'static str, template: &'static str, body: &Element) -> NextcloudRequest;

    /// `PROPFIND` for these properties (RFC 4918 §9.1).
    fn propfind(&self, template: &'static str, depth: Depth, props: &[Name]) -> NextcloudRequest;

    /// `PROPPATCH`: sets each of `set` to what is in it, removes each of `remove` (§9.2).
    fn proppatch(&self, template: &'static str, set: Vec<Element>, remove: &[Name]) -> NextcloudRequest;

    /// `REPORT` (RFC 3253 §3.6): a CalDAV, CardDAV or Nextcloud query.
    fn report(&self, template: &'static str, depth: Depth, query: &Element) -> NextcloudRequest;
}

impl DavClient for NextcloudClient {
    fn dav(&self, method: &'static str, template: &'static str) -> NextcloudRequest {
        self.request(extension(method), template).header(ACCEPT, "*/*")
    }

    fn dav_xml(&self, method: &'static str, template: &'static str, body: &Element) -> NextcloudRequest {
        self.dav(method, template).body(XML, body.to_document())
    }

    fn propfind(&self, template: &'static str, depth: Depth, props: &[Name]) -> NextcloudRequest {
        let body = Element::new(DAV, "propfind").child(prop(props));
        self.dav_xml("PROPFIND", template, &body).header(DEPTH, depth.as_str())
    }

    fn proppatch(&self, template: &'static str, set: Vec<Element>, remove: &[Name]) -> NextcloudRequest {
        let mut body = Element::new(DAV, "propertyupdate");
        if !set.is_empty() {
            let values = Element::new(DAV, "prop").children(set);
            body = body.child(Element::new(DAV, "set").child(values));
        }
        if !remove.is_empty() {
            body = body.child(Element::new(DAV, "remove").child(prop(remove)));
        }
        self.dav_xml("PROPPATCH", template, &body)
    }

    fn report(&self, template: &'static str, depth: Depth, query: &Element) -> NextcloudRequest {
        self.dav_xml("REPORT", template, query).header(DEPTH, depth.as_str())
    }
}

/// Sends a request whose answer is a multistatus.
pub trait SendMultistatus {
    /// The multistatus; another answer than 207 is [`NextcloudError::Unexpected`].
    fn multistatus(self) -> impl Future<Output = Result<Multistatus, NextcloudError>> + Send;

    /// The same, but 404 is a multistatus without responses.
    fn multistatus_if_found(self) -> impl Future<Output = Result<Multistatus, NextcloudError>> + Send;
}

impl SendMultistatus for NextcloudRequest {
    async fn multistatus(self) -> Result<Multistatus, NextcloudError> {
        read(self.send().await?).await
    }

    async fn multistatus_if_found(self) -> Result<Multistatus, NextcloudError> {
        let response = self.send_any().await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(Multistatus {
                answered: answered(&response),
                ..Multistatus::default()
            }),
            status if status.is_client_error() || status.is_server_error() => Err(response.into_error().await),
            _ => read(response).await,
        }
    }
}

async fn read(response: NextcloudResponse) -> Result<Multistatus, NextcloudError> {
    let status = response.status();
    if status != StatusCode::MULTI_STATUS {
        return Err(unexpected(status, "no multistatus".to_owned()));
    }
    let answered = answered(&response);
    let body = response.bytes().await?;
    let multistatus = Multistatus::read(&body).map_err(|error: XmlError| unexpected(status, error.to_string()))?;
    Ok(Multistatus {
        answered,
        ..multistatus
    })
}

/// `<d:prop>` with these properties, empty.
pub fn prop(names: &[Name]) -> Element {
    Element::new(DAV, "prop").children(names.iter().cloned().map(Element::named))
}

fn answered(response: &NextcloudResponse) -> Option<i64> {
    let time = httpdate::parse_http_date(response.header("date")?).ok()?;
    let since = time.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

fn unexpected(status: StatusCode, what: String) -> NextcloudError {
    NextcloudError::Unexpected {
        status,
        what,
        expected: "a WebDAV multistatus",
    }
}

#[expect(clippy::expect_used, reason = "the methods are constants of the code")]
fn extension(method: &'static str) -> Method {
    Method::from_bytes(method.as_bytes()).expect("a DAV method is a token")
}
