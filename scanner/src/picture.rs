//! Grey pictures, and what counts as dark in them.

/// Side of a threshold block, in pixels, as a power of two.
const BLOCK_SHIFT: usize = 3;
const BLOCK: usize = 1 << BLOCK_SHIFT;

/// How the threshold of a place follows from the blocks around it.
#[derive(Debug, Clone, Copy)]
pub enum Ground {
    /// Blocks that vary less than `flat` hold one colour only and lean on their neighbours. Sharp edges, glare.
    Edges { flat: u8 },
    /// The mean of all blocks up to `reach` away. Low contrast under noise.
    Mean { reach: usize },
}

/// How the pixels of a camera become the pixels that are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Sampling {
    /// As they are.
    Full,
    /// At half the size; averaging four pixels also halves the noise.
    Half,
    /// Smoothed by a 3 × 3 mean: what a dim sensor needs.
    Smooth,
}

/// One way of looking at a picture.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub sampling: Sampling,
    pub ground: Ground,
}

/// A luma plane: rows of `width` grey levels, `stride` bytes apart.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    pub luma: &'a [u8],
    pub width: usize,
    pub height: usize,
    pub stride: usize,
}

/// How many blocks on each side are averaged where edges decide.
const EDGE_REACH: usize = 2;

/// A grey picture with one darkness threshold for each block of 8 × 8 pixels.
///
/// Sides are whole blocks: the few rest pixels at the right and the bottom are cut off.
#[derive(Debug, Default)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pixels: Vec<u8>,
    thresholds: Vec<u8>,
    blocks_wide: usize,
    levels: Vec<u8>,
    sums: Vec<u32>,
}

impl Picture {
    /// Takes a luma plane, sampled and thresholded in one way.
    pub fn load(&mut self, plane: Plane<'_>, way: Way) {
        match way.sampling {
            Sampling::Full => self.copy(plane),
            Sampling::Half => self.halve(plane),
            Sampling::Smooth => self.smooth(plane),
        }
        self.set_thresholds(way.ground);
    }

    fn copy(&mut self, Plane { luma, width, height, stride }: Plane<'_>) {
        self.shape(width, height);
        for (row, source) in self.pixels.chunks_exact_mut(self.width.max(1)).zip(luma.chunks(stride)) {
            row.copy_from_slice(&source[..self.width]);
        }
    }

    fn halve(&mut self, Plane { luma, width, height, stride }: Plane<'_>) {
        self.shape(width / 2, height / 2);
        let wide = self.width;
        for (y, row) in self.pixels.chunks_exact_mut(wide.max(1)).enumerate() {
            let upper = &luma[2 * y * stride..][..2 * wide];
            let lower = &luma[(2 * y + 1) * stride..][..2 * wide];
            for ((out, a), b) in row.iter_mut().zip(upper.as_chunks::<2>().0).zip(lower.as_chunks::<2>().0) {
                let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
                *out = (sum / 4) as u8;
            }
        }
    }

    fn smooth(&mut self, Plane { luma, width, height, stride }: Plane<'_>) {
        self.shape(width, height);
        let wide = self.width;
        let tall = self.height;
        self.sums.clear();
        self.sums.resize(wide, 0);
        for (y, row) in self.pixels.chunks_exact_mut(wide.max(1)).enumerate() {
            let above = &luma[y.saturating_sub(1) * stride..][..wide];
            let here = &luma[y * stride..][..wide];
            let below = &luma[(y + 1).min(tall - 1) * stride..][..wide];
            for (((sum, a), b), c) in self.sums.iter_mut().zip(above).zip(here).zip(below) {
                *sum = u32::from(*a) + u32::from(*b) + u32::from(*c);
            }
            for (out, three) in row[1..].iter_mut().zip(self.sums.windows(3)) {
                // 7282 / 65536 is a ninth.
                *out = (((three[0] + three[1] + three[2]) * 7282) >> 16) as u8;
            }
            row[0] = here[0];
            row[wide - 1] = here[wide - 1];
        }
    }

    /// Whether nothing is left after cutting to whole blocks.
    pub fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// One row of pixels with the thresholds of its blocks.
    pub fn row(&self, y: usize) -> (&[u8], &[u8]) {
        let pixels = &self.pixels[y * self.width..][..self.width];
        let thresholds = &self.thresholds[(y >> BLOCK_SHIFT) * self.blocks_wide..][..self.blocks_wide];
        (pixels, thresholds)
    }

    /// The grey level at a place and its threshold; outside of the picture, the edge goes on.
    pub fn at(&self, x: f32, y: f32) -> (f32, f32) {
        // A cast saturates, so that places far outside (and NaN) are safe too.
        let x = (x as usize).min(self.width - 1);
        let y = (y as usize).min(self.height - 1);
        let threshold = self.thresholds[(y >> BLOCK_SHIFT) * self.blocks_wide + (x >> BLOCK_SHIFT)];
        (f32::from(self.pixels[y * self.width + x]), f32::from(threshold))
    }

    /// Whether the place is dark; `None` outside of the picture.
    pub fn is_dark(&self, x: f32, y: f32) -> Option<bool> {
        if x < 0.0 || y < 0.0 || x >= self.width as f32 || y >= self.height as f32 {
            return None;
        }
        let (level, threshold) = self.at(x, y);
        Some(level < threshold)
    }

    fn shape(&mut self, width: usize, height: usize) {
        self.blocks_wide = width >> BLOCK_SHIFT;
        self.width = self.blocks_wide << BLOCK_SHIFT;
        self.height = (height >> BLOCK_SHIFT) << BLOCK_SHIFT;
        if self.width == 0 {
            self.height = 0;
        }
        self.pixels.resize(self.width * self.height, 0);
    }

    fn set_thresholds(&mut self, ground: Ground) {
        let wide = self.blocks_wide;
        let tall = self.height >> BLOCK_SHIFT;
        self.levels.clear();
        self.levels.resize(wide * tall, 0);
        for by in 0..tall {
            for bx in 0..wide {
                let (mean, low, high) = self.block(bx, by);
                let level = match ground {
                    Ground::Edges { flat } if high - low <= flat => self.flat_level(bx, by, low),
                    _ => mean,
                };
                self.levels[by * wide + bx] = level;
            }
        }
        let reach = match ground {
            Ground::Edges { .. } => EDGE_REACH,
            Ground::Mean { reach } => reach,
        };
        self.thresholds.clear();
        self.thresholds.resize(wide * tall, 0);
        for by in 0..tall {
            let rows = by.saturating_sub(reach)..(by + reach + 1).min(tall);
            self.sums.clear();
            self.sums.resize(wide, 0);
            for y in rows.clone() {
                for (sum, level) in self.sums.iter_mut().zip(&self.levels[y * wide..][..wide]) {
                    *sum += u32::from(*level);
                }
            }
            for bx in 0..wide {
                let columns = bx.saturating_sub(reach)..(bx + reach + 1).min(wide);
                let count = (columns.len() * rows.len()) as u32;
                let sum: u32 = self.sums[columns].iter().sum();
                self.thresholds[by * wide + bx] = (sum / count) as u8;
            }
        }
    }

    fn block(&self, bx: usize, by: usize) -> (u8, u8, u8) {
        let mut sum = 0_u32;
        let mut low = [u8::MAX; BLOCK];
        let mut high = [0_u8; BLOCK];
        for y in 0..BLOCK {
            let start = ((by << BLOCK_SHIFT) + y) * self.width + (bx << BLOCK_SHIFT);
            for (i, pixel) in self.pixels[start..start + BLOCK].iter().enumerate() {
                sum += u32::from(*pixel);
                low[i] = low[i].min(*pixel);
                high[i] = high[i].max(*pixel);
            }
        }
        let low = low.into_iter().min().unwrap_or_default();
        let high = high.into_iter().max().unwrap_or_default();
        ((sum >> (2 * BLOCK_SHIFT)) as u8, low, high)
    }

    /// A block of one colour is taken as light, unless it is darker than the threshold around it: then it is the
    /// inside of something dark and goes on with that threshold.
    fn flat_level(&self, bx: usize, by: usize, low: u8) -> u8 {
        if bx > 0 && by > 0 {
            let wide = self.blocks_wide;
            let above = u32::from(self.levels[(by - 1) * wide + bx]);
            let left = u32::from(self.levels[by * wide + bx - 1]);
            let corner = u32::from(self.levels[(by - 1) * wide + bx - 1]);
            let around = ((above + 2 * left + corner) / 4) as u8;
            if low < around {
                return around;
            }
        }
        low / 2
    }
}
