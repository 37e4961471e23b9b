//! A server that is told to stop ends what is under way, and then itself.

use crate::db::each_place;
use crate::program::Program;
use crate::support::{PASSWORD, between};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

const EMAIL: &str = "ana@exemple.fr";

/// A server that runs until it is told to stop, or the test is over.
struct Server {
    child: Child,
    address: String,
    log: PathBuf,
    /// What it says goes on, so somebody must hear it.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(program: &Program) -> Self {
        let log = program.folder.path().join("log");
        let mut command = program.command(&["serve", "--addr", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = said.next().map_or_else(|| fs::read_to_string(&log).unwrap(), |line| line.unwrap());
        let address = first.strip_prefix("Régie: http://").unwrap_or_else(|| panic!("{first}")).to_owned();
        Self { child, address, log, _said: said }
    }

    /// A connection on which this was asked.
    fn ask(&self, request: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        BufReader::new(stream)
    }

    /// Whether nobody new is let in any more, soon.
    fn is_closed(&self) -> bool {
        let is_refused = |_| {
            sleep(Duration::from_millis(25));
            TcpStream::connect(&self.address).is_err()
        };
        (0..200).any(is_refused)
    }

    /// How it ended.
    fn end(&mut self) -> ExitStatus {
        for _ in 0..600 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("it goes on: {}", fs::read_to_string(&self.log).unwrap());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The first lines of an answer, up to the empty one.
fn head(connection: &mut BufReader<TcpStream>) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(connection.read_line(&mut head).unwrap(), 0, "closed after {head}");
    }
    head
}

/// All that still comes, until the server closes the connection.
fn rest(connection: &mut BufReader<TcpStream>) -> String {
    let mut rest = String::new();
    connection.read_to_string(&mut rest).unwrap();
    rest
}

#[tokio::test]
async fn a_request_that_is_under_way_is_answered_before_the_server_ends() {
    each_place(async |place| {
        let program = Program::new(&place.url);
        let create = ["admin", "create", "--email", EMAIL, "--org", "Théâtre du Mail", "--password-stdin"];
        assert_eq!(program.tell(PASSWORD, &create).code, 0);
        for signal in [Signal::TERM, Signal::INT] {
            let mut server = Server::start(&program);
            let mut idle = server.ask("GET /livez HTTP/1.1\r\nhost: regie.example\r\n\r\n");
            assert!(head(&mut idle).starts_with("HTTP/1.1 200 "));
            let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
            let (begin, remainder) = body.as_bytes().split_at(20);
            let request = format!(
                "POST /api/v1/auth/login HTTP/1.1\r\nhost: regie.example\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\nexpect: 100-continue\r\n\r\n",
                body.len()
            );
            let mut busy = server.ask(&request);
            // Said when somebody begins to read the body: the request is under way.
            assert!(head(&mut busy).starts_with("HTTP/1.1 100 "));
            busy.get_mut().write_all(begin).unwrap();

            kill_process(Pid::from_child(&server.child), signal).unwrap();
            assert!(server.is_closed(), "somebody new was let in");
            rest(&mut idle); // who asks nothing is not waited for
            sleep(Duration::from_millis(300));
            assert_eq!(server.child.try_wait().unwrap(), None, "it ended while somebody waited for an answer");

            busy.get_mut().write_all(remainder).unwrap();
            let answer = rest(&mut busy);
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
            assert_eq!(server.end().code(), Some(0));
            let log = fs::read_to_string(&server.log).unwrap();
            assert!(log.contains("Stopping") && !log.contains("did not end in time"), "{log}");

            // What was answered is so.
            let token = between(&answer, "\"access_token\":\"", "\"").unwrap();
            let test = program.open().await;
            assert_eq!(test.me(token).await, 200);
            test.app.db.close().await.unwrap();
        }
    })
    .await;
}
