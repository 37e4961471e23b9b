//! SQL that finds what numbers in the audit are called. The names are other rooms'; they are only read here.

use crate::access::Conn;
use crate::audit::Name;
use crate::platform::db::DbResult;

const ACCOUNTS: &str = "SELECT id, name, CAST(NULL AS TEXT) AS owner FROM accounts WHERE id IN ($1..)";
const TOKENS: &str =
    "SELECT t.id, t.name, a.name AS owner FROM api_tokens t JOIN accounts a ON a.id = t.account_id WHERE t.id IN ($1..)";
const SESSIONS: &str = "SELECT s.id, CASE WHEN s.label <> '' THEN s.label ELSE s.client END AS name, a.name AS owner
  FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id WHERE s.id IN ($1..)";
const PASSKEYS: &str =
    "SELECT p.id, p.name, a.name AS owner FROM passkeys p JOIN accounts a ON a.id = p.account_id WHERE p.id IN ($1..)";
const ORGS: &str = "SELECT id, name, CAST(NULL AS TEXT) AS owner FROM orgs WHERE id IN ($1..)";
const MEMBERSHIPS: &str =
    "SELECT m.id, a.name, CAST(NULL AS TEXT) AS owner FROM memberships m JOIN accounts a ON a.id = m.account_id
  WHERE m.org_id = $1 AND m.id IN ($2..)";
const CREW: &str = "SELECT id, name, CAST(NULL AS TEXT) AS owner FROM crew_members WHERE org_id = $1 AND id IN ($2..)";
const KIOSKS: &str = "SELECT id, name, CAST(NULL AS TEXT) AS owner FROM kiosks WHERE org_id = $1 AND id IN ($2..)";
const DEVICES: &str = "SELECT d.id, d.name, c.name AS owner FROM devices d JOIN crew_members c
  ON c.org_id = d.org_id AND c.id = d.crew_member_id WHERE d.org_id = $1 AND d.id IN ($2..)";
const PUNCHES: &str = "SELECT p.id, c.name, CAST(NULL AS TEXT) AS owner FROM punches p JOIN crew_members c
  ON c.org_id = p.org_id AND c.id = p.crew_member_id WHERE p.org_id = $1 AND p.id IN ($2..)";
const INVITATIONS: &str =
    "SELECT id, email AS name, CAST(NULL AS TEXT) AS owner FROM invitations WHERE org_id = $1 AND id IN ($2..)";
const ENTRIES: &str =
    "SELECT e.id, a.name, CAST(NULL AS TEXT) AS owner FROM support_entries e JOIN accounts a ON a.id = e.account_id
  WHERE e.org_id = $1 AND e.id IN ($2..)";

#[derive(sqlx::FromRow)]
struct NameRow {
    id: i64,
    name: String,
    owner: Option<String>,
}

/// What things of a kind are called. A kind without names, and a thing that is gone, have none.
pub async fn list_names(conn: &mut impl Conn, kind: &str, ids: &[i64]) -> DbResult<Vec<(i64, Name)>> {
    let org = conn.org();
    let (sql, of_org) = match kind {
        "account" => (ACCOUNTS, false),
        "token" => (TOKENS, false),
        "session" => (SESSIONS, false),
        "passkey" => (PASSKEYS, false),
        "org" => (ORGS, false),
        "membership" => (MEMBERSHIPS, true),
        "crew_member" => (CREW, true),
        "kiosk" => (KIOSKS, true),
        "device" => (DEVICES, true),
        "punch" => (PUNCHES, true),
        "invitation" => (INVITATIONS, true),
        "support_entry" => (ENTRIES, true),
        _ => return Ok(Vec::new()),
    };
    let query = conn.query(sql);
    let query = if of_org { query.bind(org) } else { query };
    let rows: Vec<NameRow> = query.bind_list(ids).all().await?;
    Ok(rows.into_iter().map(|NameRow { id, name, owner }| (id, Name { name, owner })).collect())
}
