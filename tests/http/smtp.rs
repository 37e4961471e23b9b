//! Mails leave by SMTP as they were written, later where the server wants them later, and not at all where it never wants them.

mod kept;
mod message;
mod sink;

use super::platform::admin;
use crate::support::jobs::WAITS;
use crate::support::{NOW, TestApp, each_app_with};
use message::{header, part};
use regie::kernel::INSTALLATION;
use regie::platform::config::Config;
use regie::platform::mail::{NewMail, SEND, insert_mail};
use serde_json::json;
use sink::Sink;

/// Runs a test on an application whose mails go to a server of its own.
async fn each_app_that_mails(test: impl AsyncFn(TestApp, &Sink)) {
    let sink = Sink::open().await;
    each_app_with(|config| sink.serves(config), async |app| test(app, &sink).await).await;
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

/// Keeps a mail that was written at [`NOW`], and wants it sent.
async fn post(test: &TestApp, mail: &NewMail) {
    let mut tx = test.app.db.begin_write().await.unwrap();
    let id = insert_mail(&mut tx, INSTALLATION, mail, NOW).await.unwrap();
    tx.commit().await.unwrap();
    test.enqueue(SEND, &id.to_string()).await;
}

/// The state and the error of the one job there is.
async fn job(test: &TestApp) -> String {
    let jobs = test.texts("SELECT state || ', ' || coalesce(last_error, 'no error') FROM jobs").await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    each_app_that_mails(async |test, sink| {
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
    })
    .await;
}

#[tokio::test]
async fn a_calendar_goes_along_and_dots_stay() {
    each_app_that_mails(async |test, sink| {
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
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_leaves_later_and_once() {
    each_app_that_mails(async |test, sink| {
        post(&test, &letter()).await;
        let refusals = [
            ("EHLO", "421 4.3.2 not today"),
            ("MAIL", "450 4.7.1 slowly"),
            ("RCPT", "451 4.7.1 come back later"),
            ("DATA", "452 4.3.1 no room"),
        ];
        for ((command, answer), wait) in refusals.into_iter().zip(WAITS) {
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
    })
    .await;
}

/// Nobody would notice for a quarter of an hour that an address is wrong, if it were tried again.
#[tokio::test]
async fn a_mail_that_is_refused_for_ever_is_put_aside_at_once() {
    each_app_that_mails(async |test, sink| {
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
    })
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
    each_app_that_mails(async |test, sink| {
        post(&test, &NewMail { recipient: "ines".into(), ..letter() }).await;
        test.run_jobs().await;
        let job = job(&test).await;
        assert!(job.starts_with("dead, the mail cannot be built: "), "{job}");
        assert_eq!(sink.take().0, 0);
    })
    .await;
}

/// All mails would be put aside, and have to be tried again one by one, for a password that was changed.
#[tokio::test]
async fn a_mail_waits_when_the_server_does_not_know_who_we_are() {
    each_app_that_mails(async |test, sink| {
        post(&test, &letter()).await;
        sink.refuse("MAIL", "530 5.7.0 who are you?");
        test.run_jobs().await;
        assert_eq!(job(&test).await, "waiting, the mail server refused: permanent error (530): 5.7.0 who are you?");
        test.app.clock.advance_seconds(5);
        test.run_jobs().await;
        assert_eq!((job(&test).await.as_str(), sink.take().1.len()), ("done, no error", 1));
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_leaves_twice_is_seen_to_be_the_same() {
    each_app_that_mails(async |test, sink| {
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
    })
    .await;
}
