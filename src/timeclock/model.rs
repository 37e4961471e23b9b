//! Facts of the time clock.

use crate::kernel::{BadgeId, CrewMemberId, DeviceId, Instant, KioskId, OrgId, PunchId};

/// What a punch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PunchKind {
    In,
    Out,
    BreakStart,
    BreakEnd,
    /// The exit that was forgotten, written by the system when the person comes back: it counts no time.
    Lapse,
}

impl PunchKind {
    pub const ALL: [Self; 5] = [Self::In, Self::Out, Self::BreakStart, Self::BreakEnd, Self::Lapse];

    /// The word in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::BreakStart => "break_start",
            Self::BreakEnd => "break_end",
            Self::Lapse => "lapse",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The word of the API: `clock_in`, `clock_out`, as the predecessor's clients know it.
    pub const fn api_code(self) -> &'static str {
        match self {
            Self::In => "clock_in",
            Self::Out => "clock_out",
            Self::BreakStart => "break_start",
            Self::BreakEnd => "break_end",
            Self::Lapse => "lapse",
        }
    }
}

/// Whether somebody is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    Off,
    On,
    Break,
}

impl Presence {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Break => "break",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Off, Self::On, Self::Break].into_iter().find(|state| state.code() == code)
    }
}

/// A registered phone.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Device {
    pub id: DeviceId,
    pub crew_member_id: CrewMemberId,
    pub fingerprint: String,
    pub name: String,
    pub attestation: Option<String>,
    pub registered_at: Instant,
    pub last_seen_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

/// A phone to be registered, as told.
#[derive(Clone, Debug)]
pub struct NewDevice {
    pub fingerprint: String,
    pub name: String,
    pub attestation: Option<String>,
}

/// A badge code, for the phone that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedBadge {
    /// 16 random bytes in base45: 24 characters of the QR's alphanumeric mode.
    pub code: String,
    pub expires_at: Instant,
    /// What the next scan will do.
    pub next: PunchKind,
    /// Since when the person is in, if so.
    pub since: Option<Instant>,
}

/// A tablet at a door.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Kiosk {
    pub id: KioskId,
    pub org_id: OrgId,
    pub name: String,
    pub place: String,
    pub fingerprint: String,
    pub is_active: bool,
    pub has_key: bool,
    pub paired_at: Option<Instant>,
    pub last_seen_at: Option<Instant>,
    pub app_version: Option<String>,
    pub device_info: Option<String>,
    pub created_at: Instant,
}

/// A kiosk as one of a choice.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KioskName {
    pub id: KioskId,
    pub name: String,
}

/// A kiosk that proved itself by its key, with what its answers need: each scan asks for it, so it is one look.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyedKiosk {
    #[sqlx(flatten)]
    pub kiosk: Kiosk,
    /// The organisation's.
    pub time_zone: String,
}

/// A kiosk counts as there when it was heard of within this time.
pub const ONLINE_SECONDS: i64 = 90;

impl Kiosk {
    pub fn is_online(&self, now: Instant) -> bool {
        self.last_seen_at.is_some_and(|seen| now.millis_since(seen) < ONLINE_SECONDS * 1000)
    }
}

/// A kiosk to be added, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewKiosk {
    pub name: String,
    pub place: String,
    pub fingerprint: Option<String>,
}

/// A scan, as the kiosk tells it.
#[derive(Clone, Debug)]
pub struct Scan {
    pub code: String,
    /// What the caller wants it to be; proposed from the last punch when `None`.
    pub wanted: Option<PunchKind>,
    /// Repeating a request with the same key records nothing twice. The code itself when `None`.
    pub key: Option<String>,
    pub source: &'static str,
    /// When it was, by the clock that the person sees, if the caller tells. What is recorded is the server's time: where the two
    /// differ, the person would be told one time and paid for another.
    pub shown_at: Option<Instant>,
}

/// What a kiosk shows after a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub punch: PunchId,
    pub crew_member: CrewMemberId,
    pub device: Option<DeviceId>,
    pub name: String,
    pub kind: PunchKind,
    pub at: Instant,
    pub minutes_today: i64,
}

/// A punch in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PunchLine {
    pub id: PunchId,
    pub crew_member: CrewMemberId,
    pub name: String,
    pub kind: PunchKind,
    pub at: Instant,
    pub kiosk: Option<KioskId>,
    pub kiosk_name: Option<String>,
    pub device: Option<DeviceId>,
    /// The badge whose code was scanned.
    pub badge: Option<BadgeId>,
    pub source: String,
    pub recorded_at: Instant,
}

/// Which punches to list, newest first.
#[derive(Clone, Debug, Default)]
pub struct PunchFilter {
    pub crew_member: Option<CrewMemberId>,
    pub kiosk: Option<KioskId>,
    /// Half open.
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// Only punches before this one, by time and number: where the next page begins.
    pub before: Option<(Instant, PunchId)>,
    pub limit: i64,
    pub offset: i64,
}

/// Somebody who is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    pub crew_member: CrewMemberId,
    pub name: String,
    pub job: Option<String>,
    pub since: Instant,
    pub on_break: bool,
    pub place: Option<String>,
}

/// What somebody has worked today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Today {
    /// Since the local midnight, up to now for what still runs.
    pub minutes: i64,
    /// The interval that runs, whenever it began.
    pub running: Option<super::Interval>,
}

/// The hours of one person over some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    pub crew_member: CrewMemberId,
    pub name: String,
    pub job: Option<String>,
    pub intervals: Vec<(super::Interval, Option<String>)>,
}

impl Hours {
    /// Minutes worked, up to `now` for what still runs.
    pub fn minutes(&self, now: Instant) -> i64 {
        self.intervals.iter().map(|(interval, _)| interval.worked_minutes(now)).sum()
    }
}
