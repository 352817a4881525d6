//! The OCS envelope: `{"ocs": {"meta": {"statuscode": …, "message": …}, "data": …}}`.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::clip;
use super::{NextcloudError, NextcloudRequest, StatusError};

#[derive(Deserialize)]
struct Envelope<T> {
    ocs: Ocs<T>,
}

#[derive(Deserialize)]
struct Ocs<T> {
    meta: Meta,
    data: T,
}

#[derive(Deserialize)]
struct Meta {
    statuscode: u16,
    message: Option<String>,
}

impl NextcloudRequest {
    /// Sends to an OCS route and gives the `data` of its answer. Version 1 routes answer HTTP 200 to most errors and
    /// say what is wrong in `statuscode`; that becomes the status of the error.
    pub async fn ocs<T: DeserializeOwned>(self) -> Result<T, NextcloudError> {
        let response = self.send().await?;
        let status = response.status();
        let envelope: Envelope<serde_json::Value> = response.json().await?;
        let Meta { statuscode, message } = envelope.ocs.meta;
        if !matches!(statuscode, 100 | 200..=299) {
            return Err(StatusError {
                message: message
                    .map(|message| clip(&message))
                    .filter(|message| !message.is_empty()),
                ..StatusError::new(http_status(statuscode), &HeaderMap::new(), Bytes::new())
            }
            .into());
        }
        serde_json::from_value(envelope.ocs.data).map_err(|_| NextcloudError::Unexpected {
            status,
            what: "OCS data of another shape".to_owned(),
            expected: "the documented OCS data",
        })
    }
}

/// The HTTP status that an OCS status code stands for.
fn http_status(code: u16) -> StatusCode {
    match code {
        997 => StatusCode::UNAUTHORIZED,
        998 => StatusCode::NOT_FOUND,
        996 => StatusCode::INTERNAL_SERVER_ERROR,
        code => StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST),
    }
}
