//! Connections: as many at once as there is room for. Who says nothing, or never ends to say what it wants, loses its own.

use super::patience::patient;
use super::server::start;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::middleware::AddExtension;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower_service::Service as _;

/// The most connections that are open at once, also where the system allows more.
const MOST: u64 = 10_000;
/// Files that are asked of the system: enough for [`MOST`] and the rest.
const FILES: u64 = 16_384;
/// How long to wait when the system has no room for a connection.
const PAUSE: Duration = Duration::from_secs(1);

/// What clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a request's head may take, from the beginning of the connection or its first byte.
    pub head: Duration,
    /// How long a connection stays open on which nothing more is asked, or of whose answer nothing is taken.
    pub idle: Duration,
    /// How many connections may be open. Whoever comes then waits until one ends.
    pub open: u32,
}

/// Answers requests until `stop` becomes true. Then nobody new is let in, connections on which nothing is asked are closed, and
/// requests under way are answered.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(limits.open as usize));
    let mut services = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut stopped = pin!(stops(stop.clone()));
    loop {
        let (stream, client, place) = tokio::select! {
            biased;
            () = &mut stopped => break,
            next = accept(&listener, &room) => next,
        };
        let Ok(service) = services.call(client).await;
        start(converse(stream, service, limits, stop.clone(), place));
    }
    drop(listener);
    // Each connection gives its place back when it ends.
    drop(room.acquire_many(limits.open).await);
}

async fn stops(mut stop: watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

/// The next client, and its place. There is always one: nobody closes the room.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    if room.available_permits() == 0 {
        tracing::warn!("All connections are taken; whoever comes waits until one ends");
    }
    let place = room.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, client)) => return (stream, client, place),
            Err(error) if has_left(&error) => {}
            Err(error) => {
                // Too many open files, most likely. It passes, but not at once.
                tracing::error!(%error, "No connection can be taken; it is tried again in a second");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// A client that was gone before it was let in.
fn has_left(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers one client until it leaves, is too slow, or the server stops. The place is given back when the socket is closed.
async fn converse(
    stream: TcpStream,
    service: AddExtension<Router, ConnectInfo<SocketAddr>>,
    limits: Limits,
    stop: watch::Receiver<bool>,
    _place: Option<OwnedSemaphorePermit>,
) {
    // HTTP/1 from the first byte on: finding out which version it is has no limit of its own.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.idle);
    let (stream, service) = patient(stream, service, limits.head, limits.idle);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    tokio::select! {
        biased;
        // However it ended: nobody is there any more to be told.
        _ = connection.as_mut() => {}
        () = stops(stop) => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}

/// How many connections there is room for. Each takes a file, of which a process gets few unless it asks for more.
pub fn room() -> u32 {
    let files = getrlimit(Resource::Nofile);
    let mut had = files.current.unwrap_or(FILES);
    let wanted = files.maximum.map_or(FILES, |most| most.min(FILES));
    if had < wanted && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..files }).is_ok() {
        had = wanted;
    }
    share_of(had)
}

/// A quarter of the files is for everything else.
fn share_of(files: u64) -> u32 {
    u32::try_from((files / 4).saturating_mul(3).clamp(1, MOST)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, timeout};

    const HEAD: Duration = Duration::from_secs(1);
    const IDLE: Duration = Duration::from_secs(4);
    /// Longer than anything here takes.
    const LONG: Duration = Duration::from_secs(20);
    const ASK: &str = "GET /who HTTP/1.1\r\nhost: regie.example\r\n\r\n";

    /// A server on a port of its own.
    struct Server {
        addr: SocketAddr,
        stop: watch::Sender<bool>,
        running: JoinHandle<()>,
    }

    impl Server {
        async fn start(open: u32) -> Self {
            let who = async |ConnectInfo(client): ConnectInfo<SocketAddr>| client.to_string();
            let router = Router::new().route("/who", get(who)).route("/say", post(async |said: String| said));
            let router = router.route("/much", get(async || "much".repeat(8 << 20)));
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let (addr, stop) = (listener.local_addr().unwrap(), watch::Sender::new(false));
            let running = start(serve(listener, router, Limits { head: HEAD, idle: IDLE, open }, stop.subscribe()));
            Self { addr, stop, running }
        }

        /// A connection on which this was said.
        async fn tell(&self, words: &str) -> TcpStream {
            let mut stream = TcpStream::connect(self.addr).await.unwrap();
            stream.write_all(words.as_bytes()).await.unwrap();
            stream
        }
    }

    /// What comes next.
    async fn hear(stream: &mut TcpStream) -> String {
        let mut bytes = [0; 1024];
        let count = timeout(LONG, stream.read(&mut bytes)).await.unwrap().unwrap();
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_head_that_never_ends_is_not_waited_for() {
        let server = Server::start(8).await;
        let begun = Instant::now();
        let mut slow = Vec::new();
        for words in ["", "P", "GET /", "GET /who HTTP/1.1\r\nhost: regie.example\r\n"] {
            slow.push((words, server.tell(words).await));
        }
        for (words, stream) in &mut slow {
            assert_eq!(hear(stream).await, "", "{words}");
        }
        assert!((HEAD..IDLE).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn who_asks_again_may_take_longer() {
        let server = Server::start(8).await;
        let mut kept = server.tell(ASK).await;
        for _ in 0..2 {
            assert!(hear(&mut kept).await.starts_with("HTTP/1.1 200 "));
            tokio::time::sleep(HEAD * 2).await;
            kept.write_all(ASK.as_bytes()).await.unwrap();
        }
        assert!(hear(&mut kept).await.starts_with("HTTP/1.1 200 "));
        // The head of a further request has no more time than the first one's.
        let begun = Instant::now();
        kept.write_all(b"GET /").await.unwrap();
        assert_eq!(hear(&mut kept).await, "");
        assert!((HEAD..IDLE).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        let mut idle = server.tell(ASK).await;
        assert!(hear(&mut idle).await.starts_with("HTTP/1.1 200 "));
        let begun = Instant::now();
        assert_eq!(hear(&mut idle).await, "", "who asks nothing more is not waited for");
        assert!(begun.elapsed() >= IDLE - HEAD, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn who_takes_nothing_of_an_answer_is_not_waited_for() {
        let server = Server::start(1).await;
        let mut deaf = server.tell("GET /much HTTP/1.1\r\nhost: regie.example\r\n\r\n").await;
        assert_eq!(deaf.read_u8().await.unwrap(), b'H');
        let begun = Instant::now();
        let mut next = server.tell(ASK).await;
        assert!(hear(&mut next).await.starts_with("HTTP/1.1 200 "), "there is one place");
        assert!(begun.elapsed() >= IDLE - HEAD, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn a_body_may_take_longer_than_a_head() {
        let server = Server::start(8).await;
        let mut slow = server.tell("POST /say HTTP/1.1\r\nhost: regie.example\r\ncontent-length: 4\r\n\r\noui").await;
        tokio::time::sleep(HEAD * 2).await;
        slow.write_all(b"!").await.unwrap();
        let answer = hear(&mut slow).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("oui!"), "{answer}");
    }

    #[tokio::test]
    async fn who_finds_no_room_waits_until_somebody_leaves() {
        let server = Server::start(1).await;
        let mut first = server.tell(ASK).await;
        assert!(hear(&mut first).await.ends_with(&first.local_addr().unwrap().to_string()), "it is told who asks");
        let mut second = server.tell(ASK).await;
        assert!(timeout(HEAD / 4, second.read_u8()).await.is_err(), "there is one place");
        drop(first);
        assert!(hear(&mut second).await.ends_with(&second.local_addr().unwrap().to_string()));
    }

    #[tokio::test]
    async fn what_is_under_way_is_answered_before_the_end() {
        let server = Server::start(8).await;
        let mut idle = server.tell(ASK).await;
        assert!(hear(&mut idle).await.starts_with("HTTP/1.1 200 "));
        let mut busy =
            server.tell("POST /say HTTP/1.1\r\nhost: regie.example\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\n").await;
        assert!(hear(&mut busy).await.starts_with("HTTP/1.1 100 "), "somebody reads it");
        server.stop.send_replace(true);
        assert_eq!(hear(&mut idle).await, "");
        assert!(!server.running.is_finished());
        busy.write_all(b"oui").await.unwrap();
        let answer = hear(&mut busy).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("oui"), "{answer}");
        timeout(LONG, server.running).await.unwrap().unwrap();
        assert!(TcpStream::connect(server.addr).await.is_err(), "nobody new is let in");
    }

    #[test]
    fn a_quarter_of_the_files_is_left() {
        assert_eq!([0, 4, 1024, 16_384, u64::MAX].map(share_of), [1, 3, 768, 10_000, 10_000]);
    }
}
