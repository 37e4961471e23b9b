use super::allow_mails::allow_mails;
use super::invite_members::{join, rank};
use crate::access::{Conn, Permit};
use crate::accounts::Session;
use crate::accounts::service as accounts;
use crate::audit::{self, Event, Tx};
use crate::kernel::{AccountId, MembershipId, OrgId, Role, SessionId};
use crate::orgs::member_rules::{may_act_on, may_grant};
use crate::orgs::{
    CloseMyAccount, JoinOrg, LeaveOrg, ListMembers, ManageMembers, Member, MemberFilter, Org, OrgError, ReadMemberAccounts,
    ReadMemberSessions, store,
};
use crate::platform::App;

/// Keeps two owners from leaving at the same moment, and who acts on a member from doing so by a role that another is changing
/// (PostgreSQL).
const OWNERS_LOCK: i64 = 0x6f77_6e65_7273;

const fn owners_key(org: OrgId) -> i64 {
    OWNERS_LOCK ^ org.0
}

/// The members, by number.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_members(app: &App, permit: Permit<ListMembers>, filter: &MemberFilter) -> Result<Vec<Member>, OrgError> {
    Ok(store::list_members(&mut permit.read(&app.db).await?, filter).await?)
}

/// One member.
///
/// Permission: manager. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::NotFound`].
pub async fn get_member(app: &App, permit: Permit<ListMembers>, id: MembershipId) -> Result<Member, OrgError> {
    store::find_member(&mut permit.read(&app.db).await?, id).await?.ok_or(OrgError::NotFound)
}

/// The members by the numbers of their accounts, from a place in that list on.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_member_accounts(
    app: &App,
    permit: Permit<ReadMemberAccounts>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Member>, OrgError> {
    Ok(store::list_member_accounts(&mut permit.read(&app.db).await?, limit, offset).await?)
}

/// The member with an account.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::NotFound`], also for accounts that are members elsewhere only.
pub async fn get_member_of(app: &App, permit: Permit<ReadMemberAccounts>, account: AccountId) -> Result<Member, OrgError> {
    store::find_member_of(&mut permit.read(&app.db).await?, account).await?.ok_or(OrgError::NotFound)
}

/// Finds a member whom `actor` may act on. Others wait until this change is over.
async fn find_below(tx: &mut Tx, actor: Role, id: MembershipId) -> Result<Member, OrgError> {
    let key = owners_key(tx.org());
    tx.lock(key).await?;
    let member = store::find_member(tx, id).await?.ok_or(OrgError::NotFound)?;
    if may_act_on(actor, member.role) { Ok(member) } else { Err(OrgError::Rank) }
}

/// Refuses to lose the last owner. The organisation is locked already.
async fn keep_an_owner(tx: &mut Tx, member: &Member) -> Result<(), OrgError> {
    if member.role == Role::Owner && store::count_other_owners(tx, member.id).await? == 0 {
        return Err(OrgError::LastOwner);
    }
    Ok(())
}

/// Gives a member another role. It counts from the member's next request on.
///
/// Permission: admin; never to a role at or above one's own, nor of somebody at or above it, owners excepted. Audit:
/// `member.role_changed`.
///
/// # Errors
/// [`OrgError::NotFound`], [`OrgError::Rank`], [`OrgError::LastOwner`].
pub async fn change_role(app: &App, permit: Permit<ManageMembers>, id: MembershipId, role: &str) -> Result<(), OrgError> {
    let role = Role::parse(role).ok_or(OrgError::Fields(vec![("role", "role.unknown")]))?;
    let actor = rank(&permit);
    let mut tx = audit::begin(app, &permit).await?;
    let member = find_below(&mut tx, actor, id).await?;
    if !may_grant(actor, role) {
        return Err(OrgError::Rank);
    }
    if role == member.role {
        return Ok(());
    }
    keep_an_owner(&mut tx, &member).await?;
    store::set_role(&mut tx, id, role).await?;
    let event = Event::new("member.role_changed", id.into()).with("before", member.role.code()).with("after", role.code());
    Ok(tx.commit(event).await?)
}

/// Suspends a member, or takes the suspension back. Suspended members are refused at their next request.
///
/// Permission: as [`change_role`]. Audit: `member.suspended`, `member.restored`.
///
/// # Errors
/// As [`change_role`].
pub async fn suspend_member(app: &App, permit: Permit<ManageMembers>, id: MembershipId, suspended: bool) -> Result<(), OrgError> {
    let actor = rank(&permit);
    let mut tx = audit::begin(app, &permit).await?;
    let member = find_below(&mut tx, actor, id).await?;
    if suspended {
        keep_an_owner(&mut tx, &member).await?;
    }
    if !store::set_suspended(&mut tx, id, suspended).await? {
        return Ok(());
    }
    let action = if suspended { "member.suspended" } else { "member.restored" };
    Ok(tx.commit(Event::new(action, id.into()).with("account", member.account.0)).await?)
}

/// Takes a member out. The crew record and its hours stay. What would let them in again ends: invitations that they sent, and links
/// and invitations that were sent to them.
///
/// Permission: as [`change_role`]. Audit: `member.removed`, with how many invitations were taken back.
///
/// # Errors
/// As [`change_role`].
pub async fn remove_member(app: &App, permit: Permit<ManageMembers>, id: MembershipId) -> Result<(), OrgError> {
    let actor = rank(&permit);
    let mut tx = audit::begin(app, &permit).await?;
    let member = find_below(&mut tx, actor, id).await?;
    keep_an_owner(&mut tx, &member).await?;
    let now = tx.now();
    let revoked = store::revoke_ways_back(&mut tx, &member, now).await?;
    store::remove_member(&mut tx, &member).await?;
    let event = Event::new("member.removed", id.into()).with("account", member.account.0).with("role", member.role.code());
    Ok(tx.commit(event.with("invitations_revoked", revoked)).await?)
}

/// The sessions of a member who stands below and belongs to no other organisation: sessions are an account's, and where it signs in
/// for others is not this one's business.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// [`OrgError::NotFound`], [`OrgError::Rank`], [`OrgError::SharedAccount`].
pub async fn list_member_sessions(
    app: &App,
    permit: Permit<ReadMemberSessions>,
    id: MembershipId,
) -> Result<Vec<Session>, OrgError> {
    let mut read = permit.read(&app.db).await?;
    let member = store::find_member(&mut read, id).await?.ok_or(OrgError::NotFound)?;
    if !may_act_on(rank(&permit), member.role) {
        return Err(OrgError::Rank);
    }
    check_is_only_here(&mut read, &member).await?;
    drop(read);
    Ok(accounts::list_sessions_of(app, member.account).await?)
}

/// Refuses what would reach beyond this organisation.
async fn check_is_only_here(conn: &mut impl Conn, member: &Member) -> Result<(), OrgError> {
    if store::is_member_elsewhere(conn, member.account).await? { Err(OrgError::SharedAccount) } else { Ok(()) }
}

/// Ends the sessions of a member who belongs to no other organisation, all of them or one.
///
/// Permission: as [`change_role`]. Audit: `member.sessions_ended`.
///
/// # Errors
/// As [`change_role`]; [`OrgError::SharedAccount`]; [`OrgError::NotFound`] for a session that is not theirs.
pub async fn end_member_sessions(
    app: &App,
    permit: Permit<ManageMembers>,
    id: MembershipId,
    one: Option<SessionId>,
) -> Result<u64, OrgError> {
    let actor = rank(&permit);
    let mut tx = audit::begin(app, &permit).await?;
    let member = find_below(&mut tx, actor, id).await?;
    check_is_only_here(&mut tx, &member).await?;
    let ended = accounts::end_sessions_of(&mut tx, member.account, one, "ended_by_admin").await?;
    if one.is_some() && ended == 0 {
        return Err(OrgError::NotFound);
    }
    tx.commit(Event::new("member.sessions_ended", id.into()).with("sessions_ended", ended)).await?;
    Ok(ended)
}

/// Mails a member the link that sets a new password. Nobody sets it for them.
///
/// Permission: as [`change_role`]. Audit: `member.reset_started`.
///
/// # Errors
/// As [`change_role`]; [`AccountError::TooOften`](crate::accounts::AccountError::TooOften).
pub async fn start_member_reset(app: &App, permit: Permit<ManageMembers>, id: MembershipId) -> Result<(), OrgError> {
    let actor = rank(&permit);
    let asked = store::find_member(&mut permit.read(&app.db).await?, id).await?.ok_or(OrgError::NotFound)?;
    if !may_act_on(actor, asked.role) {
        return Err(OrgError::Rank);
    }
    allow_mails(app, &permit, &[asked.email.as_str()]).await?;
    let mut tx = audit::begin(app, &permit).await?;
    let member = find_below(&mut tx, actor, id).await?;
    accounts::start_reset(&mut tx, app, member.account).await?;
    Ok(tx.commit(Event::new("member.reset_started", id.into())).await?)
}

/// Leaves the organisation. The last owner cannot.
///
/// Permission: any member, for themselves. Audit: `member.left`.
///
/// # Errors
/// [`OrgError::LastOwner`].
pub async fn leave_org(app: &App, permit: Permit<LeaveOrg>) -> Result<(), OrgError> {
    let crate::access::Who::Member { membership, .. } = permit.actor().who else { return Err(OrgError::NotFound) };
    let mut tx = audit::begin(app, &permit).await?;
    let key = owners_key(tx.org());
    tx.lock(key).await?;
    let member = store::find_member(&mut tx, membership).await?.ok_or(OrgError::NotFound)?;
    keep_an_owner(&mut tx, &member).await?;
    store::remove_member(&mut tx, &member).await?;
    Ok(tx.commit(Event::new("member.left", membership.into()).with("account", member.account.0)).await?)
}

/// Organisations that the account may join by itself: their settings name the domain of its verified address, and it does not belong
/// to them, not even as a suspended member.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_open_orgs(app: &App, permit: Permit<crate::orgs::ListMyOrgs>) -> Result<Vec<Org>, OrgError> {
    let id = permit.account()?;
    let Some(account) = accounts::find_account(app, id).await?.filter(|a| a.verified_at.is_some()) else { return Ok(Vec::new()) };
    let domain = account.email.split('@').nth(1).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let open = store::list_open_orgs(&mut tx, domain).await?;
    let mine = store::list_org_ids_of(&mut tx, id).await?;
    Ok(open.into_iter().filter(|org| !mine.contains(&org.id)).collect())
}

/// Joins, as a tech, an organisation that is open to the account's verified address.
///
/// Permission: a signed-in account. Audit: `member.joined`, `crew.linked`.
///
/// # Errors
/// [`OrgError::NotFound`] when it is not open to them; [`OrgError::MemberExists`].
pub async fn join_org(app: &App, permit: Permit<JoinOrg>, slug: &str) -> Result<Org, OrgError> {
    let account = accounts::find_account(app, permit.account()?).await?.filter(|a| a.verified_at.is_some());
    let account = account.ok_or(OrgError::NotFound)?;
    let domain = account.email.split('@').nth(1).unwrap_or_default();
    let org = super::find_org_by_slug(app, slug).await?.filter(|org| org.domains().any(|open| open == domain));
    let org = org.ok_or(OrgError::NotFound)?;
    let mut tx = audit::begin_in(app, &permit, org.id).await?;
    let mut events = Vec::new();
    join(&mut tx, &account, Role::Tech, &mut events).await?;
    tx.commit_all(events).await?;
    Ok(org)
}

/// Closes one's own account for a time, or deletes it for good. Deleting leaves the person's records with their organisations, with
/// name and hours, tied to no account any more: employers must keep them (Code du travail D3171-16, L3245-1). The audit keeps the
/// account's number.
///
/// Permission: a signed-in account, which gives its password. Audit: `account.closed`, `account.deleted`.
///
/// # Errors
/// [`AccountError::PresentPassword`](crate::accounts::AccountError::PresentPassword); [`OrgError::LastOwner`] for who owns an
/// organisation alone.
pub async fn close_my_account(app: &App, permit: Permit<CloseMyAccount>, password: &str, for_good: bool) -> Result<(), OrgError> {
    let account = accounts::check_present_password(app, &permit, password).await?;
    let mut tx = audit::begin_in(app, &permit, crate::kernel::INSTALLATION).await?;
    let event = if for_good {
        // Wherever somebody makes them an owner meanwhile, too: of two owners who go at once, the second must see that the first has.
        let orgs = store::list_org_ids_of(tx.tx(), account.id).await?;
        tx.lock_all(&orgs.into_iter().map(owners_key).collect::<Vec<_>>()).await?;
        if store::find_sole_ownership(tx.tx(), account.id).await?.is_some() {
            return Err(OrgError::LastOwner);
        }
        store::remove_everywhere(tx.tx(), account.id).await?;
        accounts::erase_account(&mut tx, account.id).await?;
        "account.deleted"
    } else {
        accounts::close_account(&mut tx, account.id, "self").await?;
        "account.closed"
    };
    Ok(tx.commit(Event::new(event, account.id.into())).await?)
}
