//! Randomness, injected, so that tests steer it.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;

/// Bytes of randomness in what nobody may guess: a `state`, a nonce, a PKCE verifier (RFC 7636 §7.1), a cookie.
pub(crate) const SECRET_BYTES: usize = 32;
/// Longest text, in bytes, that is looked for as such a secret; another is nobody's, and not worth hashing.
pub(crate) const SECRET_LIMIT: usize = 128;

/// A source of unpredictable bytes.
pub trait Randomness: Debug + Send + Sync + 'static {
    /// Fills `bytes` completely.
    fn fill(&self, bytes: &mut [u8]);

    /// `bytes` random bytes as base64url without padding: fit for `state`, nonces, PKCE verifiers and session ids.
    fn token(&self, bytes: usize) -> String {
        let mut buffer = vec![0; bytes];
        self.fill(&mut buffer);
        URL_SAFE_NO_PAD.encode(buffer)
    }

    /// Between a half and the whole of `pause`, so that those who failed together do not come back together.
    fn jittered(&self, pause: Duration) -> Duration {
        let mut bytes = [0; 2];
        self.fill(&mut bytes);
        pause / 2 + pause / 2 * u32::from(u16::from_be_bytes(bytes)) / u32::from(u16::MAX)
    }
}

/// Randomness that every part of the server shares.
pub type SharedRandomness = Arc<dyn Randomness>;

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandomness;

impl SystemRandomness {
    /// The operating system's generator, ready to be shared.
    pub fn shared() -> SharedRandomness {
        Arc::new(Self)
    }
}

impl Randomness for SystemRandomness {
    #[expect(
        clippy::expect_used,
        reason = "without the system's randomness no secret can be made; going on would be worse"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        SysRng
            .try_fill_bytes(bytes)
            .expect("the operating system gives random bytes");
    }
}

/// Bytes that count upwards: every value differs and every run is the same. For tests.
#[derive(Debug, Default)]
pub struct CountingRandomness {
    next: AtomicU64,
}

impl Randomness for CountingRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let value = self.next.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            chunk.copy_from_slice(&value[8 - chunk.len()..]);
        }
    }
}
