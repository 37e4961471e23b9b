//! Made pictures: short videos of badges under distortions, scenes without any code, and hostile patterns.
//!
//! Everything follows from a seed, so that a failure can be looked at again.

pub mod hostile;
pub mod negative;
pub mod video;

/// Width and height of every made picture.
pub const WIDTH: usize = 1280;
pub const HEIGHT: usize = 720;
/// Frames in which a badge has to be read.
pub const FRAMES: u32 = 10;

/// A small random generator (splitmix64).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// About normal, deviation 1.
    pub fn normal(&mut self) -> f32 {
        (0..4).map(|_| self.unit()).sum::<f32>() * 1.732 - 3.464
    }
}

/// Adds sensor noise of a deviation to a picture.
pub fn add_noise(picture: &mut [u8], deviation: f32, dice: &mut Dice) {
    if deviation < 0.3 {
        return;
    }
    let table: Vec<i16> = (0..8192).map(|_| (dice.normal() * deviation).round() as i16).collect();
    for eight in picture.chunks_mut(4) {
        let mut bits = dice.next();
        for pixel in eight {
            *pixel = (i16::from(*pixel) + table[(bits & 8191) as usize]).clamp(0, 255) as u8;
            bits >>= 13;
        }
    }
}
