//! What can be seen of SQLite, and what is durable.
//!
//! A COMMIT writes to the end of SQLite's log. That the disk has it is awaited behind the COMMIT, by a thread of its own, while
//! the next change is at work; one fsync covers all COMMITs that were made while the one before was under way. So for a moment
//! others see what a loss of power would take back, and the rule that makes up for it is here: who saw it says nothing before it is
//! durable ("early lock release": Johnson et al., Aether, PVLDB 3, 2010). While an answer is made ([`watched`]), what it saw is only
//! noted, and it is the answer that waits; everywhere else the statement waits, or the commit. Another process (a command run by
//! hand) does not wait for ours.
//!
//! A member of a batch also sees what those before it did, which no COMMIT has stored yet. When it gives up, its answer waits for
//! what becomes of that COMMIT, too, and is not given when it fails: it may tell of what never was.
//!
//! When the disk refuses an fsync, nobody knows what it has, and asking again proves nothing (Rebello et al., Can applications
//! recover from fsync failures?, USENIX ATC 2020): from then on everything is refused, and the server stops. When it starts again
//! it asks the disk, not the kernel's memory ([`take_over`]).
use super::{DbError, DbResult, writer};
use futures_util::FutureExt as _;
use futures_util::future::Shared;
use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use tokio::sync::{oneshot, watch};

/// COMMITs, by their numbers.
pub(super) struct Durability {
    /// The newest that a reader may see; counted before it is sent.
    visible: AtomicU64,
    reached: watch::Sender<Reached>,
    /// The way to the thread. None when each COMMIT is durable by itself.
    behind: Option<mpsc::Sender<Written>>,
}

/// The newest that is durable, and what became of the disk.
#[derive(Default)]
struct Reached {
    commit: u64,
    failed: Option<Arc<str>>,
}

impl Reached {
    /// Only the first reason counts: others follow from it.
    fn lose(&mut self, reason: &str) {
        self.failed.get_or_insert_with(|| reason.into());
    }
}

/// What is to be made durable: a COMMIT, and the log that it went to, if it came so far.
struct Written {
    commit: u64,
    log: Option<Arc<File>>,
}

/// What becomes of a COMMIT that is still to be made: its number, or why it failed.
type Outcome = Shared<oneshot::Receiver<DbResult<u64>>>;

impl Durability {
    /// For COMMITs that return when they are durable.
    pub(super) fn by_itself() -> Self {
        Self { visible: AtomicU64::new(0), reached: watch::Sender::default(), behind: None }
    }

    /// For COMMITs that `sync` makes durable behind.
    ///
    /// # Errors
    /// When no thread can be had.
    pub(super) fn behind(sync: fn(&File) -> io::Result<()>) -> io::Result<Self> {
        let (behind, written) = mpsc::channel();
        let reached = watch::Sender::default();
        let tell = reached.clone();
        std::thread::Builder::new().name("durability".into()).spawn(move || make_durable(sync, &written, &tell))?;
        Ok(Self { behind: Some(behind), ..Self { reached, ..Self::by_itself() } })
    }

    pub(super) fn is_behind(&self) -> bool {
        self.behind.is_some()
    }

    /// The number of a COMMIT that is going to be sent.
    pub(super) fn count(&self) -> u64 {
        self.visible.fetch_add(1, SeqCst) + 1
    }

    /// A COMMIT was made, or failed; `log` is what it was written to.
    pub(super) fn written(&self, commit: u64, log: Option<Arc<File>>) {
        match &self.behind {
            Some(behind) if behind.send(Written { commit, log }).is_err() => self.lose("nobody makes it durable"),
            Some(_) => {}
            None => self.reached.send_modify(|reached| reached.commit = commit),
        }
    }

    /// The disk refused: nothing is told or stored any more.
    pub(super) fn lose(&self, reason: &str) {
        self.reached.send_modify(|reached| reached.lose(reason));
    }

    /// The newest that can have been seen.
    pub(super) fn visible(&self) -> u64 {
        self.visible.load(SeqCst)
    }

    /// Waits until a COMMIT is durable.
    ///
    /// # Errors
    /// `Unavailable` when the disk refused.
    pub(super) async fn wait(&self, commit: u64) -> DbResult<()> {
        let is_over = |reached: &Reached| reached.commit >= commit || reached.failed.is_some();
        if !is_over(&self.reached.borrow()) {
            self.reached.subscribe().wait_for(is_over).await.ok(); // it does not end before its sender, which is here
        }
        self.check()
    }

    /// # Errors
    /// `Unavailable` when the disk has refused.
    pub(super) fn check(&self) -> DbResult<()> {
        let failed = self.reached.borrow().failed.clone();
        failed.map_or(Ok(()), |reason| Err(DbError::Unavailable(reason)))
    }

    /// Waits for the disk to refuse.
    pub(super) async fn lost(&self) -> Arc<str> {
        let mut reached = self.reached.subscribe();
        let failed = reached.wait_for(|reached| reached.failed.is_some()).await;
        failed.ok().and_then(|reached| reached.failed.clone()).unwrap_or_default()
    }

    /// Tells of a COMMIT: the answer that is made waits for it, or else this does.
    pub(super) async fn tell(self: &Arc<Self>, commit: u64) -> DbResult<()> {
        if self.note(commit) { self.check() } else { self.wait(commit).await }
    }

    /// Has the answer that is made wait for a COMMIT. Whether one is.
    pub(super) fn note(self: &Arc<Self>, commit: u64) -> bool {
        SEEN.try_with(|seen| seen.borrow_mut().add(self, commit)).is_ok()
    }

    /// Has the answer that is made wait for what becomes of the next COMMIT. Whether one is.
    pub(super) fn note_next(self: &Arc<Self>, outcome: oneshot::Receiver<DbResult<u64>>) -> bool {
        self.note_outcome(&outcome.shared())
    }

    fn note_outcome(self: &Arc<Self>, outcome: &Outcome) -> bool {
        SEEN.try_with(|seen| seen.borrow_mut().to_come.push((self.clone(), outcome.clone()))).is_ok()
    }

    /// Waits until the COMMIT is durable of which that is the outcome.
    async fn wait_for(&self, outcome: Outcome) -> DbResult<()> {
        let commit = outcome.await.unwrap_or_else(|_| Err(writer::gone()))?;
        self.wait(commit).await
    }
}

/// Until nobody can ask any more.
fn make_durable(sync: fn(&File) -> io::Result<()>, written: &mpsc::Receiver<Written>, reached: &watch::Sender<Reached>) {
    while let Ok(first) = written.recv() {
        // Another handle is the next connection's. It is the same file as long as anybody is connected; the last one copies it.
        let newer = |older: Written, newer: Written| Written { commit: newer.commit, log: newer.log.or(older.log) };
        let Written { commit, log } = written.try_iter().fold(first, newer);
        match log.as_deref().map_or(Ok(()), sync) {
            Ok(()) => reached.send_modify(|reached| reached.commit = commit),
            // Told before it is logged: the log may be on the same disk.
            Err(error) => {
                reached.send_modify(|reached| reached.lose(&format!("the disk failed: {error}")));
                tracing::error!(%error, "The disk does not say that it has what was written: nothing more is stored");
                return;
            }
        }
    }
}

/// Before SQLite opens a log that a process left: what is in there is made durable, and read from the disk. Where an fsync failed, the
/// kernel counts as written what only its memory has; with that forgotten, the log's checksums say what the disk has.
///
/// # Errors
/// When the disk fails.
pub(super) fn take_over(log: &Path) -> io::Result<()> {
    let log = match File::open(log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        log => log?,
    };
    log.sync_all()?;
    rustix::fs::fadvise(&log, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}

tokio::task_local! {
    static SEEN: RefCell<Seen>;
}

/// Whose effects something saw.
#[derive(Clone, Default)]
#[must_use = "who saw it must wait for it"]
pub struct Seen {
    /// The newest COMMIT of each database.
    made: Vec<(Arc<Durability>, u64)>,
    /// COMMITs that were still to be made.
    to_come: Vec<(Arc<Durability>, Outcome)>,
}

/// Runs `work`, and says what it saw: whoever hears of its outcome waits for [`Seen::durable`] first, or passes it on.
pub async fn watched<T>(work: impl Future<Output = T>) -> (T, Seen) {
    let work = async {
        let value = work.await;
        (value, SEEN.with(RefCell::take))
    };
    SEEN.scope(RefCell::default(), work).await
}

/// Runs `work`, and returns when what it saw is durable: for what goes out by itself, like the pieces of a long answer. Nothing of
/// the database is held while the disk is waited for.
///
/// # Errors
/// Those of `work`; `Unavailable` when the disk refused; `Commit` when what was seen was not stored.
pub async fn told<T, E: From<DbError>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let (value, seen) = watched(work).await;
    seen.durable().await?;
    value
}

impl Seen {
    fn add(&mut self, durability: &Arc<Durability>, commit: u64) {
        match self.made.iter_mut().find(|(known, _)| Arc::ptr_eq(known, durability)) {
            Some((_, newest)) => *newest = commit.max(*newest),
            None => self.made.push((durability.clone(), commit)),
        }
    }

    /// Waits until all of it is durable.
    ///
    /// # Errors
    /// `Unavailable` when the disk refused; `Commit` when some of it was not stored.
    pub async fn durable(self) -> DbResult<()> {
        for (durability, outcome) in self.to_come {
            durability.wait_for(outcome).await?;
        }
        for (durability, commit) in self.made {
            durability.wait(commit).await?;
        }
        Ok(())
    }

    /// Has the answer that is made wait for it, or else waits.
    ///
    /// # Errors
    /// As [`Seen::durable`].
    pub async fn pass_on(self) -> DbResult<()> {
        for (durability, outcome) in self.to_come {
            if !durability.note_outcome(&outcome) {
                durability.wait_for(outcome).await?;
            }
        }
        for (durability, commit) in self.made {
            durability.tell(commit).await?;
        }
        Ok(())
    }
}
