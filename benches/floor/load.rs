//! The rounds: `wrk` at one server, then at the other, and what it cost them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, ExitCode, Stdio};

use serde_json::json;

const ROUNDS: usize = 7;
const SECONDS: u32 = 3;
const CONNECTIONS: u32 = 16;

struct Served {
    process: Child,
    url: String,
    token: String,
}

struct Round {
    calls_per_second: f64,
    p99: String,
    cpu_micros_per_call: f64,
}

/// Runs the comparison and prints it.
pub fn compare() -> ExitCode {
    if Command::new("wrk").arg("-v").output().is_err() {
        eprintln!("this benchmark needs wrk (on Debian: apt-get install wrk)");
        return ExitCode::FAILURE;
    }
    let nextcloud = start("nextcloud", "");
    let floor = start("floor", &nextcloud.url);
    let ours = start("ours", &nextcloud.url);
    load(&floor, 1);
    load(&ours, 1);

    println!("{CONNECTIONS} connections, {SECONDS} s a round; floor then ours\n");
    println!("round   floor/s     ours/s   ratio   floor us/call   ours us/call   floor p99   ours p99");
    let mut ratios = Vec::new();
    for number in 1..=ROUNDS {
        let least = load(&floor, SECONDS);
        let whole = load(&ours, SECONDS);
        let ratio = whole.calls_per_second / least.calls_per_second;
        ratios.push(ratio);
        println!(
            "{number:5} {:9.0}  {:9.0}   {ratio:5.2}   {:13.1}   {:12.1}   {:>9}   {:>8}",
            least.calls_per_second,
            whole.calls_per_second,
            least.cpu_micros_per_call,
            whole.cpu_micros_per_call,
            least.p99,
            whole.p99
        );
    }
    ratios.sort_by(f64::total_cmp);
    println!("\nmedian ratio {:.2}", ratios[ROUNDS / 2]);
    println!(
        "peak memory: floor {}, ours {}",
        peak_memory(&floor),
        peak_memory(&ours)
    );
    for mut served in [ours, floor, nextcloud] {
        let _ = served.process.kill();
        let _ = served.process.wait();
    }
    ExitCode::SUCCESS
}

fn start(role: &str, nextcloud: &str) -> Served {
    let program = std::env::current_exe().expect("this program's path");
    let mut process = Command::new(program)
        .args(["--role", role, nextcloud])
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let stdout = process.stdout.take().expect("its output");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("its address");
    let (url, token) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    Served {
        url: url.to_owned(),
        token: token.to_owned(),
        process,
    }
}

fn load(served: &Served, seconds: u32) -> Round {
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "nc_notes_get_note", "arguments": {"note_id": 1}}});
    let mut script = tempfile::NamedTempFile::with_suffix(".lua").expect("a file");
    write!(
        script,
        "wrk.method = 'POST'\nwrk.body = [[{call}]]\nwrk.headers = {{['Content-Type'] = 'application/json', \
         ['Accept'] = 'application/json, text/event-stream', ['MCP-Protocol-Version'] = '2025-11-25', \
         ['Authorization'] = 'Bearer {}'}}\n",
        served.token
    )
    .expect("the script");
    let before = cpu_micros(served);
    let output = Command::new("wrk")
        .args(["-t1", "--latency"])
        .arg(format!("-c{CONNECTIONS}"))
        .arg(format!("-d{seconds}s"))
        .arg("-s")
        .arg(script.path())
        .arg(format!("{}/mcp", served.url))
        .output()
        .expect("wrk runs");
    let spent = cpu_micros(served) - before;
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !report.contains("Non-2xx") && !report.contains("Socket errors"),
        "requests failed:\n{report}"
    );
    let field = |name: &str| {
        let line = report.lines().find(|line| line.trim_start().starts_with(name));
        line.and_then(|line| line.split_whitespace().last())
            .unwrap_or("")
            .to_owned()
    };
    let calls_per_second: f64 = field("Requests/sec:").parse().unwrap_or_default();
    Round {
        calls_per_second,
        p99: field("99%"),
        cpu_micros_per_call: spent / (calls_per_second * f64::from(seconds)),
    }
}

/// CPU time of the process so far, from `/proc/<pid>/stat` (clock ticks of 10 ms).
fn cpu_micros(served: &Served) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", served.process.id())).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |index: usize| -> f64 {
        let field = after_name.split_whitespace().nth(index);
        field.and_then(|field| field.parse().ok()).unwrap_or_default()
    };
    (ticks(11) + ticks(12)) * 10_000.0
}

fn peak_memory(served: &Served) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.process.id())).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.map_or_else(String::new, |line| line.trim_start_matches("VmHWM:").trim().to_owned())
}
