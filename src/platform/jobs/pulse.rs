//! Whether the workers of a server live.

use super::Share;
use crate::kernel::Instant;
use std::sync::{Mutex, PoisonError};

/// Who looks for work gives a sign of life each time; no job keeps it from that for longer.
const SILENT_MINUTES: i64 = 10;

/// When each worker of this server last gave a sign of life.
#[derive(Default)]
pub struct Pulse(Mutex<Vec<(Share, Instant)>>);

impl Pulse {
    pub(super) fn beat(&self, share: Share, now: Instant) {
        let mut signs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        signs.retain(|(whose, _)| *whose != share);
        signs.push((share, now));
    }

    /// Whether this server has workers, and all of them live.
    pub fn is_alive(&self, now: Instant) -> bool {
        let signs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !signs.is_empty() && signs.iter().all(|(_, at)| now.minutes_since(*at) < SILENT_MINUTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_that_is_silent_is_missed() {
        let (pulse, now) = (Pulse::default(), Instant(0));
        assert!(!pulse.is_alive(now), "there is none");
        pulse.beat(Share::Only("mail.send"), now);
        pulse.beat(Share::Without("mail.send"), now);
        assert!(pulse.is_alive(now.plus_seconds(599)));
        assert!(!pulse.is_alive(now.plus_seconds(600)));
        pulse.beat(Share::Without("mail.send"), now.plus_seconds(599));
        assert!(!pulse.is_alive(now.plus_seconds(600)), "the other one is silent");
        pulse.beat(Share::Only("mail.send"), now.plus_seconds(600));
        assert!(pulse.is_alive(now.plus_seconds(600)));
    }
}
