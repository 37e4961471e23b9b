//! What a benchmark says: a table with budgets on the console, the same with its circumstances in a file.

use crate::machine::{self, Machine};
use crate::stats::Ratio;
use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};
use std::fs;

/// What a figure must be.
#[derive(Clone, Copy)]
pub enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

struct Row {
    what: String,
    shown: String,
    unit: &'static str,
    /// The figure that the budget is compared with.
    judged: f64,
    budget: Option<Budget>,
}

/// The outcome of one benchmark.
pub struct Report {
    name: String,
    machine: Machine,
    rows: Vec<Row>,
    facts: Map<String, Value>,
}

impl Report {
    /// Begins a report; the machine is looked at now, before there is any load.
    ///
    /// # Errors
    /// When the machine does not say what it is.
    pub fn begin(name: &str) -> Result<Self> {
        Ok(Self { name: name.to_owned(), machine: Machine::look()?, rows: Vec::new(), facts: Map::new() })
    }

    /// A figure for information.
    pub fn figure(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.rows.push(Row { what: what.into(), shown: number(value), unit, judged: value, budget: None });
    }

    /// A figure with a budget.
    pub fn judged(&mut self, what: impl Into<String>, value: f64, unit: &'static str, budget: Budget) {
        self.rows.push(Row { what: what.into(), shown: number(value), unit, judged: value, budget: Some(budget) });
    }

    /// A ratio. Its budget is met only when the lower end of the interval meets it.
    pub fn ratio(&mut self, what: impl Into<String>, ratio: Ratio, budget: Option<Budget>) {
        let shown = format!("{:.2} [{:.2}–{:.2}]", ratio.middle, ratio.low, ratio.high);
        self.rows.push(Row { what: what.into(), shown, unit: "x", judged: ratio.low, budget });
    }

    /// Something for the file only: rounds, samples.
    pub fn fact(&mut self, key: impl Into<String>, value: Value) {
        self.facts.insert(key.into(), value);
    }

    /// Prints the table, writes the file, and says whether every budget was met.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> Result<bool> {
        print!("{}", self.table());
        let path = machine::directory()?.join(format!("{}.json", self.name));
        fs::write(&path, format!("{:#}\n", self.json())).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(self.rows.iter().all(Row::is_met))
    }

    fn table(&self) -> String {
        let Machine { commit, cpus, kernel, load, .. } = &self.machine;
        let noisy = if *load > 0.5 { ", noisy" } else { "" };
        let mut text = format!("\n{} · {commit} · {cpus} CPUs · Linux {kernel} · load {load:.2} before{noisy}\n", self.name);
        let width = |of: fn(&Row) -> String, least: usize| {
            self.rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).max(least)
        };
        let (what, shown) = (width(|row| row.what.clone(), 4), width(|row| row.shown.clone(), 6));
        let (unit, budget) = (width(|row| row.unit.to_owned(), 0), width(Row::budget_words, 6));
        text += &format!("  {:what$}  {:>shown$} {:unit$}  {:>budget$}\n", "what", "figure", "", "budget");
        for row in &self.rows {
            let line = format!(
                "  {:what$}  {:>shown$} {:unit$}  {:>budget$}  {}",
                row.what,
                row.shown,
                row.unit,
                row.budget_words(),
                row.verdict()
            );
            text += line.trim_end();
            text.push('\n');
        }
        text
    }

    fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({ "what": row.what, "figure": row.shown, "judged": row.judged, "unit": row.unit,
                    "budget": row.budget_words(), "verdict": row.verdict() })
            })
            .collect();
        json!({ "name": self.name, "machine": self.machine.json(), "rows": rows, "facts": self.facts })
    }
}

impl Row {
    fn is_met(&self) -> bool {
        match self.budget {
            None => true,
            Some(Budget::AtMost(most)) => self.judged <= most,
            Some(Budget::AtLeast(least)) => self.judged >= least,
        }
    }

    fn verdict(&self) -> &'static str {
        match (self.budget, self.is_met()) {
            (None, _) => "",
            (_, true) => "ok",
            (_, false) => "MISS",
        }
    }

    fn budget_words(&self) -> String {
        match self.budget {
            None => String::new(),
            Some(Budget::AtMost(most)) => format!("≤ {}", number(most)),
            Some(Budget::AtLeast(least)) => format!("≥ {}", number(least)),
        }
    }
}

/// Three figures or so, thousands apart.
pub fn number(value: f64) -> String {
    if value.fract() != 0.0 && value.abs() < 100.0 {
        return if value.abs() < 10.0 { format!("{value:.2}") } else { format!("{value:.1}") };
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let all = [0.1234, 12.34, 5.0, 1234.5, 1_234_567.0].map(number);
        assert_eq!(all, ["0.12", "12.3", "5", "1 234", "1 234 567"]);
    }

    #[test]
    fn a_ratio_is_judged_by_its_lower_end() {
        let row = |judged, budget| Row { what: String::new(), shown: String::new(), unit: "", judged, budget };
        assert_eq!(row(24.9, Some(Budget::AtLeast(25.0))).verdict(), "MISS");
        assert_eq!(row(25.0, Some(Budget::AtLeast(25.0))).verdict(), "ok");
        assert_eq!(row(1.0, None).verdict(), "");
    }
}
