//! The three big squares of a code: places where dark and light alternate 1 : 1 : 3 : 1 : 1.

use crate::geometry::Point;
use crate::picture::Picture;

/// More squares than this are not one code in front of a person; the rest of the picture is not looked at.
const MAX_FINDERS: usize = 192;

/// A finder pattern.
#[derive(Debug, Clone, Copy)]
pub struct Finder {
    pub centre: Point,
    /// Mean size of a module along the axes of the picture.
    pub module: f32,
    /// How many scanned rows agree.
    pub hits: u32,
}

/// Fills `found` with the finder patterns of a picture, best supported first.
pub fn find_finders(picture: &Picture, row_step: usize, found: &mut Vec<Finder>) {
    found.clear();
    for y in (0..picture.height).step_by(row_step) {
        scan_row(picture, y, found);
        if found.len() >= MAX_FINDERS {
            break;
        }
    }
    found.sort_by_key(|b| std::cmp::Reverse(b.hits));
}

fn scan_row(picture: &Picture, y: usize, found: &mut Vec<Finder>) {
    let (pixels, thresholds) = picture.row(y);
    let mut runs = [0_u16; 5];
    let mut seen = 0_u32;
    let mut was_dark = false;
    let mut start = 0_usize;
    for (block, (eight, threshold)) in pixels.as_chunks::<8>().0.iter().zip(thresholds).enumerate() {
        let mut darks = 0_u8;
        for (i, pixel) in eight.iter().enumerate() {
            darks |= u8::from(pixel < threshold) << i;
        }
        let mut changes = darks ^ (darks << 1 | u8::from(was_dark));
        was_dark = darks & 0x80 != 0;
        while changes != 0 {
            let bit = changes.trailing_zeros();
            changes &= changes - 1;
            let x = block * 8 + bit as usize;
            runs = [runs[1], runs[2], runs[3], runs[4], (x - start) as u16];
            start = x;
            seen += 1;
            let ends_dark = darks >> bit & 1 == 0;
            if ends_dark && seen >= 5 && is_finder(&runs.map(f32::from)) {
                let after = f32::from(runs[4]) + f32::from(runs[3]) + f32::from(runs[2]) / 2.0;
                let centre = Point { x: x as f32 - after, y: y as f32 + 0.5 };
                let total = runs.iter().map(|run| f32::from(*run)).sum();
                if let Some(finder) = check(picture, centre, total) {
                    merge(found, finder);
                }
            }
        }
    }
}

/// Whether five runs, dark first, are near enough to 1 : 1 : 3 : 1 : 1.
fn is_finder(runs: &[f32; 5]) -> bool {
    let total: f32 = runs.iter().sum();
    if total < 7.0 {
        return false;
    }
    let module = total / 7.0;
    let slack = module * 0.5 + 0.6;
    (runs[2] - 3.0 * module).abs() < module * 1.3 + 0.6
        && [runs[0], runs[1], runs[3], runs[4]].iter().all(|run| (run - module).abs() < slack)
}

const DOWN: Point = Point { x: 0.0, y: 1.0 };
const RIGHT: Point = Point { x: 1.0, y: 0.0 };
const SLANTS: [Point; 2] = [Point { x: 0.707, y: 0.707 }, Point { x: 0.707, y: -0.707 }];

/// Looks at a candidate from the other directions and puts it into the middle.
fn check(picture: &Picture, centre: Point, across: f32) -> Option<Finder> {
    let (centre, down) = chord(picture, centre, DOWN, across)?;
    let (centre, right) = chord(picture, centre, RIGHT, across)?;
    if down > right * 2.0 || right > down * 2.0 {
        return None;
    }
    let slants = SLANTS.map(|slant| chord(picture, centre, slant, across).is_some());
    if slants == [false, false] {
        return None;
    }
    Some(Finder { centre, module: (down + right) / 14.0, hits: 1 })
}

/// The middle and the length of the finder pattern on a line through `centre`.
fn chord(picture: &Picture, centre: Point, direction: Point, across: f32) -> Option<(Point, f32)> {
    let reach = across * 1.5 + 4.0;
    let ahead = edges(picture, centre, direction, reach)?;
    let behind = edges(picture, centre, Point { x: -direction.x, y: -direction.y }, reach)?;
    let runs = [behind[2] - behind[1], behind[1] - behind[0], behind[0] + ahead[0], ahead[1] - ahead[0], ahead[2] - ahead[1]];
    let shift = (ahead[0] - behind[0] + ahead[2] - behind[2]) / 4.0;
    is_finder(&runs).then(|| (centre.plus(direction, shift), ahead[2] + behind[2]))
}

/// Distances from the centre of a finder pattern to the ends of its dark middle, light ring and dark ring.
pub fn edges(picture: &Picture, from: Point, direction: Point, reach: f32) -> Option<[f32; 3]> {
    let mut ends = [0.0; 3];
    let mut found = 0;
    let mut looks_for_dark = false;
    let mut far = 0.0;
    while far <= reach {
        let at = from.plus(direction, far);
        if picture.is_dark(at.x, at.y)? == looks_for_dark {
            // The change lies between the last step and this one.
            ends[found] = (far - 0.5).max(0.0);
            found += 1;
            if found == ends.len() {
                return Some(ends);
            }
            looks_for_dark = !looks_for_dark;
        }
        far += 1.0;
    }
    None
}

fn merge(found: &mut Vec<Finder>, new: Finder) {
    for old in found.iter_mut() {
        let near = old.module.max(new.module) * 1.5;
        let apart = new.centre.minus(old.centre);
        if apart.x.abs() < near && apart.y.abs() < near {
            let share = 1.0 / (old.hits + 1) as f32;
            old.centre = old.centre.plus(apart, share);
            old.module += (new.module - old.module) * share;
            old.hits += 1;
            return;
        }
    }
    if found.len() < MAX_FINDERS {
        found.push(new);
    }
}
