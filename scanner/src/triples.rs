//! Which three finder patterns can belong to one code.

use crate::finders::{Finder, edges};
use crate::geometry::Point;
use crate::picture::Picture;

/// Finder patterns that are combined, best supported first.
const MAX_COMBINED: usize = 30;
/// Combinations that are looked at closely.
const MAX_TRIPLES: usize = 14;

/// Three finder patterns in the places they have in a code.
#[derive(Debug, Clone, Copy)]
pub struct Triple {
    pub top_left: Point,
    pub top_right: Point,
    pub bottom_left: Point,
    /// Size of a module along the axes of the picture.
    module: f32,
    /// How far from a square; the smaller the better.
    strain: f32,
}

/// Fills `triples` with the likely combinations, best first.
pub fn combine(finders: &[Finder], triples: &mut Vec<Triple>) {
    triples.clear();
    let finders = &finders[..finders.len().min(MAX_COMBINED)];
    for (i, a) in finders.iter().enumerate() {
        for (j, b) in finders.iter().enumerate().skip(i + 1) {
            if a.module > b.module * 1.7 || b.module > a.module * 1.7 {
                continue;
            }
            for c in &finders[j + 1..] {
                triples.extend(Triple::new(a, b, c));
            }
        }
    }
    triples.sort_by(|a, b| a.strain.total_cmp(&b.strain));
    triples.truncate(MAX_TRIPLES);
}

impl Triple {
    fn new(a: &Finder, b: &Finder, c: &Finder) -> Option<Self> {
        let (ab, bc, ca) =
            (a.centre.minus(b.centre).length(), b.centre.minus(c.centre).length(), c.centre.minus(a.centre).length());
        // The corner of the code is opposite to the longest side.
        let (corner, one, other) = if ab >= bc && ab >= ca {
            (c, a, b)
        } else if bc >= ca {
            (a, b, c)
        } else {
            (b, c, a)
        };
        let (u, v) = (one.centre.minus(corner.centre), other.centre.minus(corner.centre));
        let (long, short) = (u.length().max(v.length()), u.length().min(v.length()));
        let module = (a.module + b.module + c.module) / 3.0;
        let spread = a.module.max(b.module).max(c.module) / a.module.min(b.module).min(c.module);
        if short < module * 8.0 || long > module * 72.0 || long > short * 1.7 || spread > 1.8 {
            return None;
        }
        let cosine = u.dot(v) / (long * short);
        if cosine.abs() > 0.5 {
            return None;
        }
        let strain = (long / short - 1.0) + cosine.abs() + (spread - 1.0);
        let (right, below) = if u.cross(v) > 0.0 { (one, other) } else { (other, one) };
        Some(Self { top_left: corner.centre, top_right: right.centre, bottom_left: below.centre, module, strain })
    }

    /// Modules from finder centre to finder centre, by the sizes of the squares along the sides of the code.
    pub fn modules_apart(&self, picture: &Picture) -> f32 {
        let right = self.side(picture, self.top_left, self.top_right);
        let below = self.side(picture, self.top_left, self.bottom_left);
        (right + below) / 2.0
    }

    fn side(&self, picture: &Picture, from: Point, to: Point) -> f32 {
        let way = to.minus(from);
        let length = way.length();
        let one = Point { x: way.x / length, y: way.y / length };
        // A chord along a picture axis is longer than the side it crosses at an angle.
        let guess = self.module * one.x.abs().max(one.y.abs());
        let widths = [from, to].map(|centre| width_along(picture, centre, one, guess).unwrap_or(guess));
        length / ((widths[0] + widths[1]) / 2.0)
    }
}

fn width_along(picture: &Picture, centre: Point, one: Point, guess: f32) -> Option<f32> {
    let reach = guess * 6.0 + 3.0;
    let ahead = edges(picture, centre, one, reach)?;
    let behind = edges(picture, centre, Point { x: -one.x, y: -one.y }, reach)?;
    let width = (ahead[2] + behind[2]) / 7.0;
    (width < guess * 1.6 && width > guess * 0.6).then_some(width)
}
