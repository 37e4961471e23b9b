//! Little is kept of what was sent, and not for long; of what was put aside as long as somebody may have it tried again.

use super::{admin, each_app_that_mails, job, letter, post};
use crate::support::{TestApp, each_app};
use regie::platform::mail::{NewMail, PURGE, purge_mails};

const DAYS: i64 = 86_400;
/// The job that was put aside last.
const LAST_DEAD: &str = "SELECT max(id) FROM jobs WHERE state = 'dead'";
const COUNT_DEAD: &str = "SELECT count(*) FROM jobs WHERE state = 'dead'";

/// To whom there are mails once the house was kept, without those to who runs the installation.
async fn left(test: &TestApp) -> Vec<String> {
    test.enqueue(PURGE, "").await;
    test.run_jobs().await;
    test.texts("SELECT recipient FROM mails WHERE recipient LIKE '%@exemple.fr' ORDER BY id").await
}

#[tokio::test]
async fn what_was_sent_is_forgotten_after_thirty_days() {
    each_app_that_mails(async |test, sink| {
        post(&test, &letter()).await;
        test.run_jobs().await;
        test.app.clock.advance_seconds(3600);
        post(&test, &NewMail { recipient: "elodie@exemple.fr".into(), ..letter() }).await;
        test.run_jobs().await;
        test.app.clock.advance_seconds(30 * DAYS - 3600);
        assert_eq!(left(&test).await, ["ines@exemple.fr", "elodie@exemple.fr"]);
        test.app.clock.advance_seconds(1);
        assert_eq!(left(&test).await, ["elodie@exemple.fr"]);
        test.app.clock.advance_seconds(3600);
        assert!(left(&test).await.is_empty());
        sink.take();
    })
    .await;
}

/// What it says may let somebody in.
#[tokio::test]
async fn what_was_put_aside_can_be_tried_again_for_thirty_days() {
    each_app_that_mails(async |test, sink| {
        for name in ["karim", "ines"] {
            sink.refuse("RCPT", "550 5.1.1 unknown user");
            post(&test, &NewMail { recipient: format!("{name}@exemple.fr"), ..letter() }).await;
        }
        test.run_jobs().await;
        test.app.clock.advance_seconds(30 * DAYS);
        assert_eq!(left(&test).await, ["karim@exemple.fr", "ines@exemple.fr"]);
        assert_eq!(test.number(COUNT_DEAD).await, 2);
        assert_eq!(test.mail_to("ines@exemple.fr").await.text_body, letter().text);

        let cookie = admin(&test).await;
        let hers = test.number(LAST_DEAD).await;
        assert_eq!(test.browse("POST", &format!("/admin/jobs/{hers}/retry"), &cookie, "").await.status, 303);
        test.app.clock.advance_seconds(1);
        assert_eq!(purge_mails(&test.app).await.unwrap(), 1, "hers is going to be sent");
        assert_eq!(test.number(COUNT_DEAD).await, 0, "nobody can have his tried again");
        test.run_jobs().await;
        let sent = test.mail_to("ines@exemple.fr").await;
        assert_eq!((sent.sent_at, sent.text_body.as_str()), (Some(test.app.clock.now()), ""));
        assert_eq!(left(&test).await, ["ines@exemple.fr"], "that she got one is known for a month from now on");
        sink.take();
    })
    .await;
}

#[tokio::test]
async fn what_a_mail_says_goes_when_it_is_given_up() {
    each_app_that_mails(async |test, sink| {
        sink.refuse("RCPT", "550 5.1.1 unknown user");
        post(&test, &letter()).await;
        test.run_jobs().await;
        let (cookie, dead) = (admin(&test).await, test.number(LAST_DEAD).await);
        assert_eq!(test.browse("POST", &format!("/admin/jobs/{dead}/discard"), &cookie, "").await.status, 303);
        let kept = test.mail_to("ines@exemple.fr").await;
        assert_eq!((kept.subject, kept.sent_at), (letter().subject, None));
        assert_eq!((kept.text_body.as_str(), kept.html_body.as_str(), kept.calendar), ("", "", None));
        test.app.clock.advance_seconds(30 * DAYS);
        assert_eq!(left(&test).await, ["ines@exemple.fr"]);
        test.app.clock.advance_seconds(1);
        assert!(left(&test).await.is_empty());
        sink.take();
    })
    .await;
}

/// Where no server sends mails, people read them here.
#[tokio::test]
async fn what_is_not_sent_stays_as_it_was_written() {
    each_app(async |test| {
        post(&test, &letter()).await;
        test.run_jobs().await;
        assert_eq!(job(&test).await, "done, no error");
        test.app.clock.advance_seconds(31 * DAYS);
        assert_eq!(purge_mails(&test.app).await.unwrap(), 0);
        let (kept, new) = (test.mail_to("ines@exemple.fr").await, letter());
        assert_eq!((kept.text_body, kept.html_body, kept.calendar), (new.text, new.html, new.calendar));
    })
    .await;
}
