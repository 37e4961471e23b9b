//! A mail server of one's own.

use crate::db::spawn;
use regie::platform::config::Config;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as the server got it.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub data: String,
}

/// A mail server that keeps what it is given, unless it was told to refuse it.
pub struct Sink {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Commands, and what to answer to each the next time.
    refusals: VecDeque<(&'static str, &'static str)>,
    conversations: usize,
    received: Vec<Received>,
}

impl State {
    fn refusal(&mut self, command: &str) -> Option<&'static str> {
        let (refused, answer) = *self.refusals.front()?;
        if refused != command {
            return None;
        }
        self.refusals.pop_front();
        Some(answer)
    }
}

impl Sink {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let state = sink.state.clone();
        drop(spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                state.lock().unwrap().conversations += 1;
                talk(stream, &state).await.ok();
            }
        }));
        sink
    }

    pub fn serves(&self, config: &mut Config) {
        (config.mail.host, config.mail.port) = ("127.0.0.1".into(), self.port);
        config.mail.security = "none".into();
        config.mail.from = "Régie <regie@theatre.example>".into();
    }

    pub fn refuse(&self, command: &'static str, answer: &'static str) {
        self.state.lock().unwrap().refusals.push_back((command, answer));
    }

    /// The mails that came since it was asked last, and in how many conversations.
    pub fn take(&self) -> (usize, Vec<Received>) {
        let mut state = self.state.lock().unwrap();
        (std::mem::take(&mut state.conversations), std::mem::take(&mut state.received))
    }
}

/// `regie@theatre.example` of `MAIL FROM:<regie@theatre.example>`.
fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

/// One conversation (RFC 5321).
async fn talk(mut stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let (reading, mut writing) = stream.split();
    let (mut lines, mut mail) = (BufReader::new(reading).lines(), Received::default());
    writing.write_all(b"220 sink.example\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let command = line.split([' ', ':']).next().unwrap_or_default();
        let refusal = state.lock().unwrap().refusal(command);
        let answer = match (refusal, command) {
            (Some(answer), _) => answer,
            (None, "EHLO") => "250 sink.example",
            (None, "MAIL") => {
                mail = Received { from: address(&line), ..Received::default() };
                "250 ok"
            }
            (None, "RCPT") => {
                mail.to.push(address(&line));
                "250 ok"
            }
            (None, "DATA") => {
                writing.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await?
                    && line != "."
                {
                    mail.data += line.strip_prefix('.').unwrap_or(&line);
                    mail.data += "\r\n";
                }
                state.lock().unwrap().received.push(mail.clone());
                "250 kept"
            }
            (None, "QUIT") => "221 bye",
            _ => "502 what?",
        };
        writing.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
