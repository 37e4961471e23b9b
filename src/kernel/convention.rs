//! The national collective agreements whose rules are known.

/// A collective agreement that an organisation can be under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Convention {
    /// Entreprises artistiques et culturelles.
    Artistic,
    /// Entreprises techniques au service de la création et de l'événement.
    Technical,
}

impl Convention {
    pub const ALL: [Self; 2] = [Self::Artistic, Self::Technical];

    /// Its number in the list of agreements (identifiant de la convention collective).
    pub const fn idcc(self) -> u16 {
        match self {
            Self::Artistic => 1285,
            Self::Technical => 2717,
        }
    }

    /// The one with this number; `None` for those that are not known.
    pub fn of(idcc: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|known| i64::from(known.idcc()) == idcc)
    }
}
