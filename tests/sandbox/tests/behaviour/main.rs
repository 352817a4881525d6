//! The sandbox from outside, over HTTP: what a replay of recorded exchanges cannot show, as it takes several requests
//! and the passing of time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod common;
mod oidc;
