use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::{CrewMemberId, Instant, KioskId, PunchId};
use crate::platform::App;
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
    let mut all = Vec::with_capacity(punches.len());
    for punch in punches {
        let state = state_after(punch.kind);
        let kiosk = Some(punch.kiosk).filter(|_| punch.kind != PunchKind::Lapse);
        all.push(PunchValues {
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
            key: None,
        });
        last = Some((last.map_or(1, |(seq, _)| seq + 1), state));
    }
    let numbers = store::insert_punches(&mut tx, &all).await?;
    let event = |(id, new): (PunchId, &PunchValues<'_>)| {
        Event::new("punch.recorded", id.into()).with("crew_member", person.0).with("kind", new.kind.code())
    };
    Ok(tx.commit_all(numbers.into_iter().zip(&all).map(event).collect()).await?)
}
