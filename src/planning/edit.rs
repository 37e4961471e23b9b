//! What the planner is asked to do, read from a form: the same words for a mouse, a keyboard and a page without scripts.

use super::codes::codes;
use super::model::NewMission;
use crate::kernel::zone::parse_date;
use crate::kernel::{AssignmentId, CrewMemberId, MissionId, NeedId, ProjectId};
use jiff::civil::Date;

/// Most things that are edited at once.
pub const MOST_KEYS: usize = 200;

codes! {
    /// What is done to what is chosen.
    EditKind {
        /// So many days and minutes later.
        Move => "move",
        /// Longer by so many minutes.
        Stretch => "stretch",
        /// To the cell of a day and a row.
        Drop => "drop",
        /// A copy into the cell of a day and a row.
        Copy => "copy",
        /// A copy so many days later.
        Duplicate => "duplicate",
        /// Into two missions, at a time.
        Split => "split",
        /// From a time to a time.
        Times => "times",
        /// Somebody onto a mission.
        Assign => "assign",
        /// Missions away, people off their missions.
        Delete => "delete",
        /// A new mission.
        Create => "create",
        /// Missions of a template. Its own page asks for it, not an edit.
        Paste => "paste",
    }
}

/// Something of the sheet that can be chosen. All but a mission itself stand on one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// `m12`
    Mission(MissionId),
    /// `a34`: a person on a mission.
    Assignment(AssignmentId),
    /// `o12.5`: open places of a need of a mission.
    Need(MissionId, NeedId),
}

/// A target, and the version of its mission that the page showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub target: Target,
    pub version: i64,
}

impl Key {
    /// Reads `m12:3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (target, version) = text.split_once(':')?;
        let (kind, rest) = target.split_at_checked(1)?;
        let target = match kind {
            "m" => Target::Mission(rest.parse().ok()?),
            "a" => Target::Assignment(rest.parse().ok()?),
            "o" => {
                let (mission, need) = rest.split_once('.')?;
                Target::Need(mission.parse().ok()?, need.parse().ok()?)
            }
            _ => return None,
        };
        Some(Self { target, version: version.parse().ok()? })
    }
}

/// A row of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// `p7`, and `p0` for missions without a project.
    Project(Option<ProjectId>),
    /// `m12`
    Mission(MissionId),
    /// `c5`
    Person(CrewMemberId),
    /// `open`: places that nobody has.
    Open,
}

impl Row {
    pub fn parse(text: &str) -> Option<Self> {
        if text == "open" {
            return Some(Self::Open);
        }
        let (kind, rest) = text.split_at_checked(1)?;
        match kind {
            "p" if rest == "0" => Some(Self::Project(None)),
            "p" => rest.parse().ok().map(|id| Self::Project(Some(id))),
            "m" => rest.parse().ok().map(Self::Mission),
            "c" => rest.parse().ok().map(Self::Person),
            _ => None,
        }
    }
}

/// What is to be done, as asked. What a kind does not need is ignored.
#[derive(Clone, Debug)]
pub struct Edit {
    pub kind: EditKind,
    pub keys: Vec<Key>,
    pub days: i64,
    pub minutes: i64,
    /// The cell.
    pub day: Option<Date>,
    /// The minute of the day, where the sheet shows hours; those after midnight are of the day before.
    pub at: Option<i64>,
    pub row: Option<Row>,
    pub person: Option<CrewMemberId>,
    pub need: Option<NeedId>,
    /// Times as typed.
    pub starts_at: String,
    pub ends_at: String,
    /// A mission to be made.
    pub new: NewMission,
}

/// An edit as a form says it: every field a text, and empty when it is not there.
#[derive(Clone, Debug, Default)]
pub struct EditWords {
    pub kind: String,
    pub keys: String,
    pub days: String,
    pub minutes: String,
    pub day: String,
    pub at: String,
    pub row: String,
    pub person: String,
    pub need: String,
    pub starts_at: String,
    pub ends_at: String,
    pub new: NewMission,
}

fn optional<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() { Some(None) } else { read(text).map(Some) }
}

impl Edit {
    /// Reads an edit. `None` when a part cannot be read, or what its kind needs is missing.
    pub fn read(words: EditWords) -> Option<Self> {
        let kind = EditKind::parse(&words.kind)?;
        let keys: Vec<Key> = words.keys.split_whitespace().map(Key::parse).collect::<Option<_>>()?;
        let number = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i64>().ok().filter(|n| n.abs() <= 500_000) };
        let edit = Self {
            kind,
            keys,
            days: number(&words.days)?,
            minutes: number(&words.minutes)?,
            day: optional(&words.day, parse_date)?,
            at: optional(&words.at, |text| text.parse().ok().filter(|minute| (0..2 * 1440).contains(minute)))?,
            row: optional(&words.row, Row::parse)?,
            person: optional(&words.person, |text| text.parse().ok())?,
            need: optional(&words.need, |text| text.parse().ok())?,
            starts_at: words.starts_at,
            ends_at: words.ends_at,
            new: words.new,
        };
        let has_keys = kind == EditKind::Create || (!edit.keys.is_empty() && edit.keys.len() <= MOST_KEYS);
        let has_cell = !matches!(kind, EditKind::Drop | EditKind::Copy) || edit.day.is_some();
        let has_person = kind != EditKind::Assign || edit.person.is_some();
        (has_keys && has_cell && has_person && kind != EditKind::Paste).then_some(edit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_rows_are_read_or_refused() {
        let key = |text| Key::parse(text).map(|key| (key.target, key.version));
        assert_eq!(key("m12:3"), Some((Target::Mission(MissionId(12)), 3)));
        assert_eq!(key("a34:1"), Some((Target::Assignment(AssignmentId(34)), 1)));
        assert_eq!(key("o12.5:2"), Some((Target::Need(MissionId(12), NeedId(5)), 2)));
        for bad in ["", "m", "m12", "12:3", "x1:1", "o12:1", "mé:1", "é12:1", "m12:", "m12:x"] {
            assert_eq!(key(bad), None, "{bad}");
        }
        assert_eq!(Row::parse("p0"), Some(Row::Project(None)));
        assert_eq!(Row::parse("p7"), Some(Row::Project(Some(ProjectId(7)))));
        assert_eq!(Row::parse("c5"), Some(Row::Person(CrewMemberId(5))));
        assert_eq!(Row::parse("open"), Some(Row::Open));
        for bad in ["", "p", "c", "é", "x5", "c5 "] {
            assert_eq!(Row::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_edit_has_what_its_kind_needs() {
        let words = |kind: &str, keys: &str, day: &str| EditWords {
            kind: kind.into(),
            keys: keys.into(),
            day: day.into(),
            ..EditWords::default()
        };
        assert!(Edit::read(words("move", "m1:1 a2:4", "")).is_some_and(|edit| edit.keys.len() == 2));
        assert!(Edit::read(words("drop", "m1:1", "2026-11-21")).is_some());
        let at = |at: &str| Edit::read(EditWords { at: at.into(), ..words("drop", "m1:1", "2026-11-21") }).is_some();
        assert!(at("1500") && !at("2880"), "a day shows hours of the night after");
        for (kind, keys, day) in [
            ("move", "", ""),
            ("drop", "m1:1", ""),
            ("drop", "m1:1", "samedi"),
            ("fly", "m1:1", ""),
            ("paste", "m1:1", ""),
            ("assign", "m1:1", ""),
        ] {
            assert!(Edit::read(words(kind, keys, day)).is_none(), "{kind} {keys} {day}");
        }
        let many = vec!["m1:1"; MOST_KEYS + 1].join(" ");
        assert!(Edit::read(words("delete", &many, "")).is_none());
        let far = EditWords { days: "9999999".into(), ..words("move", "m1:1", "") };
        assert!(Edit::read(far).is_none());
    }
}
