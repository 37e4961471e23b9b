//! Instants and durations. What a wall clock shows is in `zone`, on the server only.

use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01T00:00:00Z. Columns that end in `_at` hold one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
pub struct Instant(pub i64);

impl Instant {
    /// Whole milliseconds from `earlier` to here; negative when `earlier` is later.
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Whole minutes from `earlier` to here, rounded down: a minute not worked to its end is not counted twice.
    pub const fn minutes_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(60_000)
    }

    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    pub const fn plus_minutes(self, minutes: i64) -> Self {
        Self(self.0 + minutes * 60_000)
    }

    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days * 86_400_000)
    }
}

/// How a clock stands to the right time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    Slow,
    None,
    Fast,
}

impl Drift {
    /// Less than this misleads nobody: it is what a clock set by hand is off by.
    const TOLERANCE_MS: i64 = 120_000;

    /// Of a clock that shows `shown` when it is `right`.
    pub const fn of(shown: Instant, right: Instant) -> Self {
        let ahead = shown.0.saturating_sub(right.0);
        if ahead > Self::TOLERANCE_MS {
            Self::Fast
        } else if ahead < -Self::TOLERANCE_MS {
            Self::Slow
        } else {
            Self::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_minutes_are_no_drift_and_more_is() {
        let right = Instant(1_795_248_000_000);
        for (ahead, drift) in [
            (0, Drift::None),
            (120_000, Drift::None),
            (-120_000, Drift::None),
            (120_001, Drift::Fast),
            (-120_001, Drift::Slow),
            (i64::MIN, Drift::Slow),
        ] {
            assert_eq!(Drift::of(Instant(right.0.saturating_add(ahead)), right), drift, "{ahead}");
        }
        assert_eq!(Drift::of(Instant(i64::MAX), Instant(-1)), Drift::Fast);
    }
}
