//! SQL of the events and of the ends of their chains.

use crate::access::Conn;
use crate::audit::{Group, Link};
use crate::folded;
use crate::kernel::{AccountId, CrewMemberId, DeviceId, Instant, KioskId, OrgId};
use crate::platform::db::{DbResult, Filter, PORTION, ReadTx, WriteTx, containing};

/// One row of a chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    pub id: i64,
    pub org_id: i64,
    pub seq: i64,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: Option<i64>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: Option<i64>,
    pub detail: String,
    pub address: String,
    pub request_id: String,
    pub prev_hash: String,
    pub hash: String,
}

/// Scans that were refused, by what that tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedScan {
    /// The code had been used before.
    Replay,
    /// The phone was revoked, or its person is in the archive.
    Barred,
}

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub action: Option<String>,
    /// Of refused scans, only these.
    pub refused: Option<RefusedScan>,
    /// Who did it; of a punch, whose it is: [`Concerned::user`](crate::audit::Concerned::user).
    pub user: Option<CrewMemberId>,
    /// The phone that it is about, or that was shown.
    pub device: Option<DeviceId>,
    /// The kiosk that did it, or that it is about.
    pub kiosk: Option<KioskId>,
    pub group: Option<Group>,
    /// Part of a name, of an address, of a fact, of a hash, or of a request's name.
    pub search: Option<String>,
    /// Whom it is by or about.
    pub person: Option<AccountId>,
    pub from: Option<Instant>,
    /// The first instant that is too late.
    pub to: Option<Instant>,
    /// Only rows older than this number of the chain.
    pub before: Option<i64>,
    /// Only rows newer than this number of the chain: those next to it, which still come newest first.
    pub after: Option<i64>,
    pub limit: i64,
    pub offset: i64,
}

const HEAD: &str = "SELECT seq, hash FROM audit_heads WHERE org_id = $1";
const START: &str = "INSERT INTO audit_heads (org_id, seq, hash) VALUES ($1, 0, '') ON CONFLICT (org_id) DO NOTHING";
// Locks the chain until the end of the transaction on PostgreSQL: two changes never get the same number.
const LOCK: &str = "UPDATE audit_heads SET seq = seq + $2 WHERE org_id = $1 RETURNING seq - $3 AS seq, hash";
const INSERT: &str =
    "INSERT INTO audit_events (org_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, address,
  request_id, prev_hash, hash) VALUES {}";
const CHAIN: &str =
    "SELECT id, org_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, address, request_id,
  prev_hash, hash FROM audit_events WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
const LIST: &str =
    "SELECT id, org_id, seq, at, actor_kind, actor_id, action, subject_kind, subject_id, detail, address, request_id,
  prev_hash, hash FROM audit_events WHERE org_id = $1";

pub async fn find_head(tx: &mut ReadTx, org: OrgId) -> DbResult<Option<Link>> {
    tx.query(HEAD).bind(org).optional().await
}

/// Takes the next `count` numbers of a chain and gives the link before them.
pub async fn take_numbers(tx: &mut WriteTx, org: OrgId, count: i64) -> DbResult<Link> {
    if let Some(link) = tx.query(LOCK).bind(org).bind(count).bind(count).optional().await? {
        return Ok(link);
    }
    tx.query(START).bind(org).execute().await?;
    tx.query(LOCK).bind(org).bind(count).bind(count).one().await
}

/// Writes rows, in order; a trigger makes the last one the end of its chain.
pub async fn insert_all(tx: &mut WriteTx, rows: &[AuditRow]) -> DbResult<()> {
    for portion in rows.chunks(PORTION) {
        let inserted = tx.query(INSERT).bind_rows(portion, |query, row| {
            let query = query.bind(row.org_id).bind(row.seq).bind(Instant(row.at)).bind(&row.actor_kind).bind(row.actor_id);
            let query = query.bind(&row.action).bind(&row.subject_kind).bind(row.subject_id).bind(&row.detail);
            query.bind(&row.address).bind(&row.request_id).bind(&row.prev_hash).bind(&row.hash)
        });
        inserted.execute().await?;
    }
    Ok(())
}

pub async fn list_chain(tx: &mut ReadTx, org: OrgId, after: i64, limit: i64) -> DbResult<Vec<AuditRow>> {
    tx.query(CHAIN).bind(org).bind(after).bind(limit).all().await
}

/// What a search looks at. Names are other rooms' and are only read here; `$1` is the organisation.
const MATCHES: &str = concat!(
    "(hash LIKE {} ESCAPE '\\' OR lower(request_id) LIKE {} ESCAPE '\\' OR address LIKE {} ESCAPE '\\' OR ",
    folded!("detail"),
    " LIKE {} ESCAPE '\\'
  OR (actor_kind IN ('account', 'platform', 'support') AND actor_id IN (SELECT id FROM accounts WHERE search LIKE {} ESCAPE '\\'))
  OR (actor_kind = 'token' AND actor_id IN (SELECT t.id FROM api_tokens t JOIN accounts a ON a.id = t.account_id
    WHERE a.search LIKE {} ESCAPE '\\' OR ",
    folded!("t.name"),
    " LIKE {} ESCAPE '\\'))
  OR (actor_kind = 'kiosk' AND actor_id IN (SELECT id FROM kiosks WHERE org_id = $1 AND ",
    folded!("name || ' ' || place"),
    " LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'kiosk' AND subject_id IN (SELECT id FROM kiosks WHERE org_id = $1 AND ",
    folded!("name || ' ' || place"),
    " LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'account' AND subject_id IN (SELECT id FROM accounts WHERE search LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'session' AND subject_id IN (SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id
    WHERE a.search LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'membership' AND subject_id IN (SELECT m.id FROM memberships m JOIN accounts a ON a.id = m.account_id
    WHERE m.org_id = $1 AND a.search LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'crew_member' AND subject_id IN (SELECT id FROM crew_members WHERE org_id = $1 AND search LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'device' AND subject_id IN (SELECT d.id FROM devices d JOIN crew_members c
    ON c.org_id = d.org_id AND c.id = d.crew_member_id WHERE d.org_id = $1 AND c.search LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'punch' AND subject_id IN (SELECT p.id FROM punches p JOIN crew_members c
    ON c.org_id = p.org_id AND c.id = p.crew_member_id WHERE p.org_id = $1 AND c.search LIKE {} ESCAPE '\\'))
  OR (subject_kind = 'invitation' AND subject_id IN (SELECT id FROM invitations WHERE org_id = $1 AND ",
    folded!("email"),
    " LIKE {} ESCAPE '\\')))"
);

/// What an account did, and what was done about it.
const OF_PERSON: &str = "((actor_kind IN ('account', 'platform', 'support') AND actor_id = {})
  OR (actor_kind = 'token' AND actor_id IN (SELECT id FROM api_tokens WHERE account_id = {}))
  OR (subject_kind = 'account' AND subject_id = {})
  OR (subject_kind = 'session' AND subject_id IN (SELECT id FROM sessions WHERE account_id = {}))
  OR (subject_kind = 'membership' AND subject_id IN (SELECT id FROM memberships WHERE org_id = $1 AND account_id = {}))
  OR (subject_kind = 'crew_member' AND subject_id IN (SELECT id FROM crew_members WHERE org_id = $1 AND account_id = {}))
  OR (subject_kind = 'device' AND subject_id IN (SELECT d.id FROM devices d JOIN crew_members c
    ON c.org_id = d.org_id AND c.id = d.crew_member_id WHERE d.org_id = $1 AND c.account_id = {}))
  OR (subject_kind = 'punch' AND subject_id IN (SELECT p.id FROM punches p JOIN crew_members c
    ON c.org_id = p.org_id AND c.id = p.crew_member_id WHERE p.org_id = $1 AND c.account_id = {})))";

/// What a member did, and their punches: a kiosk records those.
const OF_USER: &str = "((actor_kind IN ('account', 'platform', 'support')
    AND actor_id = (SELECT account_id FROM crew_members WHERE org_id = $1 AND id = {}))
  OR (actor_kind = 'token' AND actor_id IN (SELECT t.id FROM api_tokens t JOIN crew_members c ON c.account_id = t.account_id
    WHERE c.org_id = $1 AND c.id = {}))
  OR (subject_kind = 'punch' AND subject_id IN (SELECT id FROM punches WHERE org_id = $1 AND crew_member_id = {})))";

/// What a phone is the subject of, and the punches that it was shown for, found by its person: there is an index of those.
const OF_DEVICE: &str = "((subject_kind = 'device' AND subject_id = {})
  OR (subject_kind = 'punch' AND subject_id IN (SELECT p.id FROM devices d JOIN punches p
    ON p.org_id = d.org_id AND p.crew_member_id = d.crew_member_id AND p.device_id = d.id WHERE d.org_id = $1 AND d.id = {})))";

const OF_KIOSK: &str = "((actor_kind = 'kiosk' AND actor_id = {}) OR (subject_kind = 'kiosk' AND subject_id = {}))";

/// The reason stands among the facts.
const fn of_refused(refused: RefusedScan) -> &'static str {
    match refused {
        RefusedScan::Replay => r#"detail LIKE '%"punch.already\_used"%' ESCAPE '\'"#,
        RefusedScan::Barred => r#"(detail LIKE '%"punch.device\_revoked"%' ESCAPE '\' OR detail LIKE '%"punch.archived"%')"#,
    }
}

/// Events of the organisation, newest first.
pub async fn list_events(conn: &mut impl Conn, filter: &AuditFilter) -> DbResult<Vec<AuditRow>> {
    let org = conn.org();
    let pattern = filter.search.as_deref().map(containing);
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("action = {}", filter.action.as_deref())
        .and_opt(OF_USER, filter.user)
        .and_opt(OF_DEVICE, filter.device)
        .and_opt(OF_KIOSK, filter.kiosk)
        .and_opt("at >= {}", filter.from)
        .and_opt("at < {}", filter.to)
        .and_opt(MATCHES, pattern)
        .and_opt(OF_PERSON, filter.person)
        .and_opt("seq < {}", filter.before)
        .and_opt("seq > {}", filter.after);
    let filtered = match filter.group {
        Some(group) => {
            let names: Vec<String> = group.nouns().iter().map(|noun| format!("{noun}.%")).collect();
            filtered.and_any("action LIKE {}", &names)
        }
        None => filtered,
    };
    let filtered = match filter.refused {
        Some(refused) => filtered.and(of_refused(refused)),
        None => filtered,
    };
    let up = filter.after.is_some();
    let filtered = filtered.tail_plain(if up { " ORDER BY seq" } else { " ORDER BY seq DESC" });
    let filtered = filtered.tail(" LIMIT {}", filter.limit).tail(" OFFSET {}", filter.offset);
    let mut rows: Vec<AuditRow> = conn.tx().filtered(filtered).all().await?;
    if up {
        rows.reverse();
    }
    Ok(rows)
}
