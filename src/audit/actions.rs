//! What can be asked of the audit.

use crate::access::For;
use crate::kernel::Role;

crate::actions! {
    /// Read the organisation's audit.
    ReadAudit: "audit.read", For::Member(Role::Admin), Read;
}
