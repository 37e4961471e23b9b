//! The server as a process: the release binary, its data directory, its beginning and its ends.

use crate::client::Client;
use anyhow::{Context as _, Result, bail};
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take before it counts as failed.
const START: Duration = Duration::from_secs(30);
/// Between two looks whether the server is ready. Small against the budget of the start.
const LOOK: Duration = Duration::from_millis(1);

/// The path of the binary under test.
///
/// # Errors
/// When `REGIE_BIN` does not name one.
pub fn binary() -> Result<PathBuf> {
    let path = PathBuf::from(std::env::var_os("REGIE_BIN").context("REGIE_BIN is not set; run `cargo xtask bench`")?);
    path.canonicalize().with_context(|| format!("no binary at {}", path.display()))
}

/// A data directory with the settings that the binary is run with.
#[derive(Clone)]
pub struct Installation {
    pub data: PathBuf,
    pub settings: Vec<(&'static str, String)>,
}

impl Installation {
    pub const fn new(data: PathBuf) -> Self {
        Self { data, settings: Vec::new() }
    }

    /// The same directory with further settings.
    #[must_use]
    pub fn with(&self, settings: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let mut more = self.clone();
        more.settings.extend(settings);
        more
    }

    /// A copy of this installation, which must not be running.
    ///
    /// # Errors
    /// When it cannot be copied.
    pub fn copy_to(&self, data: &Path) -> Result<Self> {
        if data.exists() {
            fs::remove_dir_all(data).with_context(|| format!("cannot empty {}", data.display()))?;
        }
        copy(&self.data, data).with_context(|| format!("cannot copy to {}", data.display()))?;
        Ok(Self { data: data.to_owned(), settings: self.settings.clone() })
    }

    /// The SQLite file.
    pub fn database(&self) -> PathBuf {
        self.data.join("regie.db")
    }

    /// The binary with this directory and none of our environment but the settings.
    fn command(&self) -> Result<Command> {
        fs::create_dir_all(&self.data).context("cannot make the data directory")?;
        let mut command = Command::new(binary()?);
        // Elsewhere, a regie.toml or a variable of the person who measures could change what is measured.
        command.current_dir(&self.data).env_clear().args(["--data", "."]);
        // Each start listens elsewhere; tokens name their issuer, and must outlive a start.
        command.env("REGIE_PUBLIC_URL", "http://regie.example").envs(self.settings.iter().map(|(k, v)| (k, v)));
        Ok(command)
    }

    /// Runs a command of the binary to its end and gives its output.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = self.command()?;
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start the binary")?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(input.as_bytes()).context("cannot write to the binary")?;
        }
        let output = child.wait_with_output().context("the binary is lost")?;
        if !output.status.success() {
            bail!("`regie {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the server and waits until it is ready. Its log goes to a file beside the data.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn start(&self) -> Result<Server> {
        let addr = free_address()?;
        let log = self.data.with_extension("log");
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = self.command()?;
        command.args(["serve", "--addr", &addr.to_string()]).stdin(Stdio::null());
        command.stderr(file.try_clone().context("cannot share the log")?).stdout(file);
        let started = Instant::now();
        let child = command.spawn().context("cannot start the server")?;
        let mut server = Server { child, addr, ready_after: Duration::ZERO };
        loop {
            if let Ok(answer) = Client::new(addr).get("/readyz", &[]).await
                && answer.status == 200
            {
                server.ready_after = started.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait().context("the server is lost")? {
                bail!("the server ended ({status}):\n{}", fs::read_to_string(&log).unwrap_or_default());
            }
            if started.elapsed() > START {
                bail!("the server is not ready after {START:?}:\n{}", fs::read_to_string(&log).unwrap_or_default());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    listener.local_addr().context("no port is free")
}

/// A running server. Dropped, it is killed.
pub struct Server {
    child: Child,
    pub addr: SocketAddr,
    /// From the start of the process to the first 200 of `/readyz`.
    pub ready_after: Duration,
}

impl Server {
    /// Memory that the process occupies, in bytes (`VmRSS` of `/proc/<pid>/status`, proc(5)).
    ///
    /// # Errors
    /// When the process is gone.
    pub fn resident_bytes(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).context("the server is gone")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS is no number")?;
        Ok(kib * 1024.0)
    }

    /// Asks the server to stop and waits until it has.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().context("cannot start kill")?;
        let status = self.child.wait().context("the server is lost")?;
        if !(asked.success() && status.success()) {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
