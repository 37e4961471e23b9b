//! SQL of members as admins see them, of an organisation's own row, and of looks by the platform.

use crate::access::Conn;
use crate::folded;
use crate::kernel::{AccountId, Instant, MembershipId, OrgId, Role};
use crate::orgs::links::Purpose;
use crate::orgs::model::{Logo, Member, MemberFilter, OrgSheet, SupportEntry};
use crate::platform::db::{DbResult, Filter, ReadTx, containing};

/// The columns of a [`Member`]. Names and addresses are the accounts room's; they are only read here.
const LIST: &str = "SELECT m.id, m.account_id, m.role, m.state, m.created_at, a.name, a.email, a.is_active,
  a.created_at AS account_since,
  (a.totp_confirmed_at IS NOT NULL OR EXISTS (SELECT 1 FROM passkeys p WHERE p.account_id = a.id)) AS has_factor,
  EXISTS (SELECT 1 FROM memberships e WHERE e.account_id = a.id AND e.org_id <> m.org_id) AS is_elsewhere,
  (SELECT max(s.last_seen_at) FROM sessions s WHERE s.account_id = a.id) AS last_seen_at
  FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.org_id = $1";
const COUNT_OWNERS: &str = "SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account_id
  WHERE m.org_id = $1 AND m.role = 'owner' AND m.state = 'active' AND a.deleted_at IS NULL AND m.id <> $2";
const ELSEWHERE: &str = "SELECT EXISTS (SELECT 1 FROM memberships WHERE account_id = $1 AND org_id <> $2)";
const SET_ROLE: &str = "UPDATE memberships SET role = $3 WHERE org_id = $1 AND id = $2";
const SET_STATE: &str = "UPDATE memberships SET state = $3 WHERE org_id = $1 AND id = $2 AND state <> $4";
const REMOVE: &str = "DELETE FROM memberships WHERE org_id = $1 AND id = $2";
const REVOKE_INVITATIONS: &str = "UPDATE invitations SET revoked_at = $2 WHERE org_id = $1 AND accepted_at IS NULL
  AND revoked_at IS NULL AND (email = $3 OR invited_by = $4)";
const VOID_JOIN_LINKS: &str = "UPDATE links SET used_at = $2 WHERE org_id = $1 AND purpose = $3 AND used_at IS NULL
  AND subject_id IN (SELECT id FROM crew_members WHERE org_id = $4 AND account_id = $5)";
const UNLINK: &str = "UPDATE crew_members SET account_id = NULL WHERE org_id = $1 AND account_id = $2";
const SOLE_OWNER: &str = "SELECT o.name FROM memberships m JOIN orgs o ON o.id = m.org_id
  WHERE m.account_id = $1 AND m.role = 'owner' AND m.state = 'active' AND NOT EXISTS (SELECT 1 FROM memberships other
    WHERE other.org_id = m.org_id AND other.role = 'owner' AND other.state = 'active' AND other.account_id <> $2) ORDER BY o.id LIMIT 1";
const REMOVE_EVERYWHERE: &str = "DELETE FROM memberships WHERE account_id = $1";
const UNLINK_EVERYWHERE: &str = "UPDATE crew_members SET account_id = NULL WHERE account_id = $1";

const CHANGE_ORG: &str = "UPDATE orgs SET name = $3, time_zone = $4, language = $5, second_factor_from = $6, join_domains = $7,
  retention_months = $8, idcc = $9, version = version + 1 WHERE id = $1 AND version = $2";
const SET_LOGO: &str = "INSERT INTO org_logos (org_id, mime, content, updated_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (org_id) DO UPDATE SET mime = excluded.mime, content = excluded.content, updated_at = excluded.updated_at";
const FIND_LOGO: &str = "SELECT mime, content, updated_at FROM org_logos WHERE org_id = $1";
const DROP_LOGO: &str = "DELETE FROM org_logos WHERE org_id = $1";
const FORGET_CONTACTS: &str = "UPDATE crew_members SET email = NULL, phone = NULL, born_on = NULL, standings = '', search = $1,
  version = version + 1 WHERE id = $2";
const OLD_CONTACTS: &str = "SELECT c.id, c.name, c.job FROM crew_members c JOIN orgs o ON o.id = c.org_id
  WHERE c.archived_at IS NOT NULL AND c.archived_at < $1 - o.retention_months * 2629746000
    AND (c.email IS NOT NULL OR c.phone IS NOT NULL OR c.born_on IS NOT NULL OR c.standings <> '')
  ORDER BY c.id LIMIT 500";

const OPEN_ORGS: &str =
    "SELECT id, slug, name, time_zone, language, is_demo, second_factor_from, join_domains, retention_months, idcc, version
  FROM orgs WHERE ' ' || join_domains || ' ' LIKE $1 ORDER BY id LIMIT 20";
const ALL_ORGS: &str = "SELECT o.id, o.slug, o.name, o.is_demo, o.created_at,
  (SELECT count(*) FROM memberships m WHERE m.org_id = o.id) AS members FROM orgs o WHERE 1 = 1";

const ENTER: &str = "INSERT INTO support_entries (org_id, account_id, reason, entered_at, ends_at) VALUES ($1, $2, $3, $4, $5)
  RETURNING id, org_id, account_id, reason, entered_at, ends_at";
const ENTRY: &str = "SELECT id, org_id, account_id, reason, entered_at, ends_at FROM support_entries
  WHERE org_id = $1 AND account_id = $2 AND ends_at > $3 ORDER BY id DESC LIMIT 1";
const ENTRIES: &str = "SELECT id, org_id, account_id, reason, entered_at, ends_at FROM support_entries
  WHERE account_id = $1 AND ends_at > $2 ORDER BY id DESC LIMIT 100";
const LEAVE: &str = "UPDATE support_entries SET ends_at = $3 WHERE org_id = $1 AND account_id = $2 AND ends_at > $4";

#[derive(sqlx::FromRow)]
struct MemberRow {
    id: MembershipId,
    account_id: AccountId,
    role: String,
    state: String,
    created_at: Instant,
    name: String,
    email: String,
    is_active: bool,
    account_since: Instant,
    has_factor: bool,
    is_elsewhere: bool,
    last_seen_at: Option<Instant>,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id,
            account: row.account_id,
            role: Role::parse(&row.role).unwrap_or(Role::Tech),
            is_suspended: row.state == "suspended",
            is_active: row.is_active,
            since: row.created_at,
            account_since: row.account_since,
            name: row.name,
            email: row.email,
            has_factor: row.has_factor,
            is_elsewhere: row.is_elsewhere,
            // Sessions are the account's: where it was seen is not known.
            last_seen_at: row.last_seen_at.filter(|_| !row.is_elsewhere),
        }
    }
}

/// Members of the organisation, by number.
pub async fn list_members(conn: &mut impl Conn, filter: &MemberFilter) -> DbResult<Vec<Member>> {
    let org = conn.org();
    let state = filter.suspended.map(|suspended| if suspended { "suspended" } else { "active" });
    let filtered = Filter::new(LIST)
        .bind(org)
        .and_opt("a.search LIKE {} ESCAPE '\\'", filter.search.as_deref().map(containing))
        .and_opt("m.role = {}", filter.role.map(Role::code))
        .and_opt("m.state = {}", state)
        .and_opt("a.is_active = {}", filter.is_active)
        .and_opt("m.id > {}", filter.after)
        .tail(" ORDER BY m.id LIMIT {}", filter.limit);
    Ok(conn.tx().filtered(filtered).all::<MemberRow>().await?.into_iter().map(Member::from).collect())
}

/// Members of the organisation by the numbers of their accounts, from a place in that list on.
pub async fn list_member_accounts(conn: &mut impl Conn, limit: i64, offset: i64) -> DbResult<Vec<Member>> {
    let org = conn.org();
    let filtered = Filter::new(LIST).bind(org).tail(" ORDER BY m.account_id LIMIT {}", limit).tail(" OFFSET {}", offset);
    Ok(conn.tx().filtered(filtered).all::<MemberRow>().await?.into_iter().map(Member::from).collect())
}

pub async fn find_member(conn: &mut impl Conn, id: MembershipId) -> DbResult<Option<Member>> {
    let org = conn.org();
    let filtered = Filter::new(LIST).bind(org).and_opt("m.id = {}", Some(id)).tail(" LIMIT {}", 1i64);
    Ok(conn.tx().filtered(filtered).optional::<MemberRow>().await?.map(Member::from))
}

/// The member with this account.
pub async fn find_member_of(conn: &mut impl Conn, account: AccountId) -> DbResult<Option<Member>> {
    let org = conn.org();
    let filtered = Filter::new(LIST).bind(org).and_opt("m.account_id = {}", Some(account)).tail(" LIMIT {}", 1i64);
    Ok(conn.tx().filtered(filtered).optional::<MemberRow>().await?.map(Member::from))
}

/// The member with this address.
pub async fn find_member_by_email(conn: &mut impl Conn, email: &str) -> DbResult<Option<Member>> {
    let org = conn.org();
    let filtered = Filter::new(LIST).bind(org).and_opt("a.email = {}", Some(email)).tail(" LIMIT {}", 1i64);
    Ok(conn.tx().filtered(filtered).optional::<MemberRow>().await?.map(Member::from))
}

/// How many active owners there are besides one.
pub async fn count_other_owners(conn: &mut impl Conn, but: MembershipId) -> DbResult<i64> {
    let org = conn.org();
    conn.query(COUNT_OWNERS).bind(org).bind(but).scalar().await
}

/// Whether an account is a member of another organisation, too, suspended or not.
pub async fn is_member_elsewhere(conn: &mut impl Conn, account: AccountId) -> DbResult<bool> {
    let org = conn.org();
    conn.query(ELSEWHERE).bind(account).bind(org).scalar().await
}

pub async fn set_role(conn: &mut impl Conn, id: MembershipId, role: Role) -> DbResult<()> {
    let org = conn.org();
    conn.query(SET_ROLE).bind(org).bind(id).bind(role.code()).execute_one().await
}

/// `false` when the member is in that state already.
pub async fn set_suspended(conn: &mut impl Conn, id: MembershipId, suspended: bool) -> DbResult<bool> {
    let (org, state) = (conn.org(), if suspended { "suspended" } else { "active" });
    Ok(conn.query(SET_STATE).bind(org).bind(id).bind(state).bind(state).execute().await? == 1)
}

/// Takes a member out. The crew record stays, with its hours, and belongs to no account any more.
pub async fn remove_member(conn: &mut impl Conn, member: &Member) -> DbResult<()> {
    let org = conn.org();
    conn.query(UNLINK).bind(org).bind(member.account).execute().await?;
    conn.query(REMOVE).bind(org).bind(member.id).execute_one().await
}

/// Ends what would let a member in again: invitations to their address and those that they sent, and links that would tie their crew
/// record to an account. Gives how many invitations they were.
pub async fn revoke_ways_back(conn: &mut impl Conn, member: &Member, now: Instant) -> DbResult<u64> {
    let org = conn.org();
    let query = conn.query(VOID_JOIN_LINKS).bind(org).bind(now).bind(Purpose::JoinCrew.code());
    query.bind(org).bind(member.account).execute().await?;
    conn.query(REVOKE_INVITATIONS).bind(org).bind(now).bind(&member.email).bind(member.account).execute().await
}

/// An organisation whose only owner the account is, by name.
pub async fn find_sole_ownership(tx: &mut ReadTx, account: AccountId) -> DbResult<Option<String>> {
    tx.query(SOLE_OWNER).bind(account).bind(account).optional_scalar().await
}

/// Takes an account out of every organisation. The crew records stay, with names and hours, and belong to no account any more.
pub async fn remove_everywhere(tx: &mut ReadTx, account: AccountId) -> DbResult<u64> {
    tx.query(UNLINK_EVERYWHERE).bind(account).execute().await?;
    tx.query(REMOVE_EVERYWHERE).bind(account).execute().await
}

/// An organisation's settings as they are written.
pub struct SettingValues<'a> {
    pub name: &'a str,
    pub time_zone: &'a str,
    pub language: &'a str,
    pub second_factor_from: Option<&'a str>,
    pub join_domains: &'a str,
    pub retention_months: i64,
    pub idcc: Option<i64>,
}

/// Changes the organisation that is still at `version`. `false` when somebody else was faster.
pub async fn change_org(conn: &mut impl Conn, version: i64, new: &SettingValues<'_>) -> DbResult<bool> {
    let org = conn.org();
    let query = conn.query(CHANGE_ORG).bind(org).bind(version).bind(new.name).bind(new.time_zone).bind(new.language);
    let query = query.bind(new.second_factor_from).bind(new.join_domains).bind(new.retention_months);
    Ok(query.bind(new.idcc).execute().await? == 1)
}

pub async fn set_logo(conn: &mut impl Conn, logo: &Logo) -> DbResult<()> {
    let org = conn.org();
    conn.query(SET_LOGO).bind(org).bind(&logo.mime).bind(&logo.content).bind(logo.updated_at).execute_one().await
}

pub async fn find_logo(conn: &mut impl Conn) -> DbResult<Option<Logo>> {
    let org = conn.org();
    conn.query(FIND_LOGO).bind(org).optional().await
}

pub async fn remove_logo(conn: &mut impl Conn) -> DbResult<u64> {
    let org = conn.org();
    conn.query(DROP_LOGO).bind(org).execute().await
}

/// Takes the contact details, the date of birth and the standings out of people archived for longer than their organisation keeps
/// them: they are still found by name and job. Gives how many.
pub async fn forget_old_contacts(tx: &mut ReadTx, now: Instant) -> DbResult<u64> {
    #[derive(sqlx::FromRow)]
    struct Row {
        id: crate::kernel::CrewMemberId,
        name: String,
        job: Option<String>,
    }
    let old: Vec<Row> = tx.query(OLD_CONTACTS).bind(now).all().await?;
    for row in &old {
        let search = crate::orgs::rules::search_text(&row.name, None, row.job.as_deref());
        tx.query(FORGET_CONTACTS).bind(search).bind(row.id).execute_one().await?;
    }
    Ok(old.len() as u64)
}

/// Organisations that people with an address at `domain` may join by themselves.
pub async fn list_open_orgs(tx: &mut ReadTx, domain: &str) -> DbResult<Vec<crate::orgs::Org>> {
    // Domains are checked when they are written: no wildcard is in one. The spaces make it a whole word.
    tx.query(OPEN_ORGS).bind(format!("% {} %", domain.replace(['%', '_', '\\'], ""))).all().await
}

/// Organisations of the installation, by number: names and sizes, nothing of what is in them.
pub async fn list_orgs(tx: &mut ReadTx, search: Option<&str>, after: Option<OrgId>, limit: i64) -> DbResult<Vec<OrgSheet>> {
    let filtered = Filter::new(ALL_ORGS)
        .and_opt(concat!(folded!("o.name || ' ' || o.slug"), " LIKE {} ESCAPE '\\'"), search.map(containing))
        .and_opt("o.id > {}", after)
        .tail(" ORDER BY o.id LIMIT {}", limit);
    tx.filtered(filtered).all().await
}

pub async fn insert_support_entry(
    conn: &mut impl Conn,
    account: AccountId,
    reason: &str,
    now: Instant,
    ends_at: Instant,
) -> DbResult<SupportEntry> {
    let org = conn.org();
    conn.query(ENTER).bind(org).bind(account).bind(reason).bind(now).bind(ends_at).one().await
}

pub async fn find_support_entry(tx: &mut ReadTx, org: OrgId, account: AccountId, now: Instant) -> DbResult<Option<SupportEntry>> {
    tx.query(ENTRY).bind(org).bind(account).bind(now).optional().await
}

/// The open looks of an account, newest first.
pub async fn list_support_entries(tx: &mut ReadTx, account: AccountId, now: Instant) -> DbResult<Vec<SupportEntry>> {
    tx.query(ENTRIES).bind(account).bind(now).all().await
}

pub async fn end_support_entry(conn: &mut impl Conn, account: AccountId, now: Instant) -> DbResult<u64> {
    let org = conn.org();
    conn.query(LEAVE).bind(org).bind(account).bind(now).bind(now).execute().await
}
