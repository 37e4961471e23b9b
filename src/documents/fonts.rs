//! The typeface of documents: Inter, one variable file, read once per process.
//!
//! Says how wide a text is and which glyphs draw it. Digits are always tabular, so that hours line up.
//! A character the typeface does not have is written in Latin letters, or as its code point: never as an empty box.

use std::sync::LazyLock;

use printpdf::{FontMetrics, FontType, ParsedFont, PdfFontMetricsStub};
use subsetter::{GlyphRemapper, subset_with_variations};
use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::gsub::SubstitutionSubtable;
use ttf_parser::{Face, GlyphId, Tag};
use unicode_normalization::UnicodeNormalization;

use super::DocumentError;
use super::opentype::{kern_in, substitute, subtables};

const INTER: &[u8] = ttf_inter::REGULAR;
const WEIGHT_AXIS: Tag = Tag::from_bytes(b"wght");

static REGULAR: LazyLock<Option<Typeface>> = LazyLock::new(|| Typeface::at_weight(400));
static BOLD: LazyLock<Option<Typeface>> = LazyLock::new(|| Typeface::at_weight(600));

/// The two weights a document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// A character ready to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Glyph {
    pub id: u16,
    pub character: char,
    /// In font units.
    pub advance: u16,
    /// Correction towards the next glyph, in font units.
    pub kerning: i16,
}

pub struct Typeface {
    face: Face<'static>,
    weight: u16,
    digits: [Option<GlyphId>; 10],
    kerning: Vec<PairAdjustment<'static>>,
}

impl Typeface {
    /// The typeface at this weight.
    ///
    /// # Errors
    /// Fails only if the file shipped with the product is damaged.
    pub fn get(weight: Weight) -> Result<&'static Self, DocumentError> {
        let typeface = match weight {
            Weight::Regular => &*REGULAR,
            Weight::Bold => &*BOLD,
        };
        typeface.as_ref().ok_or(DocumentError::Typeface("it cannot be read"))
    }

    fn at_weight(weight: u16) -> Option<Self> {
        let mut face = Face::parse(INTER, 0).ok()?;
        face.set_variation(WEIGHT_AXIS, f32::from(weight))?;
        let mut typeface = Self { face, weight, digits: [None; 10], kerning: Vec::new() };
        typeface.digits = typeface.find_tabular_digits();
        typeface.kerning = typeface.find_kerning();
        Some(typeface)
    }

    /// Thousandths of an em the text takes, as PDF viewers will add them up.
    pub fn width(&self, text: &str) -> f32 {
        self.shape(text).iter().map(|glyph| self.thousandths(glyph)).sum()
    }

    /// The glyphs of a text that went through [`printable`](Self::printable).
    pub fn shape(&self, text: &str) -> Vec<Glyph> {
        let mut glyphs: Vec<Glyph> = Vec::with_capacity(text.len());
        for character in text.chars() {
            let Some(id) = self.glyph(character) else {
                continue;
            };
            if let Some(previous) = glyphs.last_mut() {
                previous.kerning = self.kern(GlyphId(previous.id), id);
            }
            glyphs.push(Glyph { id: id.0, character, advance: self.advance(id), kerning: 0 });
        }
        glyphs
    }

    /// The width of a glyph and its kerning. The PDF writer cuts widths to whole thousandths, and so do we.
    pub fn thousandths(&self, glyph: &Glyph) -> f32 {
        (f32::from(glyph.advance) * self.scale()).trunc() + f32::from(glyph.kerning) * self.scale()
    }

    /// Thousandths of an em in one font unit.
    pub fn scale(&self) -> f32 {
        1000.0 / f32::from(self.face.units_per_em())
    }

    /// Rewrites a text so that every character of it has a glyph.
    pub fn printable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for character in text.nfc() {
            if is_invisible(character) {
                continue;
            }
            let blank = character.is_control() || character.is_whitespace() && self.glyph(character).is_none();
            let character = if blank { ' ' } else { character };
            if character == ' ' && out.ends_with(' ') {
                continue;
            }
            if self.glyph(character).is_some() {
                out.push(character);
            } else {
                self.push_replacement(character, &mut out);
            }
        }
        out.truncate(out.trim_end().len());
        out
    }

    fn push_replacement(&self, character: char, out: &mut String) {
        match deunicode::deunicode_char(character) {
            Some(latin) if !latin.trim().is_empty() && latin.chars().all(|c| self.glyph(c).is_some()) => out.push_str(latin),
            _ => out.push_str(&format!("[U+{:04X}]", u32::from(character))),
        }
    }

    fn glyph(&self, character: char) -> Option<GlyphId> {
        let digit = character.to_digit(10).and_then(|digit| self.digits.get(digit as usize).copied().flatten());
        digit.or_else(|| self.face.glyph_index(character)).filter(|id| id.0 != 0)
    }

    fn advance(&self, id: GlyphId) -> u16 {
        self.face.glyph_hor_advance(id).unwrap_or(0)
    }

    fn kern(&self, left: GlyphId, right: GlyphId) -> i16 {
        self.kerning.iter().find_map(|pairs| kern_in(pairs, left, right)).unwrap_or(0)
    }

    fn find_tabular_digits(&self) -> [Option<GlyphId>; 10] {
        let table = self.face.tables().gsub;
        let substitutions = table.map(|table| subtables::<SubstitutionSubtable>(&table, b"tnum")).unwrap_or_default();
        let mut digits = [None; 10];
        for (slot, character) in digits.iter_mut().zip('0'..='9') {
            let Some(plain) = self.face.glyph_index(character) else {
                continue;
            };
            *slot = substitutions.iter().find_map(|substitution| match substitution {
                SubstitutionSubtable::Single(single) => substitute(single, plain),
                _ => None,
            });
        }
        digits
    }

    fn find_kerning(&self) -> Vec<PairAdjustment<'static>> {
        let table = self.face.tables().gpos;
        let positions = table.map(|table| subtables::<PositioningSubtable>(&table, b"kern")).unwrap_or_default();
        let pairs = positions.into_iter().filter_map(|position| match position {
            PositioningSubtable::Pair(pair) => Some(pair),
            _ => None,
        });
        pairs.collect()
    }

    /// The font program that holds these glyphs only, under the numbers the remapper gave them.
    ///
    /// # Errors
    /// Fails only if the file shipped with the product is damaged.
    pub fn subset(&self, glyphs: &GlyphRemapper) -> Result<ParsedFont, DocumentError> {
        let coordinates = [(subsetter::Tag::new(b"wght"), f32::from(self.weight))];
        let bytes = subset_with_variations(INTER, 0, &coordinates, glyphs)
            .map_err(|_| DocumentError::Typeface("it cannot be reduced"))?;
        let glyph_widths = glyphs.remapped_gids().enumerate();
        let glyph_widths = glyph_widths.map(|(new, old)| (new as u16, self.advance(GlyphId(old)))).collect();
        let bounds = self.face.global_bounding_box();
        let units_per_em = self.face.units_per_em();
        Ok(ParsedFont {
            original_bytes: bytes,
            font_index: 0,
            font_name: Some(if self.weight > 400 { "REGIEB+Inter-SemiBold" } else { "REGIEA+Inter-Regular" }.to_owned()),
            codepoint_to_glyph: Default::default(),
            glyph_widths,
            units_per_em,
            font_metrics: FontMetrics { ascent: self.face.ascender(), descent: self.face.descender() },
            font_type: FontType::TrueType,
            pdf_font_metrics: PdfFontMetricsStub {
                units_per_em,
                x_min: bounds.x_min,
                y_min: bounds.y_min,
                x_max: bounds.x_max,
                y_max: bounds.y_max,
                us_weight_class: self.weight,
                ..Default::default()
            },
        })
    }
}

/// Characters that draw nothing: soft hyphen, joiners, direction marks, byte order mark, variation selectors.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regular() -> &'static Typeface {
        Typeface::get(Weight::Regular).unwrap()
    }

    #[test]
    fn digits_have_all_the_same_width() {
        let widths: Vec<f32> = ('0'..='9').map(|digit| regular().width(&digit.to_string())).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{widths:?}");
    }

    #[test]
    fn letters_are_kerned_and_bold_is_wider() {
        assert!(regular().width("AV") < regular().width("A") + regular().width("V"));
        assert!(Typeface::get(Weight::Bold).unwrap().width("Heures") > regular().width("Heures"));
    }

    #[test]
    fn european_letters_print_as_they_are() {
        let text = "Éléonore Cœur-Œuvré, Łukasz Żółć, Dvořák, Ærø, Ngô Đình, Юлия Ђорђевић, Ελένη";
        assert_eq!(regular().printable(text), text);
        let signs = "12 € → 7\u{a0}h\u{a0}30 − « n’est » 16–22 · …";
        assert_eq!(regular().printable(signs), signs);
    }

    #[test]
    fn an_accent_typed_apart_joins_its_letter() {
        assert_eq!(regular().printable("Zoe\u{301}"), "Zoé");
    }

    #[test]
    fn a_character_without_glyph_stays_readable() {
        assert_eq!(regular().printable("王芳 de Lyon"), "Wang Fang de Lyon");
        assert_eq!(regular().printable("ليلى"), "lyl~");
        assert_eq!(regular().printable("a\u{10ffff}b"), "a[U+10FFFF]b");
        assert_eq!(regular().printable("tab\tligne\nfin\u{200b}\u{ad}"), "tab ligne fin");
    }
}
