//! What the machine must have: Debian packages and the wasm target. Everything present is skipped in no time.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{cargo, find, program, read};
use crate::report::{note, step};

/// The target of everything that runs in the browser.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The exit code when something is missing that only an administrator can install.
pub const MISSING: i32 = 3;

/// A thing that must be there and the Debian packages that bring it.
struct Need {
    present: fn() -> bool,
    packages: &'static [&'static str],
}

const COMPILER: Need = Need { present: || find("cc").is_some(), packages: &["gcc", "libc6-dev"] };
const POSTGRES: Need = Need { present: || crate::postgres::binaries().is_some(), packages: &["postgresql"] };
const CHROMIUM: Need = Need { present: || chromium().is_some(), packages: &["chromium"] };
const NODE: Need = Need { present: || find("node").is_some(), packages: &["nodejs"] };
const NPM: Need = Need { present: || find("npm").is_some(), packages: &["npm"] };
const POPPLER: Need = Need { present: || find("pdftotext").is_some(), packages: &["poppler-utils"] };
const REDIS: Need = Need { present: || find("redis-server").is_some(), packages: &["redis-server"] };
const DEBIAN_RUST: Need = Need {
    present: || {
        ["/usr/bin/cargo", "/usr/bin/rustc", "/usr/bin/wasm-ld-19"].iter().all(|file| Path::new(file).exists())
            && debian_has_sources()
    },
    packages: &["rustc-web", "cargo-web", "rust-web-src", "lld-19"],
};

/// Packages for building and serving.
///
/// # Errors
/// When a package is missing and cannot be installed.
pub fn for_building() -> Result<()> {
    install(&[COMPILER])
}

/// Packages for unit and integration tests; `browser` adds what the browser tests need.
///
/// # Errors
/// When a package is missing and cannot be installed.
pub fn for_testing(postgres: bool, browser: bool) -> Result<()> {
    let mut needs = vec![COMPILER, POPPLER, REDIS];
    if postgres {
        needs.push(POSTGRES);
    }
    if browser {
        needs.extend([CHROMIUM, NODE, NPM]);
    }
    install(&needs)
}

/// Packages for benchmarks: for building, and for what of the two is used.
///
/// # Errors
/// When a package is missing and cannot be installed.
pub fn for_benchmarks(postgres: bool, browser: bool) -> Result<()> {
    let mut needs = vec![COMPILER];
    if postgres {
        needs.push(POSTGRES);
    }
    if browser {
        needs.extend([CHROMIUM, NODE, NPM]);
    }
    install(&needs)
}

/// rustfmt and clippy: rustup's minimal profile has neither. Ends with [`MISSING`] when they cannot be had.
pub fn for_linting() {
    let is_present = |name: &str| read(cargo().args([name, "--version"])).is_ok();
    let are_present = || is_present("fmt") && is_present("clippy");
    if are_present() {
        return;
    }
    let add = || read(program("rustup").args(["component", "add", "rustfmt", "clippy"])).map(drop);
    match step("rustup component add rustfmt clippy", add) {
        Ok(()) if are_present() => return,
        Ok(()) => note("rustup added them to another toolchain than the one in use"),
        Err(error) => note(&format!("{error:#}")),
    }
    eprintln!(
        "rustfmt and clippy are missing. Install them for the Rust in use, then try again; `cargo xtask test --only \
         unit,sqlite,postgres,e2e` does without."
    );
    std::process::exit(MISSING);
}

/// The installed Chromium.
pub fn chromium() -> Option<PathBuf> {
    find("chromium").or_else(|| Some(PathBuf::from("/usr/bin/chromium")).filter(|file| file.exists()))
}

/// Which Rust builds for the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WasmToolchain {
    /// The Rust that runs us, which has the target.
    Own,
    /// Debian's, which builds the standard library itself.
    Debian,
}

impl WasmToolchain {
    /// A cargo command ready to build for the browser.
    pub fn cargo(self) -> Command {
        match self {
            Self::Own => cargo(),
            Self::Debian => {
                let mut command = program("/usr/bin/cargo");
                for name in ["RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "LD_LIBRARY_PATH", "RUSTC_WRAPPER", "RUSTDOC"] {
                    command.env_remove(name);
                }
                command
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
                command
            }
        }
    }

    /// Options that go before the others, after `build`.
    pub fn options(self) -> &'static [&'static str] {
        match self {
            Self::Own => &[],
            Self::Debian => &["-Zbuild-std=std,panic_abort"],
        }
    }

    /// Where this toolchain builds: two compilers in one place would undo each other's work.
    pub fn target_dir(self) -> PathBuf {
        match self {
            Self::Own => crate::target_dir(),
            Self::Debian => crate::target_dir().join("debian-rust"),
        }
    }
}

/// Finds or installs a Rust that can build for the browser: our own with rustup's target, else Debian's.
/// `REGIE_WASM_TOOLCHAIN` set to `rustup` or `debian` asks for one way only.
///
/// # Errors
/// When neither way works here.
pub fn wasm_toolchain() -> Result<WasmToolchain> {
    let wish = std::env::var_os("REGIE_WASM_TOOLCHAIN").unwrap_or_default();
    match wish.to_str() {
        Some("debian") => return debian(),
        Some("rustup" | "") => {}
        _ => bail!("REGIE_WASM_TOOLCHAIN can be `rustup` or `debian`"),
    }
    if own_has_target() {
        return Ok(WasmToolchain::Own);
    }
    let added =
        step("rustup target add wasm32-unknown-unknown", || read(program("rustup").args(["target", "add", WASM])).map(drop));
    match added {
        Ok(()) if own_has_target() => Ok(WasmToolchain::Own),
        outcome if wish == "rustup" => outcome
            .and_then(|()| bail!("rustup added the target to another toolchain than the one in use"))
            .map(|()| WasmToolchain::Own),
        _ => {
            note("rustup could not add it; using Debian's Rust for the browser's part");
            debian()
        }
    }
}

/// What a clean test run writes below `target`, with half as much again for what it makes beside it, in MiB.
const NEEDED: u64 = 6 * 1024;

/// Says how much room the disk has for building, loudly when it is less than a clean run takes: what fails for want of it, the
/// compiler or the linker, says so in the middle of other words, or says something else.
pub fn tell_room() {
    let dir = Some(crate::target_dir()).filter(|dir| dir.exists()).unwrap_or_else(|| crate::root().to_owned());
    let Some(free) = free_room(&dir.to_string_lossy()) else { return };
    let enough = free >= NEEDED || crate::target_dir().join("debug").exists();
    let words = if enough { "" } else { ": too little for a clean run, which takes about 6 GB" };
    note(&format!("{:.1} GB free on the disk{words}", free as f64 / 1024.0));
}

/// What the disk below a directory has left, in MiB.
fn free_room(dir: &str) -> Option<u64> {
    room_in(&read(Command::new("df").args(["-Pk", dir])).ok()?)
}

/// The fourth column of what POSIX has `df -Pk` print.
fn room_in(table: &str) -> Option<u64> {
    let kib: u64 = table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib / 1024)
}

fn debian() -> Result<WasmToolchain> {
    install(&[DEBIAN_RUST])?;
    Ok(WasmToolchain::Debian)
}

/// Whether the Rust in use has a standard library for the browser.
fn own_has_target() -> bool {
    read(program("rustc").args(["--print", "sysroot"])).is_ok_and(|sysroot| has_target(Path::new(sysroot.trim())))
}

fn has_target(sysroot: &Path) -> bool {
    sysroot.join("lib/rustlib").join(WASM).join("lib").is_dir()
}

fn debian_has_sources() -> bool {
    std::fs::read_dir("/usr/src").is_ok_and(|dir| dir.flatten().any(|entry| entry.path().join("library/std/Cargo.toml").exists()))
        || Path::new("/usr/lib/rustlib/src/rust/library/std/Cargo.toml").exists()
}

/// Installs what is missing, or prints the line that does and ends with [`MISSING`].
fn install(needs: &[Need]) -> Result<()> {
    let packages: Vec<&str> = needs.iter().filter(|need| !(need.present)()).flat_map(|need| need.packages).copied().collect();
    if packages.is_empty() {
        return Ok(());
    }
    let root = read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !root || find("apt-get").is_none() {
        eprintln!("Some Debian packages are missing. Run this, then try again:\n\n    {}\n", apt_line(&packages));
        std::process::exit(MISSING);
    }
    let apt =
        |arguments: &[&str]| read(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive")).map(drop);
    step(&format!("install {}", packages.join(" ")), || {
        if let Err(error) = apt(&["-qq", "update"]) {
            note(&format!("the package lists could not be renewed, going on with the old ones: {error}"));
        }
        let mut arguments = vec!["-qq", "-y", "--no-install-recommends", "install"];
        arguments.extend(&packages);
        apt(&arguments).with_context(|| format!("apt-get could not install {}", packages.join(" ")))
    })
}

/// The exact line somebody who is not root has to run.
fn apt_line(packages: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {}", packages.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_run_names_every_package() {
        assert_eq!(
            apt_line(&["postgresql", "chromium"]),
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends postgresql chromium"
        );
    }

    #[test]
    fn room_is_read_from_the_table_of_df() {
        let table = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 264000000 12000000 83886080 13% /\n";
        assert_eq!(room_in(table), Some(81_920));
        assert_eq!(room_in("df: no such directory\n"), None);
        assert!(free_room("/").is_some());
    }

    #[test]
    fn a_sysroot_without_the_target_is_noticed() {
        assert!(!has_target(Path::new("/nonexistent")));
    }

    #[test]
    fn the_debian_way_builds_the_standard_library() {
        assert_eq!(WasmToolchain::Debian.options(), ["-Zbuild-std=std,panic_abort"]);
        assert_ne!(WasmToolchain::Debian.target_dir(), WasmToolchain::Own.target_dir());
        assert_eq!(WasmToolchain::Debian.cargo().get_program(), "/usr/bin/cargo");
    }
}
