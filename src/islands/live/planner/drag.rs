//! By mouse: things to other cells, edges to other times.

use super::grid::Cell;
use super::{Planner, closest};
use crate::islands::live::browser;
use crate::islands::planner::dragged_minutes;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, Event, HtmlElement, PointerEvent};

/// An edge that is being dragged: its key, where it began, how wide a quarter of an hour is.
struct Edge {
    keys: Vec<String>,
    from: f64,
    quarter: f64,
}

pub fn listen(planner: &Rc<Planner>) {
    let root = planner.root.element();
    let dragged: Rc<RefCell<Vec<String>>> = Rc::default();
    let edge: Rc<RefCell<Option<Edge>>> = Rc::default();

    let (at, keys, held) = (Rc::clone(planner), Rc::clone(&dragged), Rc::clone(&edge));
    browser::on(root, "dragstart", move |event: DragEvent| {
        if held.borrow().is_some() {
            event.prevent_default();
            return;
        }
        let Some(thing) = closest(&event, "[data-key]") else { return };
        at.grid.enter(&thing);
        keys.replace(at.grid.keys_with(&thing));
        if let Some(transfer) = event.data_transfer() {
            transfer.set_effect_allowed("copyMove");
            let _ = transfer.set_data("text/plain", &thing.text_content().unwrap_or_default());
        }
    });
    let (at, keys) = (Rc::clone(planner), Rc::clone(&dragged));
    browser::on(root, "dragover", move |event: DragEvent| {
        if keys.borrow().is_empty() {
            return;
        }
        let Some(cell) = closest(&event, "td[data-day]") else { return };
        event.prevent_default();
        if let Some(transfer) = event.data_transfer() {
            transfer.set_drop_effect(if is_copy(&event) { "copy" } else { "move" });
        }
        if !cell.class_list().contains("over") {
            clear(&at);
            let _ = cell.class_list().add_1("over");
        }
    });
    let (at, keys) = (Rc::clone(planner), Rc::clone(&dragged));
    browser::on(root, "dragend", move |_: Event| {
        keys.borrow_mut().clear();
        clear(&at);
    });
    let (at, keys) = (Rc::clone(planner), dragged);
    browser::on(root, "drop", move |event: DragEvent| {
        clear(&at);
        let keys = keys.take();
        let Some(cell) = closest(&event, "td[data-day]").as_ref().and_then(Cell::of) else { return };
        if keys.is_empty() {
            return;
        }
        event.prevent_default();
        at.edit(if is_copy(&event) { "copy" } else { "drop" }, &keys, &cell.fields());
    });

    let (at, held) = (Rc::clone(planner), Rc::clone(&edge));
    browser::on(root, "pointerdown", move |event: PointerEvent| {
        at.dragged.set(false);
        let Some(thing) = closest(&event, ".edge").and_then(|edge| edge.closest("[data-key]").ok().flatten()) else { return };
        at.grid.enter(&thing);
        held.replace(take_edge(&at, &thing, &event));
        let _ = thing.set_attribute("draggable", "false");
    });
    let (at, held) = (Rc::clone(planner), edge);
    browser::on(root, "pointerup", move |event: PointerEvent| {
        let Some(edge) = held.take() else { return };
        at.dragged.set(true);
        let minutes = dragged_minutes(f64::from(event.client_x()) - edge.from, edge.quarter);
        if minutes != 0 {
            at.edit("stretch", &edge.keys, &[("minutes", &minutes.to_string())]);
        }
    });
}

fn is_copy(event: &DragEvent) -> bool {
    event.ctrl_key() || event.alt_key() || event.meta_key()
}

fn take_edge(planner: &Planner, thing: &Element, event: &PointerEvent) -> Option<Edge> {
    let cell = thing.closest("td").ok().flatten()?;
    let quarters: i32 = cell.get_attribute("colspan")?.parse().ok()?;
    let width = cell.dyn_ref::<HtmlElement>()?.offset_width();
    Some(Edge {
        keys: planner.grid.keys_with(thing),
        from: f64::from(event.client_x()),
        quarter: f64::from(width) / f64::from(quarters),
    })
}

/// No cell looks like the one to drop into any more.
fn clear(planner: &Planner) {
    while let Some(cell) = planner.find(".over") {
        let _ = cell.class_list().remove_1("over");
    }
}
