//! Points and the projection of a flat code into the picture.

/// A place in a picture, in pixels; pixel centres are at halves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

impl Point {
    /// The point `share` of the way along a vector.
    pub fn plus(self, vector: Point, share: f32) -> Point {
        Point { x: self.x + vector.x * share, y: self.y + vector.y * share }
    }

    /// The vector from another point to this one.
    pub fn minus(self, other: Point) -> Point {
        Point { x: self.x - other.x, y: self.y - other.y }
    }

    /// The length of the vector.
    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// The scalar product of two vectors.
    pub fn dot(self, other: Point) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// The cross product of two vectors: positive when the second one is clockwise on a screen.
    pub fn cross(self, other: Point) -> f32 {
        self.x * other.y - self.y * other.x
    }
}

/// Maps module coordinates into the picture.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    terms: [f32; 8],
    inset: f32,
    scale: f32,
}

/// Distance from the edge of a code to the centre of a finder pattern, in modules.
const CENTRE: f32 = 3.5;

impl Projection {
    /// The projection of a code of `size` modules, from the places of its three finder centres (top left, top
    /// right, bottom left) and of the point that completes their square.
    pub fn new(corners: &[Point; 4], size: usize) -> Self {
        let [a, b, d, c] = *corners;
        let (sx, sy) = (a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y);
        let (bc, dc) = (b.minus(c), d.minus(c));
        let det = bc.cross(dc);
        let (g, h) =
            if det.abs() < f32::EPSILON { (0.0, 0.0) } else { ((sx * dc.y - dc.x * sy) / det, (bc.x * sy - sx * bc.y) / det) };
        Self {
            terms: [b.x - a.x + g * b.x, d.x - a.x + h * d.x, a.x, b.y - a.y + g * b.y, d.y - a.y + h * d.y, a.y, g, h],
            inset: CENTRE,
            scale: 1.0 / (size as f32 - 2.0 * CENTRE),
        }
    }

    /// The place of module coordinates in the picture.
    pub fn place(&self, column: f32, row: f32) -> Point {
        let u = (column - self.inset) * self.scale;
        let v = (row - self.inset) * self.scale;
        let [a, b, c, d, e, f, g, h] = self.terms;
        let over = 1.0 / (g * u + h * v + 1.0);
        Point { x: (a * u + b * v + c) * over, y: (d * u + e * v + f) * over }
    }
}
