use crate::access::Permit;
use crate::audit::{self, Quiet};
use crate::kernel::DeviceId;
use crate::orgs::CrewMember;
use crate::platform::db::DbResult;
use crate::platform::secret::fingerprint;
use crate::platform::{App, random};
use crate::timeclock::store::{self, BadgeValues};
use crate::timeclock::{IssueBadge, IssuedBadge, Presence, PunchError, rules};

/// The job that forgets old badges.
pub const PURGE: &str = "badges.purge";
/// Used and expired codes are kept this long, to tell "used" and "expired" from "unknown".
const KEPT_DAYS: i64 = 1;

/// Issues a code for a phone of the member who asks.
///
/// Permission: any member, for themselves. Audit: none ([`Quiet::BadgeIssued`]); its use is audited.
///
/// # Errors
/// [`PunchError::DeviceNotFound`], [`PunchError::DeviceRevoked`].
pub async fn issue_badge(
    app: &App,
    permit: Permit<IssueBadge>,
    me: &CrewMember,
    device: DeviceId,
) -> Result<IssuedBadge, PunchError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let found = store::find_device(&mut tx, device).await?.filter(|d| d.crew_member_id == me.id);
    if found.ok_or(PunchError::DeviceNotFound)?.revoked_at.is_some() {
        return Err(PunchError::DeviceRevoked);
    }
    let code = new_code();
    let expires_at = now.plus_seconds(app.config.badge.seconds);
    let values = BadgeValues { device, crew_member: me.id, code_hash: &fingerprint(&code), now, expires_at };
    store::insert_badge(&mut tx, &values).await?;
    store::touch_device(&mut tx, device, now).await?;
    let last = store::find_last_punch(&mut tx, me.id).await?;
    tx.commit_quietly(Quiet::BadgeIssued).await?;
    let open = last.filter(|last| last.state != Presence::Off && now.minutes_since(last.opened_at) < rules::MAX_OPEN_MINUTES);
    Ok(IssuedBadge { code, expires_at, next: rules::expected(last.as_ref(), now), since: open.map(|last| last.opened_at) })
}

/// 16 random bytes in base45. That alphabet has a space, which forms and wedge scanners lose: codes with one are made again,
/// at the price of less than one bit.
fn new_code() -> String {
    loop {
        let code = base45::encode(random::bytes::<16>());
        if !code.contains(' ') {
            return code;
        }
    }
}

/// Forgets badges that expired more than a day ago.
///
/// # Errors
/// When the database cannot be written.
pub async fn purge_badges(app: &App) -> DbResult<u64> {
    let before = app.clock.now().plus_days(-KEPT_DAYS);
    app.db.write_in_portions(|tx| Box::pin(store::purge_badges(tx, before))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_survive_every_keyboard() {
        for _ in 0..500 {
            let code = new_code();
            assert_eq!((code.len(), code.trim()), (24, code.as_str()));
            assert!(!code.contains(' '));
        }
    }
}
