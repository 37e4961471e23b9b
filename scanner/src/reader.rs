//! The reader: one way of looking at each picture, another one at the next.

use crate::finders::{Finder, find_finders};
use crate::grid::{MAX_VERSION, Pattern, fit};
use crate::modules::Modules;
use crate::picture::{Ground, Picture, Plane, Sampling, Way};
use crate::triples::{Triple, combine};

/// Pictures wider or higher than this are refused.
pub const MAX_SIDE: usize = 4096;
/// Grids laid for one way of looking.
const MAX_GRIDS: usize = 24;

const fn way(sampling: Sampling, ground: Ground) -> Way {
    Way { sampling, ground }
}

/// The ways of looking, for one picture after the other. Chosen on made videos: each one adds badges that the
/// others miss (glare, low contrast, noise, blur), and no picture pays for all.
const WAYS: [&[Way]; 4] = [
    &[way(Sampling::Full, Ground::Edges { flat: 24 })],
    &[way(Sampling::Smooth, Ground::Edges { flat: 24 })],
    &[way(Sampling::Half, Ground::Mean { reach: 5 }), way(Sampling::Full, Ground::Edges { flat: 10 })],
    &[way(Sampling::Half, Ground::Edges { flat: 24 }), way(Sampling::Smooth, Ground::Mean { reach: 8 })],
];

/// Reads codes from a stream of pictures. Keeps its buffers between pictures.
#[derive(Debug)]
pub struct Reader {
    picture: Picture,
    finders: Vec<Finder>,
    triples: Vec<Triple>,
    modules: Modules,
    patterns: Vec<Pattern>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader without any picture yet.
    pub fn new() -> Self {
        Self {
            picture: Picture::default(),
            finders: Vec::new(),
            triples: Vec::new(),
            modules: Modules::default(),
            patterns: (1..=MAX_VERSION).map(Pattern::new).collect(),
        }
    }

    /// Reads the text of one code in a picture.
    ///
    /// `luma` holds `height` rows of `width` grey levels, `stride` bytes apart. `frame` counts the pictures of a
    /// stream: neighbouring ones are looked at in different ways (as they are, at half size, smoothed), because
    /// each way reads codes the others do not.
    pub fn read(&mut self, luma: &[u8], width: usize, height: usize, stride: usize, frame: u32) -> Option<String> {
        let too_large = width > MAX_SIDE || height > MAX_SIDE;
        if too_large || width == 0 || height == 0 || stride < width || luma.len() < stride * (height - 1) + width {
            return None;
        }
        let plane = Plane { luma, width, height, stride };
        WAYS[frame as usize % WAYS.len()].iter().find_map(|way| {
            self.picture.load(plane, *way);
            self.look(way.sampling)
        })
    }

    fn look(&mut self, sampling: Sampling) -> Option<String> {
        // At least four rows cross the middle of a finder pattern at 4 pixels a module.
        let row_step = if matches!(sampling, Sampling::Half) { 2 } else { 3 };
        if self.picture.is_empty() {
            return None;
        }
        find_finders(&self.picture, row_step, &mut self.finders);
        combine(&self.finders, &mut self.triples);
        let mut laid = 0;
        for triple in &self.triples {
            let version = (triple.modules_apart(&self.picture) - 10.0) / 4.0;
            let nearest = version.round().clamp(1.0, MAX_VERSION as f32);
            let second = if version > nearest { nearest + 1.0 } else { nearest - 1.0 };
            for candidate in [nearest, second] {
                let Some(pattern) = self.patterns.get((candidate as usize).wrapping_sub(1)) else { continue };
                if laid == MAX_GRIDS {
                    return None;
                }
                laid += 1;
                let Some(grid) = fit(&self.picture, triple, pattern) else { continue };
                if let Some(text) = self.modules.read(&self.picture, &grid) {
                    return Some(text);
                }
            }
        }
        None
    }
}
