//! Lists that a reader narrows down: a statement put together from constants, with every value bound.
use super::bind::Bind;
use super::query::{Query, numbered, padded, placeholders};
use super::tx::ReadTx;

/// What `LIKE … ESCAPE '\\'` finds for a piece of text that somebody typed, in a column that is folded.
pub fn containing(text: &str) -> String {
    let escaped = crate::kernel::text::fold(text.trim()).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// An SQL expression of a text as [`fold`](crate::kernel::text::fold) folds it, for columns that are not stored folded: what
/// [`containing`] is compared with. Capitals, too: SQLite knows those of ASCII only. Most texts have no accents, and are spared.
#[macro_export]
macro_rules! folded {
    ($text:literal) => {
        $crate::folded!(@ $text,
            "à" "À" "a", "â" "Â" "a", "ä" "Ä" "a", "á" "Á" "a", "ã" "Ã" "a", "å" "Å" "a", "é" "É" "e", "è" "È" "e", "ê" "Ê" "e",
            "ë" "Ë" "e", "î" "Î" "i", "ï" "Ï" "i", "í" "Í" "i", "ì" "Ì" "i", "ô" "Ô" "o", "ö" "Ö" "o", "ó" "Ó" "o", "õ" "Õ" "o",
            "ò" "Ò" "o", "ù" "Ù" "u", "û" "Û" "u", "ü" "Ü" "u", "ú" "Ú" "u", "ÿ" "Ÿ" "y", "ý" "Ý" "y", "ç" "Ç" "c", "ñ" "Ñ" "n",
            "œ" "Œ" "oe", "æ" "Æ" "ae")
    };
    (@ $text:literal, $($small:literal $capital:literal $plain:literal),+) => {
        concat!(
            "CASE WHEN octet_length(", $text, ") = length(", $text, ") THEN lower(", $text, ") ELSE ",
            $($crate::folded!(# $small),)+ "lower(", $text, ")",
            $(", '", $small, "', '", $plain, "'), '", $capital, "', '", $plain, "')",)+ " END"
        )
    };
    (# $small:literal) => { "replace(replace(" };
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

    /// Adds a condition that holds for one of several values, as in `kind LIKE {}`. For none of an empty list.
    pub fn and_any<T>(mut self, condition: &'static str, values: &[T]) -> Self
    where
        T: Bind<'v> + Clone + Send + 'v,
        Option<T>: Bind<'v>,
    {
        let count = padded(values.len());
        let any: Vec<_> =
            (0..count).map(|i| condition.replace("{}", &self.push(values.get(i).or(values.last()).cloned()))).collect();
        self.and_composed(&format!("({})", any.join(" OR ")))
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
