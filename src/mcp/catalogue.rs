//! All tools and resources of the apps that are enabled. It knows nothing about any app.

use std::collections::{BTreeSet, HashMap};

use actors::nextcloud::Capabilities;
use actors::principal::Principal;

use super::app::{App, AppTools};
use super::resource::{Resource, UriParameters};
use super::tool::Tool;

/// What can be listed and called.
#[derive(Debug)]
pub struct Catalogue {
    tools: Vec<Tool>,
    by_name: HashMap<&'static str, usize>,
    resources: Vec<Resource>,
    gating: bool,
}

/// Which part of the catalogue is served.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The names of the apps (`--enable-app`); empty for all of them.
    pub apps: Vec<String>,
    /// Whether tools of apps that Nextcloud lacks are hidden (`MCP_DISABLE_CAPABILITY_GATING`).
    pub gating: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            apps: Vec::new(),
            gating: true,
        }
    }
}

impl Catalogue {
    /// Puts the tables together.
    pub fn new(tables: impl IntoIterator<Item = AppTools>, selection: &Selection) -> Self {
        let selected = |app: App| {
            selection.apps.is_empty()
                || matches!(app, App::Core | App::Account)
                || selection.apps.iter().any(|name| name == app.name())
        };
        let (mut tools, mut resources) = (Vec::new(), Vec::new());
        for table in tables {
            let (of_tools, of_resources) = table.into_parts();
            tools.extend(of_tools.into_iter().filter(|tool| selected(tool.app)));
            resources.extend(of_resources.into_iter().filter(|resource| selected(resource.app)));
        }
        let by_name = tools
            .iter()
            .enumerate()
            .map(|(index, tool)| (tool.name, index))
            .collect();
        Self {
            tools,
            by_name,
            resources,
            gating: selection.gating,
        }
    }

    /// Every tool, in the order of the tables.
    pub fn tools(&self) -> &[Tool] {
        &self.tools
    }

    /// Every resource and resource template.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// A tool by name.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tool_entry(name).map(|(_, tool)| tool)
    }

    /// A tool by name, with its place in [`tools`](Self::tools).
    pub fn tool_entry(&self, name: &str) -> Option<(usize, &Tool)> {
        self.by_name.get(name).map(|&index| (index, &self.tools[index]))
    }

    /// The resource that a URI names.
    pub fn resource(&self, uri: &str) -> Option<(&Resource, UriParameters)> {
        self.resources
            .iter()
            .find_map(|resource| Some((resource, resource.matches(uri)?)))
    }

    /// The scopes that some tool or resource needs, in alphabetical order: what the resource metadata advertises.
    pub fn scopes(&self) -> BTreeSet<&'static str> {
        let of_tools = self.tools.iter().flat_map(|tool| tool.scopes);
        let of_resources = self.resources.iter().flat_map(|resource| resource.scopes);
        of_tools.chain(of_resources).copied().collect()
    }

    /// The tools that `principal` may call at a Nextcloud with these capabilities; all of them when those are unknown,
    /// since a tool that fails with a reason is better than one that vanished.
    pub fn visible_tools<'a>(
        &'a self,
        principal: &'a Principal,
        capabilities: Option<&'a Capabilities>,
    ) -> impl Iterator<Item = &'a Tool> {
        self.tools.iter().filter(move |tool| {
            principal.missing_scopes(tool.scopes.iter().copied()).is_empty()
                && self.is_offered(tool.app, tool.since, capabilities)
        })
    }

    /// The resources that `principal` may read.
    pub fn visible_resources<'a>(
        &'a self,
        principal: &'a Principal,
        capabilities: Option<&'a Capabilities>,
    ) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |resource| {
            principal.missing_scopes(resource.scopes.iter().copied()).is_empty()
                && self.is_offered(resource.app, None, capabilities)
        })
    }

    /// Whether this Nextcloud has the app in the version that is needed.
    pub fn is_offered(&self, app: App, since: Option<[u32; 3]>, capabilities: Option<&Capabilities>) -> bool {
        let (Some(key), Some(capabilities)) = (app.capability(), capabilities) else {
            return true;
        };
        if !self.gating {
            return true;
        }
        let recent_enough = match (since, capabilities.app_version(key)) {
            (Some(since), Some(version)) => version >= since,
            _ => true,
        };
        capabilities.app(key).is_some() && recent_enough
    }
}
