//! Pictures made to keep a reader busy. None of them holds a code.

use super::video::{badge_code, badge_text};
use super::{Dice, HEIGHT, WIDTH};

/// A sheet of finder patterns, edge to edge.
pub fn bullseyes(module: usize) -> Vec<u8> {
    sheet(module, 8, |x, y| {
        let ring = (x as i32 - 3).abs().max((y as i32 - 3).abs());
        ring != 2 && ring < 4
    })
}

/// A sheet of badges with a third of their data turned over: each can be found, none can be read.
pub fn broken_codes(module: usize) -> Vec<u8> {
    let mut d = Dice(module as u64);
    let mut code = badge_code(&badge_text(&mut d));
    for row in 9..25 {
        for column in 9..25 {
            if (row + column) % 2 == 0 {
                code[row * 25 + column] ^= true;
            }
        }
    }
    sheet(module, 29, |x, y| x < 25 && y < 25 && code[y * 25 + x])
}

/// Finder patterns of the right size strewn over noise.
pub fn strewn(module: usize) -> Vec<u8> {
    let mut d = Dice(77 + module as u64);
    let mut picture: Vec<u8> = (0..WIDTH * HEIGHT).map(|_| if d.unit() < 0.5 { 30 } else { 225 }).collect();
    for _ in 0..400 {
        let (left, top) = (d.below(WIDTH - 9 * module), d.below(HEIGHT - 9 * module));
        for y in 0..9 * module {
            for x in 0..9 * module {
                let ring = ((x / module) as i32 - 4).abs().max(((y / module) as i32 - 4).abs());
                let dark = ring != 2 && ring != 4;
                picture[(top + y) * WIDTH + left + x] = if dark { 30 } else { 225 };
            }
        }
    }
    picture
}

/// Every hostile picture with a name.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let mut pictures = Vec::new();
    for module in [1, 2, 3, 5, 8] {
        pictures.push((format!("bullseyes {module} px"), bullseyes(module)));
    }
    for module in [2, 3, 5] {
        pictures.push((format!("broken codes {module} px"), broken_codes(module)));
        pictures.push((format!("strewn finders {module} px"), strewn(module)));
    }
    let mut d = Dice(5);
    let noise: Vec<u8> = (0..WIDTH * HEIGHT).map(|_| d.next() as u8).collect();
    pictures.push(("white noise".to_owned(), noise));
    let checker = (0..WIDTH * HEIGHT).map(|at| if (at % WIDTH + at / WIDTH).is_multiple_of(2) { 0 } else { 255 }).collect();
    pictures.push(("checkerboard".to_owned(), checker));
    pictures
}

fn sheet(module: usize, pitch: usize, is_dark: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    (0..WIDTH * HEIGHT)
        .map(|at| {
            let (x, y) = (at % WIDTH / module, at / WIDTH / module);
            if is_dark(x % pitch, y % pitch) { 30 } else { 225 }
        })
        .collect()
}
