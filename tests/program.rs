//! The program as a process, in a folder and on a database of its own.

use crate::support::TestApp;
use regie::composition;
use regie::platform::clock::Clock;
use regie::platform::config::Config;
use regie::platform::secret::Secret;
use std::io::Write;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The address that it believes to have.
const ADDRESS: &str = "http://regie.example";

/// An installation that is used by commands.
pub struct Program {
    pub folder: TempDir,
    url: String,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Program {
    /// On this database; without one, on SQLite in its folder.
    pub fn new(url: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: url.to_owned() }
    }

    /// A command of it. What whoever runs the tests has set is not passed on, but how to reach PostgreSQL.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let kept = std::env::vars().filter(|(name, _)| name.starts_with("PG") || name.starts_with("LLVM_PROFILE"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_regie"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().envs(kept);
        command.env("DATABASE_URL", &self.url).env("REGIE_PUBLIC_URL", ADDRESS);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        end(&mut self.command(arguments), "")
    }

    /// As [`Program::run`], with something to read.
    pub fn tell(&self, input: &str, arguments: &[&str]) -> Said {
        end(&mut self.command(arguments), input)
    }

    /// The same installation in this process.
    pub async fn open(&self) -> TestApp {
        let mut config = Config { data: self.folder.path().join("data"), ..Config::default() };
        config.database.url = Secret::new(self.url.clone());
        config.server.public_url = ADDRESS.to_owned();
        let app = composition::open(config, Clock::System).await.unwrap();
        TestApp { router: composition::router(&app), app, folder: None }
    }
}

/// The code of a command that nobody listens to: what it says to is closed before it begins.
pub fn unheard(command: &mut Command) -> i32 {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    command.stdin(Stdio::null()).stdout(closed()).stderr(closed()).status().unwrap().code().unwrap()
}

/// Runs a command to its end.
pub fn end(command: &mut Command, input: &str) -> Said {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: ended.status.code().unwrap(), out: text(ended.stdout), err: text(ended.stderr) }
}
