//! Medians, and how sure a ratio is.

/// Draws for the bootstrap.
const DRAWS: usize = 10_000;

/// Numbers that look random and are the same in every run with the same seed (xorshift64*, Vigna 2016).
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(if seed == 0 { 0x9E37_79B9_7F4A_7C15 } else { seed })
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or(0) % end.max(1)
    }
}

/// The middle of the values; of an even number of them, the mean of the two in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        n if n.is_multiple_of(2) => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
        n => sorted[n / 2],
    }
}

/// The value below which the share `part` (0 to 1) of the values lies.
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len().saturating_sub(1)) as f64 * part;
    sorted.get(place.round() as usize).copied().unwrap_or(0.0)
}

/// How many times faster, with the 95 % interval that resampling the rounds gives.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// The ratio of the medians of two sets of rounds, with its percentile bootstrap interval (Efron 1979).
pub fn ratio(ours: &[f64], theirs: &[f64]) -> Ratio {
    let mut dice = Dice::new(20_261_121);
    let mut draw = |from: &[f64]| -> f64 {
        let drawn: Vec<f64> = from.iter().map(|_| from[dice.below(from.len())]).collect();
        median(&drawn)
    };
    let ratios: Vec<f64> = (0..DRAWS).map(|_| draw(ours) / draw(theirs)).collect();
    Ratio { low: quantile(&ratios, 0.025), middle: median(ours) / median(theirs), high: quantile(&ratios, 0.975) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!((median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0, 2.0, 3.0]), median(&[])), (2.0, 2.5, 0.0));
    }

    #[test]
    fn equal_rounds_leave_no_doubt_and_spread_ones_some() {
        let sure = ratio(&[30.0; 7], &[10.0; 7]);
        assert_eq!((sure.low, sure.middle, sure.high), (3.0, 3.0, 3.0));
        let unsure = ratio(&[20.0, 25.0, 30.0, 35.0, 40.0], &[9.0, 10.0, 11.0, 10.0, 10.0]);
        assert!(unsure.low < unsure.middle && unsure.middle < unsure.high, "{unsure:?}");
    }
}
