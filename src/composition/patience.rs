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

/// A connection that ends with [`io::ErrorKind::TimedOut`] when the head of a request takes longer than its time, from the beginning
/// of the connection or from the head's first byte; or when nothing of an answer is taken for longer than that has its time.
pub struct Patient {
    stream: TcpStream,
    turns: Arc<Turns>,
    /// How many of the turns were known when the head that is being read began.
    known: usize,
    reading: Reading,
    head: Duration,
    head_ends: Pin<Box<Sleep>>,
    stall: Duration,
    /// While the client takes nothing of what there is to say.
    stall_ends: Option<Pin<Box<Sleep>>>,
}

/// What the bytes are that come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Those of a head that has begun.
    Head,
    /// A request's body, perhaps what is left of it: until none come while nothing is answered.
    Body,
    /// The next one begins a head.
    Nothing,
}

/// Answers requests, and tells [`Patient`] when.
#[derive(Clone)]
pub struct Answering<S> {
    service: S,
    turns: Arc<Turns>,
}

/// Watches a connection and whoever answers on it.
pub fn patient<S>(stream: TcpStream, service: S, head: Duration, stall: Duration) -> (Patient, Answering<S>) {
    let turns = Arc::new(Turns::default());
    let head_ends = Box::pin(sleep(head));
    let reading = Reading::Head;
    let patient = Patient { stream, turns: turns.clone(), known: 0, reading, head, head_ends, stall, stall_ends: None };
    (patient, Answering { service, turns })
}

impl Patient {
    /// Nothing can be written: how long already?
    fn stalled<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stall_ends = None;
            return written;
        }
        let ends = self.stall_ends.get_or_insert_with(|| Box::pin(sleep(self.stall)));
        if ends.as_mut().poll(cx).is_ready() { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { written }
    }
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
            (this.known, this.reading) = (begun, Reading::Body);
        }
        let before = into.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, into);
        if read.is_pending() {
            if this.reading == Reading::Body && this.turns.under_way.load(Ordering::Relaxed) == 0 {
                this.reading = Reading::Nothing;
            }
            if this.reading == Reading::Head && this.head_ends.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        } else if this.reading == Reading::Nothing && into.filled().len() > before {
            this.reading = Reading::Head;
            this.head_ends.as_mut().reset(Instant::now() + this.head);
        }
        read
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.stalled(written, cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.stalled(written, cx)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    const HEAD: Duration = Duration::from_millis(500);

    #[tokio::test]
    async fn what_is_left_of_a_body_begins_no_head_and_the_next_one_has_its_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let service = tower::service_fn(async |()| Ok::<_, Infallible>(()));
        let (mut patient, mut answering) = patient(listener.accept().await.unwrap().0, service, HEAD, HEAD);
        client.write_all(b"a head, and the body that nobody reads").await.unwrap();
        let mut head = [0; 6];
        assert_eq!(patient.read(&mut head).await.unwrap(), head.len());
        answering.call(()).await.unwrap();
        // As hyper does, to use the connection again: what is there already, and no more.
        let mut bytes = [0; 64];
        assert_eq!(patient.read(&mut bytes).await.unwrap(), 32);
        assert!(timeout(HEAD * 3, patient.read(&mut bytes)).await.is_err(), "nothing is asked, and that may last");
        client.write_all(b"GET /").await.unwrap();
        assert_eq!(patient.read(&mut bytes).await.unwrap(), 5);
        let ended = timeout(HEAD * 20, patient.read(&mut bytes)).await.unwrap();
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
