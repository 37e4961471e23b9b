//! Scenes without any code.

use super::{Dice, HEIGHT, WIDTH, add_noise};

/// How many kinds of scenes there are.
pub const KINDS: usize = 6;

/// A scene of a kind.
pub fn scene(kind: usize, seed: u64) -> Vec<u8> {
    let mut d = Dice(seed.wrapping_mul(0x9e6c_63d0_876a_46ad) ^ kind as u64);
    let mut picture = match kind {
        0 => texture(&mut d),
        1 => text(&mut d),
        2 => stripes(&mut d),
        3 => random_modules(&mut d),
        4 => squares(&mut d),
        _ => bars(&mut d),
    };
    let noise = d.between(0.0, 12.0);
    add_noise(&mut picture, noise, &mut d);
    picture
}

fn draw(level: impl Fn(usize, usize) -> f32) -> Vec<u8> {
    (0..WIDTH * HEIGHT).map(|at| level(at % WIDTH, at / WIDTH).clamp(0.0, 255.0) as u8).collect()
}

fn texture(d: &mut Dice) -> Vec<u8> {
    let waves: Vec<[f32; 4]> =
        (0..5).map(|_| [d.between(-0.6, 0.6), d.between(-0.6, 0.6), d.between(0.0, 6.3), d.between(8.0, 40.0)]).collect();
    draw(|x, y| {
        let sum: f32 =
            waves.iter().map(|w| ((w[0] * x as f32 + w[1] * y as f32 + w[2]).sin() + 0.2).clamp(-0.7, 0.7) * w[3]).sum();
        128.0 + sum
    })
}

fn text(d: &mut Dice) -> Vec<u8> {
    let mut picture = vec![225; WIDTH * HEIGHT];
    let unit = 2 + d.below(4);
    let mut y = 10;
    while y + 12 * unit < HEIGHT {
        let mut x = 20;
        while x + 8 * unit < WIDTH {
            if d.unit() < 0.85 {
                for _ in 0..3 + d.below(3) {
                    let (sx, sy) = (x + d.below(5) * unit, y + d.below(7) * unit);
                    let (w, h) = if d.unit() < 0.5 { (unit, 4 * unit) } else { (4 * unit, unit) };
                    fill(&mut picture, sx, sy, w, h, 40);
                }
            }
            x += 7 * unit;
        }
        y += 14 * unit;
    }
    picture
}

fn stripes(d: &mut Dice) -> Vec<u8> {
    let (turn, period) = (d.between(0.0, std::f32::consts::PI), d.between(4.0, 30.0));
    let (c, s) = (turn.cos(), turn.sin());
    draw(|x, y| if ((x as f32 * c + y as f32 * s) / period).rem_euclid(1.0) < 0.5 { 200.0 } else { 50.0 })
}

fn random_modules(d: &mut Dice) -> Vec<u8> {
    let module = 2 + d.below(12);
    let wide = WIDTH / module + 1;
    let cells: Vec<bool> = (0..wide * (HEIGHT / module + 1)).map(|_| d.unit() < 0.5).collect();
    draw(|x, y| if cells[y / module * wide + x / module] { 35.0 } else { 220.0 })
}

fn squares(d: &mut Dice) -> Vec<u8> {
    let mut picture = vec![210; WIDTH * HEIGHT];
    for _ in 0..60 {
        let (x, y, side) = (d.below(WIDTH), d.below(HEIGHT), 6 + d.below(60));
        for (ring, level) in [(0, 40), (1, 210), (2, 40)] {
            let inset = ring * side / 7;
            fill(&mut picture, x + inset, y + inset, side - 2 * inset, side - 2 * inset, level);
        }
    }
    picture
}

fn bars(d: &mut Dice) -> Vec<u8> {
    let module = 2 + d.below(5);
    let cells: Vec<bool> = (0..WIDTH / module + 1).map(|_| d.unit() < 0.5).collect();
    draw(|x, y| if cells[x / module] && (100..600).contains(&y) { 35.0 } else { 220.0 })
}

fn fill(picture: &mut [u8], x0: usize, y0: usize, w: usize, h: usize, level: u8) {
    for y in y0..(y0 + h).min(HEIGHT) {
        for x in x0..(x0 + w).min(WIDTH) {
            picture[y * WIDTH + x] = level;
        }
    }
}
