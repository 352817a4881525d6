//! One property of a card, read.

use ::vcard::tree::line::VcardLine;

/// A property: its name, group, parameters and value.
#[derive(Debug, Clone, Copy)]
pub struct Property<'card>(&'card VcardLine<'static>);

impl<'card> Property<'card> {
    pub(super) fn new(line: &'card VcardLine<'static>) -> Self {
        Self(line)
    }

    /// The name without its group, as written.
    pub fn name(&self) -> &'card str {
        self.0.bare_name()
    }

    /// Whether it has this name, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// The group: `item1` of `item1.TEL`.
    pub fn group(&self) -> Option<&'card str> {
        self.0.group()
    }

    /// Whether it is in this group, in any case.
    pub fn is_in_group(&self, group: &str) -> bool {
        Self::is_line_in_group(self.0, group)
    }

    pub(super) fn is_line_in_group(line: &VcardLine<'_>, group: &str) -> bool {
        line.group().is_some_and(|own| own.eq_ignore_ascii_case(group))
    }

    /// Name, group and parameters, as written.
    pub fn head(&self) -> String {
        self.0
            .params
            .iter()
            .fold(self.0.name.get().to_owned(), |head, parameter| {
                format!("{head};{parameter}")
            })
    }

    /// The whole value, unescaped.
    pub fn text(&self) -> String {
        self.0.value.decode().into_owned()
    }

    /// The value as the list that commas make of it.
    pub fn list(&self) -> Vec<String> {
        self.0.value.decode_list().into_iter().map(Into::into).collect()
    }

    /// The value as the components that semicolons make of it (`N`, `ADR`, `ORG`), at most `most`.
    pub fn components(&self, most: usize) -> Vec<String> {
        let count = self.0.value.component_count().min(most);
        (0..count)
            .map(|at| self.0.value.decode_component(at).into_owned())
            .collect()
    }

    /// The value as stored.
    pub fn raw_value(&self) -> String {
        self.0.value.to_string()
    }

    /// The values of a parameter, without quotes; several parameters of the name count as one.
    pub fn parameter(&self, name: &str) -> Vec<String> {
        self.0
            .params
            .iter()
            .filter(|parameter| parameter.name.get().eq_ignore_ascii_case(name))
            .flat_map(|parameter| parameter.values.iter())
            .flat_map(|value| {
                value
                    .get()
                    .trim_matches('"')
                    .split(',')
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The parameters other than those named, as written.
    pub fn other_parameters(&self, names: &[&str]) -> Vec<String> {
        self.0
            .params
            .iter()
            .filter(|parameter| !names.iter().any(|name| parameter.name.get().eq_ignore_ascii_case(name)))
            .map(ToString::to_string)
            .collect()
    }

    /// What `TYPE` says (`home`, `cell` …), in lower case, without `pref`.
    pub fn types(&self) -> Vec<String> {
        let mut types: Vec<String> = self
            .parameter("TYPE")
            .iter()
            .map(|kind| kind.to_ascii_lowercase())
            .collect();
        types.retain(|kind| kind != "pref");
        types
    }

    /// Whether it is the preferred one of its kind: `PREF=1` (4.0), `TYPE=pref` (3.0).
    pub fn is_preferred(&self) -> bool {
        let by_type = self
            .parameter("TYPE")
            .iter()
            .any(|kind| kind.eq_ignore_ascii_case("pref"));
        by_type || self.parameter("PREF").first().is_some_and(|rank| rank == "1")
    }
}
