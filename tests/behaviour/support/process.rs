//! The real binary, in a process of its own.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http::StatusCode;

use super::{TestNextcloud, http_client};

/// The binary in front of `nextcloud`, with no other environment.
pub fn binary(nextcloud: &TestNextcloud) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nextcloud-mcp-server"));
    command.env_clear().env("NEXTCLOUD_HOST", &nextcloud.url);
    command
}

/// A port that nobody listens on at the moment.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A server that was started. It is killed when it is dropped.
pub struct Process {
    child: Child,
    /// Where it listens, without a trailing slash.
    pub url: String,
}

impl Process {
    /// Starts a server in front of `nextcloud` with these variables.
    pub fn start(nextcloud: &TestNextcloud, port: u16, variables: &[(&str, &str)]) -> Self {
        let child = binary(nextcloud)
            .env("NEXTCLOUD_MCP_PORT", port.to_string())
            .env("METRICS_ENABLED", "false")
            .env("LOG_LEVEL", "error")
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        Self { child, url }
    }

    /// Waits until it says that it is ready.
    pub async fn until_ready(&self) {
        let http = http_client();
        for _ in 0..600 {
            let answer = http.get(format!("{}/health/ready", self.url)).send().await;
            if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the server does not become ready");
    }

    /// SIGKILL: nothing of the process runs after it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The most memory that it has held, in bytes.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kibibytes * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
