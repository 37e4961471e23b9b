//! What stands beside the sheet and over it: panels and dialogs, all of them drawn by the server.

use super::{Planner, focus};
use crate::islands::live::browser;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};

/// What has the focus when a panel opens, unless something else is asked for.
const TITLE: &str = "#panel-title";

impl Planner {
    /// The form of a mission, in the cell that has the focus.
    pub(super) fn make(self: &Rc<Self>) -> Option<()> {
        let here = self.grid.cell();
        // Who stands nowhere means the first day, and not the first person.
        let is_here = here.is_some();
        let cell = here.or_else(|| self.grid.first_cell())?;
        let mut query = String::new();
        for (name, value) in cell.fields().into_iter().filter(|(name, _)| is_here || *name == "day") {
            query.push_str(&["&", name, "=", &browser::encode(value)].concat());
        }
        self.load_panel(&query, "#panel-name");
        Some(())
    }

    pub(super) fn open_panel(self: &Rc<Self>, mission: &str, then: &'static str) {
        self.load_panel(&["&on=", mission].concat(), then);
    }

    /// The panel of all that is chosen.
    pub(super) fn open_together(self: &Rc<Self>, then: &'static str) {
        self.load_panel(&["&choose=", &browser::encode(&self.grid.keys().join(" "))].concat(), then);
    }

    pub(super) fn load_panel(self: &Rc<Self>, query: &str, then: &'static str) -> Option<()> {
        let planner = Rc::clone(self);
        let number = self.side_asked.get() + 1;
        self.side_asked.set(number);
        browser::get(&[&self.root.fact("here")?, "&part=panel", query].concat(), move |status, text| {
            if planner.side_asked.get() != number {
                return;
            }
            if status == 200 {
                let has_focus = planner.has_focus(planner.side.element());
                planner.side.element().set_inner_html(&text);
                planner.mark_open();
                // What is only renewed takes the focus from nowhere else.
                if (has_focus || !then.is_empty())
                    && let Some(element) =
                        planner.find(if then.is_empty() { TITLE } else { then }).or_else(|| planner.find(TITLE))
                {
                    focus(&element);
                }
            } else {
                planner.say(&planner.root.fact("lost").unwrap_or_default());
            }
        });
        Some(())
    }

    /// Shows what the panel's mission is after a change. One that is being made stays as it is typed, until it is made.
    pub(super) fn renew_panel(self: &Rc<Self>, is_made: bool) -> Option<()> {
        let panel = self.find(".panel")?;
        match panel.get_attribute("data-panel").as_deref() {
            Some("new") if is_made => self.close_panel(),
            Some("new") => {}
            Some("chosen") if self.grid.count() == 0 => self.close_panel(),
            Some("chosen") => self.open_together(""),
            Some("all") => drop(self.load_panel("&choose=all", "")),
            Some(mission) => self.open_panel(mission, ""),
            None => {}
        }
        Some(())
    }

    fn has_focus(&self, element: &Element) -> bool {
        let active = element.owner_document().and_then(|document| document.active_element());
        active.is_some_and(|active| element.contains(Some(&active)))
    }

    pub(super) fn close_panel(&self) {
        self.side_asked.set(self.side_asked.get() + 1);
        if self.find(".panel").is_some() {
            self.side.element().set_inner_html("");
            self.mark_open();
            let line = self.opener.take().and_then(|mission| self.find(&[".agenda [data-on=\"", &mission, "\"]"].concat()));
            match line {
                Some(line) => focus(&line),
                None => self.grid.focus(),
            }
        }
    }

    /// Opens a page of the server's over the sheet.
    pub(super) fn open_dialog(self: &Rc<Self>, url: &str) {
        let planner = Rc::clone(self);
        browser::get(&[url, "&part=dialog"].concat(), move |status, text| match status {
            200 => planner.show_dialog(&text),
            _ => planner.say(&planner.root.fact("lost").unwrap_or_default()),
        });
    }

    pub(super) fn show_dialog(&self, html: &str) {
        self.dialog.element().set_inner_html(html);
        if let Some(dialog) = self.dialog.element().dyn_ref::<HtmlDialogElement>() {
            // Fails when it is open already; then it shows the new text.
            let _ = dialog.show_modal();
        }
    }

    pub(super) fn close_dialog(&self) {
        if let Some(dialog) = self.dialog.element().dyn_ref::<HtmlDialogElement>() {
            dialog.close();
        }
    }
}
