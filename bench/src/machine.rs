//! The machine: what it is, where files go, how fast its disk makes something durable.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The word that makes this program measure the disk and print the figure: so that it can be measured under
/// the same preloaded library as a server.
pub const FLOOR: &str = "--floor";

/// The source of the library that slows a disk.
const SLOW_DISK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/slow_disk.c");

/// What a figure depends on.
pub struct Machine {
    pub commit: String,
    pub cpus: usize,
    pub kernel: String,
    /// Load average of the last minute.
    pub load: f64,
    date: String,
}

impl Machine {
    /// # Errors
    /// When `/proc` does not say.
    pub fn look() -> Result<Self> {
        let load = read("/proc/loadavg")?;
        Ok(Self {
            commit: said(Command::new("git").args(["describe", "--always", "--dirty", "--exclude=*"]).current_dir(root()))
                .unwrap_or_else(|_| "unknown".to_owned()),
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: read("/proc/sys/kernel/osrelease")?,
            load: load.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0.0),
            date: said(Command::new("date").args(["-u", "+%FT%TZ"]))?,
        })
    }

    pub fn json(&self) -> Value {
        json!({ "commit": self.commit, "cpus": self.cpus, "kernel": self.kernel, "load_average_before": self.load,
            "noisy": self.load > 0.5, "date": self.date })
    }
}

/// The root of the project.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn read(path: &str) -> Result<String> {
    Ok(fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?.trim().to_owned())
}

/// What a command writes to standard output, without the line break.
fn said(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("cannot start {name}"))?;
    if !output.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where results go.
///
/// # Errors
/// When it cannot be made.
pub fn directory() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir));
    let directory = target.join("bench");
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
    Ok(directory)
}

/// An empty directory for one benchmark, on a disk: in memory nothing is durable.
///
/// # Errors
/// When it cannot be made, or is in memory.
pub fn scratch(name: &str) -> Result<PathBuf> {
    let scratch = directory()?.join("work").join(name);
    if scratch.exists() {
        fs::remove_dir_all(&scratch).with_context(|| format!("cannot empty {}", scratch.display()))?;
    }
    fs::create_dir_all(&scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    let kind = said(Command::new("stat").args(["-f", "-c", "%T"]).arg(&scratch))?;
    if ["tmpfs", "ramfs"].contains(&kind.as_str()) {
        bail!("{} is in memory ({kind}); set CARGO_TARGET_DIR to a directory on a disk", scratch.display());
    }
    Ok(scratch)
}

/// How many times a second 4 KiB can be written and made durable in `directory`, one after the other.
fn floor(directory: &Path) -> Result<f64> {
    const LONG: Duration = Duration::from_secs(1);
    let path = directory.join("floor");
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path).context("cannot make a file")?;
    let page = [0x5A; 4096];
    // The file is written once before, so that its length does not change later: a database's log is reused, too.
    for place in 0..256 {
        file.write_all_at(&page, place * 4096).context("cannot write")?;
    }
    file.sync_all().context("cannot sync")?;
    let start = Instant::now();
    let mut count = 0_u64;
    while start.elapsed() < LONG {
        file.write_all_at(&page, (count % 256) * 4096).context("cannot write")?;
        file.sync_data().context("cannot sync")?;
        count += 1;
    }
    let rate = count as f64 / start.elapsed().as_secs_f64();
    fs::remove_file(&path).context("cannot remove a file")?;
    Ok(rate)
}

/// Measures and prints the floor; the other half of [`Disk::floor`].
///
/// # Errors
/// When the directory cannot be written.
pub fn print_floor(directory: &Path) -> Result<()> {
    println!("{}", floor(directory)?);
    Ok(())
}

/// The disk as it is, or as a slower one.
#[derive(Clone, Default)]
pub struct Disk {
    /// The library to load, and the microseconds it adds to each fsync.
    slow: Option<(PathBuf, u64)>,
}

impl Disk {
    /// A disk whose fsync takes `micros` longer; `None` without a C compiler.
    ///
    /// # Errors
    /// When there is a compiler and it refuses.
    pub fn slowed(scratch: &Path, micros: u64) -> Result<Option<Self>> {
        if said(Command::new("cc").arg("--version")).is_err() {
            return Ok(None);
        }
        let library = scratch.join("slow_disk.so");
        said(Command::new("cc").args(["-O2", "-Wall", "-shared", "-fPIC", "-o"]).arg(&library).arg(SLOW_DISK))?;
        Ok(Some(Self { slow: Some((library, micros)) }))
    }

    /// What a process that shall use this disk finds in its environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.slow.as_ref().map_or_else(Vec::new, |(library, micros)| {
            vec![("LD_PRELOAD", library.display().to_string()), ("REGIE_BENCH_DISK_MICROS", micros.to_string())]
        })
    }

    /// Durable 4 KiB writes a second, measured in a process that sees this disk.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub fn floor(&self, directory: &Path) -> Result<f64> {
        let own = std::env::current_exe().context("cannot find this program")?;
        let text = said(Command::new(own).arg(FLOOR).arg(directory).envs(self.environment()))?;
        text.parse().context("no figure from the disk")
    }
}
