//! `cargo xtask dev`: serves, and builds and starts again when a file changes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use notify_debouncer_mini::notify::RecursiveMode;
use notify_debouncer_mini::{DebounceEventResult, new_debouncer};

use crate::report::note;
use crate::serve::{self, Options};
use crate::site::Quality;

/// What is watched; what does not exist is left out.
const WATCHED: [&str; 10] =
    ["src", "style", "public", "locales", "migrations", "scanner/src", "scanner/web", "build.rs", "Cargo.toml", "Leptos.toml"];

/// What wakes us up.
enum Event {
    Touched,
    Interrupted,
}

/// Serves until interrupted. A change that does not build leaves the old server running.
///
/// # Errors
/// When the first build fails or files cannot be watched.
pub fn dev(options: &Options) -> Result<()> {
    crate::machine::for_building()?;
    serve::build(options, quality(options))?;
    serve::demo(options)?;

    let (sender, events) = channel();
    let interrupted = sender.clone();
    ctrlc::set_handler(move || {
        crate::command::end_child();
        let _ = interrupted.send(Event::Interrupted);
    })
    .context("cannot watch for interruption")?;
    let mut debouncer = new_debouncer(Duration::from_millis(250), move |happened: DebounceEventResult| {
        if happened.is_ok_and(|happened| !happened.is_empty()) {
            let _ = sender.send(Event::Touched);
        }
    })
    .context("cannot watch files")?;
    for path in watched() {
        debouncer.watcher().watch(&path, RecursiveMode::Recursive).with_context(|| format!("cannot watch {}", path.display()))?;
    }

    let mut server = Server::start(options)?;
    let mut built = state();
    while let Ok(Event::Touched) = next(&events) {
        // Building reads these files, and the system tells us of that too.
        let now = state();
        if now == built {
            continue;
        }
        built = now;
        match serve::build(options, quality(options)) {
            Ok(()) => {
                server.stop();
                server = Server::start(options)?;
                note("started again");
            }
            Err(error) => note(&format!("{error:#}; the old server goes on")),
        }
    }
    Ok(())
}

/// A release is one in all its parts; otherwise quickly built is better than small here.
fn quality(options: &Options) -> Quality {
    if options.release { Quality::Full } else { Quality::Fast }
}

/// The next event, without the touches that came together with it.
fn next(events: &Receiver<Event>) -> Result<Event> {
    let mut event = events.recv().context("nobody watches any more")?;
    while let Ok(more) = events.try_recv() {
        if matches!(more, Event::Interrupted) {
            event = more;
        }
    }
    Ok(event)
}

fn watched() -> impl Iterator<Item = PathBuf> {
    WATCHED.iter().map(|name| crate::root().join(name)).filter(|path| path.exists())
}

/// Length and time of change of every watched file.
fn state() -> BTreeMap<PathBuf, (u64, Option<SystemTime>)> {
    let entries = watched().flat_map(walkdir::WalkDir::new).flatten().filter(|entry| entry.file_type().is_file());
    entries
        .filter_map(|entry| entry.metadata().ok().map(|meta| (entry.into_path(), (meta.len(), meta.modified().ok()))))
        .collect()
}

/// The running server; ends with us.
struct Server(Child);

impl Server {
    fn start(options: &Options) -> Result<Self> {
        serve::server(options)?.spawn().map(Self).context("cannot start the server")
    }

    /// Asks it to finish its requests, and waits for it.
    fn stop(&mut self) {
        crate::command::end(self.0.id());
        let _ = self.0.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
