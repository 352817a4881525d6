//! Kills a process that stores credentials, again and again, and looks for everything it was told is stored.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail the test by panicking"
)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nextcloud_mcp_actors::credential_vault::{Batch, CredentialVault, Table, VaultOptions};

/// Set for the process that is killed: the database.
const DATABASE: &str = "VAULT_CRASH_DATABASE";
const WRITERS: u64 = 8;
/// How many acknowledgements to wait for before the process is killed. At 0 it is killed while it starts.
const ROUNDS: [usize; 9] = [0, 1, 5, 0, 40, 150, 0, 400, 90];

/// Not a test of its own: what the tests start and kill.
#[test]
fn stores_until_killed() {
    if let Some(database) = std::env::var_os(DATABASE) {
        store_until_killed(Path::new(&database));
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let database = directory.path().join("vault.redb");
    let mut acknowledged = HashMap::new();
    for acknowledgements in ROUNDS {
        run_and_kill(&database, acknowledgements, &mut acknowledged);
        check(&database, &acknowledged);
    }
    assert!(acknowledged.values().sum::<u64>() > 500, "{acknowledged:?}");
}

#[test]
fn a_process_killed_while_it_makes_the_database_leaves_one_that_opens() {
    let stages: [fn(&Path) -> bool; 4] = [
        |database| database.exists(),
        |database| std::fs::metadata(database).is_ok_and(|file| file.len() > 0),
        |database| std::fs::read(database).is_ok_and(|content| content.starts_with(b"redb")),
        |database| database.with_extension("redb.key").exists(),
    ];
    for reached in stages.iter().cycle().take(16) {
        let directory = tempfile::tempdir().unwrap();
        let database = directory.path().join("vault.redb");
        let mut child = start(&database);
        while !reached(&database) {
            assert!(
                child.try_wait().unwrap().is_none(),
                "the process stores until it is killed"
            );
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        check(&database, &HashMap::new());
    }
}

/// Starts the writing process, and kills it (SIGKILL) after a number of acknowledgements. Those that were in the pipe by
/// then count too.
fn run_and_kill(database: &Path, acknowledgements: usize, acknowledged: &mut HashMap<u64, u64>) {
    let mut child = start(database);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = 0;
    while seen < acknowledgements {
        let line = lines.next().expect("the process stores until it is killed").unwrap();
        seen += usize::from(note(&line, acknowledged));
    }
    child.kill().unwrap();
    for line in lines.map_while(Result::ok) {
        note(&line, acknowledged);
    }
    assert!(!child.wait().unwrap().success());
}

fn start(database: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "stores_until_killed", "--nocapture"])
        .env(DATABASE, database)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Takes down `stored <writer> <number>.`; a line that was cut off lacks the full stop.
fn note(line: &str, acknowledged: &mut HashMap<u64, u64>) -> bool {
    // The test harness may have begun the line.
    let Some((_, rest)) = line.split_once("stored ") else {
        return false;
    };
    let Some((writer, number)) = rest.strip_suffix('.').and_then(|rest| rest.split_once(' ')) else {
        return false;
    };
    acknowledged.insert(writer.parse().unwrap(), number.parse().unwrap());
    true
}

/// Opens the database after the crash: everything acknowledged is there, and every batch is there whole.
fn check(database: &Path, acknowledged: &HashMap<u64, u64>) {
    runtime().block_on(async {
        let vault = CredentialVault::open(VaultOptions::at(database)).unwrap();
        let latest: HashMap<String, u64> = vault.list(Table::Grants).await.unwrap().into_iter().collect();
        let numbers: HashMap<String, u64> = vault.list(Table::McpClients).await.unwrap().into_iter().collect();
        for (writer, number) in acknowledged {
            assert!(latest[&writer.to_string()] >= *number, "writer {writer}");
            for number in 1..=*number {
                assert_eq!(numbers[&format!("{writer}/{number}")], number);
            }
        }
        // Each batch set one record of each table.
        assert_eq!(latest.values().sum::<u64>(), numbers.len() as u64);
        vault.close().await;
    });
}

/// The process that is killed: writers that each store one number after the other, and say so when it is acknowledged.
fn store_until_killed(database: &Path) {
    runtime().block_on(async {
        let vault = CredentialVault::open(VaultOptions::at(database)).unwrap();
        let writers = (0..WRITERS).map(|writer| store_numbers(vault.clone(), writer));
        futures_util::future::join_all(writers).await;
    });
}

async fn store_numbers(vault: CredentialVault, writer: u64) {
    let key = writer.to_string();
    let last: u64 = vault.get(Table::Grants, &key).await.unwrap().unwrap_or(0);
    for number in last + 1.. {
        let batch = Batch::new()
            .put(Table::Grants, &key, &number)
            .unwrap()
            .put(Table::McpClients, &format!("{writer}/{number}"), &number)
            .unwrap();
        vault.commit(batch).await.unwrap();
        let mut output = std::io::stdout().lock();
        // The pipe is gone only if the test that reads it is.
        if writeln!(output, "stored {writer} {number}.")
            .and_then(|()| output.flush())
            .is_err()
        {
            return;
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
