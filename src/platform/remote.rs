//! The Redis that several servers share. One that is slow or gone is an answer that is not there, never an error, and is left alone
//! for a moment.

use redis::aio::MultiplexedConnection;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

/// How long Redis may take: the database answers as fast.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long a Redis that failed is left alone.
const REST: Duration = Duration::from_secs(2);

/// The way to it.
pub struct Remote {
    client: redis::Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    /// Not asked before then.
    rests_until: Mutex<Option<Stopwatch>>,
}

impl Remote {
    /// `url` is empty when there is none, else an address that the settings have checked. Connects when it is asked.
    pub fn open(url: &str) -> Option<Self> {
        if url.is_empty() {
            return None;
        }
        let client = redis::Client::open(url).ok()?;
        Some(Self { client, connection: Mutex::new(None), rests_until: Mutex::new(None) })
    }

    /// Whether it answers.
    pub async fn answers(&self) -> bool {
        self.ask::<String>(&redis::cmd("PING")).await.is_some()
    }

    /// One command, or nothing when Redis does not answer at once.
    pub async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Option<T> {
        if self.rests() {
            return None;
        }
        match tokio::time::timeout(PATIENCE, self.send(command)).await {
            Ok(Ok(answer)) => {
                *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = None;
                Some(answer)
            }
            Ok(Err(error)) => self.rest(&error.to_string()),
            Err(_) => self.rest("no answer in time"),
        }
    }

    async fn send<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> redis::RedisResult<T> {
        let open = self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut connection = match open {
            Some(connection) => connection,
            None => {
                let connection = self.client.get_multiplexed_async_connection().await?;
                *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection.clone());
                connection
            }
        };
        command.query_async(&mut connection).await
    }

    /// Whether Redis is left alone. When its rest is over, one request tries; the others rest until that one knows.
    fn rests(&self) -> bool {
        let mut until = self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        match *until {
            None => false,
            Some(at) if Stopwatch::now() < at => true,
            Some(_) => {
                *until = Some(Stopwatch::now() + REST);
                false
            }
        }
    }

    fn rest<T>(&self, why: &str) -> Option<T> {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stopwatch::now() + REST);
        metrics::counter!("redis_failures_total").increment(1);
        tracing::warn!(why, "Redis does not answer; lists come from the database, and each server counts attempts for itself");
        None
    }
}
