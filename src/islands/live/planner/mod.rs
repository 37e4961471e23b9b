//! The lively planner. The sheet, the panel and all words are the server's; here is what moves through them.

mod drag;
mod grid;
mod panel;

use super::browser;
use super::part::Part;
use crate::islands::planner::{Wish, wish};
use grid::Grid;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventSource, HtmlDialogElement, HtmlElement, KeyboardEvent, MessageEvent, MouseEvent};

/// The forms whose answer is a sheet. Others of the panel, which overrule, lead to a page.
const EDITS: &str = r#"form[data-form], .panel form[action$="/plan/edit"]"#;
/// How long a sentence stays on the screen.
const SAID_MS: f64 = 5000.0;

struct Planner {
    root: Part,
    board: Part,
    side: Part,
    said: Part,
    dialog: Part,
    /// Says how many things are chosen.
    picked: Part,
    grid: Grid,
    /// The mission whose line of the list opened the panel.
    opener: RefCell<Option<String>>,
    /// An edge was just dragged: the click that ends it opens nothing.
    dragged: Cell<bool>,
    /// What was cut (`true`) or copied.
    clip: RefCell<Option<(bool, Vec<String>)>>,
    /// The word of the plan that the sheet was drawn from.
    tag: RefCell<String>,
    /// Counts sentences, so that an old one does not hide a newer.
    sentence: Cell<u32>,
    /// Counts what was asked of the panel, so that an old answer does not replace a newer, nor one that was closed.
    side_asked: Cell<u32>,
    /// An edit is on its way: its answer has the versions that the next one needs.
    busy: Cell<bool>,
    /// What was asked meanwhile, in order.
    waiting: RefCell<VecDeque<Wish>>,
}

/// Wakes the planner, if the page has one.
pub fn wake() -> Option<()> {
    let root = Part::island("planner")?;
    let (board, side, said, dialog) = (root.part("board")?, root.part("side")?, root.part("said")?, root.part("dialog")?);
    let picked = root.part("picked")?;
    let grid = Grid::new(root.element().clone());
    let planner = Rc::new(Planner {
        root,
        board,
        side,
        said,
        dialog,
        picked,
        grid,
        opener: RefCell::default(),
        dragged: Cell::new(false),
        clip: RefCell::default(),
        tag: RefCell::default(),
        sentence: Cell::new(0),
        side_asked: Cell::new(0),
        busy: Cell::new(false),
        waiting: RefCell::default(),
    });
    planner.settle();
    planner.listen();
    drag::listen(&planner);
    planner.hear_others();
    Some(())
}

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn closest(event: &Event, selector: &str) -> Option<Element> {
    target(event)?.closest(selector).ok().flatten()
}

fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // Fails never.
        let _ = element.focus();
    }
}

impl Planner {
    fn find(&self, selector: &str) -> Option<Element> {
        self.root.element().query_selector(selector).ok().flatten()
    }

    /// What is to be done after the sheet was drawn.
    fn settle(&self) {
        if let Some(fresh) = self.find("[data-tag]").and_then(|line| line.get_attribute("data-tag")) {
            self.tag.replace(fresh);
        }
        if let Some(help) = self.find("[data-do=help]") {
            let _ = help.remove_attribute("hidden");
        }
        self.grid.settle();
        self.count();
        self.mark_open();
        if let Some((true, keys)) = self.clip.borrow().as_ref() {
            self.grid.mark_cut(keys);
        }
    }

    fn mark_open(&self) {
        let panel = self.find(".panel").and_then(|panel| panel.get_attribute("data-panel"));
        self.grid.mark_open(panel.as_deref());
    }

    /// Says how many things are chosen, when some are.
    fn count(&self) -> Option<()> {
        let count = self.grid.count();
        self.picked.hide(count == 0);
        self.picked.part("count")?.say(&count.to_string());
        Some(())
    }

    fn listen(self: &Rc<Self>) {
        let root = self.root.element();
        let planner = Rc::clone(self);
        browser::on(root, "keydown", move |event: KeyboardEvent| planner.key(&event));
        let planner = Rc::clone(self);
        browser::on(root, "click", move |event: MouseEvent| planner.click(&event));
        let planner = Rc::clone(self);
        browser::on(root, "dblclick", move |event: MouseEvent| {
            if closest(&event, "td[data-day]").is_some() && closest(&event, "[data-key]").is_none() {
                planner.make();
            }
        });
        let planner = Rc::clone(self);
        browser::on(root, "focusin", move |event: Event| {
            if let Some(stop) = closest(&event, "[data-key], td[data-day]") {
                planner.grid.enter(&stop);
            }
        });
        let planner = Rc::clone(self);
        browser::on(root, "submit", move |event: Event| {
            let Some(form) = closest(&event, EDITS) else { return };
            event.prevent_default();
            let button = js_sys::Reflect::get(&event, &"submitter".into()).unwrap_or(JsValue::UNDEFINED);
            let body = browser::form_body(&form, &button);
            let url = form.get_attribute("action").unwrap_or_default();
            planner.send(&url, &body);
        });
    }

    /// Draws the sheet anew when somebody else has changed the plan.
    fn hear_others(self: &Rc<Self>) -> Option<()> {
        let source = EventSource::new(&self.root.fact("events")?).ok()?;
        let planner = Rc::clone(self);
        browser::on(&source, "plan", move |event: MessageEvent| {
            let now = event.data().as_string().unwrap_or_default();
            if now != *planner.tag.borrow() {
                planner.redraw();
            }
        });
        Some(())
    }

    fn redraw(self: &Rc<Self>) -> Option<()> {
        let planner = Rc::clone(self);
        browser::get(&[&self.root.fact("here")?, "&part=board"].concat(), move |status, text| {
            if status == 200 {
                planner.show(&text);
            }
        });
        Some(())
    }

    /// Puts a sheet in its place; who stood somewhere stands there again.
    fn show(&self, html: &str) {
        let place = self.grid.place();
        self.board.element().set_inner_html(html);
        self.settle();
        self.grid.restore(place);
    }

    fn say(self: &Rc<Self>, text: &str) {
        if text.is_empty() {
            return;
        }
        self.said.say(text);
        self.said.hide(false);
        let number = self.sentence.get() + 1;
        self.sentence.set(number);
        let planner = Rc::clone(self);
        browser::after(SAID_MS, move || {
            if planner.sentence.get() == number {
                planner.said.hide(true);
                planner.said.say("");
            }
        });
    }

    /// Sends a form with the sight; shows the new sheet, or why not.
    fn send(self: &Rc<Self>, url: &str, body: &str) {
        let planner = Rc::clone(self);
        let makes = body.split('&').any(|field| field == "do=create");
        self.busy.set(true);
        browser::post(url, &[body, "&part=board"].concat(), move |status, text| {
            planner.busy.set(false);
            if status == 200 {
                planner.close_dialog();
                planner.show(&text);
                let said = planner.find("[data-said]").and_then(|line| line.get_attribute("data-said"));
                planner.say(&said.unwrap_or_default());
                planner.renew_panel(makes);
                planner.go_on();
                return;
            }
            // What was to come after it may not make sense any more.
            planner.waiting.borrow_mut().clear();
            match status {
                400..500 if !text.is_empty() => planner.show_dialog(&text),
                _ => planner.say(&planner.root.fact("lost").unwrap_or_default()),
            }
        });
    }

    /// Does what was asked while an edit was on its way.
    fn go_on(self: &Rc<Self>) {
        while !self.busy.get() {
            let next = self.waiting.borrow_mut().pop_front();
            let Some(next) = next else { return };
            self.fulfil(next);
        }
    }

    /// An edit of these.
    fn edit(self: &Rc<Self>, kind: &str, keys: &[String], more: &[(&str, &str)]) -> Option<()> {
        let url = self.root.fact("edit")?;
        let mut body = ["do=", kind, "&keys=", &browser::encode(&keys.join(" "))].concat();
        for name in ["date", "span", "by"] {
            body.push_str(&["&", name, "=", &self.root.fact(name)?].concat());
        }
        for (name, value) in more {
            body.push_str(&["&", name, "=", &browser::encode(value)].concat());
        }
        self.send(&url, &body);
        Some(())
    }

    fn key(self: &Rc<Self>, event: &KeyboardEvent) -> Option<()> {
        let ctrl = event.ctrl_key() || event.meta_key();
        let asked = wish(&event.key(), event.alt_key(), ctrl, event.shift_key())?;
        let element = target(event)?;
        let is_typing = element.matches("input, select, textarea").unwrap_or(false);
        if asked == Wish::Escape && element.closest(".panel").ok().flatten().is_some() {
            self.close_panel();
            event.prevent_default();
            return Some(());
        }
        let anywhere = matches!(asked, Wish::Undo | Wish::Redo) && !is_typing;
        // Single keys act in the sheet alone (WCAG 2.1.4).
        let in_sheet = element.closest(".week").ok().flatten().is_some() || element.matches(".plan-scroll").unwrap_or(false);
        if !anywhere && !in_sheet {
            return None;
        }
        // A link of the head is followed with Enter.
        if element.closest("thead").ok().flatten().is_some() && !anywhere {
            return None;
        }
        event.prevent_default();
        if self.busy.get() {
            self.waiting.borrow_mut().push_back(asked);
            return Some(());
        }
        self.fulfil(asked);
        Some(())
    }

    fn fulfil(self: &Rc<Self>, asked: Wish) -> Option<()> {
        match asked {
            Wish::Go(way) => self.grid.go(way, false),
            Wish::Extend(way) => {
                self.grid.go(way, true);
                self.count()?;
            }
            Wish::First => self.grid.go_to_end(false),
            Wish::Last => self.grid.go_to_end(true),
            Wish::Choose => {
                self.grid.toggle();
                self.count()?;
            }
            Wish::Open if self.grid.count() > 1 => self.open_together("#panel-title"),
            Wish::Assign if self.grid.count() > 1 => self.open_together("[name=person]"),
            Wish::Open => match self.grid.mission() {
                Some(mission) => self.open_panel(&mission, "#panel-title"),
                None => self.make()?,
            },
            Wish::Assign => self.open_panel(&self.grid.mission()?, "[name=person]"),
            Wish::Split => self.open_panel(&self.grid.mission()?, "#panel-split"),
            Wish::New => self.make()?,
            Wish::Move { days, minutes } => {
                self.edit("move", &self.grid.keys(), &[("days", &days.to_string()), ("minutes", &minutes.to_string())])?;
            }
            Wish::Stretch(minutes) => self.edit("stretch", &self.grid.keys(), &[("minutes", &minutes.to_string())])?,
            Wish::Duplicate => self.edit("duplicate", &self.grid.keys(), &[("days", "1")])?,
            Wish::Delete => self.edit("delete", &self.grid.keys(), &[])?,
            Wish::Cut | Wish::Copy => {
                let keys = self.grid.keys();
                self.grid.mark_cut(if asked == Wish::Cut { &keys } else { &[] });
                self.clip.replace(Some((asked == Wish::Cut, keys)));
            }
            Wish::Paste => {
                let (is_cut, keys) = self.clip.borrow().clone()?;
                let cell = self.grid.cell()?;
                // What was moved has another version, so it is cut once.
                if is_cut {
                    self.clip.replace(None);
                }
                let keys = self.grid.with_versions(&keys);
                self.edit(if is_cut { "drop" } else { "copy" }, &keys, &cell.fields())?;
            }
            Wish::Undo | Wish::Redo => {
                let url = self.root.fact(if asked == Wish::Undo { "undo" } else { "redo" })?;
                let mut body = String::new();
                for name in ["date", "span", "by"] {
                    body.push_str(&[name, "=", &self.root.fact(name)?, "&"].concat());
                }
                self.send(&url, body.trim_end_matches('&'));
            }
            Wish::Publish => self.follow("publish"),
            Wish::Today => self.follow("today"),
            Wish::Before => self.follow("before"),
            Wish::After => self.follow("after"),
            Wish::Help => self.show_help(),
            Wish::Escape => {
                self.choose_none();
                self.grid.mark_cut(&[]);
                self.clip.replace(None);
                self.close_panel();
            }
        }
        Some(())
    }

    fn choose_none(&self) {
        self.grid.choose_none();
        self.count();
    }

    /// As if a link of the page were clicked.
    fn follow(&self, name: &str) {
        let link = self.find(&["a[data-do=", name, "]"].concat());
        if let Some(link) = link.as_ref().and_then(|link| link.dyn_ref::<HtmlElement>()) {
            link.click();
        }
    }

    fn show_help(&self) {
        let help = self.root.part("help");
        if let Some(dialog) = help.as_ref().and_then(|help| help.element().dyn_ref::<HtmlDialogElement>()) {
            let _ = dialog.show_modal();
        }
    }

    fn click(self: &Rc<Self>, event: &MouseEvent) -> Option<()> {
        if event.button() != 0 {
            return None;
        }
        if self.dragged.take() {
            event.prevent_default();
            return None;
        }
        if let Some(tool) = closest(event, "[data-do]") {
            match tool.get_attribute("data-do").as_deref() {
                Some("help") => self.show_help(),
                Some("close") => {
                    event.prevent_default();
                    self.close_panel();
                }
                Some("dismiss") if self.dialog.element().contains(Some(&tool)) => {
                    event.prevent_default();
                    self.close_dialog();
                }
                Some("new") => {
                    event.prevent_default();
                    self.make();
                }
                Some("publish") => {
                    event.prevent_default();
                    self.open_dialog(&tool.get_attribute("href")?);
                }
                Some("choose") => {
                    event.prevent_default();
                    self.load_panel("&choose=all", "#panel-title");
                }
                Some("together") => self.open_together("#panel-title"),
                Some("none") => {
                    self.choose_none();
                    self.grid.focus();
                }
                _ => {}
            }
            return Some(());
        }
        if let Some(line) = closest(event, "[data-on]") {
            event.prevent_default();
            let mission = line.get_attribute("data-on")?;
            self.open_panel(&mission, "#panel-title");
            self.opener.replace(Some(mission));
            return Some(());
        }
        let slot = closest(event, "[data-key]")?;
        event.prevent_default();
        self.grid.enter(&slot);
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            focus(&slot);
            self.grid.toggle();
            self.count();
            return Some(());
        }
        self.choose_none();
        self.open_panel(&self.grid.mission()?, "#panel-title");
        Some(())
    }
}
