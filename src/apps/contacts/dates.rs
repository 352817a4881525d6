//! Birthdays: a date, or month and day without a year.

use jiff::civil::Date;

use crate::vcard::{Property, Version};

/// The year that stands for none in cards of version 3.0, as Apple writes it.
const NO_YEAR: i16 = 1604;

/// A birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Birthday {
    /// Of a known year.
    Full(Date),
    /// Month and day.
    Yearless(i8, i8),
}

impl Birthday {
    /// Reads `1990-05-17`, `19900517`, `--05-17` or `--0517`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_ascii() {
            return None;
        }
        if let Some(rest) = text.strip_prefix("--") {
            let digits = rest.replace('-', "");
            if digits.len() != 4 || rest.starts_with('-') {
                return None;
            }
            let (month, day) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
            // A leap year knows every day there is.
            Date::new(2000, month, day).ok()?;
            return Some(Self::Yearless(month, day));
        }
        let date = text.split_once(['T', ' ']).map_or(text, |(date, _)| date);
        let plain: String = match date.len() {
            10 if date.as_bytes().get(4) == Some(&b'-') && date.as_bytes().get(7) == Some(&b'-') => {
                date.replace('-', "")
            }
            8 => date.to_owned(),
            _ => return None,
        };
        if plain.len() != 8 || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (year, month, day) = (
            plain[..4].parse().ok()?,
            plain[4..6].parse().ok()?,
            plain[6..].parse().ok()?,
        );
        Date::new(year, month, day).ok().map(Self::Full)
    }

    /// What a `BDAY` says; `None` when that is no date.
    pub fn of(property: Property<'_>) -> Option<Self> {
        let birthday = Self::parse(&property.text())?;
        match birthday {
            Self::Full(date) if date.year() == NO_YEAR && !property.parameter("X-APPLE-OMIT-YEAR").is_empty() => {
                Some(Self::Yearless(date.month(), date.day()))
            }
            other => Some(other),
        }
    }

    /// The value of `BDAY`, and whether it needs `X-APPLE-OMIT-YEAR`.
    pub fn written(self, version: Version) -> (String, bool) {
        match (self, version) {
            (Self::Full(date), Version::V4) => (date.strftime("%Y%m%d").to_string(), false),
            (Self::Full(date), Version::V3) => (date.to_string(), false),
            (Self::Yearless(month, day), Version::V4) => (format!("--{month:02}{day:02}"), false),
            (Self::Yearless(month, day), Version::V3) => (format!("{NO_YEAR}-{month:02}-{day:02}"), true),
        }
    }

    /// `X-APPLE-OMIT-YEAR`'s value.
    pub fn omitted_year() -> String {
        NO_YEAR.to_string()
    }
}

impl std::fmt::Display for Birthday {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Full(date) => write!(formatter, "{date}"),
            Self::Yearless(month, day) => write!(formatter, "--{month:02}-{day:02}"),
        }
    }
}
