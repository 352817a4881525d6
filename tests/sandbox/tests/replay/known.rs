//! Where the sandbox differs from the recording on purpose.

/// A difference that is meant.
pub(crate) struct Known {
    /// The recording's file name without `.txt`.
    pub(crate) recording: &'static str,
    /// How the exchange's title begins: `12. ` for its number.
    pub(crate) exchange: &'static str,
    /// How the difference begins.
    pub(crate) difference: &'static str,
    /// Why it is right.
    pub(crate) reason: &'static str,
}

impl Known {
    pub(crate) fn covers(&self, title: &str, difference: &str) -> bool {
        title.starts_with(self.exchange) && difference.starts_with(self.difference)
    }
}

/// Every difference that is meant. An entry that no difference needs any more fails the test.
pub(crate) const KNOWN: &[Known] = &[
    Known {
        recording: "auth_basic",
        exchange: "10. ",
        difference: "$.ocs.data.capabilities.spreed.",
        reason: "Talk is not part of the sandbox; its capabilities only say that it is there",
    },
    Known {
        recording: "deck",
        exchange: "5. ",
        difference: "$.message",
        reason: "the request id in it is random, and the recorded one has no digit to know it by",
    },
    Known {
        recording: "carddav",
        exchange: "19. ",
        difference: "body: ",
        reason: "Nextcloud draws the UID that it adds by chance",
    },
];
