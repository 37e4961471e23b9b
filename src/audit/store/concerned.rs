//! SQL that finds whom rows of the audit concern. The tables are other rooms'; they are only read here.

use crate::access::Conn;
use crate::kernel::{AccountId, CrewMemberId, DeviceId};
use crate::platform::db::DbResult;
use std::collections::HashMap;

const TOKEN_OWNERS: &str = "SELECT id, account_id FROM api_tokens WHERE id IN ($1..)";
const CREW_OF: &str = "SELECT id, account_id FROM crew_members WHERE org_id = $1 AND account_id IN ($2..)";
const PUNCHED: &str = "SELECT id, crew_member_id, device_id FROM punches WHERE org_id = $1 AND id IN ($2..)";

#[derive(sqlx::FromRow)]
struct OwnerRow {
    id: i64,
    account_id: AccountId,
}

#[derive(sqlx::FromRow)]
struct CrewRow {
    id: CrewMemberId,
    account_id: AccountId,
}

/// Whose a punch is, and the phone that was shown.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct PunchedRow {
    pub id: i64,
    pub crew_member_id: CrewMemberId,
    pub device_id: Option<DeviceId>,
}

/// Whose programs' tokens are, by number.
pub async fn list_token_owners(conn: &mut impl Conn, tokens: &[i64]) -> DbResult<HashMap<i64, AccountId>> {
    if tokens.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<OwnerRow> = conn.query(TOKEN_OWNERS).bind_list(tokens).all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row.account_id)).collect())
}

/// Who accounts are in the crew. Some are nobody there.
pub async fn list_crew_of(conn: &mut impl Conn, accounts: &[AccountId]) -> DbResult<HashMap<AccountId, CrewMemberId>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let org = conn.org();
    let rows: Vec<CrewRow> = conn.query(CREW_OF).bind(org).bind_list(accounts).all().await?;
    Ok(rows.into_iter().map(|row| (row.account_id, row.id)).collect())
}

/// Punches by number.
pub async fn list_punched(conn: &mut impl Conn, punches: &[i64]) -> DbResult<HashMap<i64, PunchedRow>> {
    if punches.is_empty() {
        return Ok(HashMap::new());
    }
    let org = conn.org();
    let rows: Vec<PunchedRow> = conn.query(PUNCHED).bind(org).bind_list(punches).all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
