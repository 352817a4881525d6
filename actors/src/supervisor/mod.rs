//! Keeps the server's actors alive.

mod child;

pub use child::Child;
