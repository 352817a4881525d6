//! An MCP client over HTTP, as small as it can be: what goes over the wire is in plain sight.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::schema;

/// Which form of the protocol a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// Up to 2025-11-25: the version in a header, if at all.
    Legacy,
    /// 2026-07-28: version, method and name in headers and `_meta`.
    Modern,
}

/// A client with one token (or none) at one server.
#[derive(Debug, Clone)]
pub struct McpClient {
    pub http: reqwest::Client,
    pub url: String,
    pub token: Option<String>,
    pub era: Era,
}

/// What a tool answered.
#[derive(Debug)]
pub struct Outcome {
    pub is_error: bool,
    pub structured: Value,
    pub text: String,
}

impl Outcome {
    /// The structured result of a call that must have succeeded.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(!self.is_error, "the tool failed: {}", self.text);
        self.structured
    }

    /// The text of a call that must have failed.
    #[track_caller]
    pub fn error(self) -> String {
        assert!(self.is_error, "the tool succeeded: {}", self.text);
        self.text
    }
}

impl McpClient {
    /// A client of the server whose MCP endpoint is `url`.
    pub fn new(url: impl Into<String>, token: Option<&str>) -> Self {
        Self {
            http: super::http_client(),
            url: url.into(),
            token: token.map(ToOwned::to_owned),
            era: Era::Legacy,
        }
    }

    /// The same client speaking the modern protocol.
    pub fn modern(mut self) -> Self {
        self.era = Era::Modern;
        self
    }

    /// The request of `method`, ready to be sent or changed.
    pub fn request(&self, method: &str, params: Value) -> RequestBuilder {
        let mut params = params;
        let mut request = self
            .http
            .post(&self.url)
            .header("accept", "application/json, text/event-stream");
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request = match self.era {
            Era::Legacy => request.header("mcp-protocol-version", "2025-11-25"),
            Era::Modern => {
                params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
                params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
                params["_meta"]["io.modelcontextprotocol/clientInfo"] = json!({"name": "test", "version": "1"});
                request = request
                    .header("mcp-protocol-version", "2026-07-28")
                    .header("mcp-method", method);
                match params.get("name").or_else(|| params.get("uri")).and_then(Value::as_str) {
                    Some(name) => request.header("mcp-name", name),
                    None => request,
                }
            }
        };
        request.json(&json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    }

    /// Sends `method`, whatever the status of the answer.
    pub async fn send(&self, method: &str, params: Value) -> Response {
        self.request(method, params).send().await.unwrap()
    }

    /// The JSON-RPC answer to `method`, which must come with status 200.
    pub async fn rpc(&self, method: &str, params: Value) -> Value {
        let response = self.send(method, params).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{text}");
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    /// The `result` of `method`, which must succeed.
    pub async fn result(&self, method: &str, params: Value) -> Value {
        let mut answer = self.rpc(method, params).await;
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].take()
    }

    /// Calls a tool. What it gives must fit the tool's output schema, and arguments that it takes its input schema.
    pub async fn call(&self, tool: &str, arguments: Value) -> Outcome {
        let problems = schema::argument_problems(tool, &arguments);
        let mut result = self
            .result("tools/call", json!({"name": tool, "arguments": arguments}))
            .await;
        let outcome = Outcome {
            is_error: result["isError"] == json!(true),
            structured: result["structuredContent"].take(),
            text: result["content"][0]["text"].as_str().unwrap_or_default().to_owned(),
        };
        if !outcome.is_error {
            schema::assert_result(tool, &outcome.structured);
            assert!(
                problems.is_empty(),
                "{tool} takes what its schema refuses: {problems:?}"
            );
        }
        outcome
    }

    /// Every page of a list, from the one that `arguments` ask for to the last.
    pub async fn pages(&self, tool: &str, arguments: &Value) -> Vec<Value> {
        let mut arguments = arguments.clone();
        let mut pages: Vec<Value> = Vec::new();
        loop {
            let page = self.call(tool, arguments.clone()).await.ok();
            let mut next = [("cursor", "next_cursor"), ("offset", "next_offset")].into_iter();
            let next = next.find_map(|(argument, next)| Some((argument, page.get(next)?.clone())));
            pages.push(page);
            let Some((argument, next)) = next else { return pages };
            assert_ne!(arguments.get(argument), Some(&next), "{tool} does not get on");
            arguments[argument] = next;
        }
    }

    /// Every item of a list in pages; `list` is the field that has them.
    pub async fn every(&self, tool: &str, arguments: &Value, list: &str) -> Vec<Value> {
        let pages = self.pages(tool, arguments).await;
        pages
            .iter()
            .flat_map(|page| page[list].as_array().unwrap())
            .cloned()
            .collect()
    }

    /// The names of the tools that are listed.
    pub async fn tool_names(&self) -> Vec<String> {
        let result = self.result("tools/list", json!({})).await;
        let tools = result["tools"].as_array().unwrap();
        tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// The parameters of a `WWW-Authenticate: Bearer` challenge.
pub fn challenge(headers: &HeaderMap) -> std::collections::BTreeMap<String, String> {
    let value = headers[WWW_AUTHENTICATE].to_str().unwrap();
    let parameters = value.strip_prefix("Bearer ").unwrap();
    parameters
        .split("\", ")
        .map(|parameter| {
            let (name, value) = parameter.split_once("=\"").unwrap();
            (name.to_owned(), value.trim_end_matches('"').to_owned())
        })
        .collect()
}
