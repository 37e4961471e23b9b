//! QR codes as one SVG path: each dark run of a row is one stroke, 1.2 KB for a badge instead of 14.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};
use std::fmt::Write;

/// Light modules around the code, which readers need.
const QUIET: usize = 4;

/// A drawn code: the path and the side of its view box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    pub path: String,
    pub side: usize,
}

/// A badge code: alphanumeric, level M, always version 2, so that it does not change its size when it is renewed. The
/// segment is pushed by hand because the crate's optimiser picks another version near capacity.
pub fn badge(code: &str) -> Option<Drawing> {
    let mut bits = Bits::new(Version::Normal(2));
    bits.push_alphanumeric_data(code.as_bytes()).ok()?;
    bits.push_terminator(EcLevel::M).ok()?;
    Some(draw(&QrCode::with_bits(bits, EcLevel::M).ok()?))
}

/// A text of any length that fits.
pub fn text(text: &str) -> Option<Drawing> {
    Some(draw(&QrCode::with_error_correction_level(text, EcLevel::M).ok()?))
}

fn draw(code: &QrCode) -> Drawing {
    let width = code.width();
    let mut path = String::with_capacity(2048);
    let (mut pen_x, mut pen_y) = (0i64, 0i64);
    let signed = |n: usize| i64::try_from(n).unwrap_or(0);
    for y in 0..width {
        let mut x = 0;
        while x < width {
            let run = (x..width).take_while(|x| code[(*x, y)] == Color::Dark).count();
            if run > 0 {
                let (at_x, at_y) = (signed(x + QUIET), signed(y + QUIET));
                let start =
                    if path.is_empty() { format!("M{at_x} {at_y}.5") } else { format!("m{} {}", at_x - pen_x, at_y - pen_y) };
                let _ = write!(path, "{start}h{run}");
                (pen_x, pen_y) = (at_x + signed(run), at_y);
            }
            x += run.max(1);
        }
    }
    Drawing { path, side: width + 2 * QUIET }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_is_always_version_2_and_small() {
        for n in 0..50u8 {
            let code = base45::encode([n.wrapping_mul(37); 16]);
            let drawing = badge(&code).unwrap();
            assert_eq!(drawing.side, 25 + 2 * QUIET);
            assert!(drawing.path.len() < 2000, "{}", drawing.path.len());
            assert!(drawing.path.starts_with("M4 4.5h7"));
        }
    }
}
