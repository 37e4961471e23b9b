//! A mail server that lets us in and then says nothing: mails wait for it, and nothing else does.

use super::odd_ends::overheard;
use crate::support::{NOW, TestApp, each_app, each_app_with};
use futures_util::future::BoxFuture;
use regie::composition;
use regie::kernel::{INSTALLATION, JobId};
use regie::platform::App;
use regie::platform::jobs::{Handler, JobError, JobRow, Worker};
use regie::platform::mail::{NewMail, SEND, insert_mail};
use std::net::TcpListener;

/// Runs a test on an application whose mail server says nothing, and is left after so many seconds.
async fn each_app_that_waits(seconds: u64, test: impl AsyncFn(TestApp)) {
    // Who connects is let in by the system.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    each_app_with(
        |config| {
            (config.mail.host, config.mail.port) = ("127.0.0.1".into(), port);
            (config.mail.security, config.mail.seconds) = ("none".into(), seconds);
        },
        test,
    )
    .await;
}

/// Writes a mail and wants it sent.
async fn post(test: &TestApp) -> JobId {
    let mail = NewMail {
        recipient: "ines@exemple.fr".into(),
        subject: "Générale".into(),
        text: "À lundi".into(),
        html: "<p>À lundi</p>".into(),
        calendar: None,
    };
    let mut tx = test.app.db.begin_write().await.unwrap();
    let id = insert_mail(&mut tx, INSTALLATION, &mail, NOW).await.unwrap();
    tx.commit().await.unwrap();
    test.enqueue(SEND, &id.to_string()).await
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_is_left_and_tried_again_later() {
    each_app_that_waits(1, async |test| {
        let mail = post(&test).await;
        test.run_jobs().await;
        assert_eq!(test.job(mail).await.told(), ("waiting", 1, Some("the mail server took longer than 1 s")));
        assert_eq!(test.mail_to("ines@exemple.fr").await.sent_at, None);
    })
    .await;
}

#[tokio::test]
async fn nothing_but_mails_waits_for_a_mail_server_and_the_server_stays_ready() {
    each_app_that_waits(300, async |test| {
        let ready = async || test.get("/readyz").await.status.as_u16();
        let mails = [post(&test).await, post(&test).await];
        tokio::select! {
            () = composition::work(test.app.clone(), test.app.stopping()) => panic!("nobody has stopped it"),
            () = async {
                test.wait_for_job(mails[0], "running").await;
                let other = test.enqueue("badges.purge", "").await;
                test.wait_for_job(other, "done").await;
                test.app.clock.advance_seconds(6 * 60);
                let other = test.enqueue("badges.purge", "").await;
                test.wait_for_job(other, "done").await;
                assert_eq!(test.job(mails[1]).await.told(), ("waiting", 0, None), "one after the other");
                assert_eq!(ready().await, 200, "no other server would send them sooner");
            } => {}
        }
        // Nobody works any more.
        test.app.clock.advance_seconds(3 * 60);
        assert_eq!(ready().await, 200, "they may be busy");
        test.app.clock.advance_seconds(60);
        assert_eq!(ready().await, 503);
    })
    .await;
}

#[tokio::test]
async fn the_log_says_why_a_mail_was_not_sent_and_not_to_whom() {
    fn refuse(_: App, _: JobRow) -> BoxFuture<'static, Result<(), JobError>> {
        Box::pin(async { Err(JobError::Never("the mail server refused: 550 <ines@exemple.fr>: unknown user".into())) })
    }
    fn refusing(_: &str) -> Option<Handler> {
        let handler: Handler = refuse;
        Some(handler)
    }
    each_app(async |test| {
        test.enqueue(SEND, "1").await;
        let worker = Worker { app: test.app.clone(), handler_for: refusing };
        let (did, log) = overheard(worker.run_next()).await;
        assert!(did.unwrap());
        assert!(log.contains("Job failed") && log.contains("550 …@… unknown user"), "{log}");
        assert!(!log.contains("exemple.fr"), "{log}");
    })
    .await;
}
