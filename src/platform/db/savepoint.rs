//! The savepoints of a batch. Their names alternate: one that was never begun is so never taken for the one before it,
//! which others count on.

/// One of two names.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Savepoint {
    Even,
    Odd,
}

impl Savepoint {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Even => Self::Odd,
            Self::Odd => Self::Even,
        }
    }

    /// Begins the transaction with it.
    pub(super) const fn first(self) -> &'static str {
        match self {
            Self::Even => "BEGIN IMMEDIATE; SAVEPOINT even",
            Self::Odd => "BEGIN IMMEDIATE; SAVEPOINT odd",
        }
    }

    /// Begins it after one that was given up.
    pub(super) const fn next(self) -> &'static str {
        match self {
            Self::Even => "SAVEPOINT even",
            Self::Odd => "SAVEPOINT odd",
        }
    }

    /// Keeps what the other did, and begins it.
    pub(super) const fn after_other(self) -> &'static str {
        match self {
            Self::Even => "RELEASE odd; SAVEPOINT even",
            Self::Odd => "RELEASE even; SAVEPOINT odd",
        }
    }

    pub(super) const fn give_up(self) -> &'static str {
        match self {
            Self::Even => "ROLLBACK TO even; RELEASE even",
            Self::Odd => "ROLLBACK TO odd; RELEASE odd",
        }
    }
}
