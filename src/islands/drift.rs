//! The server's clock, as a machine knows it whose own may be wrong.

use crate::kernel::{Drift, Instant};

/// An answer takes no longer: a longer way means that this machine's clock was set meanwhile.
const LONGEST_WAY_MS: i64 = 8000;

/// What to add to this machine's clock to have the server's, which an answer tells. When it comes in, the server's clock has gone
/// on for about half of the time since it was asked for.
pub fn offset_ms(server_ms: i64, asked_ms: i64, now_ms: i64) -> i64 {
    let way = now_ms - asked_ms;
    let since = if (0..=LONGEST_WAY_MS).contains(&way) { way / 2 } else { 0 };
    server_ms + since - now_ms
}

/// How this machine's clock stands to the server's.
pub fn drift(offset_ms: i64) -> Drift {
    Drift::of(Instant(0), Instant(offset_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_way_is_taken_off() {
        assert_eq!(offset_ms(1000, 1000, 1000), 0);
        assert_eq!(offset_ms(1100, 1000, 1200), 0, "a right clock, a way of 100 ms each");
        assert_eq!(offset_ms(601_100, 1000, 1200), 600_000);
        assert_eq!(offset_ms(500_000, 1_100_000, 1_100_000), -600_000);
    }

    #[test]
    fn a_clock_that_was_set_on_the_way_says_nothing_of_the_way() {
        assert_eq!(offset_ms(1000, 500_000, 1000), 0);
        assert_eq!(offset_ms(500_000, 1000, 500_000), 0);
    }

    #[test]
    fn who_must_add_much_is_slow() {
        assert_eq!([0, 120_000, 120_001, -120_001].map(drift), [Drift::None, Drift::None, Drift::Slow, Drift::Fast]);
    }
}
