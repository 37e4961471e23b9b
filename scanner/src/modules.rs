//! From a grid over the picture to the words of the code.

use quircs::Code;

use crate::grid::Grid;
use crate::picture::Picture;

/// How much of the difference to its neighbours is added to a module, against blur. The first one is plain.
const SHARPENINGS: [f32; 3] = [0.0, 0.22, 0.5];
/// Modules on each side that decide what is dark around a module.
const REACH: usize = 3;
/// Where a module is sampled, from its corner.
const SPOTS: [f32; 3] = [0.28, 0.5, 0.72];

/// Buffers of sampled modules.
#[derive(Debug, Default)]
pub struct Modules {
    levels: Vec<f32>,
    thresholds: Vec<f32>,
    sharp: Vec<f32>,
}

impl Modules {
    /// Reads the text under a grid.
    pub fn read(&mut self, picture: &Picture, grid: &Grid) -> Option<String> {
        let size = grid.size;
        self.sample(picture, grid);
        if let Some(text) = decode(size, |at| self.levels[at] < self.thresholds[at]) {
            return Some(text);
        }
        for sharpening in SHARPENINGS {
            self.sharpen(size, sharpening);
            self.set_local_thresholds(size);
            if let Some(text) = decode(size, |at| self.sharp[at] < self.thresholds[at]) {
                return Some(text);
            }
        }
        // Some front cameras deliver a mirrored picture.
        decode(size, |at| {
            let turned = (at % size) * size + at / size;
            self.sharp[turned] < self.thresholds[turned]
        })
    }

    fn sample(&mut self, picture: &Picture, grid: &Grid) {
        self.levels.clear();
        self.thresholds.clear();
        for row in 0..grid.size {
            for column in 0..grid.size {
                let (mut level, mut threshold) = (0.0, 0.0);
                for dy in SPOTS {
                    for dx in SPOTS {
                        let at = grid.projection.place(column as f32 + dx, row as f32 + dy);
                        let (here, limit) = picture.at(at.x, at.y);
                        level += here;
                        threshold += limit;
                    }
                }
                self.levels.push(level);
                self.thresholds.push(threshold);
            }
        }
    }

    fn sharpen(&mut self, size: usize, sharpening: f32) {
        self.sharp.clear();
        for row in 0..size {
            for column in 0..size {
                let here = self.levels[row * size + column];
                let mut around = 0.0;
                for (x, y) in [
                    (column.saturating_sub(1), row),
                    ((column + 1).min(size - 1), row),
                    (column, row.saturating_sub(1)),
                    (column, (row + 1).min(size - 1)),
                ] {
                    around += here - self.levels[y * size + x];
                }
                self.sharp.push(here + around * sharpening);
            }
        }
    }

    fn set_local_thresholds(&mut self, size: usize) {
        self.thresholds.clear();
        for row in 0..size {
            for column in 0..size {
                let (mut low, mut high) = (f32::MAX, f32::MIN);
                for y in row.saturating_sub(REACH)..(row + REACH + 1).min(size) {
                    for x in column.saturating_sub(REACH)..(column + REACH + 1).min(size) {
                        let level = self.sharp[y * size + x];
                        low = low.min(level);
                        high = high.max(level);
                    }
                }
                self.thresholds.push((low + high) / 2.0);
            }
        }
    }
}

fn decode(size: usize, is_dark: impl Fn(usize) -> bool) -> Option<String> {
    let mut code = Code { size: size as i32, ..Code::default() };
    for at in 0..size * size {
        code.cell_bitmap[at / 8] |= u8::from(is_dark(at)) << (at % 8);
    }
    let data = code.decode().ok()?;
    String::from_utf8(data.payload).ok().filter(|text| !text.is_empty())
}
