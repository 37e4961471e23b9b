//! Mails leave by SMTP as they were written, later where the server wants them later, and not at all where it never wants them.
//! Here, little is kept of what was sent, and not for long.

use super::platform::admin;
use crate::db::spawn;
use crate::support::{NOW, TestApp, each_app, each_app_with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regie::kernel::INSTALLATION;
use regie::platform::config::Config;
use regie::platform::jobs::{NewJob, enqueue};
use regie::platform::mail::{NewMail, PURGE, SEND, insert_mail};
use serde_json::json;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as the server got it.
#[derive(Clone, Debug, Default)]
struct Received {
    from: String,
    to: Vec<String>,
    data: String,
}

/// A mail server that keeps what it is given, unless it was told to refuse it.
struct Sink {
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
    async fn open() -> Self {
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

    fn serves(&self, config: &mut Config) {
        (config.mail.host, config.mail.port) = ("127.0.0.1".into(), self.port);
        config.mail.security = "none".into();
        config.mail.from = "Régie <regie@theatre.example>".into();
    }

    fn refuse(&self, command: &'static str, answer: &'static str) {
        self.state.lock().unwrap().refusals.push_back((command, answer));
    }

    /// The mails that came since it was asked last, and in how many conversations.
    fn take(&self) -> (usize, Vec<Received>) {
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

/// A header without its folds and encoded words (RFC 2047).
fn header(message: &str, name: &str) -> String {
    let head = message.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let start = format!("{name}: ");
    let value = head.lines().find_map(|line| line.strip_prefix(start.as_str())).unwrap();
    let value = value.replace("?= =?", "?==?"); // a space between two encoded words is none
    let mut pieces = value.split("=?utf-8?b?");
    let mut text = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (word, plain) = piece.split_once("?=").unwrap();
        text += &String::from_utf8(STANDARD.decode(word).unwrap()).unwrap();
        text += plain;
    }
    text
}

/// Undoes quoted-printable (RFC 2045).
fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut pieces = text.split('=');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        let (hex, plain) = piece.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).unwrap());
        bytes.extend(plain.as_bytes());
    }
    bytes
}

/// What the part of a kind says, with line ends as we write them, but the last.
fn part(message: &str, kind: &str) -> String {
    let (_, part) = message.split_once(&format!("Content-Type: {kind}")).unwrap();
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    let boundaries = message.split("boundary=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let end = boundaries.filter_map(|boundary| body.find(&format!("\r\n--{boundary}"))).min().unwrap();
    let body = &body[..end];
    let bytes = if head.contains("Encoding: base64") {
        STANDARD.decode(body.replace("\r\n", "")).unwrap()
    } else if head.contains("Encoding: quoted-printable") {
        unquoted(body)
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n").trim_end().to_owned()
}

fn letter() -> NewMail {
    NewMail {
        recipient: "ines@exemple.fr".into(),
        subject: "Changement d’horaire à l’Écluse : lundi 23 novembre à huit heures précises, côté quai".into(),
        text: ".\n..deux points\nfin\n".into(),
        html: "<p>À bientôt</p>".into(),
        calendar: Some("BEGIN:VCALENDAR\r\nSUMMARY:Générale\r\nEND:VCALENDAR\r\n".into()),
    }
}

/// Keeps a mail and wants it sent, as a change does.
async fn post(test: &TestApp, mail: &NewMail) {
    let mut tx = test.app.db.begin_write().await.unwrap();
    let id = insert_mail(&mut tx, INSTALLATION, mail, NOW).await.unwrap();
    let job = NewJob { kind: SEND, payload: id.to_string(), run_at: NOW };
    enqueue(&mut tx, INSTALLATION, &job, NOW).await.unwrap();
    tx.commit().await.unwrap();
}

/// The state and the error of the one job there is.
async fn job(test: &TestApp) -> String {
    let jobs = test.texts("SELECT state || ', ' || coalesce(last_error, 'no error') FROM jobs").await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            let shop = test.shop("Théâtre du Mail").await;
            let owner = test.token(&shop.owner.email).await;
            test.run_jobs().await;
            sink.take(); // that somebody has signed in
            let invitation = json!({ "email": "ines@exemple.fr", "role": "tech" });
            assert_eq!(test.api("POST", "/api/v1/members/invitations", &owner, Some(invitation)).await.status, 201);
            let kept = test.mail_to("ines@exemple.fr").await;
            assert_eq!(kept.sent_at, None);
            test.run_jobs().await;
            let (conversations, received) = sink.take();
            assert_eq!((conversations, received.len()), (1, 1), "{received:?}");
            let mail = &received[0];
            assert_eq!((mail.from.as_str(), mail.to.join(" ").as_str()), ("regie@theatre.example", "ines@exemple.fr"));
            assert_eq!(header(&mail.data, "From"), "Régie <regie@theatre.example>");
            assert_eq!(header(&mail.data, "To"), "ines@exemple.fr");
            assert_eq!(header(&mail.data, "Subject"), "Théâtre du Mail vous invite sur Régie");
            let text = part(&mail.data, "text/plain");
            assert_eq!(text, kept.text_body.trim_end());
            assert!(text.contains("vous invite à rejoindre Théâtre du Mail"), "{text}");
            assert_eq!(part(&mail.data, "text/html"), kept.html_body.trim_end());
            assert!(mail.data.is_ascii(), "the server was not asked whether it takes more");
            let sent = test.mail_to("ines@exemple.fr").await;
            assert_eq!((sent.subject, sent.sent_at), (kept.subject, Some(test.app.clock.now())));
            assert_eq!((sent.text_body.as_str(), sent.html_body.as_str()), ("", ""), "its link lets somebody in");
        },
    )
    .await;
}

#[tokio::test]
async fn a_calendar_goes_along_and_dots_stay() {
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            let letter = letter();
            post(&test, &letter).await;
            test.run_jobs().await;
            let (_, received) = sink.take();
            let data = &received[0].data;
            assert_eq!(header(data, "Subject"), letter.subject);
            assert_eq!(part(data, "text/plain"), ".\n..deux points\nfin");
            assert_eq!(part(data, "text/html"), letter.html);
            assert_eq!(part(data, "text/calendar"), "BEGIN:VCALENDAR\nSUMMARY:Générale\nEND:VCALENDAR");
            assert!(data.contains("filename=\"missions.ics\""), "{data}");
            assert!(data.lines().all(|line| line.len() <= 998), "{data}");
            assert_eq!(test.mail_to("ines@exemple.fr").await.calendar, None, "it is not needed here any more");
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_leaves_later_and_once() {
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            post(&test, &letter()).await;
            let refusals = [
                ("EHLO", "421 4.3.2 not today", 5),
                ("MAIL", "450 4.7.1 slowly", 20),
                ("RCPT", "451 4.7.1 come back later", 45),
                ("DATA", "452 4.3.1 no room", 80),
            ];
            for (command, answer, wait) in refusals {
                sink.refuse(command, answer);
                test.run_jobs().await;
                let (conversations, received) = sink.take();
                assert_eq!((conversations, received.len()), (1, 0), "{command}: {received:?}");
                let (code, words) = answer.split_at(3);
                let told = format!("waiting, the mail server refused: transient error ({code}):{words}");
                assert_eq!(job(&test).await, told);
                test.app.clock.advance_seconds(wait - 1);
                test.run_jobs().await;
                assert_eq!(sink.take().0, 0, "{command}: not before its time");
                test.app.clock.advance_seconds(1);
            }
            test.run_jobs().await;
            let (conversations, received) = sink.take();
            assert_eq!((conversations, received.len()), (1, 1), "{received:?}");
            assert_eq!(job(&test).await, "done, no error");
            assert_eq!(test.mail_to("ines@exemple.fr").await.sent_at, Some(test.app.clock.now()));

            // A server that was gone before it had noted that the job was done.
            test.change("UPDATE jobs SET state = 'waiting'").await;
            test.run_jobs().await;
            assert_eq!((job(&test).await.as_str(), sink.take().0), ("done, no error", 0), "it was sent");
        },
    )
    .await;
}

/// Nobody would notice for a quarter of an hour that an address is wrong, if it were tried again.
#[tokio::test]
async fn a_mail_that_is_refused_for_ever_is_put_aside_at_once() {
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            post(&test, &letter()).await;
            sink.refuse("RCPT", "550 5.1.1 <ines@exemple.fr>: unknown user");
            test.run_jobs().await;
            let told = "dead, the mail server refused: permanent error (550): 5.1.1 <ines@exemple.fr>: unknown user";
            assert_eq!(job(&test).await, told);
            test.app.clock.advance_seconds(3600);
            test.run_jobs().await;
            let (conversations, received) = sink.take();
            assert_eq!((conversations, received.len()), (1, 0), "{received:?}");
            let kept = test.mail_to("ines@exemple.fr").await;
            assert_eq!((kept.sent_at, kept.text_body), (None, letter().text), "somebody may have it tried again");

            let cookie = admin(&test).await;
            let page = test.browse("GET", "/admin/jobs?state=dead", &cookie, "").await.text;
            assert!(page.contains("permanent error (550): 5.1.1 …@… unknown user"), "{page}");
            assert!(!page.contains("ines@exemple.fr"), "whose address it is is nobody's business here");
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_waits_for_a_server_that_is_not_there() {
    let sink = Sink::open().await;
    let nowhere = |config: &mut Config| {
        sink.serves(config);
        config.mail.port = 1;
    };
    each_app_with(nowhere, async |test| {
        post(&test, &letter()).await;
        test.run_jobs().await;
        let job = job(&test).await;
        assert!(job.starts_with("waiting, the mail server cannot be reached: Connection error"), "{job}");
        assert_eq!((sink.take().0, test.mail_to("ines@exemple.fr").await.sent_at), (0, None));
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_cannot_be_built_is_put_aside_at_once() {
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            post(&test, &NewMail { recipient: "ines".into(), ..letter() }).await;
            test.run_jobs().await;
            let job = job(&test).await;
            assert!(job.starts_with("dead, the mail cannot be built: "), "{job}");
            assert_eq!(sink.take().0, 0);
        },
    )
    .await;
}

/// All mails would be put aside, and have to be tried again one by one, for a password that was changed.
#[tokio::test]
async fn a_mail_waits_when_the_server_does_not_know_who_we_are() {
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            post(&test, &letter()).await;
            sink.refuse("MAIL", "530 5.7.0 who are you?");
            test.run_jobs().await;
            assert_eq!(job(&test).await, "waiting, the mail server refused: permanent error (530): 5.7.0 who are you?");
            test.app.clock.advance_seconds(5);
            test.run_jobs().await;
            assert_eq!((job(&test).await.as_str(), sink.take().1.len()), ("done, no error", 1));
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_that_leaves_twice_is_seen_to_be_the_same() {
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            post(&test, &letter()).await;
            test.run_jobs().await;
            // A server that was gone before it had noted that the mail was sent.
            test.change("UPDATE mails SET sent_at = NULL").await;
            test.change("UPDATE jobs SET state = 'waiting'").await;
            test.app.clock.advance_seconds(3600);
            post(&test, &letter()).await;
            test.run_jobs().await;
            let (_, received) = sink.take();
            let names: Vec<String> = received.iter().map(|mail| header(&mail.data, "Message-ID")).collect();
            assert_eq!(names.len(), 3, "{names:?}");
            assert!(names[0] == names[1] && names[1] != names[2], "{names:?}");
            assert!(names.iter().all(|name| name.starts_with('<') && name.ends_with("@theatre.example>")), "{names:?}");
            for mail in &received {
                assert_eq!(header(&mail.data, "Date"), "Sat, 21 Nov 2026 08:00:00 +0000", "when it was written");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn what_was_sent_is_forgotten_after_thirty_days() {
    /// To whom there are mails once the house was kept.
    async fn left(test: &TestApp) -> Vec<String> {
        let now = test.app.clock.now();
        let mut tx = test.app.db.begin_write().await.unwrap();
        let job = NewJob { kind: PURGE, payload: String::new(), run_at: now };
        enqueue(&mut tx, INSTALLATION, &job, now).await.unwrap();
        tx.commit().await.unwrap();
        test.run_jobs().await;
        test.texts("SELECT recipient FROM mails ORDER BY id").await
    }
    let sink = Sink::open().await;
    each_app_with(
        |config| sink.serves(config),
        async |test| {
            sink.refuse("RCPT", "550 5.1.1 unknown user");
            post(&test, &NewMail { recipient: "karim@exemple.fr".into(), ..letter() }).await;
            post(&test, &letter()).await;
            test.run_jobs().await;
            test.app.clock.advance_seconds(3600);
            post(&test, &NewMail { recipient: "elodie@exemple.fr".into(), ..letter() }).await;
            test.run_jobs().await;
            test.app.clock.advance_seconds(30 * 86_400 - 3600);
            assert_eq!(left(&test).await, ["karim@exemple.fr", "ines@exemple.fr", "elodie@exemple.fr"]);
            test.app.clock.advance_seconds(1);
            assert_eq!(left(&test).await, ["karim@exemple.fr", "elodie@exemple.fr"]);
            test.app.clock.advance_seconds(3600);
            assert_eq!(left(&test).await, ["karim@exemple.fr"], "it was not sent");
            sink.take();
        },
    )
    .await;
}

/// Where no server sends mails, people read them here.
#[tokio::test]
async fn what_is_not_sent_stays_as_it_was_written() {
    each_app(async |test| {
        post(&test, &letter()).await;
        test.run_jobs().await;
        assert_eq!(job(&test).await, "done, no error");
        test.app.clock.advance_seconds(31 * 86_400);
        assert_eq!(regie::platform::mail::purge_mails(&test.app).await.unwrap(), 0);
        let (kept, new) = (test.mail_to("ines@exemple.fr").await, letter());
        assert_eq!((kept.text_body, kept.html_body, kept.calendar), (new.text, new.html, new.calendar));
    })
    .await;
}
