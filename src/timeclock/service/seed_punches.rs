use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::{CrewMemberId, Instant, KioskId};
use crate::platform::{App, random};
use crate::timeclock::rules::state_after;
use crate::timeclock::store::{self, PunchValues};
use crate::timeclock::{PunchError, PunchKind, SeedPunches};

/// A past punch of the demonstration.
#[derive(Clone, Copy, Debug)]
pub struct SeedPunch {
    pub kind: PunchKind,
    pub at: Instant,
    pub kiosk: KioskId,
}

/// Writes past punches of one person, in order, after those that are there.
///
/// Permission: the system. Audit: `punch.recorded` for each.
///
/// # Errors
/// When the punches do not make a chain.
pub async fn seed_punches(
    app: &App,
    permit: Permit<SeedPunches>,
    person: CrewMemberId,
    punches: &[SeedPunch],
) -> Result<(), PunchError> {
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let mut last = store::find_last_punch(&mut tx, person).await?.map(|l| (l.seq, l.state));
    let mut events = Vec::new();
    for punch in punches {
        let state = state_after(punch.kind);
        let (kiosk, key) = (Some(punch.kiosk).filter(|_| punch.kind != PunchKind::Lapse), random::token::<12>());
        let values = PunchValues {
            crew_member: person,
            last,
            kind: punch.kind,
            state,
            at: punch.at,
            now,
            kiosk,
            device: None,
            badge: None,
            source: "import",
            key: &key,
        };
        let id = store::insert_punch(&mut tx, &values).await?;
        events.push(Event::new("punch.recorded", id.into()).with("crew_member", person.0).with("kind", punch.kind.code()));
        last = Some((last.map_or(1, |(seq, _)| seq + 1), state));
    }
    Ok(tx.commit_all(events).await?)
}
