//! Short videos of one badge each, held in front of a camera that does not move.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::{Dice, HEIGHT, WIDTH, add_noise};

/// What makes a video hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Clean,
    Rotated,
    Tilted,
    Blurred,
    Moving,
    Noisy,
    Glare,
    LowContrast,
    Small,
    DarkPage,
    Mixed,
}

pub const CLASSES: [Class; 11] = [
    Class::Clean,
    Class::Rotated,
    Class::Tilted,
    Class::Blurred,
    Class::Moving,
    Class::Noisy,
    Class::Glare,
    Class::LowContrast,
    Class::Small,
    Class::DarkPage,
    Class::Mixed,
];

const MODULES: usize = 25;
const FOCAL: f32 = 1000.0;
const QUIET: f32 = 4.0;

/// One badge under one class of distortion.
pub struct Video {
    pub text: String,
    code: Vec<bool>,
    scene: Vec<u8>,
    dice: Dice,
    module: f32,
    turn: f32,
    tilt: f32,
    tilt_axis: f32,
    centre: (f32, f32),
    blur: f32,
    motion: f32,
    noise: f32,
    glare: Vec<(f32, f32, f32, f32)>,
    dark: f32,
    light: f32,
    page: f32,
    page_reach: f32,
}

/// The badge text of sixteen random bytes.
pub fn badge_text(dice: &mut Dice) -> String {
    let bytes: Vec<u8> = (0..16).map(|_| dice.next() as u8).collect();
    base45::encode(&bytes)
}

/// The dark modules of a badge: alphanumeric, correction M, version 2.
pub fn badge_code(text: &str) -> Vec<bool> {
    let mut bits = Bits::new(Version::Normal(2));
    bits.push_alphanumeric_data(text.as_bytes()).unwrap();
    bits.push_terminator(EcLevel::M).unwrap();
    let code = QrCode::with_bits(bits, EcLevel::M).unwrap();
    assert_eq!(code.width(), MODULES);
    code.to_colors().into_iter().map(|color| color == Color::Dark).collect()
}

impl Video {
    pub fn new(class: Class, seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ ((class as u64) << 56));
        let text = badge_text(&mut dice);
        let d = &mut dice;
        let side = (d.between(120_f32.ln(), 500_f32.ln())).exp();
        let mut video = Self {
            code: badge_code(&text),
            text,
            scene: scene(d),
            module: side / MODULES as f32,
            turn: d.between(-0.26, 0.26),
            tilt: d.between(0.0, 0.12),
            tilt_axis: d.between(0.0, std::f32::consts::TAU),
            centre: (d.between(440.0, 840.0), d.between(320.0, 400.0)),
            blur: d.between(0.05, 0.15),
            motion: 0.0,
            noise: d.between(1.0, 4.0),
            glare: Vec::new(),
            dark: d.between(20.0, 60.0),
            light: d.between(180.0, 240.0),
            page: 1.0,
            page_reach: d.between(17.5, 22.0),
            dice: Dice(0),
        };
        video.distort(class, d);
        video.dice = dice;
        video
    }

    fn distort(&mut self, class: Class, d: &mut Dice) {
        match class {
            Class::Clean => {}
            Class::Rotated => self.turn = d.between(0.0, std::f32::consts::TAU),
            Class::Tilted => {
                self.turn = d.between(-0.8, 0.8);
                self.tilt = d.between(0.2, 0.611);
            }
            Class::Blurred => self.blur = d.between(0.15, 0.6),
            Class::Moving => self.motion = d.between(0.4, 1.6),
            Class::Noisy => self.noise = d.between(8.0, 32.0),
            Class::Glare => {
                for _ in 0..1 + d.below(3) {
                    let reach = d.between(2.0, 6.0);
                    self.glare.push((d.between(-14.0, 14.0), d.between(-14.0, 14.0), reach, d.between(60.0, 220.0)));
                }
            }
            Class::LowContrast => {
                self.dark = d.between(30.0, 140.0);
                self.light = self.dark + d.between(18.0, 80.0);
                self.noise = d.between(1.0, 3.0);
            }
            Class::Small => self.module = d.between(4.0, 5.0),
            Class::DarkPage => self.page = 0.0,
            Class::Mixed => {
                self.turn = d.between(0.0, std::f32::consts::TAU);
                self.tilt = d.between(0.0, 0.45);
                self.blur = d.between(0.1, 0.35);
                self.motion = d.between(0.0, 0.7);
                self.noise = d.between(2.0, 16.0);
                self.light = self.dark + d.between(50.0, 180.0);
                self.page = if d.unit() < 0.3 { 0.0 } else { 1.0 };
                if d.unit() < 0.4 {
                    self.glare.push((d.between(-14.0, 14.0), d.between(-14.0, 14.0), d.between(2.0, 4.0), 120.0));
                }
            }
        }
    }

    /// One frame: the hand moves a little, the sensor makes new noise.
    pub fn frame(&self, number: u32) -> Vec<u8> {
        let mut d = Dice(self.dice.0 ^ (u64::from(number) + 1).wrapping_mul(0xd134_2543_de82_ef95));
        let module = self.module * d.between(0.98, 1.02);
        let turn = self.turn + d.between(-0.035, 0.035);
        let centre = (self.centre.0 + d.between(-3.0, 3.0), self.centre.1 + d.between(-3.0, 3.0));
        let view = View::new(module, turn, self.tilt, self.tilt_axis, centre);
        let motion_way = d.between(0.0, std::f32::consts::TAU);
        let motion = self.motion * d.between(0.6, 1.2) * module;
        let motion = (motion * motion_way.cos(), motion * motion_way.sin());

        let mut picture = self.scene.clone();
        let area = view.area(self.page_reach + 2.0 + (self.blur * 3.0));
        let mut patch = self.paint(&view, &area, motion);
        blur(&mut patch, area.2 - area.0, self.blur * module);
        for blob in &self.glare {
            let at = (blob.0 + d.normal() * 0.7, blob.1 + d.normal() * 0.7);
            self.shine(&mut patch, &view, &area, at, blob);
        }
        let (x0, y0, x1, y1) = area;
        for (row, y) in patch.chunks_exact(x1 - x0).zip(y0..y1) {
            for (value, out) in row.iter().zip(&mut picture[y * WIDTH + x0..y * WIDTH + x1]) {
                if *value >= 0.0 {
                    *out = value.clamp(0.0, 255.0) as u8;
                }
            }
        }
        add_noise(&mut picture, self.noise, &mut d);
        picture
    }

    fn paint(&self, view: &View, area: &(usize, usize, usize, usize), motion: (f32, f32)) -> Vec<f32> {
        let (x0, y0, x1, y1) = *area;
        let per_side = if view.module > 9.0 && self.motion < 0.1 { 2 } else { 3 };
        let count = per_side * per_side;
        let spots: Vec<(f32, f32)> = (0..count)
            .map(|i| {
                // The motion runs through the samples in another order than their places.
                let along = ((i * 4 + 1) % count) as f32 / (count - 1) as f32 - 0.5;
                let x = ((i % per_side) as f32 + 0.5) / per_side as f32;
                let y = ((i / per_side) as f32 + 0.5) / per_side as f32;
                (x + motion.0 * along, y + motion.1 * along)
            })
            .collect();
        let mut patch = Vec::with_capacity((x1 - x0) * (y1 - y0));
        for y in y0..y1 {
            for x in x0..x1 {
                let behind = f32::from(self.scene[y * WIDTH + x]);
                let sum: f32 = spots
                    .iter()
                    .map(|(dx, dy)| {
                        let (u, v) = view.module_at(x as f32 + dx, y as f32 + dy);
                        self.level(u, v, behind)
                    })
                    .sum();
                patch.push(sum / count as f32);
            }
        }
        patch
    }

    /// The grey level of the phone at module coordinates from the middle of the code.
    fn level(&self, u: f32, v: f32, behind: f32) -> f32 {
        let half = MODULES as f32 / 2.0;
        let far = u.abs().max(v.abs());
        if far < half {
            let (column, row) = ((u + half) as usize, (v + half) as usize);
            let at = row.min(MODULES - 1) * MODULES + column.min(MODULES - 1);
            return if self.code[at] { self.dark } else { self.light };
        }
        if far < half + QUIET {
            return self.light;
        }
        if far < self.page_reach - 0.8 {
            return self.dark * 0.8 + (self.light - self.dark * 0.8) * self.page;
        }
        if far < self.page_reach { self.dark * 0.5 } else { behind }
    }

    fn shine(
        &self,
        patch: &mut [f32],
        view: &View,
        area: &(usize, usize, usize, usize),
        at: (f32, f32),
        blob: &(f32, f32, f32, f32),
    ) {
        let (x0, y0, x1, _) = *area;
        for (row, y) in patch.chunks_exact_mut(x1 - x0).zip(y0..) {
            for (value, x) in row.iter_mut().zip(x0..) {
                let (u, v) = view.module_at(x as f32, y as f32);
                let far = ((u - at.0).powi(2) + (v - at.1).powi(2)) / (blob.2 * blob.2);
                if far < 9.0 {
                    *value += blob.3 * (-far / 2.0).exp();
                }
            }
        }
    }
}

/// A flat badge in front of a pinhole camera.
struct View {
    module: f32,
    back: [f32; 9],
    forth: [f32; 9],
}

impl View {
    fn new(module: f32, turn: f32, tilt: f32, axis: f32, centre: (f32, f32)) -> Self {
        let far = FOCAL / module;
        // Rotation in the plane, then tilt around an axis in the plane.
        let (s, c) = turn.sin_cos();
        let (ax, ay) = (axis.cos(), axis.sin());
        let (ts, tc) = tilt.sin_cos();
        let turned = |x: f32, y: f32| {
            let along = x * ax + y * ay;
            let across = -x * ay + y * ax;
            (along * ax - across * tc * ay, along * ay + across * tc * ax, across * ts)
        };
        let (u, v) = (turned(c, s), turned(-s, c));
        let forth = [
            FOCAL * u.0 + centre.0 * u.2,
            FOCAL * v.0 + centre.0 * v.2,
            centre.0 * far,
            FOCAL * u.1 + centre.1 * u.2,
            FOCAL * v.1 + centre.1 * v.2,
            centre.1 * far,
            u.2,
            v.2,
            far,
        ];
        Self { module, back: inverse(&forth), forth }
    }

    fn module_at(&self, x: f32, y: f32) -> (f32, f32) {
        apply(&self.back, x, y)
    }

    fn area(&self, reach: f32) -> (usize, usize, usize, usize) {
        let corners = [(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)];
        let at: Vec<(f32, f32)> = corners.iter().map(|(u, v)| apply(&self.forth, *u, *v)).collect();
        let least = |pick: fn(&(f32, f32)) -> f32| at.iter().map(pick).fold(f32::MAX, f32::min);
        let most = |pick: fn(&(f32, f32)) -> f32| at.iter().map(pick).fold(f32::MIN, f32::max);
        (
            least(|p| p.0).max(0.0) as usize,
            least(|p| p.1).max(0.0) as usize,
            (most(|p| p.0) as usize + 1).min(WIDTH),
            (most(|p| p.1) as usize + 1).min(HEIGHT),
        )
    }
}

fn apply(m: &[f32; 9], x: f32, y: f32) -> (f32, f32) {
    let over = 1.0 / (m[6] * x + m[7] * y + m[8]);
    ((m[0] * x + m[1] * y + m[2]) * over, (m[3] * x + m[4] * y + m[5]) * over)
}

fn inverse(m: &[f32; 9]) -> [f32; 9] {
    let m = m.map(f64::from);
    let minor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
    [
        minor(4, 5, 7, 8),
        -minor(1, 2, 7, 8),
        minor(1, 2, 4, 5),
        -minor(3, 5, 6, 8),
        minor(0, 2, 6, 8),
        -minor(0, 2, 3, 5),
        minor(3, 4, 6, 7),
        -minor(0, 1, 6, 7),
        minor(0, 1, 3, 4),
    ]
    .map(|value| (value / 1.0e6) as f32)
}

fn blur(patch: &mut [f32], wide: usize, sigma: f32) {
    if sigma < 0.3 {
        return;
    }
    let reach = (sigma * 2.6).ceil() as usize;
    let mut kernel: Vec<f32> =
        (0..=2 * reach).map(|i| (-(i as f32 - reach as f32).powi(2) / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f32 = kernel.iter().sum();
    kernel.iter_mut().for_each(|weight| *weight /= sum);
    let tall = patch.len() / wide;
    let mut line = vec![0.0; wide];
    for row in patch.chunks_exact_mut(wide) {
        line.copy_from_slice(row);
        for x in reach..wide.saturating_sub(reach) {
            row[x] = kernel.iter().zip(&line[x - reach..]).map(|(weight, value)| weight * value).sum();
        }
    }
    let source = patch.to_vec();
    for y in reach..tall.saturating_sub(reach) {
        line.fill(0.0);
        for (i, weight) in kernel.iter().enumerate() {
            let row = &source[(y + i - reach) * wide..][..wide];
            line.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
        patch[y * wide..(y + 1) * wide].copy_from_slice(&line);
    }
}

/// A room: a slow gradient, furniture, some texture.
fn scene(d: &mut Dice) -> Vec<u8> {
    let (low, high) = (d.between(30.0, 110.0), d.between(110.0, 220.0));
    let (wx, wy) = (d.between(-0.5, 0.5), d.between(-0.5, 0.5));
    let mut picture: Vec<u8> = (0..WIDTH * HEIGHT)
        .map(|at| {
            let (x, y) = ((at % WIDTH) as f32 / WIDTH as f32, (at / WIDTH) as f32 / HEIGHT as f32);
            let share = 0.5 + wx * (x - 0.5) + wy * (y - 0.5);
            (low + (high - low) * share) as u8
        })
        .collect();
    for _ in 0..12 {
        let (x0, y0) = (d.below(WIDTH - 20), d.below(HEIGHT - 20));
        let (w, h) = (10 + d.below(300), 10 + d.below(300));
        let level = d.between(20.0, 230.0) as u8;
        let grain = d.below(3) as u8 * 20;
        for y in y0..(y0 + h).min(HEIGHT) {
            for x in x0..(x0 + w).min(WIDTH) {
                let speck = if (x / 3 + y / 5) % 3 == 0 { grain } else { 0 };
                picture[y * WIDTH + x] = level.saturating_add(speck);
            }
        }
    }
    picture
}
