//! The few questions we ask the layout tables of a font.

use ttf_parser::gpos::PairAdjustment;
use ttf_parser::gsub::SingleSubstitution;
use ttf_parser::opentype_layout::{LayoutTable, LookupSubtable};
use ttf_parser::{GlyphId, Tag};

/// What a font says under a feature, as `kern` or `tnum`.
pub fn subtables<T: LookupSubtable<'static>>(table: &LayoutTable<'static>, feature: &[u8; 4]) -> Vec<T> {
    let Some(feature) = table.features.find(Tag::from_bytes(feature)) else {
        return Vec::new();
    };
    let lookups = feature.lookup_indices.into_iter().filter_map(|index| table.lookups.get(index));
    lookups.flat_map(|lookup| lookup.subtables.into_iter::<T>()).collect()
}

/// The glyph that takes the place of a plain one.
pub fn substitute(single: &SingleSubstitution, plain: GlyphId) -> Option<GlyphId> {
    let index = single.coverage().get(plain)?;
    match single {
        SingleSubstitution::Format1 { delta, .. } => Some(GlyphId(plain.0.wrapping_add_signed(*delta))),
        SingleSubstitution::Format2 { substitutes, .. } => substitutes.get(index),
    }
}

/// How much two neighbours move together, in font units.
pub fn kern_in(pairs: &PairAdjustment, left: GlyphId, right: GlyphId) -> Option<i16> {
    let index = pairs.coverage().get(left)?;
    let values = match pairs {
        PairAdjustment::Format1 { sets, .. } => sets.get(index)?.get(right)?,
        PairAdjustment::Format2 { classes, matrix, .. } => matrix.get((classes.0.get(left), classes.1.get(right)))?,
    };
    Some(values.0.x_advance)
}
