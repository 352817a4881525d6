//! iCalendar (RFC 5545) objects: read, changed without touching another byte, and expanded within bounds.
//!
//! A [`Document`] keeps every line as it was written. Reading goes through [`Component`] and [`Property`], changing
//! through [`Edit`], which replaces single lines. [`Series`] says when a component with its overrides happens.
//! Everything here computes and none of it waits: callers move long work off the reactor.

mod component;
mod document;
mod duration;
mod edit;
mod expand;
mod moment;
mod rule;
mod series;
mod text;
mod zone;

pub use component::{Component, Property};
pub use document::{Document, IcalError};
pub use duration::Duration;
pub use edit::{Edit, Line};
pub use expand::Budget;
pub use moment::Moment;
pub use rule::{RuleError, check as check_rule, first as first_of_rule, with_until};
pub use series::{Instance, Series};
pub use text::{escape, parameter};
pub use zone::Zones;
