//! SQL of what people cost.

use crate::access::Conn;
use crate::kernel::zone::parse_date;
use crate::kernel::{CrewMemberId, RateId};
use crate::planning::rates::{CheckedRate, Rate, RateUnit};
use crate::platform::db::DbResult;
use std::collections::HashMap;

const SET: &str = "INSERT INTO rates (org_id, crew_member_id, from_date, unit, amount_cents, night_percent, sunday_percent,
  holiday_percent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (org_id, crew_member_id, from_date, unit) DO UPDATE SET amount_cents = excluded.amount_cents,
    night_percent = excluded.night_percent, sunday_percent = excluded.sunday_percent, holiday_percent = excluded.holiday_percent
  RETURNING id";
const OF_PERSON: &str = "SELECT id, from_date, unit, amount_cents, night_percent, sunday_percent, holiday_percent FROM rates
  WHERE org_id = $1 AND crew_member_id = $2 ORDER BY from_date, unit LIMIT 500";
const ALL: &str =
    "SELECT crew_member_id, id, from_date, unit, amount_cents, night_percent, sunday_percent, holiday_percent FROM rates
  WHERE org_id = $1 ORDER BY crew_member_id, from_date, unit LIMIT 50000";

#[derive(sqlx::FromRow)]
struct Row {
    id: RateId,
    from_date: String,
    unit: String,
    amount_cents: i64,
    night_percent: i64,
    sunday_percent: i64,
    holiday_percent: i64,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    crew_member_id: CrewMemberId,
    #[sqlx(flatten)]
    rate: Row,
}

impl Row {
    /// `None` for words that the table refuses.
    fn rate(self) -> Option<Rate> {
        let terms = CheckedRate {
            from_date: parse_date(&self.from_date)?,
            unit: RateUnit::parse(&self.unit)?,
            amount_cents: self.amount_cents,
            night_percent: self.night_percent,
            sunday_percent: self.sunday_percent,
            holiday_percent: self.holiday_percent,
        };
        Some(Rate { id: self.id, terms })
    }
}

/// Writes what a person costs from a day on; what stood there for the same unit is replaced.
pub async fn set_rate(conn: &mut impl Conn, person: CrewMemberId, rate: &CheckedRate) -> DbResult<RateId> {
    let org = conn.org();
    let query = conn.query(SET).bind(org).bind(person).bind(rate.from_date.to_string()).bind(rate.unit.code());
    let query = query.bind(rate.amount_cents).bind(rate.night_percent).bind(rate.sunday_percent);
    query.bind(rate.holiday_percent).scalar().await
}

/// All rates of a person, by day.
pub async fn list_rates(conn: &mut impl Conn, person: CrewMemberId) -> DbResult<Vec<Rate>> {
    let org = conn.org();
    let rows: Vec<Row> = conn.query(OF_PERSON).bind(org).bind(person).all().await?;
    Ok(rows.into_iter().filter_map(Row::rate).collect())
}

/// All rates of everybody, by day.
pub async fn list_all_rates(conn: &mut impl Conn) -> DbResult<HashMap<CrewMemberId, Vec<Rate>>> {
    let org = conn.org();
    let rows: Vec<PersonRow> = conn.query(ALL).bind(org).all().await?;
    let mut rates: HashMap<CrewMemberId, Vec<Rate>> = HashMap::new();
    for PersonRow { crew_member_id, rate } in rows {
        rates.entry(crew_member_id).or_default().extend(rate.rate());
    }
    Ok(rates)
}
