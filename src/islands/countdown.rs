//! The time a code has left, as both sides show it.

/// Asked for this long before the code on the screen ends, so that one that is being scanned still works.
const RENEW_BEFORE_MS: i64 = 4000;

/// Whether it is time to ask for a new code: not twice, and not while nobody looks.
pub fn is_due(left_ms: i64, is_asking: bool, is_visible: bool) -> bool {
    left_ms <= RENEW_BEFORE_MS && !is_asking && is_visible
}

/// "7 s": begun seconds, so that it says 0 when the code has ended.
pub fn seconds(left_ms: i64) -> String {
    let mut text = ((left_ms.max(0) + 999) / 1000).to_string();
    text.push_str(" s");
    text
}

/// The offset of the ring's dashes when its whole length is 100: how much of it is gone.
pub fn ring_offset(left_ms: i64, life_ms: i64) -> String {
    let gone = 100 * (life_ms - left_ms).clamp(0, life_ms.max(0)) / life_ms.max(1);
    ["-", &gone.to_string()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_renewed_before_it_ends_once_and_only_for_somebody_who_looks() {
        assert!(!is_due(4001, false, true));
        assert!(is_due(4000, false, true));
        assert!(is_due(-1, false, true));
        assert!(!is_due(4000, true, true));
        assert!(!is_due(4000, false, false));
    }

    #[test]
    fn begun_seconds_count() {
        let shown = [30_000, 29_001, 1, 0, -5].map(seconds);
        assert_eq!(shown, ["30 s", "30 s", "1 s", "0 s", "0 s"]);
    }

    #[test]
    fn the_ring_burns_down_from_full_to_empty() {
        let shown = [30_000, 15_000, 0, -9, 31_000].map(|left| ring_offset(left, 30_000));
        assert_eq!(shown, ["-0", "-50", "-100", "-100", "-0"]);
        assert_eq!(ring_offset(5, 0), "-0");
    }
}
