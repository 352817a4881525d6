//! WebDAV, CalDAV and CardDAV: requests written, multistatus read.
//!
//! ```no_run
//! # async fn example(nextcloud: actors::nextcloud::NextcloudClient) -> Result<(), actors::nextcloud::NextcloudError> {
//! use nextcloud_mcp_server::dav::{DAV, DavClient, Depth, Name, OC, SendMultistatus, href};
//!
//! let user = nextcloud.user_id().await?;
//! let listing = nextcloud
//!     .propfind("/remote.php/dav/files/{user}/{path}", Depth::One, &[Name::new(OC, "fileid"), Name::new(DAV, "getetag")])
//!     .segment(&user)
//!     .path("Documents")
//!     .multistatus()
//!     .await?;
//! let base = format!("/remote.php/dav/files/{user}");
//! for file in &listing.responses {
//!     println!("{:?} {:?}", href::below(&file.href, &base), file.number::<u64>(OC, "fileid"));
//! }
//! # Ok(())
//! # }
//! ```

mod element;
pub mod href;
mod multistatus;
mod namespace;
mod reader;
mod request;

pub use element::Element;
pub use multistatus::{DavResponse, Multistatus};
pub use namespace::{CAL, CARD, CS, DAV, ICAL, NC, NEXTCLOUD_COM, Name, OC, SABRE};
pub use reader::{XmlError, document};
pub use request::{DavClient, Depth, SendMultistatus, prop};
