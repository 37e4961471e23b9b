//! Connections that know their organisation: stores take the tenant from them.

use crate::kernel::OrgId;
use crate::platform::db::{Query, ReadTx};

/// A connection in an organisation: a reader, or a change under way.
pub trait Conn: Send {
    /// The organisation every statement is bound to.
    fn org(&self) -> OrgId;
    /// The connection itself.
    fn tx(&mut self) -> &mut ReadTx;

    /// Starts a statement.
    fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.tx().query(sql)
    }
}

/// A connection that only reads.
pub struct Read {
    tx: ReadTx,
    org: OrgId,
}

impl Read {
    pub const fn new(tx: ReadTx, org: OrgId) -> Self {
        Self { tx, org }
    }
}

impl Conn for Read {
    fn org(&self) -> OrgId {
        self.org
    }

    fn tx(&mut self) -> &mut ReadTx {
        &mut self.tx
    }
}
