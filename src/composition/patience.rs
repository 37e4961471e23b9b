//! How long a client may take to say what it wants. hyper has one limit for the head of a request and for the pause before it; a
//! proxy keeps connections open for a minute, to use them again, and a head that takes a minute comes from nobody who means well.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use tower_service::Service;

/// What a connection's two halves, that which reads and that which answers, know of each other.
#[derive(Debug, Default)]
struct Turns {
    /// Requests whose head has been read.
    begun: AtomicUsize,
    /// Those of them that are being answered.
    under_way: AtomicUsize,
}

/// A connection that ends with [`io::ErrorKind::TimedOut`] when the head of a request takes longer than its time: from the beginning
/// of the connection, or from the head's first byte.
pub struct Patient {
    stream: TcpStream,
    turns: Arc<Turns>,
    /// How many of the turns were known when the head that is being read began.
    known: usize,
    /// Whether a head has begun and not ended.
    in_head: bool,
    time: Duration,
    ends: Pin<Box<Sleep>>,
}

/// Answers requests, and tells [`Patient`] when.
#[derive(Clone)]
pub struct Answering<S> {
    service: S,
    turns: Arc<Turns>,
}

/// Watches a connection and whoever answers on it.
pub fn patient<S>(stream: TcpStream, service: S, time: Duration) -> (Patient, Answering<S>) {
    let turns = Arc::new(Turns::default());
    let ends = Box::pin(sleep(time));
    (Patient { stream, turns: turns.clone(), known: 0, in_head: true, time, ends }, Answering { service, turns })
}

impl<S, R> Service<R> for Answering<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.turns.begun.fetch_add(1, Ordering::Relaxed);
        self.turns.under_way.fetch_add(1, Ordering::Relaxed);
        let turn = Turn(self.turns.clone());
        let answer = self.service.call(request);
        Box::pin(async move {
            let _turn = turn;
            answer.await
        })
    }
}

/// A request that is being answered, until it is dropped.
struct Turn(Arc<Turns>);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let begun = this.turns.begun.load(Ordering::Relaxed);
        if begun != this.known {
            (this.known, this.in_head) = (begun, false);
        }
        let before = into.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, into);
        // A body's bytes come while it is answered.
        if into.filled().len() > before && !this.in_head && this.turns.under_way.load(Ordering::Relaxed) == 0 {
            this.in_head = true;
            this.ends.as_mut().reset(Instant::now() + this.time);
        }
        if read.is_pending() && this.in_head && this.ends.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
