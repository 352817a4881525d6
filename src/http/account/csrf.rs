//! Forms prove that they come from a page that this browser was shown in this session.

use actors::digest;
use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::{Account, Refusal, Visitor};
use crate::http::pages::html::{Element, element};

/// The field that every form has.
#[derive(Deserialize)]
pub(super) struct CsrfForm {
    csrf_token: String,
}

const FIELD: &str = "csrf_token";

/// What a form is read as.
pub(super) type Submitted = Result<Form<CsrfForm>, FormRejection>;

impl Visitor {
    /// Bound to the session, and no way back to its cookie: it stands in the page's markup.
    fn csrf_token(&self) -> String {
        digest::base64url(["csrf", &self.cookie])
    }

    /// Whether a form was on a page that was made for this session.
    pub(super) fn has_submitted(&self, form: &Submitted) -> bool {
        let Ok(Form(form)) = form else { return false };
        let expected = self.csrf_token();
        form.csrf_token.as_bytes().ct_eq(expected.as_bytes()).into()
    }

    /// A form with one button.
    pub(super) fn form(&self, action: &str, button: Element) -> Element {
        let token = element("input")
            .attribute("type", "hidden")
            .attribute("name", FIELD)
            .attribute("value", &self.csrf_token());
        element("form")
            .attribute("method", "post")
            .attribute("action", action)
            .with(token)
            .with(button.attribute("type", "submit"))
    }
}

impl Account {
    /// The visitor who sent a form from a page that was made for them.
    pub(super) async fn submitter(&self, headers: &HeaderMap, form: &Submitted) -> Result<Visitor, Refusal> {
        match self.visitor(headers).await? {
            Some(visitor) if visitor.has_submitted(form) => Ok(visitor),
            _ => Err(self.forged().into()),
        }
    }

    /// The answer to a form that was on no page of ours, or on one of an earlier session.
    pub(super) fn forged(&self) -> Response {
        self.failure(
            StatusCode::FORBIDDEN,
            "Nothing was changed",
            &["The page that you came from is out of date. Please open it again, and try once more."],
        )
    }
}
