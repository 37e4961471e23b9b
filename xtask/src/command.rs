//! Running other programs: cargo without the variables of the cargo that runs us, and one place that knows the running child.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

/// The child that is running now, so that an interrupted run can end it.
static CHILD: Mutex<Option<u32>> = Mutex::new(None);

/// Whether the process is about to exit.
static HALTED: AtomicBool = AtomicBool::new(false);

/// A command in the project's root, free of what `cargo run` put into our environment.
///
/// Build scripts that watch `CARGO_PKG_NAME` and the like would otherwise run again each time
/// somebody changes between `cargo build` and `cargo xtask`.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    for (key, _) in std::env::vars_os() {
        let Some(key) = key.to_str() else { continue };
        if key == "CARGO"
            || key == "OUT_DIR"
            || ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|p| key.starts_with(p))
        {
            command.env_remove(key);
        }
    }
    command.current_dir(crate::root());
    command
}

/// The cargo that started us. It builds where we look for what is built, whatever its settings say (`build.target-dir`).
pub fn cargo() -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.env("CARGO_TARGET_DIR", crate::target_dir());
    command
}

/// Runs a command to its end; its output goes through as it is.
///
/// # Errors
/// When it cannot be started or does not end well.
pub fn run(command: &mut Command) -> Result<()> {
    let child = start(command)?;
    finish(command, child)
}

/// Like [`run`], but also hands back what was written to standard output, which still goes through at once.
/// The first value tells whether the command ended well.
///
/// # Errors
/// When it cannot be started or its output cannot be read.
pub fn run_and_read(command: &mut Command) -> Result<(bool, String)> {
    let mut child = start(command.stdout(Stdio::piped()))?;
    let mut seen = Vec::new();
    if let Some(mut pipe) = child.stdout.take() {
        let mut buffer = [0; 8192];
        let mut out = std::io::stdout().lock();
        loop {
            let n = pipe.read(&mut buffer).context("reading the output of a step")?;
            if n == 0 {
                break;
            }
            seen.extend_from_slice(&buffer[..n]);
            out.write_all(&buffer[..n]).and_then(|()| out.flush()).context("writing the output of a step")?;
        }
    }
    let status = child.wait().context("waiting for a step")?;
    forget_child();
    Ok((status.success(), String::from_utf8_lossy(&seen).into_owned()))
}

/// Runs a command silently and returns its standard output.
///
/// # Errors
/// When it cannot be started or fails; the message then ends with what it wrote to standard error, without addresses.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{} failed:\n{}", name(command), without_addresses(words.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where a program is in `PATH`.
pub fn find(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| is_program(file))
}

/// Ends the running child and keeps whoever waits for it from going on, so that the caller can clean up and exit.
pub fn halt() {
    HALTED.store(true, Ordering::SeqCst);
    end_child();
}

/// Ends the running child, if there is one, and all it has started: cargo does not tell a test that it was ended.
/// For the interrupt handler.
pub fn end_child() {
    let child = CHILD.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(id) = child {
        descendants(id).into_iter().for_each(end);
        end(id);
    }
}

fn descendants(process: u32) -> Vec<u32> {
    let list = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children = list.split_whitespace().filter_map(|id| id.parse().ok());
    children.flat_map(|id| descendants(id).into_iter().chain([id])).collect()
}

/// Asks a process to end.
pub fn end(process: u32) {
    let _ = Command::new("kill").args(["-TERM", &process.to_string()]).stderr(Stdio::null()).status();
}

fn start(command: &mut Command) -> Result<Child> {
    let child = command.spawn().with_context(|| format!("cannot start {}", name(command)))?;
    *CHILD.lock().unwrap_or_else(PoisonError::into_inner) = Some(child.id());
    Ok(child)
}

fn finish(command: &Command, mut child: Child) -> Result<()> {
    let status = child.wait().with_context(|| format!("waiting for {}", name(command)))?;
    forget_child();
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

fn forget_child() {
    while HALTED.load(Ordering::SeqCst) {
        std::thread::park();
    }
    *CHILD.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// The program and its first arguments, enough to know which one is meant.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().take(3).map(|arg| arg.to_string_lossy().into_owned()));
    format!("`{}`", words.join(" "))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The last lines of a message, with whatever looks like an address taken out: which mirror a machine uses is its own business.
fn without_addresses(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let tail = &lines[lines.len().saturating_sub(15)..];
    tail.iter()
        .map(|line| line.split(' ').map(|word| if word.contains("://") { "…" } else { word }).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_out_of_messages() {
        assert_eq!(without_addresses("Err:1 http://mirror.example/debian bookworm\nno network"), "Err:1 … bookworm\nno network");
    }

    #[test]
    fn cargo_builds_where_we_look() {
        let cargo = cargo();
        let set = cargo.get_envs().find(|(name, _)| *name == "CARGO_TARGET_DIR").and_then(|(_, value)| value);
        assert_eq!(set, Some(crate::target_dir().as_os_str()));
    }

    #[test]
    fn a_failing_program_says_what_it_wrote() {
        let error = read(Command::new("sh").args(["-c", "echo no room >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().ends_with("no room"), "{error}");
    }

    #[test]
    fn output_is_handed_back_with_the_result() {
        let (ok, output) = run_and_read(Command::new("sh").args(["-c", "echo 4 passed; exit 1"])).unwrap();
        assert!(!ok);
        assert_eq!(output, "4 passed\n");
    }
}
