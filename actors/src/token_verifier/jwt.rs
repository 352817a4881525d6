//! The checks of a JWT access token (RFC 9068 §4, RFC 8725) that need nobody's help.

use super::provider::Provider;
use super::rejection::Rejection;
use crate::oidc::{Algorithm, Jwt, KeyProblem, KeySet, OneOrMany};

/// Longest `sub` (OpenID Connect Core §2).
const SUBJECT_LIMIT: usize = 255;

/// Which tokens are good, at one moment.
pub(super) struct Expectations<'a> {
    pub(super) provider: &'a Provider,
    /// Our OAuth client.
    pub(super) client_id: Option<&'a str>,
    /// Our names besides.
    pub(super) audiences: &'a [String],
    /// For the rejection.
    pub(super) resource: &'a std::sync::Arc<str>,
    /// Unix seconds.
    pub(super) now: u64,
    /// Seconds.
    pub(super) leeway: u64,
}

impl Expectations<'_> {
    /// Checks the times of a token.
    pub(super) fn check_times(&self, exp: Option<u64>, nbf: Option<u64>) -> Result<(), Rejection> {
        if exp.is_some_and(|end| end.saturating_add(self.leeway) <= self.now) {
            return Err(Rejection::Expired);
        }
        if nbf.is_some_and(|begin| begin > self.now.saturating_add(self.leeway)) {
            return Err(Rejection::NotYetValid);
        }
        Ok(())
    }

    /// Checks whom a token is meant for. Without an `aud` (AWS Cognito) it is meant for the client it was given to.
    pub(super) fn check_audience(&self, aud: &OneOrMany, client: Option<&str>) -> Result<(), Rejection> {
        let is_ours = |name: &str| {
            let name = name.trim_end_matches('/');
            let ours = self.audiences.iter().map(|audience| audience.trim_end_matches('/'));
            self.client_id == Some(name) || ours.into_iter().any(|audience| audience == name)
        };
        let meant_for_us = if aud.is_empty() {
            client.is_some_and(is_ours)
        } else {
            aud.iter().any(is_ours)
        };
        if meant_for_us { Ok(()) } else { Err(self.bad_audience()) }
    }

    pub(super) fn bad_audience(&self) -> Rejection {
        Rejection::BadAudience {
            resource: std::sync::Arc::clone(self.resource),
        }
    }

    /// Checks everything but the signature. This comes first: to refuse a token needs no trust in what it says, and a
    /// foreign or expired one then costs neither a signature check nor a fetch of keys.
    pub(super) fn check_claims(&self, jwt: &Jwt<'_>) -> Result<Algorithm, Rejection> {
        let algorithm = Algorithm::from_name(&jwt.header.alg).ok_or(Rejection::UnsupportedAlgorithm)?;
        if jwt.header.has_critical_extensions() {
            return Err(Rejection::Malformed);
        }
        if !jwt.header.is_access_token_type() {
            return Err(Rejection::NotAccessToken);
        }
        let claims = &jwt.claims;
        let issuer = claims.iss.as_deref().ok_or(Rejection::BadIssuer)?;
        if !self.provider.is_issuer(issuer) {
            return Err(Rejection::BadIssuer);
        }
        let exp = claims.exp.ok_or(Rejection::Malformed)?;
        self.check_times(Some(exp.0), claims.nbf.map(|nbf| nbf.0))?;
        if !jwt.header.is_explicit_access_token() && claims.look_like_id_token() {
            return Err(Rejection::NotAccessToken);
        }
        self.check_audience(&claims.aud, claims.client())?;
        subject(claims.sub.as_deref())?;
        Ok(algorithm)
    }
}

/// A usable `sub`.
pub(super) fn subject(sub: Option<&str>) -> Result<&str, Rejection> {
    sub.filter(|sub| !sub.is_empty() && sub.len() <= SUBJECT_LIMIT && !sub.contains(char::is_control))
        .ok_or(Rejection::Malformed)
}

/// Why a signature is not confirmed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SignatureProblem {
    /// With other keys it may be.
    KeyMissing,
    /// It is not good.
    Rejected(Rejection),
}

/// Checks the signature.
pub(super) fn check_signature(
    jwt: &Jwt<'_>,
    algorithm: Algorithm,
    keys: Option<&KeySet>,
) -> Result<(), SignatureProblem> {
    let keys = keys.ok_or(SignatureProblem::KeyMissing)?;
    keys.verify(jwt, algorithm).map_err(|problem| match problem {
        KeyProblem::UnknownKey => SignatureProblem::KeyMissing,
        KeyProblem::WrongAlgorithm => SignatureProblem::Rejected(Rejection::UnsupportedAlgorithm),
        KeyProblem::BadSignature => SignatureProblem::Rejected(Rejection::BadSignature),
    })
}
