//! A table that runs over pages: its head is repeated, a row is never cut, what must stay together does.

use super::canvas::{Canvas, Style};

const LINE: f32 = 11.5;
const PADDING: f32 = 4.25;
const HEAD: f32 = 18.0;
/// How far a band reaches beyond the text on both sides.
const BLEED: f32 = 6.0;
const LABEL: Style = Style::regular(8.0).soft();
/// Space between the text of two neighbour columns.
pub const GUTTER: f32 = 12.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

#[derive(Debug)]
pub struct Column {
    pub label: String,
    pub width: f32,
    pub align: Align,
}

/// The lines of one cell, each in its own style.
pub type Cell = Vec<(String, Style)>;

/// How a row is set apart from the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    None,
    Hair,
    Band,
    Strong,
}

/// Where tables may stand on a page.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    pub left: f32,
    pub width: f32,
    /// Top of the pages that follow the first one.
    pub top: f32,
    pub bottom: f32,
}

#[derive(Debug)]
pub struct Table {
    pub columns: Vec<Column>,
    pub area: Area,
}

impl Table {
    /// The width left for a last column after these.
    pub fn remaining(columns: &[Column], area: Area) -> f32 {
        area.width - columns.iter().map(|column| column.width).sum::<f32>()
    }

    /// The width a text may take in a column.
    pub fn room(&self, column: usize) -> f32 {
        self.columns.get(column).map_or(0.0, |column| column.width - GUTTER)
    }

    /// Draws the head; answers where the first row starts.
    pub fn head(&self, canvas: &mut Canvas, y: f32) -> f32 {
        let mut x = self.area.left;
        for column in &self.columns {
            let label = canvas.wrap(&column.label, LABEL, column.width - GUTTER, 1).pop().unwrap_or_default();
            self.put(canvas, column, x, y + 10.0, &label, LABEL);
            x += column.width;
        }
        let right = self.area.left + self.area.width;
        canvas.line((self.area.left, y + HEAD), (right, y + HEAD), 0.9, 0.0);
        y + HEAD
    }

    /// The height a row of these cells takes.
    pub fn height(cells: &[Cell]) -> f32 {
        let lines = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        lines as f32 * LINE + PADDING * 2.0
    }

    /// Goes to a new page, with the head again, if `height` does not fit under `y`; tells whether it did.
    pub fn make_room(&self, canvas: &mut Canvas, y: f32, height: f32) -> (f32, bool) {
        if y + height <= self.area.bottom {
            return (y, false);
        }
        canvas.add_page();
        (self.head(canvas, self.area.top), true)
    }

    /// Draws a row; answers where the next one starts. The caller has made room.
    pub fn row(&self, canvas: &mut Canvas, y: f32, cells: &[Cell], rule: Rule) -> f32 {
        let height = Self::height(cells);
        let (left, right) = (self.area.left, self.area.left + self.area.width);
        match rule {
            Rule::None => {}
            Rule::Hair => canvas.line((left, y), (right, y), 0.5, 0.78),
            Rule::Band => canvas.fill((left - BLEED, y), (self.area.width + BLEED * 2.0, height), 0.94),
            Rule::Strong => canvas.line((left, y), (right, y), 0.9, 0.0),
        }
        let mut x = left;
        for (column, cell) in self.columns.iter().zip(cells) {
            for (number, (text, style)) in cell.iter().enumerate() {
                let baseline = y + PADDING + 8.8 + number as f32 * LINE;
                self.put(canvas, column, x, baseline, text, *style);
            }
            x += column.width;
        }
        y + height
    }

    fn put(&self, canvas: &mut Canvas, column: &Column, x: f32, y: f32, text: &str, style: Style) {
        match column.align {
            Align::Left => {
                canvas.text(x, y, text, style);
            }
            Align::Right => canvas.text_right(x + column.width - GUTTER, y, text, style),
        }
    }
}
