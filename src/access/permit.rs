//! The proof that an actor may do something.

use super::{Action, Actor, Audited, For, Read, Who};
use crate::kernel::Role;
use crate::kernel::{AccountId, OrgId};
use crate::platform::db::{Db, DbResult};
use std::marker::PhantomData;

/// Proof that `actor` may do `A`. Services take it by value: one proof, one act.
#[derive(Debug)]
pub struct Permit<A: Action> {
    actor: Actor,
    action: PhantomData<fn() -> A>,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignIn,
    /// Allowed to see that it exists, not to do it.
    #[error("not allowed")]
    Forbidden,
}

/// Decides whether `actor` may do `A`.
///
/// # Errors
/// [`Denied::SignIn`] for nobody, [`Denied::Forbidden`] for everybody else who may not. Whether a thing may be *seen* is
/// decided earlier: an organisation somebody is not a member of is not found.
pub fn permit<A: Action>(actor: &Actor) -> Result<Permit<A>, Denied> {
    let allowed = match (A::FOR, actor.who) {
        (For::Everyone, _) => true,
        (For::Account, Who::Account { .. } | Who::Member { .. } | Who::Platform { .. }) => true,
        (For::Account, Who::Token { scopes, .. }) => A::AUDITED == Audited::Read && scopes.read,
        (For::Member(least), Who::Member { role, .. }) => role >= least,
        (For::Member(least), Who::Token { role, scopes, .. }) => role >= least && scopes.allow(least, A::AUDITED),
        (For::Member(least), Who::Support { .. }) => least <= Role::Admin && A::AUDITED == Audited::Read,
        (For::Platform, Who::Platform { .. }) => true,
        (For::Kiosk, Who::Kiosk { .. }) | (_, Who::System { .. }) => true,
        (_, Who::Nobody) => return Err(Denied::SignIn),
        _ => false,
    };
    if !allowed {
        metrics::counter!("access_denied_total", "action" => A::NAME).increment(1);
        tracing::info!(action = A::NAME, actor = ?actor.who, "Denied {}", A::NAME);
        return Err(Denied::Forbidden);
    }
    Ok(Permit { actor: actor.clone(), action: PhantomData })
}

impl<A: Action> Permit<A> {
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The organisation the permit is for.
    pub const fn org(&self) -> OrgId {
        self.actor.org()
    }

    /// The signed-in account.
    ///
    /// # Errors
    /// [`Denied::SignIn`] for kiosks and the system, which own nothing.
    pub fn account(&self) -> Result<AccountId, Denied> {
        self.actor.account().ok_or(Denied::SignIn)
    }

    /// A connection for reading in the permit's organisation.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read(&self, db: &Db) -> DbResult<Read> {
        Ok(Read::new(db.read().await?, self.org()))
    }
}
