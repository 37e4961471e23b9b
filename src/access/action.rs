//! What can be asked for.

use crate::kernel::Role;

/// Something that can be asked for. Rooms declare theirs in `actions.rs`.
pub trait Action: Send + Sync + 'static {
    /// `noun.verb`, as the documentation and the audit name it.
    const NAME: &'static str;
    /// Whom it is for.
    const FOR: For;
    /// Whether it leaves a trace in the audit.
    const AUDITED: Audited;
}

/// Whom an action is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Anybody, signed in or not.
    Everyone,
    /// A signed-in account, for what is its own.
    Account,
    /// A member of the organisation with at least this role.
    Member(Role),
    /// A kiosk of the organisation.
    Kiosk,
    /// Somebody who runs the installation. Sees no organisation's data by that.
    Platform,
    /// The installation itself: the command line and jobs.
    System,
}

/// Whether an action leaves a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audited {
    /// It only reads.
    Read,
    /// It writes, with an audit event in the same transaction.
    Write,
}

/// Declares actions: `actions! { RecordPunch: "punch.record", For::Kiosk, Write; }`.
#[macro_export]
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident: $verb:literal, $for:expr, $audited:ident;)*) => {
        $($(#[$doc])*
        pub struct $name;
        impl $crate::access::Action for $name {
            const NAME: &'static str = $verb;
            const FOR: $crate::access::For = $for;
            const AUDITED: $crate::access::Audited = $crate::access::Audited::$audited;
        })*
        /// All actions of this room: name, for whom, whether audited.
        pub const ACTIONS: &[(&str, $crate::access::For, $crate::access::Audited)] =
            &[$(($verb, $for, $crate::access::Audited::$audited)),*];
    };
}
