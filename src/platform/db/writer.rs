//! SQLite's single writer, with group commit.
//!
//! Writers queue on a fair mutex. Each works inside its own savepoint; `commit` leaves it and the enclosing transaction
//! open: the next writer's first statement releases it on its way, and a COMMIT takes all along. The first to do so
//! leads the batch: it goes to the end of the queue, and when its turn comes again it issues the one COMMIT for
//! everyone who committed in between. No timer, no extra task: a batch is exactly the writers that were already
//! waiting, and a lone writer commits at once.
//!
//! Each statement is a round trip to the connection's thread, while everybody waits: what begins a member goes along with
//! its first statement, and nothing is said just to end one.
//!
//! A COMMIT writes, and lets the next one work; that the disk has it is awaited behind (`durability`).
//!
//! Invariants: nobody is told "stored" before the COMMIT is durable; everything that ends a transaction runs in a task that
//! owns the lock, so that no caller's cancellation can stop it halfway; a writer whose state is unknown gets a new
//! connection before its next use.
use super::durability::Durability;
use super::savepoint::Savepoint;
use super::tx::{Link, WriteTx};
use super::{DbError, DbResult, Limits, dialect};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};
use tokio::time::Instant;

/// Nobody who committed waits longer for writers that came later, save for the one at work.
const PATIENCE: Duration = Duration::from_millis(5);
/// After so many COMMITs it is looked how long the log is.
const LOOK_EVERY: u64 = 16;

pub(super) struct WriterSlot {
    writer: Arc<Mutex<Writer>>,
    wait: Duration,
}

pub(super) struct Writer {
    /// None once closed, and while broken.
    conn: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    durability: Arc<Durability>,
    /// The log that this connection writes to; known from the first COMMIT on.
    log: Option<Arc<File>>,
    state: State,
    /// The savepoint of the member at work, or of the one before.
    savepoint: Savepoint,
    /// What the first statement of the member at work has to begin with; taken when it is sent.
    start: Option<&'static str>,
    /// Whether the savepoint of the newest of the batch is still to be released.
    is_unreleased: bool,
    /// Who is to hear of the next COMMIT: the first leads it. Some gave up, and saw what others did.
    batch: Vec<oneshot::Sender<DbResult<u64>>>,
    batch_limit: usize,
    /// As many pages of the log are copied to the database at once.
    log_pages: i64,
    /// When the batch's first member committed.
    since: Instant,
    /// The member at work runs without foreign keys and shares its COMMIT with nobody.
    alone: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// No transaction.
    Idle,
    /// A transaction with what the members of the batch did.
    Open,
    /// A member is at work, or gone without a word. Once its first statement was sent, the newest savepoint is its.
    Member,
    /// What the connection holds is unknown: replace it before use.
    Broken,
    Closed,
}

impl WriterSlot {
    pub(super) async fn open(options: SqliteConnectOptions, limits: &Limits, durability: Arc<Durability>) -> DbResult<Self> {
        let conn = Some(options.connect().await?);
        let (state, batch, since) = (State::Idle, Vec::new(), Instant::now());
        let (savepoint, start, is_unreleased) = (Savepoint::Odd, None, false);
        let writer = Writer {
            conn,
            options,
            durability,
            log: None,
            state,
            savepoint,
            start,
            is_unreleased,
            batch,
            batch_limit: limits.batch,
            log_pages: limits.log_pages,
            since,
            alone: false,
        };
        Ok(Self { writer: Arc::new(Mutex::new(writer)), wait: limits.writer_wait })
    }

    /// The lock, with an end to the waiting: it also makes an error of a second `begin_write` beside a first.
    async fn turn(&self) -> DbResult<OwnedMutexGuard<Writer>> {
        let turn = tokio::time::timeout(self.wait, self.writer.clone().lock_owned()).await;
        let turn = turn.map_err(|_| DbError::Busy("other writers took too long".into()))?;
        turn.durability.check().map(|()| turn)
    }

    /// Whether a writer is at work.
    pub(super) fn is_taken(&self) -> bool {
        self.writer.try_lock().is_err()
    }

    pub(super) async fn begin(&self) -> DbResult<WriteTx> {
        let mut writer = self.turn().await?;
        if !writer.is_ready() {
            writer = apart(async move {
                writer.settle(None).await?;
                writer.flush().await;
                writer.settle(None).await.map(|()| writer)
            })
            .await?;
        }
        writer.enter();
        Ok(WriteTx::new(Link::SqliteWrite(writer))) // from here on a drop rolls back
    }

    /// A transaction without foreign keys, as SQLite wants it to rebuild a table.
    pub(super) async fn begin_alone(&self) -> DbResult<WriteTx> {
        let mut writer = self.turn().await?;
        let mut writer = apart(async move {
            writer.settle(None).await?;
            writer.flush().await;
            writer.settle(None).await?;
            writer.alone = true; // gets a new connection when it ends, however it ends
            writer.run("PRAGMA foreign_keys = OFF").await?;
            Ok(writer)
        })
        .await?;
        writer.enter();
        Ok(WriteTx::new(Link::SqliteWrite(writer)))
    }

    /// Waits for the writers ahead, stores what they committed, and is no more.
    pub(super) async fn close(&self) -> DbResult<()> {
        let mut writer = self.writer.clone().lock_owned().await;
        apart(async move {
            writer.settle(None).await.ok();
            writer.flush().await;
            writer.state = State::Closed;
            let durability = writer.durability.clone();
            durability.wait(durability.visible()).await?;
            match writer.conn.take() {
                Some(conn) => Ok(conn.close().await?),
                None => Ok(()),
            }
        })
        .await
    }

    pub(super) async fn script(&self, sql: &'static str) -> DbResult<()> {
        let mut writer = self.turn().await?;
        apart(async move {
            writer.settle(None).await?;
            writer.flush().await;
            writer.settle(None).await?;
            let durability = writer.durability.clone();
            let commit = durability.count();
            let done = writer.run_all(sql).await;
            let log = writer.log().await;
            durability.written(commit, log.as_ref().ok().cloned().flatten());
            if done.is_err() {
                writer.break_off().await; // the script may have begun a transaction
            }
            done?;
            log?;
            durability.wait(commit).await
        })
        .await
    }
}

/// Runs to its end in a task of its own, whatever becomes of the caller.
#[expect(clippy::disallowed_methods, reason = "a transaction's end must survive the request that asked for it")]
pub(super) async fn apart<T: Send + 'static>(work: impl Future<Output = DbResult<T>> + Send + 'static) -> DbResult<T> {
    tokio::spawn(work).await.unwrap_or_else(|gone| Err(DbError::Unavailable(gone.to_string().into())))
}

/// Ends the member at work: part of the batch, and of its COMMIT, the number of which is returned. Runs in a task of its own.
pub(super) async fn commit(mut writer: OwnedMutexGuard<Writer>) -> DbResult<u64> {
    // One that did nothing waits for the batch like the others, and may lead it.
    if let Some(start) = writer.start.take()
        && let Err(error) = writer.run(start).await
    {
        let reason: Arc<str> = error.to_string().into();
        writer.fail(&reason).await;
        return Err(DbError::Commit(reason));
    }
    (writer.state, writer.is_unreleased) = (State::Open, true);
    let (done, mut outcome) = oneshot::channel();
    if writer.batch.is_empty() {
        writer.since = Instant::now();
    }
    writer.batch.push(done);
    if writer.batch.len() >= writer.batch_limit || writer.is_overdue() || writer.alone {
        writer.flush().await;
        writer.leave_alone().await;
        drop(writer);
    } else if writer.batch.len() == 1 {
        let slot = OwnedMutexGuard::mutex(&writer).clone();
        drop(writer);
        tokio::select! {
            biased;
            outcome = &mut outcome => return outcome.unwrap_or_else(|_| Err(gone())), // somebody else's COMMIT had it
            mut writer = slot.lock_owned() => if writer.settle(None).await.is_ok() { writer.flush().await },
        }
    } else {
        drop(writer);
    }
    outcome.await.unwrap_or_else(|_| Err(gone()))
}

pub(super) fn gone() -> DbError {
    DbError::Commit("the writer is gone".into())
}

/// Ends a member that was dropped without a commit. Runs in a task of its own. `cause` is what its last statement
/// said: if SQLite rolled back the whole batch then, that is what the others should hear.
pub(super) async fn abandon(mut writer: OwnedMutexGuard<Writer>, cause: Option<Arc<str>>) {
    if writer.settle(cause).await.is_ok() && writer.is_overdue() {
        writer.flush().await;
    }
}

impl Writer {
    /// The connection, and what the next statement on it has to begin with.
    pub(super) fn conn(&mut self) -> Option<(&mut SqliteConnection, &mut Option<&'static str>)> {
        self.conn.as_mut().map(|conn| (conn, &mut self.start))
    }

    /// Lets a member work.
    fn enter(&mut self) {
        let savepoint = self.savepoint.other();
        self.start = Some(match (self.state, self.is_unreleased) {
            (State::Open, true) => savepoint.after_other(),
            (State::Open, false) => savepoint.next(),
            _ => savepoint.first(),
        });
        (self.savepoint, self.state) = (savepoint, State::Member);
    }

    pub(super) fn durability(&self) -> &Arc<Durability> {
        &self.durability
    }

    /// Has the answer that is made wait for what the member at work could see: what is visible to all, and what the batch did, of which
    /// nobody knows yet whether it will be stored.
    pub(super) fn note_seen(&mut self) {
        self.durability.note(self.durability.visible());
        if !self.batch.is_empty() {
            let (done, outcome) = oneshot::channel();
            if self.durability.note_next(outcome) {
                self.batch.push(done);
            }
        }
    }

    async fn run_all(&mut self, sql: &'static str) -> sqlx::Result<()> {
        match &mut self.conn {
            Some(conn) => sqlx::raw_sql(sql).execute(conn).await.map(drop),
            None => Err(sqlx::Error::PoolClosed),
        }
    }

    /// The log that this connection's COMMITs go to, for who makes them durable. It is there once a transaction was begun.
    async fn log(&mut self) -> DbResult<Option<Arc<File>>> {
        if self.log.is_none() && self.durability.is_behind() {
            let Some(conn) = &mut self.conn else { return Err(sqlx::Error::PoolClosed.into()) };
            let mut path: String = sqlx::query_scalar(dialect::SQLITE_FILE).fetch_one(conn).await?;
            path.push_str("-wal");
            self.log = Some(Arc::new(File::open(path).map_err(sqlx::Error::Io)?));
        }
        Ok(self.log.clone())
    }

    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        match &mut self.conn {
            Some(conn) => sqlx::query(sql).execute(conn).await.map(drop),
            None => Err(sqlx::Error::PoolClosed),
        }
    }

    fn is_overdue(&self) -> bool {
        !self.batch.is_empty() && self.since.elapsed() > PATIENCE
    }

    /// Whether the next member can start without anything to clear up before.
    fn is_ready(&self) -> bool {
        matches!(self.state, State::Idle | State::Open) && !self.is_overdue() && !self.alone
    }

    /// Leaves the writer `Idle` or `Open`, whatever the one before left behind.
    async fn settle(&mut self, cause: Option<Arc<str>>) -> DbResult<()> {
        let then = if self.batch.is_empty() { State::Idle } else { State::Open };
        if self.state == State::Member && self.start.take().is_some() {
            // It did nothing: the savepoint of the one before is the newest still.
            (self.state, self.savepoint) = (then, self.savepoint.other());
        } else if self.state == State::Member {
            self.is_unreleased = false;
            // Alone in the transaction, a member takes it along: nothing is left to store.
            let end = if then == State::Idle { "ROLLBACK" } else { self.savepoint.give_up() };
            match self.run(end).await {
                Ok(()) => self.state = then,
                Err(error) if self.batch.is_empty() && dialect::is_without_transaction(&error) => self.state = then,
                // It was cancelled before its savepoint was begun: the connection stops where nobody listens any more.
                Err(_) if cause.is_none() && self.is_in_transaction().await => self.state = then,
                // The savepoint is gone: SQLite itself rolled the whole transaction back (disk full, I/O error).
                Err(error) => self.fail(&cause.unwrap_or_else(|| error.to_string().into())).await,
            }
        }
        self.leave_alone().await;
        match self.state {
            State::Broken => {
                self.conn = Some(self.options.connect().await?);
                self.state = State::Idle;
                Ok(())
            }
            State::Closed => Err(sqlx::Error::PoolClosed.into()),
            _ => Ok(()),
        }
    }

    /// Whether the transaction that the batch is in is still there.
    async fn is_in_transaction(&mut self) -> bool {
        matches!(self.run("BEGIN IMMEDIATE").await, Err(error) if dialect::is_within_transaction(&error))
    }

    /// One COMMIT, then every member hears its outcome.
    async fn flush(&mut self) {
        if self.state != State::Open {
            return;
        }
        let log = match self.log().await {
            Ok(log) => log,
            Err(error) => return self.fail(&error.to_string().into()).await,
        };
        let commit = self.durability.count();
        let done = self.run("COMMIT").await;
        self.durability.written(commit, log);
        match done {
            Ok(()) => {
                (self.state, self.is_unreleased) = (State::Idle, false);
                for member in self.batch.drain(..) {
                    member.send(Ok(commit)).ok(); // nobody listens when the caller is gone
                }
                self.shorten_log(commit).await;
            }
            Err(error) => {
                self.judge_disk(&error);
                self.fail(&error.to_string().into()).await;
            }
        }
    }

    /// Copies the log to the database when it is long. SQLite would do so within a COMMIT, where everybody who reads waits for it,
    /// and would not say that the disk refused: what was copied in parts then looks copied.
    async fn shorten_log(&mut self, commit: u64) {
        let Some(conn) = &mut self.conn else { return };
        if !commit.is_multiple_of(LOOK_EVERY) {
            return;
        }
        let (copy, longest) = (dialect::SQLITE_COPY_LOG, self.log_pages);
        let copied = async {
            let (_, pages, copied): (i64, i64, i64) = sqlx::query_as(dialect::SQLITE_LOG_LENGTH).fetch_one(&mut *conn).await?;
            if pages >= longest && copied < pages {
                sqlx::query(copy).execute(&mut *conn).await?;
            }
            Ok(())
        };
        if let Err(error) = copied.await {
            self.judge_disk(&error);
            tracing::warn!(%error, "The log was not copied to the database; it is tried again");
        }
    }

    fn judge_disk(&self, error: &sqlx::Error) {
        if dialect::is_refused_fsync(error) {
            self.durability.lose(&format!("the disk failed: {error}"));
        }
    }

    /// Nothing of the batch is stored, and every member hears so.
    async fn fail(&mut self, reason: &Arc<str>) {
        self.break_off().await;
        for member in self.batch.drain(..) {
            member.send(Err(DbError::Commit(reason.clone()))).ok();
        }
    }

    /// Gives up the connection, and with it whatever transaction it still holds.
    async fn break_off(&mut self) {
        (self.state, self.start, self.is_unreleased) = (State::Broken, None, false);
        self.run("ROLLBACK").await.ok(); // says why not when there is no transaction
        self.log = None;
        if let Some(conn) = self.conn.take() {
            conn.close().await.ok(); // nothing can be done about a connection that does not close
        }
    }

    /// A connection without foreign keys serves nobody else.
    async fn leave_alone(&mut self) {
        if std::mem::take(&mut self.alone) {
            self.break_off().await;
        }
    }
}
