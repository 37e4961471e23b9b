//! What can be asked of the audit.

use crate::access::{Action, For};
use crate::kernel::Role;

crate::actions! {
    /// Read the organisation's audit, export it, check its chain.
    ReadAudit: "audit.read", For::Member(Role::Admin), Read;
    /// The same for the installation's own chain.
    ReadInstallationAudit: "platform.read_audit", For::Platform, Read;
}

/// An action that may read a chain: its organisation's, or the installation's.
pub trait ReadsChain: Action {}

impl ReadsChain for ReadAudit {}
impl ReadsChain for ReadInstallationAudit {}
