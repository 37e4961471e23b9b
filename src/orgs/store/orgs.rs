//! SQL of organisations and memberships.

use crate::access::Conn;
use crate::kernel::{AccountId, Instant, MembershipId, OrgId, Role};
use crate::orgs::model::{Membership, Org, OrgOfMine};
use crate::platform::db::{DbResult, ReadTx};

const INSERT_ORG: &str = "INSERT INTO orgs (slug, name, time_zone, language, is_demo, created_at) VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING id, slug, name, time_zone, language, is_demo, second_factor_from, join_domains, retention_months, idcc, version";
const FIND_ORG: &str = "SELECT id, slug, name, time_zone, language, is_demo, second_factor_from, join_domains, retention_months, idcc, version FROM orgs WHERE id = $1";
const ORG_BY_SLUG: &str = "SELECT id, slug, name, time_zone, language, is_demo, second_factor_from, join_domains, retention_months, idcc, version FROM orgs WHERE slug = $1";
const SLUGS_LIKE: &str = "SELECT slug FROM orgs WHERE slug = $1 OR slug LIKE $2 ORDER BY slug";
const DEMO_ORG: &str = "SELECT id, slug, name, time_zone, language, is_demo, second_factor_from, join_domains, retention_months, idcc, version FROM orgs WHERE is_demo ORDER BY id LIMIT 1";
const INSERT_MEMBERSHIP: &str = "INSERT INTO memberships (org_id, account_id, role, state, created_at)
  VALUES ($1, $2, $3, 'active', $4) RETURNING id, org_id, account_id, role";
const FIND_MEMBERSHIP: &str = "SELECT id, org_id, account_id, role FROM memberships
  WHERE org_id = $1 AND account_id = $2 AND state = 'active'";
const MINE: &str = "SELECT m.id AS membership_id, m.role, m.account_id, o.id, o.slug, o.name, o.time_zone, o.language, o.is_demo, o.second_factor_from,
  o.join_domains, o.retention_months, o.idcc, o.version
  FROM memberships m JOIN orgs o ON o.id = m.org_id WHERE m.account_id = $1 AND m.state = 'active' ORDER BY o.name, o.id";
const ALL_OF_MINE: &str = "SELECT org_id FROM memberships WHERE account_id = $1 ORDER BY org_id";

#[derive(sqlx::FromRow)]
struct MembershipRow {
    id: MembershipId,
    org_id: OrgId,
    account_id: AccountId,
    role: String,
}

#[derive(sqlx::FromRow)]
struct MineRow {
    membership_id: MembershipId,
    role: String,
    account_id: AccountId,
    #[sqlx(flatten)]
    org: Org,
}

impl From<MembershipRow> for Membership {
    fn from(row: MembershipRow) -> Self {
        // The column's CHECK admits known roles only; the least one is the safe reading of anything else.
        let role = Role::parse(&row.role).unwrap_or(Role::Tech);
        Self { id: row.id, org: row.org_id, account: row.account_id, role }
    }
}

/// An organisation as it is written.
pub struct OrgValues<'a> {
    pub slug: &'a str,
    pub name: &'a str,
    pub time_zone: &'a str,
    pub language: &'a str,
    pub is_demo: bool,
    pub now: Instant,
}

pub async fn insert_org(tx: &mut ReadTx, new: &OrgValues<'_>) -> DbResult<Org> {
    let query = tx.query(INSERT_ORG).bind(new.slug).bind(new.name).bind(new.time_zone).bind(new.language);
    query.bind(new.is_demo).bind(new.now).one().await
}

pub async fn find_org(tx: &mut ReadTx, id: OrgId) -> DbResult<Option<Org>> {
    tx.query(FIND_ORG).bind(id).optional().await
}

pub async fn find_org_by_slug(tx: &mut ReadTx, slug: &str) -> DbResult<Option<Org>> {
    tx.query(ORG_BY_SLUG).bind(slug).optional().await
}

/// Slugs that are `slug` or continue it with a dash.
pub async fn list_slugs_like(tx: &mut ReadTx, slug: &str) -> DbResult<Vec<String>> {
    tx.query(SLUGS_LIKE).bind(slug).bind(format!("{slug}-%")).scalars().await
}

pub async fn find_demo_org(tx: &mut ReadTx) -> DbResult<Option<Org>> {
    tx.query(DEMO_ORG).optional().await
}

pub async fn insert_membership(conn: &mut impl Conn, account: AccountId, role: Role, now: Instant) -> DbResult<Membership> {
    let org = conn.org();
    let query = conn.query(INSERT_MEMBERSHIP).bind(org).bind(account).bind(role.code()).bind(now);
    Ok(query.one::<MembershipRow>().await?.into())
}

pub async fn find_membership(tx: &mut ReadTx, org: OrgId, account: AccountId) -> DbResult<Option<Membership>> {
    let row = tx.query(FIND_MEMBERSHIP).bind(org).bind(account).optional::<MembershipRow>().await?;
    Ok(row.map(Membership::from))
}

/// The organisations that an account belongs to, those included where it is suspended.
pub async fn list_org_ids_of(tx: &mut ReadTx, account: AccountId) -> DbResult<Vec<OrgId>> {
    tx.query(ALL_OF_MINE).bind(account).scalars().await
}

/// The organisations that an account belongs to as an active member, by name.
pub async fn list_orgs_of(tx: &mut ReadTx, account: AccountId) -> DbResult<Vec<OrgOfMine>> {
    let rows = tx.query(MINE).bind(account).all::<MineRow>().await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let MineRow { membership_id: id, role, account_id, org } = row;
            let membership = MembershipRow { id, org_id: org.id, account_id, role }.into();
            OrgOfMine { org, membership }
        })
        .collect())
}
