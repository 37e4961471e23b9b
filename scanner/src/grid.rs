//! Laying the module grid over the picture.

use crate::geometry::{Point, Projection};
use crate::picture::Picture;
use crate::triples::Triple;

/// The largest version that is looked for.
pub const MAX_VERSION: usize = 10;

/// Steps of the search for the fourth corner, in modules.
const COARSE: i8 = 4;

/// Agreement of the known cells, from -1 to 1, below which a first guess cannot be saved.
const HOPELESS: f32 = 0.12;
/// Agreement from which the unknown cells are worth reading.
const ENOUGH: f32 = 0.25;

/// The cells every code of a version has in common, with 1 for dark and -1 for light.
#[derive(Debug)]
pub struct Pattern {
    pub size: usize,
    cells: Vec<(f32, f32, f32)>,
}

impl Pattern {
    /// The finder patterns, the timing lines and the last alignment pattern of a version.
    pub fn new(version: usize) -> Self {
        let size = 17 + 4 * version;
        let mut cells = Vec::new();
        let last = size as i32 - 7;
        for (left, top) in [(0, 0), (last, 0), (0, last)] {
            for row in -1..8 {
                for column in -1..8 {
                    let (x, y) = (left + column, top + row);
                    let inside = |at: i32| at >= 0 && (at as usize) < size;
                    if inside(x) && inside(y) {
                        let ring = (column - 3_i32).abs().max((row - 3_i32).abs());
                        cells.push(cell(x, y, ring != 2 && ring != 4));
                    }
                }
            }
        }
        for at in 8..last - 1 {
            cells.push(cell(at, 6, at % 2 == 0));
            cells.push(cell(6, at, at % 2 == 0));
        }
        if version > 1 {
            for row in -2..3_i32 {
                for column in -2..3_i32 {
                    let ring = column.abs().max(row.abs());
                    cells.push(cell(last + column, last + row, ring != 1));
                }
            }
        }
        Self { size, cells }
    }
}

fn cell(column: i32, row: i32, is_dark: bool) -> (f32, f32, f32) {
    (column as f32 + 0.5, row as f32 + 0.5, if is_dark { 1.0 } else { -1.0 })
}

/// A grid laid over a picture.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    pub size: usize,
    pub projection: Projection,
}

/// Lays the grid of a version so that the known cells agree as well as they can; `None` when they do not.
pub fn fit(picture: &Picture, triple: &Triple, pattern: &Pattern) -> Option<Grid> {
    let (a, b, d) = (triple.top_left, triple.top_right, triple.bottom_left);
    let span = pattern.size as f32 - 7.0;
    let right = scaled(b.minus(a), 1.0 / span);
    let below = scaled(d.minus(a), 1.0 / span);
    let contrast = contrast(picture, triple, right, below);
    let judge = |corners: &[Point; 4]| agreement(picture, pattern, corners, contrast);

    // Perspective moves the fourth corner most; the other three are known within a pixel.
    let flat = [a, b, d, b.plus(d.minus(a), 1.0)];
    let mut best = flat;
    let mut agreed = judge(&best);
    let step = span / 18.0;
    for i in -COARSE..=COARSE {
        for j in -COARSE..=COARSE {
            let mut tried = flat;
            tried[3] = tried[3].plus(right, f32::from(i) * step).plus(below, f32::from(j) * step);
            let found = judge(&tried);
            if found > agreed {
                (best, agreed) = (tried, found);
            }
        }
    }
    if agreed < HOPELESS {
        return None;
    }
    for part in [0.5, 0.25, 0.25, 0.12] {
        for corner in [3, 0, 1, 2] {
            for (axis, sign) in [(right, part), (right, -part), (below, part), (below, -part)] {
                let mut tried = best;
                tried[corner] = tried[corner].plus(axis, sign);
                let found = judge(&tried);
                if found > agreed {
                    (best, agreed) = (tried, found);
                }
            }
        }
    }
    (agreed >= ENOUGH).then(|| Grid { size: pattern.size, projection: Projection::new(&best, pattern.size) })
}

fn scaled(vector: Point, by: f32) -> Point {
    Point { x: vector.x * by, y: vector.y * by }
}

/// A quarter of the grey levels between the middle and the light ring of the finder patterns.
fn contrast(picture: &Picture, triple: &Triple, right: Point, below: Point) -> f32 {
    let mut sum = 0.0;
    for centre in [triple.top_left, triple.top_right, triple.bottom_left] {
        let ring = [(right, 2.0), (right, -2.0), (below, 2.0), (below, -2.0)].map(|(axis, far)| {
            let at = centre.plus(axis, far);
            picture.at(at.x, at.y).0
        });
        sum += ring.iter().sum::<f32>() / 4.0 - picture.at(centre.x, centre.y).0;
    }
    (sum / 12.0).max(4.0)
}

fn agreement(picture: &Picture, pattern: &Pattern, corners: &[Point; 4], contrast: f32) -> f32 {
    let projection = Projection::new(corners, pattern.size);
    let over = 1.0 / contrast;
    let mut sum = 0.0;
    for (column, row, sign) in &pattern.cells {
        let at = projection.place(*column, *row);
        let (level, threshold) = picture.at(at.x, at.y);
        sum += ((threshold - level) * over).clamp(-1.0, 1.0) * sign;
    }
    sum / pattern.cells.len() as f32
}
