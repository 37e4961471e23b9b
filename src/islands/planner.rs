//! What keys mean in the planner, and where they lead.

/// A way to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Left,
    Right,
    Up,
    Down,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Go(Way),
    /// Go, and choose what is passed.
    Extend(Way),
    First,
    Last,
    Open,
    Choose,
    /// What is chosen, so many days and minutes later.
    Move {
        days: i32,
        minutes: i32,
    },
    /// What is chosen, so many minutes longer.
    Stretch(i32),
    Cut,
    Copy,
    Paste,
    Duplicate,
    Assign,
    Split,
    New,
    Delete,
    Undo,
    Redo,
    Publish,
    Today,
    Before,
    After,
    Help,
    Escape,
}

/// The minutes that a key moves or stretches.
const STEP: i32 = 30;

fn way(key: &str) -> Option<Way> {
    Some(match key {
        "ArrowLeft" => Way::Left,
        "ArrowRight" => Way::Right,
        "ArrowUp" => Way::Up,
        "ArrowDown" => Way::Down,
        _ => return None,
    })
}

/// What a key asks for. `ctrl` is also the command key of a Mac.
pub fn wish(key: &str, alt: bool, ctrl: bool, shift: bool) -> Option<Wish> {
    if let Some(way) = way(key) {
        return match (alt, ctrl, shift) {
            (false, false, false) => Some(Wish::Go(way)),
            (false, false, true) => Some(Wish::Extend(way)),
            (true, false, false) => Some(match way {
                Way::Left => Wish::Move { days: -1, minutes: 0 },
                Way::Right => Wish::Move { days: 1, minutes: 0 },
                Way::Up => Wish::Move { days: 0, minutes: -STEP },
                Way::Down => Wish::Move { days: 0, minutes: STEP },
            }),
            (true, false, true) => match way {
                Way::Up => Some(Wish::Stretch(-STEP)),
                Way::Down => Some(Wish::Stretch(STEP)),
                _ => None,
            },
            _ => None,
        };
    }
    let lower = key.to_ascii_lowercase();
    if ctrl && !alt {
        return match (lower.as_str(), shift) {
            ("z", false) => Some(Wish::Undo),
            ("z", true) | ("y", false) => Some(Wish::Redo),
            _ => None,
        };
    }
    if alt || ctrl {
        return None;
    }
    Some(match lower.as_str() {
        "enter" | "e" => Wish::Open,
        " " => Wish::Choose,
        "home" => Wish::First,
        "end" => Wish::Last,
        "pageup" => Wish::Before,
        "pagedown" => Wish::After,
        "x" => Wish::Cut,
        "c" => Wish::Copy,
        "v" => Wish::Paste,
        "d" => Wish::Duplicate,
        "a" => Wish::Assign,
        "s" => Wish::Split,
        "n" => Wish::New,
        "delete" | "backspace" => Wish::Delete,
        "p" => Wish::Publish,
        "t" => Wish::Today,
        "?" => Wish::Help,
        "escape" => Wish::Escape,
        _ => return None,
    })
}

/// Where something stands on the sheet, in pixels, and in which row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub row: usize,
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Spot {
    fn middle(&self) -> (f64, f64) {
        (self.left + self.width / 2.0, self.top + self.height / 2.0)
    }
}

/// Which spot an arrow key leads to: sideways in the same row, up and down in the same column, always the nearest.
pub fn nearest(from: &Spot, all: &[Spot], way: Way) -> Option<usize> {
    let (x, y) = from.middle();
    let mut best: Option<(usize, f64)> = None;
    for (n, spot) in all.iter().enumerate() {
        let (to_x, to_y) = spot.middle();
        let (dx, dy) = (to_x - x, to_y - y);
        // In a stack, what is above or below is not beside.
        let beside = spot.row == from.row && dx.abs() >= (from.width.min(spot.width) / 2.0).max(1.0);
        let apart = dy.abs() >= (from.height.min(spot.height) / 2.0).max(1.0)
            && spot.left < from.left + from.width
            && spot.left + spot.width > from.left;
        let cost = match way {
            Way::Left if beside && dx < 0.0 => -dx * 8.0 + dy.abs(),
            Way::Right if beside && dx > 0.0 => dx * 8.0 + dy.abs(),
            Way::Up if apart && dy < 0.0 => -dy * 8.0 + dx.abs(),
            Way::Down if apart && dy > 0.0 => dy * 8.0 + dx.abs(),
            _ => continue,
        };
        if best.is_none_or(|(_, least)| cost < least) {
            best = Some((n, cost));
        }
    }
    best.map(|(n, _)| n)
}

/// The minutes that an edge was dragged by, to the quarter: `quarter` pixels wide.
pub fn dragged_minutes(pixels: f64, quarter: f64) -> i32 {
    if quarter < 1.0 { 0 } else { ((pixels / quarter).round() as i32).saturating_mul(15) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_one_thing_each() {
        let plain = |key| wish(key, false, false, false);
        assert_eq!(plain("ArrowLeft"), Some(Wish::Go(Way::Left)));
        assert_eq!(plain("Enter"), Some(Wish::Open));
        assert_eq!(plain("X"), Some(Wish::Cut));
        assert_eq!(plain("?"), Some(Wish::Help));
        assert_eq!(plain("Tab"), None);
        assert_eq!(wish("?", false, false, true), Some(Wish::Help), "it takes shift on most keyboards");
        assert_eq!(wish("ArrowDown", false, false, true), Some(Wish::Extend(Way::Down)));
        assert_eq!(wish("ArrowRight", true, false, false), Some(Wish::Move { days: 1, minutes: 0 }));
        assert_eq!(wish("ArrowUp", true, false, false), Some(Wish::Move { days: 0, minutes: -30 }));
        assert_eq!(wish("ArrowDown", true, false, true), Some(Wish::Stretch(30)));
        assert_eq!(wish("z", false, true, false), Some(Wish::Undo));
        assert_eq!(wish("Z", false, true, true), Some(Wish::Redo));
        assert_eq!(wish("y", false, true, false), Some(Wish::Redo));
        for (key, alt, ctrl) in
            [("c", false, true), ("v", false, true), ("p", false, true), ("d", true, false), ("ArrowLeft", false, true)]
        {
            assert_eq!(wish(key, alt, ctrl, false), None, "{key} belongs to the browser");
        }
    }

    /// Three columns of 100 px; the first row has two things stacked in its second cell.
    fn sheet() -> Vec<Spot> {
        let spot = |row, left, top, height| Spot { row, left, top, width: 100.0, height };
        vec![
            spot(0, 0.0, 0.0, 80.0),
            spot(0, 100.0, 0.0, 38.0),
            spot(0, 100.0, 42.0, 38.0),
            spot(0, 200.0, 0.0, 80.0),
            spot(1, 0.0, 90.0, 40.0),
            spot(1, 100.0, 90.0, 40.0),
        ]
    }

    #[test]
    fn arrows_lead_to_the_nearest() {
        let all = sheet();
        let go = |from: usize, way| nearest(&all[from], &all, way);
        assert_eq!(go(0, Way::Right), Some(1));
        assert_eq!(go(1, Way::Down), Some(2));
        assert_eq!(go(2, Way::Down), Some(5));
        assert_eq!(go(5, Way::Up), Some(2));
        assert_eq!(go(2, Way::Right), Some(3));
        assert_eq!(go(3, Way::Left), Some(1), "the upper of two that are as near");
        assert_eq!(go(0, Way::Left), None);
        assert_eq!(go(4, Way::Down), None);
        assert_eq!(go(5, Way::Left), Some(4));
    }

    #[test]
    fn edges_snap_to_quarters() {
        assert_eq!(dragged_minutes(40.0, 10.0), 60);
        assert_eq!(dragged_minutes(-14.0, 10.0), -15);
        assert_eq!(dragged_minutes(4.0, 10.0), 0);
        assert_eq!(dragged_minutes(40.0, 0.0), 0);
    }
}
