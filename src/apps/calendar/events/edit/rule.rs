//! How an event repeats.

use super::super::super::when::invalid;
use crate::ical::{Edit, Line, Moment, Zones, check_rule};
use crate::mcp::ToolResult;

/// How it is to repeat.
#[derive(Debug, Default)]
pub struct RuleChange {
    /// An empty rule ends the repetition.
    pub rule: Option<String>,
    pub end: Option<String>,
}

impl RuleChange {
    pub const fn is_given(&self) -> bool {
        self.rule.is_some() || self.end.is_some()
    }

    /// Writes the rule. `old_start` is the start before the change.
    pub fn apply(&self, edit: &mut Edit<'_>, zones: &Zones, old_start: Option<&Moment>) -> ToolResult<()> {
        let event = edit.read();
        let Some(start) = event.moment("DTSTART") else {
            return Ok(());
        };
        let stored = event.property("RRULE").map(|rule| rule.raw().into_owned());
        if self.rule.as_deref().is_some_and(|rule| rule.trim().is_empty()) {
            if self.end.is_some() {
                return Err(invalid("recurrence_end_date", "there is no rule to end"));
            }
            for name in ["RRULE", "RDATE", "EXDATE", "EXRULE"] {
                edit.remove(name);
            }
            return Ok(());
        }
        let end = self
            .end
            .as_deref()
            .map(|end| Moment::from_user(end, None).map_err(|problem| invalid("recurrence_end_date", &problem)))
            .transpose()?;
        let wrong = |error: crate::ical::RuleError| invalid("recurrence_rule", &error.to_string());
        match (&self.rule, stored) {
            (Some(rule), _) => {
                let rule = check_rule(rule, &start, end.as_ref(), zones).map_err(wrong)?;
                edit.set(Line::new("RRULE", rule));
            }
            (None, Some(stored)) if end.is_some() => {
                // Another end replaces the one that the stored rule has.
                let open: Vec<&str> = stored
                    .split(';')
                    .filter(|part| !part.starts_with("UNTIL=") && !part.starts_with("COUNT="))
                    .collect();
                let rule = check_rule(&open.join(";"), &start, end.as_ref(), zones).map_err(wrong)?;
                edit.set(Line::new("RRULE", rule));
            }
            (None, Some(stored)) if old_start.is_some_and(|old| *old != start) => {
                keep_in_step(edit, &stored, &start, zones)?;
            }
            (None, None) if end.is_some() => return Err(invalid("recurrence_end_date", "the event does not repeat")),
            (None, _) => {}
        }
        Ok(())
    }
}

/// After the start of a series moved, its rule must still name it, and its `UNTIL` be of the same kind.
fn keep_in_step(edit: &mut Edit<'_>, stored: &str, start: &Moment, zones: &Zones) -> ToolResult<()> {
    let rule = check_rule(stored, start, None, zones).map_err(|error| {
        invalid(
            "start_datetime",
            &format!("with this start the stored rule does not work ({error}); give recurrence_rule too"),
        )
    })?;
    let names_days = ["BYDAY=", "BYMONTHDAY=", "BYYEARDAY=", "BYHOUR=", "BYMINUTE="];
    if names_days.iter().any(|part| rule.contains(part)) && !zones_first_is(&rule, start) {
        return Err(invalid(
            "start_datetime",
            &format!("the series repeats by {rule}, which does not fall on this start; give recurrence_rule too"),
        ));
    }
    if !rule.eq_ignore_ascii_case(stored) && rule.contains("UNTIL=") {
        edit.set(Line::new("RRULE", rule));
    }
    Ok(())
}

fn zones_first_is(rule: &str, start: &Moment) -> bool {
    crate::ical::first_of_rule(rule, start.civil()) == Some(start.civil())
}
