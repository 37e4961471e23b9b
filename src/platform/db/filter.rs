//! Lists that a reader narrows down: a statement put together from constants, with every value bound.
use super::bind::Bind;
use super::query::{Query, numbered, padded, placeholders};
use super::tx::ReadTx;

/// What `LIKE … ESCAPE '\\'` finds for a piece of text that somebody typed, in a column that is folded.
pub fn containing(text: &str) -> String {
    let escaped = crate::kernel::text::fold(text.trim()).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// An SQL expression in lower case without the accents of French, for columns that are not stored folded: what
/// [`containing`] is compared with.
#[macro_export]
macro_rules! folded {
    ($text:literal) => {
        $crate::folded!(@ concat!("lower(", $text, ")"),
            "é" "e", "É" "e", "è" "e", "È" "e", "ê" "e", "Ê" "e", "ë" "e", "à" "a", "À" "a", "â" "a", "Â" "a", "ç" "c", "Ç" "c",
            "î" "i", "Î" "i", "ï" "i", "ô" "o", "Ô" "o", "ù" "u", "û" "u", "œ" "oe", "Œ" "oe")
    };
    (@ $text:expr) => { $text };
    (@ $text:expr, $from:literal $to:literal $(, $rest:literal $by:literal)*) => {
        $crate::folded!(@ concat!("replace(", $text, ", '", $from, "', '", $to, "')") $(, $rest $by)*)
    };
}

type Value<'v> = Box<dyn for<'t> FnOnce(Query<'t>) -> Query<'t> + Send + 'v>;

/// A SELECT with a WHERE that grows by constant conditions. In a condition `{}` stands for the value's `$n`.
///
/// ```ignore
/// let filter = Filter::new("SELECT id, name FROM sites WHERE org_id = $1")
///     .bind(org)
///     .and_opt("lower(name) LIKE {}", pattern)
///     .and_opt_pair("(name, id) > ({}, {})", after)
///     .tail(" ORDER BY name, id LIMIT {}", 51);
/// let rows: Vec<SiteRow> = tx.filtered(filter).all().await?;
/// ```
#[must_use = "a filter does nothing until a transaction makes a query of it"]
pub struct Filter<'v> {
    sql: String,
    places: usize,
    values: Vec<Value<'v>>,
}

impl<'v> Filter<'v> {
    /// Starts from a statement that ends in its WHERE clause (the tenant comes first); its own `$1…` are bound
    /// next, before any condition.
    pub fn new(base: &'static str) -> Self {
        Self { sql: base.to_owned(), places: 0, values: Vec::new() }
    }

    /// Binds the next value of the statement it started from.
    pub fn bind<T: Bind<'v> + Send + 'v>(mut self, value: T) -> Self {
        self.push(value);
        self
    }

    /// Adds a condition without a value.
    pub fn and(mut self, condition: &'static str) -> Self {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self
    }

    /// Adds a condition without a value, if it is wanted.
    pub fn and_if(self, wanted: bool, condition: &'static str) -> Self {
        if wanted { self.and(condition) } else { self }
    }

    /// Adds a condition if there is a value; every `{}` in it is that value.
    pub fn and_opt<T: Bind<'v> + Send + 'v>(mut self, condition: &'static str, value: Option<T>) -> Self {
        if let Some(value) = value {
            let place = self.push(value);
            self = self.and_composed(&condition.replace("{}", &place));
        }
        self
    }

    /// Adds a condition of two values if they are there: where a page continues, or a period.
    pub fn and_opt_pair<A, B>(mut self, condition: &'static str, values: Option<(A, B)>) -> Self
    where
        A: Bind<'v> + Send + 'v,
        B: Bind<'v> + Send + 'v,
    {
        if let Some((first, second)) = values {
            let (first, second) = (self.push(first), self.push(second));
            self = self.and_composed(&condition.replacen("{}", &first, 1).replacen("{}", &second, 1));
        }
        self
    }

    /// Adds a condition over a list, as in `kind IN ({})`. An empty list matches nothing.
    pub fn and_in<T>(mut self, condition: &'static str, values: &[T]) -> Self
    where
        T: Bind<'v> + Clone + Send + 'v,
        Option<T>: Bind<'v>,
    {
        let (first, count) = (self.places + 1, padded(values.len()));
        for i in 0..count {
            self.push(values.get(i).or(values.last()).cloned());
        }
        self.and_composed(&condition.replace("{}", &numbered(first, count)))
    }

    /// Ends the statement with a value: order and limit.
    pub fn tail<T: Bind<'v> + Send + 'v>(mut self, tail: &'static str, value: T) -> Self {
        let place = self.push(value);
        self.sql.push_str(&tail.replace("{}", &place));
        self
    }

    /// Ends the statement without a value: grouping or order.
    pub fn tail_plain(mut self, tail: &'static str) -> Self {
        self.sql.push_str(tail);
        self
    }

    fn push<T: Bind<'v> + Send + 'v>(&mut self, value: T) -> String {
        self.places += 1;
        self.values.push(Box::new(move |query| query.bind(value)));
        format!("${}", self.places)
    }

    /// `condition` is one of our constants with its places numbered.
    fn and_composed(mut self, condition: &str) -> Self {
        debug_assert!(placeholders(&self.sql) <= self.places, "bind the base's values first: {}", self.sql);
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self
    }

    pub(super) fn query<'t>(self, tx: &'t mut ReadTx) -> Query<'t> {
        let Self { sql, values, .. } = self;
        values.into_iter().fold(Query::composed(tx, sql), |query, value| value(query))
    }
}
