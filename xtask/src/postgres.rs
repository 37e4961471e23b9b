//! A throw-away PostgreSQL for tests and benchmarks: its own directory, its own port, gone afterwards however the run ends.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow};

use crate::command::{find, halt, read};

const PREFIX: &str = "regie-test-pg-";
/// The exit code of who was interrupted, as shells have it: 128 and the signal's number.
const INTERRUPTED: i32 = 130;

/// Speed instead of safety: nobody needs these data after a power cut.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c full_page_writes=off \
     -c synchronous_commit=off -c max_connections=400 -c shared_buffers=128MB -c autovacuum=off";

/// The directory of the running cluster, for the interrupt handler.
static RUNNING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// A running cluster. Dropping it stops it and removes its directory.
pub struct Cluster {
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster. Clusters that killed runs left behind are removed first.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> Result<Self> {
        let binaries = binaries().context("PostgreSQL's initdb is not installed")?;
        let parent = if is_root() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
        remove_left_over(&parent);
        let template = parent.join(format!("{PREFIX}{}-XXXXXX", std::process::id()));
        let directory = PathBuf::from(read(as_postgres("mktemp").arg("-d").arg(template))?.trim());
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(directory.clone());
        // From here on dropping cleans up.
        let mut cluster = Self { port: 0 };
        let data = directory.join("data");
        read(
            as_postgres(binaries.join("initdb"))
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"])
                .arg(&data),
        )?;
        let is_certified = certify(&binaries, &data);
        if !is_certified {
            crate::report::note("PostgreSQL has no certificate: encrypted connections are not tested");
        }
        let encryption = if is_certified { " -c ssl=on" } else { "" };
        let mut last = anyhow!("no port is free");
        for _ in 0..3 {
            // Somebody else can take the port between our look and the start; then another one is tried.
            cluster.port = free_port()?;
            let options = format!("{SETTINGS}{encryption} -c port={}", cluster.port);
            let log = directory.join("log");
            match read(
                as_postgres(binaries.join("pg_ctl"))
                    .args(["start", "-w", "-t", "60", "-o", &options, "-l"])
                    .arg(&log)
                    .arg("-D")
                    .arg(&data),
            ) {
                Ok(_) => return Ok(cluster),
                Err(error) => last = error.context(fs::read_to_string(&log).unwrap_or_default()),
            }
        }
        Err(last.context("PostgreSQL does not start"))
    }

    /// The address of its maintenance database, with a user who may do all. In the clear, unless a test wants it otherwise: that is
    /// quicker.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        stop_running();
    }
}

/// From here on, whoever interrupts us leaves no child and no cluster behind.
///
/// # Errors
/// When interruption cannot be watched for.
pub fn clean_up_when_interrupted() -> Result<()> {
    ctrlc::set_handler(|| {
        halt();
        stop_running();
        std::process::exit(INTERRUPTED);
    })
    .context("cannot watch for interruption")
}

/// Stops the cluster of this process, if there is one. For the interrupt handler, too, where nothing is dropped.
fn stop_running() {
    // Held until all is gone: whoever comes second must not exit before.
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(directory) = running.take() {
        remove(&directory);
    }
}

/// Where PostgreSQL's programs are: Debian keeps them out of `PATH`, by version.
pub fn binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    newest(versions.filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists()).collect()).or_else(|| {
        find("initdb").and_then(|initdb| initdb.parent().map(Path::to_owned)).filter(|bin| bin.join("pg_ctl").exists())
    })
}

/// Of `…/9.6/bin` and `…/15/bin`, the second.
fn newest(mut directories: Vec<PathBuf>) -> Option<PathBuf> {
    let version = |bin: &PathBuf| -> Vec<u32> {
        let name = bin.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        name.split('.').filter_map(|part| part.parse().ok()).collect()
    };
    directories.sort_by_key(version);
    directories.pop()
}

/// Makes a certificate of nobody for the server, so that encrypted connections can be tested. `false` where that cannot be done.
fn certify(binaries: &Path, data: &Path) -> bool {
    let library = read(as_postgres(binaries.join("postgres")).arg("-D").arg(data).args(["-C", "ssl_library"]));
    let made = || {
        let mut openssl = as_postgres("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        openssl.args(["-days", "2", "-subj", "/CN=127.0.0.1", "-keyout"]).arg(data.join("server.key"));
        read(openssl.arg("-out").arg(data.join("server.crt"))).is_ok()
    };
    library.is_ok_and(|name| !name.trim().is_empty()) && made()
}

/// PostgreSQL refuses to run as root.
fn as_postgres(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(name);
        command
    } else {
        Command::new(name)
    };
    // Our own directory may be closed to that user.
    command.current_dir("/").env("LC_ALL", "C.UTF-8");
    command
}

fn is_root() -> bool {
    read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    Ok(listener.local_addr().context("no port is free")?.port())
}

/// Clusters whose run was killed before it could clean up.
fn remove_left_over(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().and_then(owner).is_some_and(|process| !Path::new("/proc").join(process.to_string()).exists()) {
            remove(&entry.path());
        }
    }
}

/// The process that made a cluster's directory.
fn owner(directory: &str) -> Option<u32> {
    directory.strip_prefix(PREFIX)?.split_once('-')?.0.parse().ok()
}

fn remove(directory: &Path) {
    if let Some(binaries) = binaries() {
        // It may not have been started yet.
        let _ = read(as_postgres(binaries.join("pg_ctl")).args(["stop", "-m", "immediate", "-D"]).arg(directory.join("data")));
    }
    let _ = fs::remove_dir_all(directory);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let paths = ["/x/9.6/bin", "/x/15/bin", "/x/13/bin"].map(PathBuf::from).to_vec();
        assert_eq!(newest(paths), Some(PathBuf::from("/x/15/bin")));
        assert_eq!(newest(Vec::new()), None);
    }

    #[test]
    fn a_directory_tells_who_made_it() {
        assert_eq!(owner("regie-test-pg-4711-a1b2c3"), Some(4711));
        assert_eq!(owner("regie-test-pg-x"), None);
        assert_eq!(owner("something-else"), None);
    }
}
