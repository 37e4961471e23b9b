//! Narrowing a list down, with every value bound.
use super::each_engine;
use proptest::test_runner::{Config, TestRunner};
use regie::folded;
use regie::kernel::text::fold;
use regie::platform::db::{Db, Filter};

const SHIFTS: &str = "SELECT id FROM shifts WHERE org_id = $1 AND id > $2";

async fn shifts(db: &Db) {
    db.script("CREATE TABLE shifts (id BIGINT NOT NULL PRIMARY KEY, org_id BIGINT NOT NULL, kind TEXT NOT NULL, at BIGINT)")
        .await
        .unwrap();
    let mut tx = db.begin_write().await.unwrap();
    for id in 1..=40_i64 {
        let add = tx.query("INSERT INTO shifts (id, org_id, kind, at) VALUES ($1, $2, $3, $4)");
        let kind = ["day", "night", "it's"][usize::try_from(id % 3).unwrap()];
        add.bind(id).bind(id % 2).bind(kind).bind((id % 5 != 0).then_some(id)).execute_one().await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Every letter that is folded, small and capital: a search folds what was typed, and a statement what is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_folds_as_the_program_does() {
    const FOLDED: &str = concat!("SELECT ", folded!("t"), " FROM (SELECT CAST($1 AS TEXT) AS t) AS typed");
    let is_folded = |letter: &char| !letter.is_ascii() && fold(&letter.to_string()).is_ascii();
    let letters: Vec<String> = ('\u{80}'..'\u{2000}').filter(is_folded).map(String::from).collect();
    assert!(letters.len() >= 58 && letters.contains(&"Ÿ".to_owned()), "{letters:?}");
    each_engine(async |db| {
        let mut read = db.read().await.unwrap();
        for text in letters.iter().map(String::as_str).chain(["Œuvre d’été", "HAŸ", "It's 100 % plain \\ ASCII", ""]) {
            let there: String = read.query(FOLDED).bind(text).scalar().await.unwrap();
            assert_eq!(there, fold(text), "{text}");
        }
    })
    .await;
}

/// Organisation, after, rest, period, ids, whether the ids count.
type Case = (i64, i64, Option<i64>, Option<(i64, i64)>, Vec<i64>, bool);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_is_the_conditions_that_are_wanted() {
    each_engine(async |db| {
        shifts(&db).await;
        let mut r = db.read().await.unwrap();
        let plain = Filter::new(SHIFTS).bind(1).bind(0).and_opt("kind = {}", None::<&str>);
        assert_eq!(r.filtered(plain).scalars::<i64>().await.unwrap().len(), 20);

        let kind = String::from("it's");
        let narrow = Filter::new(SHIFTS)
            .bind(1)
            .bind(2)
            .and_opt("(kind = {} OR kind = lower({}))", Some(&kind))
            .and_if(true, "at IS NOT NULL")
            .and_if(false, "FALSE")
            .and_opt_pair("(at, id) < ({}, {})", Some((30, 30)))
            .tail_plain(" ORDER BY at DESC, id DESC")
            .tail(" LIMIT {}", 3);
        assert_eq!(r.filtered(narrow).scalars::<i64>().await.unwrap(), [29, 23, 17]);

        let none = Filter::new(SHIFTS).bind(1).bind(0).and_in("kind IN ({})", &[] as &[&str]);
        assert!(r.filtered(none).scalars::<i64>().await.unwrap().is_empty());
        let any = Filter::new(SHIFTS).bind(1).bind(33).and_any("kind LIKE {}", &["n%", "it%", "of%"]).tail_plain(" ORDER BY id");
        assert_eq!(r.filtered(any).scalars::<i64>().await.unwrap(), [35, 37]);
        let none = Filter::new(SHIFTS).bind(1).bind(0).and_any("kind LIKE {}", &[] as &[&str]);
        assert!(r.filtered(none).scalars::<i64>().await.unwrap().is_empty());
        let hostile = Filter::new(SHIFTS).bind(1).bind(0).and_opt("kind = {}", Some("' OR 1 = 1 --"));
        assert!(r.filtered(hostile).scalars::<i64>().await.unwrap().is_empty());
    })
    .await;
}

#[test]
fn a_filter_selects_what_the_same_conditions_in_rust_select() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(each_engine(async |db| {
        shifts(&db).await;
        let runtime = tokio::runtime::Handle::current();
        let cases = (
            0..2_i64,
            0..45_i64,
            proptest::option::of(0..5_i64),
            proptest::option::of((0..45_i64, 0..45_i64)),
            proptest::collection::vec(0..45_i64, 0..20),
            proptest::bool::ANY,
        );
        let check = |(org, after, rest, period, ids, listed): Case| {
            let mut filter = Filter::new(SHIFTS).bind(org).bind(after).and_opt("id % 5 = {}", rest);
            filter = filter.and_opt_pair("id BETWEEN {} AND {}", period);
            if listed {
                filter = filter.and_in("id IN ({})", &ids);
            }
            filter = filter.tail(" ORDER BY id LIMIT {}", 10);
            let found = runtime.block_on(async { db.read().await.unwrap().filtered(filter).scalars::<i64>().await.unwrap() });
            let wanted = (1..=40_i64).filter(|id| id % 2 == org && *id > after && rest.is_none_or(|rest| id % 5 == rest));
            let wanted = wanted.filter(|id| period.is_none_or(|(from, to)| (from..=to).contains(id)));
            let wanted: Vec<_> = wanted.filter(|id| !listed || ids.contains(id)).take(10).collect();
            assert_eq!(found, wanted);
            Ok(())
        };
        tokio::task::block_in_place(|| TestRunner::new(Config::with_cases(100)).run(&cases, check)).unwrap();
    }));
}
