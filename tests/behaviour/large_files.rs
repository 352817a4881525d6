//! What a large file costs: the peak memory of a server process through which one is written and read.
//!
//! How much it is in all is only telling for the optimised program, and takes about a minute; `LARGE_FILE_MIB` is the
//! file's size, 1024 unless set.
//! `cargo test --release -p nextcloud-mcp-server --test behaviour large_files -- --ignored --nocapture`

use crate::support::process::free_port;
use crate::support::{McpClient, Process, TestNextcloud};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nextcloud_sandbox::SandboxOptions;
use serde_json::{Value, json};

const MIB: u64 = 1024 * 1024;
/// What one call carries. In memory it is several times this: as bytes, as base64, as JSON.
const PART: u64 = MIB;
/// What the optimised process may hold at its peak.
const BOUND: u64 = 64 * MIB;

/// A server in a process of its own: the sandbox, which holds the file, is in this one.
async fn start(nextcloud: &TestNextcloud) -> Process {
    let variables = [
        ("NEXTCLOUD_USERNAME", nextcloud.user.name.as_str()),
        ("NEXTCLOUD_PASSWORD", nextcloud.user.password.as_str()),
        // Whatever this machine does for everybody: a huge page stays whole for any byte in it.
        ("MIMALLOC_ALLOW_THP", "0"),
    ];
    let process = Process::start(nextcloud, free_port(), &variables);
    process.until_ready().await;
    process
}

/// Writes a file of `size` bytes in parts, appends to it and reads it in parts; says what that cost.
#[expect(clippy::print_stdout, reason = "the numbers are what the measurement is for")]
async fn carry(mcp: &McpClient, server: &Process, size: u64) {
    let piece: Vec<u8> = (0..PART).map(|byte| u8::try_from(byte % 251).unwrap()).collect();
    let (parts, last) = (size / PART, size % PART);
    let mut upload = Value::Null;
    for part in 1..=parts + 1 {
        let length = if part > parts { last } else { PART };
        let arguments = json!({
            "path": "large.bin",
            "content": STANDARD.encode(&piece[..usize::try_from(length).unwrap()]),
            "content_type": "application/octet-stream;base64",
            "upload_id": upload,
            "part": part,
            "last": part > parts,
        });
        let answer = mcp.call("nc_webdav_upload_part", arguments).await.ok();
        if part == 1 {
            upload = answer["upload_id"].clone();
        }
        if part > parts {
            assert_eq!(answer["file"]["size"], size);
        }
    }
    println!("written: {} MiB", server.peak() / MIB);

    let tail = json!({"path": "large.bin", "content": "end"});
    assert_eq!(mcp.call("nc_webdav_append_file", tail).await.ok()["size"], size + 3);
    println!("appended to: {} MiB", server.peak() / MIB);

    let mut offset = 0;
    while offset < size + 3 {
        let arguments = json!({"path": "large.bin", "offset": offset, "length": PART, "parse_document": "raw"});
        let answer = mcp.call("nc_webdav_read_file", arguments).await.ok();
        let bytes = STANDARD.decode(answer["content"].as_str().unwrap()).unwrap();
        offset += bytes.len() as u64;
    }
    println!("read: {} MiB", server.peak() / MIB);
}

#[tokio::test]
async fn a_file_is_never_in_memory_whole() {
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = start(&nextcloud).await;
    let mcp = McpClient::new(format!("{}/mcp", server.url), None);
    let size = 48 * MIB;
    let before = server.peak();
    carry(&mcp, &server, size).await;
    let grown = server.peak() - before;
    assert!(grown < size, "{} MiB more", grown / MIB);
}

#[tokio::test]
#[ignore = "a gigabyte takes its time"]
async fn a_gigabyte_goes_through_a_small_process() {
    let size = std::env::var("LARGE_FILE_MIB").map_or(1024, |size| size.parse().unwrap()) * MIB;
    let nextcloud = TestNextcloud::sandbox(SandboxOptions::new()).await;
    let server = start(&nextcloud).await;
    let mcp = McpClient::new(format!("{}/mcp", server.url), None);
    println!("at rest: {} MiB", server.peak() / MIB);
    carry(&mcp, &server, size).await;
    assert!(server.peak() < BOUND, "{} MiB", server.peak() / MIB);
}
