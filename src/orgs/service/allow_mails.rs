use crate::access::{Action, Permit};
use crate::accounts::AccountError;
use crate::orgs::OrgError;
use crate::platform::App;
use crate::platform::throttle::Rate;

/// After a burst that the settings name (lists of 200 a few times a day), one account may cause one more mail in this time.
const PER_SENDER_MS: i64 = 120_000;
/// Mails that one address gets so, whoever causes them: nobody's mailbox is filled, and a link that its owner has just asked for is
/// not ended by another again and again.
const PER_RECIPIENT: Rate = Rate { burst: 5, every_ms: 600_000 };

/// Takes one mail to each of these addresses from the buckets of who asks and of the addresses: all of them, or none. Before the
/// change begins, so that nobody waits for it.
///
/// # Errors
/// [`AccountError::TooOften`].
pub(super) async fn allow_mails<A: Action>(app: &App, permit: &Permit<A>, recipients: &[&str]) -> Result<(), OrgError> {
    let now = app.clock.now();
    // The command line has no bucket.
    let sender = permit.actor().account().map(|account| account.to_string());
    let per_sender = Rate { burst: app.config.mail.by_member, every_ms: PER_SENDER_MS };
    let mut buckets: Vec<(&str, &str, Rate)> = Vec::new();
    for recipient in recipients {
        if let Some(sender) = &sender {
            buckets.push(("mails by member", sender.as_str(), per_sender));
        }
        buckets.push(("mails to address", *recipient, PER_RECIPIENT));
    }
    for (index, (kind, who, rate)) in buckets.iter().enumerate() {
        if let Err(error) = app.throttle.take(kind, who, *rate, now).await {
            for (kind, who, rate) in buckets.iter().take(index) {
                app.throttle.give_back(kind, who, *rate, now).await;
            }
            return Err(AccountError::from(error).into());
        }
    }
    Ok(())
}
