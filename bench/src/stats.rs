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

/// How far two samples' rank sums are from what chance would make of one distribution, in standard deviations (Mann and
/// Whitney 1947). Positive when `ours` are larger.
pub fn rank_sum(ours: &[f64], theirs: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = ours.iter().map(|x| (*x, true)).chain(theirs.iter().map(|x| (*x, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut place) = (0.0, 0);
    while place < all.len() {
        // Equal values share their ranks.
        let equal = all[place..].iter().take_while(|(x, _)| *x == all[place].0).count();
        let rank = place as f64 + (equal as f64 + 1.0) / 2.0;
        sum += rank * all[place..place + equal].iter().filter(|(_, is_ours)| *is_ours).count() as f64;
        place += equal;
    }
    let (m, n) = (ours.len() as f64, theirs.len() as f64);
    let expected = m * (m + n + 1.0) / 2.0;
    (sum - expected) / (m * n * (m + n + 1.0) / 12.0).sqrt()
}

/// By how much one sample lies above another, with its interval.
#[derive(Clone, Copy, Debug)]
pub struct Shift {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// The median of all differences, and the interval that [`rank_sum`] does not exclude at `z` (Hodges and Lehmann 1963).
pub fn shift(ours: &[f64], theirs: &[f64], z: f64) -> Shift {
    let mut all: Vec<f64> = ours.iter().flat_map(|x| theirs.iter().map(move |y| x - y)).collect();
    all.sort_unstable_by(f64::total_cmp);
    let (m, n) = (ours.len() as f64, theirs.len() as f64);
    let half = z * (m * n * (m + n + 1.0) / 12.0).sqrt();
    let at = |place: f64| all.get(place.clamp(0.0, (m * n - 1.0).max(0.0)) as usize).copied().unwrap_or(0.0);
    Shift { low: at(m * n / 2.0 - half), middle: median(&all), high: at(m * n / 2.0 + half) }
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

    #[test]
    fn a_shift_is_found_and_chance_is_not() {
        let mut dice = Dice::new(7);
        let mut draw = || -> Vec<f64> { (0..2000).map(|_| dice.below(10_000) as f64 / 1000.0).collect() };
        let (one, other) = (draw(), draw());
        assert!(rank_sum(&one, &other).abs() < 3.29, "{}", rank_sum(&one, &other));
        let later: Vec<f64> = other.iter().map(|x| x + 0.5).collect();
        assert!(rank_sum(&later, &one) > 3.29 && rank_sum(&one, &later) < -3.29);
        let found = shift(&later, &other, 3.29);
        assert!((0.4..0.6).contains(&found.middle) && found.low > 0.0 && found.high < 0.9, "{found:?}");
        assert!(rank_sum(&[1.0; 50], &[1.0; 50]).abs() < 1e-9, "equal values are no difference");
        // The textbook's small sample: U = 3 of 9, z = -0.65.
        assert!((rank_sum(&[1.0, 2.0, 6.0], &[3.0, 4.0, 5.0]) + 0.6547).abs() < 0.001);
    }
}
