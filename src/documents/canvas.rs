//! A paper to draw on: A4 pages, text, lines and rectangles over the PDF writer's operations.
//!
//! Points (1/72 inch) from the top left corner; greys only, so that a sheet prints the same in black and white.
//! Pages stay open until [`finish`](Canvas::finish): page numbers are written once their count is known.

use printpdf::{
    Codepoint, Color, FontId, Greyscale, Line, LinePoint, Mm, Op, PaintMode, PdfFont, PdfFontHandle, PdfPage, Point, Pt, Rect,
    TextItem, TextMatrix,
};
use subsetter::GlyphRemapper;

use super::DocumentError;
use super::fonts::{Typeface, Weight};
use super::lines;
use super::pdf_file::{self, Properties};

pub const PAGE_WIDTH: f32 = 595.276;
pub const PAGE_HEIGHT: f32 = 841.89;

const A4: (Mm, Mm) = (Mm(210.0), Mm(297.0));

/// Weight, size in points, and grey from 0 (black) to 1 (paper).
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub weight: Weight,
    pub size: f32,
    pub grey: f32,
}

impl Style {
    pub const fn regular(size: f32) -> Self {
        Self { weight: Weight::Regular, size, grey: 0.0 }
    }

    pub const fn bold(size: f32) -> Self {
        Self { weight: Weight::Bold, size, grey: 0.0 }
    }

    /// Ink for what goes with the main words; still 7:1 on white.
    pub const fn soft(self) -> Self {
        Self { grey: 0.33, ..self }
    }
}

struct UsedFont {
    id: FontId,
    typeface: &'static Typeface,
    glyphs: GlyphRemapper,
}

pub struct Canvas {
    regular: UsedFont,
    bold: UsedFont,
    pages: Vec<Vec<Op>>,
    page: usize,
    bookmarks: Vec<(String, usize)>,
}

impl Canvas {
    pub fn new() -> Result<Self, DocumentError> {
        let font = |weight, id: &str| {
            let typeface = Typeface::get(weight)?;
            Ok::<_, DocumentError>(UsedFont { id: FontId(id.to_owned()), typeface, glyphs: GlyphRemapper::new() })
        };
        let (regular, bold) = (font(Weight::Regular, "Regular")?, font(Weight::Bold, "Bold")?);
        Ok(Self { regular, bold, pages: Vec::new(), page: 0, bookmarks: Vec::new() })
    }

    pub fn add_page(&mut self) {
        self.pages.push(Vec::new());
        self.page = self.pages.len() - 1;
    }

    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// Goes back to a page, to write its number.
    pub fn turn_to(&mut self, page: usize) {
        self.page = page.min(self.pages.len().saturating_sub(1));
    }

    /// Names the current page in the outline of the document.
    pub fn bookmark(&mut self, name: &str) {
        self.bookmarks.push((name.to_owned(), self.page));
    }

    pub fn width(&self, text: &str, style: Style) -> f32 {
        let typeface = self.font(style.weight).typeface;
        typeface.width(&typeface.printable(text)) * style.size / 1000.0
    }

    /// Writes one line; `y` is the baseline. Answers where the text ends.
    pub fn text(&mut self, x: f32, y: f32, text: &str, style: Style) -> f32 {
        let font = if style.weight == Weight::Bold { &mut self.bold } else { &mut self.regular };
        let scale = font.typeface.scale();
        let mut width = 0.0;
        let mut codes = Vec::with_capacity(text.len());
        for glyph in font.typeface.shape(&font.typeface.printable(text)) {
            width += font.typeface.thousandths(&glyph);
            let code = font.glyphs.remap(glyph.id);
            codes.push(Codepoint::with_cid(code, -f32::from(glyph.kerning) * scale, glyph.character.to_string()));
        }
        if codes.is_empty() {
            return x;
        }
        let font = PdfFontHandle::External(font.id.clone());
        self.draw([
            Op::SetFillColor { col: grey(style.grey) },
            Op::StartTextSection,
            Op::SetFont { font, size: Pt(style.size) },
            Op::SetTextMatrix { matrix: TextMatrix::Translate(Pt(x), Pt(PAGE_HEIGHT - y)) },
            Op::ShowText { items: vec![TextItem::GlyphIds(codes)] },
            Op::EndTextSection,
        ]);
        x + width * style.size / 1000.0
    }

    /// Writes one line that ends at `right`.
    pub fn text_right(&mut self, right: f32, y: f32, text: &str, style: Style) {
        let x = right - self.width(text, style);
        self.text(x, y, text, style);
    }

    /// Breaks a text into lines of at most `width`; what exceeds `max_lines` becomes an ellipsis.
    pub fn wrap(&self, text: &str, style: Style, width: f32, max_lines: usize) -> Vec<String> {
        lines::wrap(self.font(style.weight).typeface, text, width * 1000.0 / style.size, max_lines)
    }

    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), thickness: f32, shade: f32) {
        let points = [from, to].map(|(x, y)| LinePoint { p: Point { x: Pt(x), y: Pt(PAGE_HEIGHT - y) }, bezier: false });
        self.draw([
            Op::SetOutlineColor { col: grey(shade) },
            Op::SetOutlineThickness { pt: Pt(thickness) },
            Op::DrawLine { line: Line { points: points.to_vec(), is_closed: false } },
        ]);
    }

    /// A filled rectangle, from its top left corner.
    pub fn fill(&mut self, at: (f32, f32), size: (f32, f32), shade: f32) {
        let rectangle = rectangle(at, size, PaintMode::Fill);
        self.draw([Op::SetFillColor { col: grey(shade) }, Op::DrawRectangle { rectangle }]);
    }

    /// The outline of a rectangle, from its top left corner.
    pub fn frame(&mut self, at: (f32, f32), size: (f32, f32), thickness: f32, shade: f32) {
        let rectangle = rectangle(at, size, PaintMode::Stroke);
        self.draw([
            Op::SetOutlineColor { col: grey(shade) },
            Op::SetOutlineThickness { pt: Pt(thickness) },
            Op::DrawRectangle { rectangle },
        ]);
    }

    /// The bytes of the document.
    ///
    /// # Errors
    /// A damaged typeface, an impossible date, or a refusal of the PDF writer.
    pub fn finish(self, properties: &Properties) -> Result<Vec<u8>, DocumentError> {
        let mut document = pdf_file::open(properties)?;
        for font in [&self.regular, &self.bold] {
            document.resources.fonts.map.insert(font.id.clone(), PdfFont::new(font.typeface.subset(&font.glyphs)?));
        }
        for (name, page) in &self.bookmarks {
            document.add_bookmark(name, page + 1);
        }
        document.with_pages(self.pages.into_iter().map(|ops| PdfPage::new(A4.0, A4.1, ops)).collect());
        pdf_file::write(&document, properties.language)
    }

    fn font(&self, weight: Weight) -> &UsedFont {
        if weight == Weight::Bold { &self.bold } else { &self.regular }
    }

    fn draw<const N: usize>(&mut self, operations: [Op; N]) {
        if let Some(page) = self.pages.get_mut(self.page) {
            page.extend(operations);
        }
    }
}

fn grey(shade: f32) -> Color {
    Color::Greyscale(Greyscale::new(shade, None))
}

fn rectangle(at: (f32, f32), size: (f32, f32), mode: PaintMode) -> Rect {
    let mut rectangle = Rect::from_xywh(Pt(at.0), Pt(PAGE_HEIGHT - at.1 - size.1), Pt(size.0), Pt(size.1));
    rectangle.mode = Some(mode);
    rectangle
}
