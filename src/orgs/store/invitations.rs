//! SQL of invitations.

use crate::access::Conn;
use crate::kernel::{AccountId, Instant, InvitationId, OrgId, Role};
use crate::orgs::model::Invitation;
use crate::platform::db::{DbResult, ReadTx};

macro_rules! select_invitation {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.org_id, i.email, i.role, i.message, i.created_at, i.sent_at, i.expires_at, a.name AS invited_by
  FROM invitations i LEFT JOIN accounts a ON a.id = i.invited_by WHERE ",
            $rest
        )
    };
}

const INSERT: &str =
    "INSERT INTO invitations (org_id, email, role, message, token_hash, invited_by, created_at, sent_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
const OPEN: &str =
    select_invitation!("i.org_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL ORDER BY i.id DESC LIMIT 500");
const FIND: &str = select_invitation!("i.org_id = $1 AND i.id = $2 AND i.accepted_at IS NULL AND i.revoked_at IS NULL");
const LIVE: &str =
    select_invitation!("i.token_hash = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2");
const CLOSE_EXPIRED: &str = "UPDATE invitations SET revoked_at = $3 WHERE org_id = $1 AND email = $2 AND accepted_at IS NULL
  AND revoked_at IS NULL AND expires_at <= $4";
const RESEND: &str = "UPDATE invitations SET token_hash = $3, sent_at = $4, expires_at = $5 WHERE org_id = $1 AND id = $2
  AND accepted_at IS NULL AND revoked_at IS NULL";
const REVOKE: &str =
    "UPDATE invitations SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND accepted_at IS NULL AND revoked_at IS NULL";
const ACCEPT: &str =
    "UPDATE invitations SET accepted_at = $2, account_id = $3 WHERE id = $1 AND accepted_at IS NULL AND revoked_at IS NULL";

#[derive(sqlx::FromRow)]
struct InvitationRow {
    id: InvitationId,
    org_id: OrgId,
    email: String,
    role: String,
    message: String,
    created_at: Instant,
    sent_at: Instant,
    expires_at: Instant,
    invited_by: Option<String>,
}

impl From<InvitationRow> for Invitation {
    fn from(row: InvitationRow) -> Self {
        Self {
            id: row.id,
            org: row.org_id,
            email: row.email,
            role: Role::parse(&row.role).unwrap_or(Role::Tech),
            message: row.message,
            created_at: row.created_at,
            sent_at: row.sent_at,
            expires_at: row.expires_at,
            invited_by: row.invited_by.unwrap_or_default(),
        }
    }
}

/// An invitation as it is written.
pub struct InvitationValues<'a> {
    pub email: &'a str,
    pub role: Role,
    pub message: &'a str,
    pub token_hash: &'a str,
    pub invited_by: Option<AccountId>,
    pub now: Instant,
    pub expires_at: Instant,
}

/// Writes an invitation. One that has run out makes room for it; one that is open is a unique violation.
pub async fn insert_invitation(conn: &mut impl Conn, new: &InvitationValues<'_>) -> DbResult<InvitationId> {
    let org = conn.org();
    conn.query(CLOSE_EXPIRED).bind(org).bind(new.email).bind(new.now).bind(new.now).execute().await?;
    let query = conn.query(INSERT).bind(org).bind(new.email).bind(new.role.code()).bind(new.message).bind(new.token_hash);
    query.bind(new.invited_by).bind(new.now).bind(new.now).bind(new.expires_at).scalar().await
}

/// Invitations that nobody has answered, newest first; also those that have run out.
pub async fn list_invitations(conn: &mut impl Conn) -> DbResult<Vec<Invitation>> {
    let org = conn.org();
    Ok(conn.query(OPEN).bind(org).all::<InvitationRow>().await?.into_iter().map(Invitation::from).collect())
}

pub async fn find_invitation(conn: &mut impl Conn, id: InvitationId) -> DbResult<Option<Invitation>> {
    let org = conn.org();
    Ok(conn.query(FIND).bind(org).bind(id).optional::<InvitationRow>().await?.map(Invitation::from))
}

/// Finds an invitation by what the mail said. The organisation comes from it: nobody is in one yet.
pub async fn find_live_invitation(tx: &mut ReadTx, token_hash: &str, now: Instant) -> DbResult<Option<Invitation>> {
    Ok(tx.query(LIVE).bind(token_hash).bind(now).optional::<InvitationRow>().await?.map(Invitation::from))
}

/// Gives an invitation a new link and a new life; the old link stops working.
pub async fn renew_invitation(
    conn: &mut impl Conn,
    id: InvitationId,
    token_hash: &str,
    now: Instant,
    expires_at: Instant,
) -> DbResult<bool> {
    let org = conn.org();
    let query = conn.query(RESEND).bind(org).bind(id).bind(token_hash).bind(now).bind(expires_at);
    Ok(query.execute().await? == 1)
}

pub async fn revoke_invitation(conn: &mut impl Conn, id: InvitationId, now: Instant) -> DbResult<bool> {
    let org = conn.org();
    Ok(conn.query(REVOKE).bind(org).bind(id).bind(now).execute().await? == 1)
}

/// Uses an invitation up. `false` when somebody was faster.
pub async fn accept_invitation(tx: &mut ReadTx, id: InvitationId, account: AccountId, now: Instant) -> DbResult<bool> {
    Ok(tx.query(ACCEPT).bind(id).bind(now).bind(account).execute().await? == 1)
}
