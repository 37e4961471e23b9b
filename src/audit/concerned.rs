//! Whom and what events concern, as the API tells it.

use super::{AuditRow, store};
use crate::access::Conn;
use crate::kernel::{AccountId, CrewMemberId, DeviceId, KioskId};
use crate::platform::db::DbResult;
use std::collections::HashMap;

/// Actors whose number is an account's.
const ACCOUNTS: [&str; 3] = ["account", "platform", "support"];

/// Whom and what an event concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// The account that did it, by itself or by a program's token.
    pub account: Option<AccountId>,
    /// Who did it, if they are in the crew; of a punch, which a kiosk records, whose it is.
    pub user: Option<CrewMemberId>,
    /// The phone that it is about; of a punch, the one that was shown.
    pub device: Option<DeviceId>,
    /// The kiosk that did it, or that it is about.
    pub kiosk: Option<KioskId>,
}

fn actor(row: &AuditRow, kinds: &[&str]) -> Option<i64> {
    row.actor_id.filter(|_| kinds.contains(&row.actor_kind.as_str()))
}

fn subject(row: &AuditRow, kind: &str) -> Option<i64> {
    row.subject_id.filter(|_| row.subject_kind == kind)
}

fn account_of(row: &AuditRow, token_owners: &HashMap<i64, AccountId>) -> Option<AccountId> {
    let owner = actor(row, &["token"]).and_then(|token| token_owners.get(&token).copied());
    actor(row, &ACCOUNTS).map(AccountId).or(owner)
}

impl Concerned {
    /// Looks up what each of `rows` concerns, in their order.
    pub(super) async fn find(conn: &mut impl Conn, rows: &[AuditRow]) -> DbResult<Vec<Self>> {
        let tokens: Vec<i64> = rows.iter().filter_map(|row| actor(row, &["token"])).collect();
        let owners = store::list_token_owners(conn, &tokens).await?;
        let accounts: Vec<AccountId> = rows.iter().filter_map(|row| account_of(row, &owners)).collect();
        let people = store::list_crew_of(conn, &accounts).await?;
        let punches: Vec<i64> = rows.iter().filter_map(|row| subject(row, "punch")).collect();
        let punches = store::list_punched(conn, &punches).await?;
        let concerned = |row: &AuditRow| {
            let account = account_of(row, &owners);
            let punch = subject(row, "punch").and_then(|id| punches.get(&id));
            let user = account.and_then(|account| people.get(&account).copied());
            Self {
                account,
                user: user.or(punch.map(|punch| punch.crew_member_id)),
                device: subject(row, "device").map(DeviceId).or(punch.and_then(|punch| punch.device_id)),
                kiosk: actor(row, &["kiosk"]).or(subject(row, "kiosk")).map(KioskId),
            }
        };
        Ok(rows.iter().map(concerned).collect())
    }
}
