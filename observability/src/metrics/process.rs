//! What the process uses, read from `/proc` at each scrape. Elsewhere these metrics stay absent.

use std::{
    fs,
    sync::{Mutex, PoisonError},
};

use prometheus::{Counter, GaugeVec, Registry};

use super::families::{PROCESS_CPU, PROCESS_FDS, PROCESS_MEMORY, PROCESS_START, PROCESS_THREADS};

/// Clock ticks per second in `/proc`: `USER_HZ`, 100 on every architecture Rust's Linux targets cover.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Debug)]
pub(super) struct Process {
    start: GaugeVec,
    /// Raised by what was used since the last scrape, by one scrape at a time.
    cpu: Mutex<Counter>,
    memory: GaugeVec,
    threads: GaugeVec,
    fds: GaugeVec,
}

impl Process {
    pub(super) fn register(registry: &Registry) -> prometheus::Result<Self> {
        Ok(Self {
            start: PROCESS_START.float_gauge(registry)?,
            cpu: Mutex::new(PROCESS_CPU.float_counter(registry)?.with_label_values::<&str>(&[])),
            memory: PROCESS_MEMORY.float_gauge(registry)?,
            threads: PROCESS_THREADS.float_gauge(registry)?,
            fds: PROCESS_FDS.float_gauge(registry)?,
        })
    }

    pub(super) fn refresh(&self) {
        let set = |gauge: &GaugeVec, value: Option<f64>| {
            if let Some(value) = value {
                gauge.with_label_values::<&str>(&[]).set(value);
            }
        };
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let boot = fs::read_to_string("/proc/stat")
            .ok()
            .and_then(|text| keyed(&text, "btime "));
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        set(
            &self.start,
            boot.zip(stat_field(&stat, 22))
                .map(|(boot, ticks)| boot + ticks / TICKS_PER_SECOND),
        );
        let ticks = stat_field(&stat, 14).zip(stat_field(&stat, 15));
        if let Some((user, system)) = ticks {
            let cpu = self.cpu.lock().unwrap_or_else(PoisonError::into_inner);
            cpu.inc_by(((user + system) / TICKS_PER_SECOND - cpu.get()).max(0.0));
        }
        set(
            &self.memory,
            keyed(&status, "VmRSS:").map(|kibibytes| kibibytes * 1024.0),
        );
        set(&self.threads, keyed(&status, "Threads:"));
        // Reading the directory holds one descriptor itself.
        let fds = fs::read_dir("/proc/self/fd")
            .ok()
            .and_then(|entries| u32::try_from(entries.count()).ok());
        set(&self.fds, fds.map(|count| f64::from(count.saturating_sub(1))));
    }
}

/// Field `number` of `/proc/self/stat`, counted from 1 as in proc(5). The name (2) may hold blanks and parentheses.
fn stat_field(stat: &str, number: usize) -> Option<f64> {
    stat.rsplit_once(')')?
        .1
        .split_ascii_whitespace()
        .nth(number.checked_sub(3)?)?
        .parse()
        .ok()
}

/// The first number of the line that begins with `key`.
fn keyed(text: &str, key: &str) -> Option<f64> {
    text.lines()
        .find_map(|line| line.strip_prefix(key))?
        .split_ascii_whitespace()
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proc_files_are_read_by_field() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 900 0 0 0 150 50 0 0 20 0 3 0 12345 99 100";
        assert_eq!(stat_field(stat, 14), Some(150.0));
        assert_eq!(stat_field(stat, 15), Some(50.0));
        assert_eq!(stat_field(stat, 22), Some(12345.0));
        assert_eq!(stat_field("", 14), None);
        assert_eq!(keyed("Name:\tx\nVmRSS:\t  5504 kB\n", "VmRSS:"), Some(5504.0));
        assert_eq!(keyed("Name:\tx\n", "VmRSS:"), None);
    }
}
