//! Which part of the plan is looked at, and how.

use crate::kernel::Instant;
use crate::kernel::zone::{Zone, monday_of, parse_date};
use crate::planning::{Key, MOST_KEYS, Row};
use crate::web::context::Member;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

/// How much time the sheet shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Day,
    Week,
    Month,
}

/// What the upper rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Project,
    Mission,
    Person,
}

impl Span {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl By {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Mission => "mission",
            Self::Person => "person",
        }
    }
}

/// A sight as an address or a form says it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SightQuery {
    /// Any day of it.
    pub date: Option<String>,
    /// The same, as older addresses say it.
    pub week: Option<String>,
    pub span: Option<String>,
    pub by: Option<String>,
    /// The mission whose panel is open.
    pub on: Option<String>,
    /// The cell where a mission is to be made: its day, the minute of the day, its row.
    pub day: Option<String>,
    pub at: Option<String>,
    pub row: Option<String>,
    /// What is edited together: `all` to choose from, or the keys of what is chosen.
    pub choose: Option<String>,
    /// `board` for the sheet alone, `panel` for the panel alone.
    pub part: Option<String>,
}

/// Which days are shown, by the organisation's clocks, and how.
#[derive(Clone, Debug)]
pub struct Sight {
    pub span: Span,
    pub by: By,
    pub days: Vec<Date>,
    pub from: Instant,
    pub to: Instant,
    pub today: Date,
    pub zone: Zone,
    /// The mission whose panel is open.
    pub on: Option<i64>,
    /// Where a mission is to be made.
    pub cell: Option<Cell>,
    /// What is edited together.
    pub choose: Option<Choose>,
}

/// What the panel offers to edit together.
#[derive(Clone, Debug)]
pub enum Choose {
    /// All missions, to choose from.
    All,
    /// What is chosen on the sheet.
    These(Vec<Key>),
}

/// A cell of the sheet.
#[derive(Clone, Debug)]
pub struct Cell {
    pub day: Date,
    /// The minute of the day, where the sheet shows hours.
    pub at: Option<i64>,
    pub row: Option<Row>,
}

impl Sight {
    pub fn of(member: &Member, query: &SightQuery) -> Self {
        let zone = member.org.zone();
        let today = zone.local(member.visitor.app.clock.now()).date;
        let date = query.date.as_deref().or(query.week.as_deref()).and_then(parse_date).unwrap_or(today);
        let span = match query.span.as_deref() {
            Some("day") => Span::Day,
            Some("month") => Span::Month,
            _ => Span::Week,
        };
        let by = match query.by.as_deref() {
            Some("mission") => By::Mission,
            Some("person") => By::Person,
            _ => By::Project,
        };
        let days = days_of(span, date);
        let (first, last) = (days.first().copied().unwrap_or(date), days.last().copied().unwrap_or(date));
        let (from, to) = zone.span_of(first, last);
        let on = query.on.as_deref().and_then(|text| text.parse().ok());
        let cell = query.day.as_deref().and_then(parse_date).map(|day| Cell {
            day,
            at: query.at.as_deref().and_then(|text| text.parse().ok()).filter(|minute| (0..2 * 1440).contains(minute)),
            row: query.row.as_deref().and_then(Row::parse),
        });
        let choose = query.choose.as_deref().map(|text| match text {
            "all" => Choose::All,
            keys => Choose::These(keys.split_whitespace().filter_map(Key::parse).take(MOST_KEYS).collect()),
        });
        Self { span, by, days, from, to, today, zone, on, cell, choose }
    }

    pub fn first(&self) -> Date {
        self.days.first().copied().unwrap_or_default()
    }

    pub fn last(&self) -> Date {
        self.days.last().copied().unwrap_or_default()
    }

    /// The first day of what is before or after this.
    pub fn step(&self, steps: i64) -> Date {
        let first = self.first();
        let moved = match self.span {
            Span::Day => first.checked_add(steps.days()),
            Span::Week => first.checked_add((steps * 7).days()),
            Span::Month => first.checked_add(steps.months()),
        };
        moved.unwrap_or(first)
    }

    /// The address of this sight from another day on.
    pub fn at(&self, member: &Member, date: Date) -> String {
        self.address(member, date, self.span, self.by)
    }

    pub fn with_span(&self, member: &Member, span: Span) -> String {
        // The day that is looked at stays in sight, and today is preferred.
        let date = if self.days.contains(&self.today) { self.today } else { self.first() };
        self.address(member, date, span, self.by)
    }

    /// One day of it.
    pub fn at_day(&self, member: &Member, date: Date) -> String {
        self.address(member, date, Span::Day, self.by)
    }

    pub fn with_by(&self, member: &Member, by: By) -> String {
        self.address(member, self.first(), self.span, by)
    }

    pub fn here(&self, member: &Member) -> String {
        self.at(member, self.first())
    }

    /// This sight with a mission's panel.
    pub fn with_panel(&self, member: &Member, mission: i64) -> String {
        format!("{}&on={mission}", self.here(member))
    }

    /// This sight with what makes a mission on a day.
    pub fn with_new(&self, member: &Member, day: Date) -> String {
        format!("{}&day={day}", self.here(member))
    }

    /// This sight with all its missions to choose from.
    pub fn with_choice(&self, member: &Member) -> String {
        format!("{}&choose=all", self.here(member))
    }

    fn address(&self, member: &Member, date: Date, span: Span, by: By) -> String {
        let mut url = member.url(&format!("/plan?date={date}"));
        if span != Span::Week {
            url.push_str(&format!("&span={}", span.code()));
        }
        if by != By::Project {
            url.push_str(&format!("&by={}", by.code()));
        }
        url
    }
}

fn days_of(span: Span, date: Date) -> Vec<Date> {
    let (first, count) = match span {
        Span::Day => (date, 1),
        Span::Week => (monday_of(date), 7),
        Span::Month => (date.first_of_month(), i64::from(date.days_in_month())),
    };
    (0..count).filter_map(|n| first.checked_add(n.days()).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_weeks_and_months_have_their_days() {
        let day = date(2026, 2, 18);
        assert_eq!(days_of(Span::Day, day), [day]);
        let week = days_of(Span::Week, day);
        assert_eq!((week.len(), week[0], week[6]), (7, date(2026, 2, 16), date(2026, 2, 22)));
        let month = days_of(Span::Month, day);
        assert_eq!((month.len(), month[0], month[27]), (28, date(2026, 2, 1), date(2026, 2, 28)));
    }
}
