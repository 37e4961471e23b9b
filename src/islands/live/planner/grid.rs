//! Where one is on the sheet, and what is chosen.

use super::focus;
use crate::islands::planner::{Spot, Way, nearest};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What can be gone to: things, and cells without any.
const STOPS: &str = ".week tbody [data-key], .week tbody td[data-day]:not(:has([data-key]))";

/// A cell of the sheet, as forms name it.
#[derive(Clone, Default)]
pub struct Cell {
    day: String,
    at: String,
    row: String,
}

impl Cell {
    pub fn of(element: &Element) -> Option<Self> {
        let cell = element.closest("td[data-day]").ok().flatten()?;
        let row = cell.closest("tr").ok().flatten()?.get_attribute("data-row").unwrap_or_default();
        Some(Self { day: cell.get_attribute("data-day")?, at: cell.get_attribute("data-at").unwrap_or_default(), row })
    }

    pub fn fields(&self) -> [(&'static str, &str); 3] {
        [("day", &self.day), ("at", &self.at), ("row", &self.row)]
    }
}

/// Where somebody stood before the sheet was drawn anew.
pub struct Place {
    key: Option<String>,
    cell: Option<Cell>,
    had_focus: bool,
    scroll: (i32, i32),
}

pub struct Grid {
    root: Element,
    /// Where one is: the key of a thing, and its cell.
    here: RefCell<(Option<String>, Option<Cell>)>,
    chosen: RefCell<Vec<String>>,
}

fn key_of(element: &Element) -> Option<String> {
    element.get_attribute("data-key")
}

impl Grid {
    pub fn new(root: Element) -> Self {
        Self { root, here: RefCell::default(), chosen: RefCell::default() }
    }

    fn all(&self, selector: &str) -> Vec<Element> {
        let Ok(found) = self.root.query_selector_all(selector) else { return Vec::new() };
        (0..found.length()).filter_map(|n| found.get(n)?.dyn_into().ok()).collect()
    }

    fn thing(&self, key: &str) -> Option<Element> {
        self.root.query_selector(&["[data-key=\"", key, "\"]"].concat()).ok().flatten()
    }

    /// One stop for the tab key, and what is chosen is marked.
    pub fn settle(&self) {
        for table in self.all("table.week") {
            let _ = table.set_attribute("role", "grid");
            let _ = table.set_attribute("aria-multiselectable", "true");
        }
        for stop in self.all(STOPS) {
            let _ = stop.set_attribute("tabindex", "-1");
        }
        let scroll = self.all(".plan-scroll");
        for region in scroll {
            // The sheet itself is scrolled by going through it.
            let _ = region.set_attribute("tabindex", "-1");
        }
        if let Some(stop) = self.stop().or_else(|| self.all(STOPS).into_iter().next()) {
            let _ = stop.set_attribute("tabindex", "0");
        }
        self.mark_chosen();
    }

    /// Shows what is chosen; what is not there any more is no longer chosen.
    fn mark_chosen(&self) {
        let mut chosen = self.chosen.borrow_mut();
        chosen.retain(|key| self.thing(key).is_some());
        for cell in self.all(".week [aria-selected]") {
            let _ = cell.remove_attribute("aria-selected");
        }
        for thing in self.all("[data-key]") {
            let is_chosen = key_of(&thing).is_some_and(|key| chosen.contains(&key));
            let _ = thing.class_list().toggle_with_force("chosen", is_chosen);
            if is_chosen && let Ok(Some(cell)) = thing.closest("td") {
                let _ = cell.set_attribute("aria-selected", "true");
            }
        }
    }

    /// How many things are chosen.
    pub fn count(&self) -> usize {
        self.chosen.borrow().len()
    }

    /// The thing or the empty cell where one is.
    fn stop(&self) -> Option<Element> {
        let here = self.here.borrow();
        if let Some(stop) = here.0.as_ref().and_then(|key| self.thing(key)) {
            return Some(stop);
        }
        self.in_cell(here.1.as_ref()?)
    }

    /// The last thing of a cell, or the cell when it is empty.
    fn in_cell(&self, cell: &Cell) -> Option<Element> {
        let at = if cell.at.is_empty() { String::new() } else { ["[data-at=\"", &cell.at, "\"]"].concat() };
        let selector = ["tr[data-row=\"", &cell.row, "\"] td[data-day=\"", &cell.day, "\"]", &at].concat();
        let cell = self.root.query_selector(&selector).ok().flatten()?;
        let things = cell.query_selector_all("[data-key]").ok()?;
        let last = things.length().checked_sub(1).and_then(|n| things.get(n)).and_then(|last| last.dyn_into().ok());
        Some(last.unwrap_or(cell))
    }

    /// One is here now.
    pub fn enter(&self, stop: &Element) {
        if let Some(before) = self.stop() {
            let _ = before.set_attribute("tabindex", "-1");
        }
        let _ = stop.set_attribute("tabindex", "0");
        self.here.replace((key_of(stop), Cell::of(stop)));
    }

    pub fn focus(&self) {
        if let Some(stop) = self.stop() {
            focus(&stop);
        }
    }

    /// Goes on; `choosing` what is left and what is reached.
    pub fn go(&self, way: Way, choosing: bool) {
        let stops = self.all(STOPS);
        let Some(from) = self.stop() else {
            if let Some(first) = stops.first() {
                focus(first);
            }
            return;
        };
        let mut rows: Vec<String> = Vec::new();
        let mut spot = |element: &Element| {
            let row = Cell::of(element).map(|cell| cell.row).unwrap_or_default();
            let number = rows.iter().position(|known| *known == row).unwrap_or_else(|| {
                rows.push(row);
                rows.len() - 1
            });
            let rect = element.get_bounding_client_rect();
            Spot { row: number, left: rect.left(), top: rect.top(), width: rect.width(), height: rect.height() }
        };
        let from_spot = spot(&from);
        let spots: Vec<Spot> = stops.iter().map(&mut spot).collect();
        let Some(next) = nearest(&from_spot, &spots, way).and_then(|n| stops.get(n)) else { return };
        if choosing {
            let mut chosen = self.chosen.borrow_mut();
            for key in [key_of(&from), key_of(next)].into_iter().flatten() {
                if !chosen.contains(&key) {
                    chosen.push(key);
                }
            }
        }
        focus(next);
        if choosing {
            self.settle();
        }
    }

    /// To the first or last day of the row.
    pub fn go_to_end(&self, last: bool) {
        let row = self.here.borrow().1.as_ref().map(|cell| cell.row.clone()).unwrap_or_default();
        let mut stops = self.all(STOPS).into_iter().filter(|stop| Cell::of(stop).is_some_and(|cell| cell.row == row));
        if let Some(stop) = if last { stops.last() } else { stops.next() } {
            focus(&stop);
        }
    }

    /// Chooses the thing where one is, or does not any more.
    pub fn toggle(&self) {
        let key = self.here.borrow().0.clone();
        if let Some(key) = key {
            let mut chosen = self.chosen.borrow_mut();
            match chosen.iter().position(|known| *known == key) {
                Some(n) => drop(chosen.remove(n)),
                None => chosen.push(key),
            }
        }
        self.settle();
    }

    pub fn choose_none(&self) {
        self.chosen.borrow_mut().clear();
        self.settle();
    }

    /// Shows that the panel is about this mission, and about no other.
    pub fn mark_open(&self, mission: Option<&str>) {
        for thing in self.all("[data-key]") {
            let is_open = mission.is_some() && self.mission_of(&thing).as_deref() == mission;
            if is_open {
                let _ = thing.set_attribute("aria-current", "true");
            } else {
                let _ = thing.remove_attribute("aria-current");
            }
        }
    }

    /// Shows these as cut, and no others.
    pub fn mark_cut(&self, keys: &[String]) {
        for thing in self.all("[data-key]") {
            let key = key_of(&thing).unwrap_or_default();
            let is_cut = keys.iter().any(|cut| cut.split(':').next() == Some(key.as_str()));
            let _ = thing.class_list().toggle_with_force("cut", is_cut);
        }
    }

    /// What is chosen, or else where one is, with the versions that the sheet shows.
    pub fn keys(&self) -> Vec<String> {
        let chosen: Vec<String> = self.chosen.borrow().iter().filter_map(|key| self.with_version(key)).collect();
        if !chosen.is_empty() {
            return chosen;
        }
        let here = self.here.borrow().0.clone();
        here.and_then(|key| self.with_version(&key)).into_iter().collect()
    }

    /// What is chosen when this is a part of it, or else this alone.
    pub fn keys_with(&self, thing: &Element) -> Vec<String> {
        let Some(key) = key_of(thing) else { return Vec::new() };
        if self.chosen.borrow().contains(&key) { self.keys() } else { self.with_version(&key).into_iter().collect() }
    }

    /// The same keys with the versions that the sheet shows now, for those that it still shows.
    pub fn with_versions(&self, keys: &[String]) -> Vec<String> {
        let fresh = |key: &String| self.with_version(key.split(':').next()?).or_else(|| Some(key.clone()));
        keys.iter().filter_map(fresh).collect()
    }

    fn with_version(&self, key: &str) -> Option<String> {
        let version = self.thing(key)?.get_attribute("data-v")?;
        Some([key, ":", &version].concat())
    }

    /// The number of the mission where one is.
    pub fn mission(&self) -> Option<String> {
        let key = self.here.borrow().0.clone()?;
        self.mission_of(&self.thing(&key)?)
    }

    fn mission_of(&self, thing: &Element) -> Option<String> {
        let link = thing.get_attribute("href")?;
        link.split("on=").nth(1).map(|rest| rest.split('&').next().unwrap_or_default().to_owned())
    }

    pub fn cell(&self) -> Option<Cell> {
        self.here.borrow().1.clone()
    }

    pub fn first_cell(&self) -> Option<Cell> {
        Cell::of(self.all(STOPS).first()?)
    }

    fn scroller(&self) -> Option<HtmlElement> {
        self.root.query_selector(".plan-scroll").ok().flatten()?.dyn_into().ok()
    }

    /// Where one is, to come back to.
    pub fn place(&self) -> Place {
        let (key, cell) = self.here.borrow().clone();
        let active = self.root.owner_document().and_then(|document| document.active_element());
        let had_focus = active.is_some_and(|active| active.closest(".plan-scroll").ok().flatten().is_some());
        let scroll = self.scroller().map_or((0, 0), |scroller| (scroller.scroll_left(), scroller.scroll_top()));
        Place { key, cell, had_focus, scroll }
    }

    /// Comes back: to the same thing wherever it is now, or else to the same cell.
    pub fn restore(&self, place: Place) {
        if let Some(scroller) = self.scroller() {
            scroller.set_scroll_left(place.scroll.0);
            scroller.set_scroll_top(place.scroll.1);
        }
        let thing = place.key.as_deref().and_then(|key| self.thing(key));
        let stop = thing.or_else(|| self.in_cell(place.cell.as_ref()?));
        if let Some(stop) = stop {
            self.enter(&stop);
            if place.had_focus {
                focus(&stop);
            }
        }
    }
}
