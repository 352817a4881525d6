//! SHA-256 of what is known again without being kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// SHA-256 of the parts with a NUL byte between them, as base64url without padding: 43 characters.
///
/// No part but the last may hold a NUL byte, or other parts would have the same digest. Of a PKCE verifier alone it is the
/// challenge, method S256 (RFC 7636 §4.2).
pub fn base64url<const PARTS: usize>(parts: [&str; PARTS]) -> String {
    let mut hash = Sha256::new();
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            hash.update([0]);
        }
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// SHA-256 of a token: equal for equal tokens only, and tells nothing of the token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

#[cfg(test)]
mod tests {
    use super::base64url;

    /// The first is the example of RFC 7636, appendix B. What is stored under the others has to be found by every later
    /// version; they were computed with `sha256sum`.
    #[test]
    fn digests_are_what_they_always_were() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(base64url([verifier]), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(
            base64url(["link", "secret"]),
            "DgGJyFSecRBEDEldmomeihpBnfPTmpXktdCM-zAKCsE"
        );
        assert_eq!(
            base64url(["https://cloud", "alice"]),
            "kqnwW6zJWs5P2_rZSjZ0YJPxiwsXck1lRjczOkrJ_70"
        );
        assert_ne!(base64url(["a", "b"]), base64url(["ab"]));
    }
}
