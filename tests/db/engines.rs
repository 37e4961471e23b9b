//! The same statement means the same on both engines.
use super::{count, each_engine, each_place};
use regie::platform::db::{Db, DbError, DbResult, Limits, OnUnique, ReadTx, WriteTx};

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
struct UserId(i64);

#[derive(Clone, Debug, PartialEq, sqlx::Type)]
#[sqlx(transparent)]
struct Email(String);

regie::bind_newtype!(UserId => i64, Email => String);

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct User {
    id: UserId,
    email: Email,
    name: Option<String>,
    admin: bool,
    score: i64,
    created_at: i64,
}

const SCHEMA: &str = "
CREATE TABLE users (id BIGINT NOT NULL CONSTRAINT users_pkey PRIMARY KEY, email TEXT NOT NULL, name TEXT,
  admin BOOLEAN NOT NULL DEFAULT FALSE, score BIGINT NOT NULL DEFAULT 0, created_at BIGINT NOT NULL,
  CONSTRAINT score_positive CHECK (score >= 0));
CREATE UNIQUE INDEX users_email_key ON users (email);
CREATE UNIQUE INDEX users_lower_name_key ON users (lower(name));
CREATE TABLE members (org BIGINT NOT NULL, user_id BIGINT NOT NULL REFERENCES users (id), role TEXT NOT NULL,
  n BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (org, user_id));
CREATE TABLE invites (id BIGINT NOT NULL PRIMARY KEY, org BIGINT NOT NULL, email TEXT NOT NULL, used_at BIGINT);
CREATE UNIQUE INDEX invites_org_email_key ON invites (org, email) WHERE used_at IS NULL;
";
const ADD_USER: &str = "INSERT INTO users (id, email, name, admin, score, created_at) VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING id, email, name, admin, score, created_at";
const USER: &str = "SELECT id, email, name, admin, score, created_at FROM users WHERE id = $1";
const USERS_IN: &str = "SELECT id FROM users WHERE admin = $1 AND id IN ($2..) ORDER BY id";
const USER_BY_NAME: &str = "SELECT id FROM users WHERE ($1 IS NULL AND name IS NULL) OR name = $1 ORDER BY id LIMIT 1";
const PAGE: &str = "SELECT id, email, name, admin, score, created_at FROM users WHERE (created_at, id) < ($1, $2)
  ORDER BY created_at DESC, id DESC LIMIT $3";
const COUNT: &str = "SELECT count(*) FROM users";
const SUM: &str = "SELECT CAST(coalesce(sum(created_at), 0) AS BIGINT) FROM users";
const EXISTS: &str = "SELECT EXISTS (SELECT 1 FROM users WHERE id = $1)";
const RENAME: &str = "UPDATE users SET name = $2 WHERE id = $1";
const NAME: &str = "SELECT name FROM users WHERE id = $1";
const PUT_MEMBER: &str = "INSERT INTO members (org, user_id, role) VALUES ($1, $2, $3)
  ON CONFLICT (org, user_id) DO UPDATE SET role = excluded.role, n = members.n + 1 RETURNING n";
const ADD_MEMBER: &str = "INSERT INTO members (org, user_id, role) VALUES ($1, $2, $3)";
const INVITE: &str = "INSERT INTO invites (id, org, email) VALUES ($1, $2, $3)";
const INVITE_ONCE: &str = "INSERT INTO invites (id, org, email) VALUES ($1, $2, $3)
  ON CONFLICT (org, email) WHERE used_at IS NULL DO NOTHING";
const USE_INVITE: &str = "UPDATE invites SET used_at = $2 WHERE id = $1 AND used_at IS NULL";

async fn add_user(tx: &mut WriteTx, id: i64, name: Option<&str>, admin: bool) -> DbResult<User> {
    let email = Email(format!("u{id}@x"));
    let add = tx.query(ADD_USER).bind(UserId(id)).bind(&email).bind(name).bind(admin).bind(15);
    add.bind(1_700_000_000_000 + id).one().await
}

/// Takes a reader; a writer is one, too.
async fn user(tx: &mut ReadTx, id: UserId) -> DbResult<Option<User>> {
    tx.query(USER).bind(id).optional().await
}

/// Nine users; the third has no name, the odd ones are admins.
async fn nine_users(db: &Db) {
    db.script(SCHEMA).await.unwrap();
    let mut tx = db.begin_write().await.unwrap();
    for id in 1..=9 {
        let name = format!("Name {id}");
        let added = add_user(&mut tx, id, (id != 3).then_some(name.as_str()), id % 2 == 1).await.unwrap();
        assert_eq!((added.id, added.admin, added.name.is_none()), (UserId(id), id % 2 == 1, id == 3));
    }
    assert_eq!(user(&mut tx, UserId(2)).await.unwrap().unwrap().email, Email("u2@x".into()));
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_means_the_same() {
    each_engine(async |db| {
        nine_users(&db).await;
        let mut r = db.read().await.unwrap();
        assert_eq!(user(&mut r, UserId(99)).await.unwrap(), None);
        assert!(matches!(r.query(USER).bind(99).one::<User>().await, Err(DbError::NotFound)));
        assert_eq!(r.query(COUNT).scalar::<i64>().await.unwrap(), 9);
        assert_eq!(r.query(SUM).scalar::<i64>().await.unwrap(), 9 * 1_700_000_000_000 + 45);
        assert!(r.query(EXISTS).bind(UserId(4)).scalar::<bool>().await.unwrap());
        assert_eq!(r.query(USER_BY_NAME).bind(None::<&str>).scalar::<UserId>().await.unwrap(), UserId(3));
        assert_eq!(r.query(USER_BY_NAME).bind("Name 7").scalar::<UserId>().await.unwrap(), UserId(7));
        assert_eq!(r.query(NAME).bind(3).scalar::<Option<String>>().await.unwrap(), None);
        assert_eq!(r.query(NAME).bind(4).optional_scalar::<String>().await.unwrap().as_deref(), Some("Name 4"));
        assert_eq!(r.query(NAME).bind(99).optional_scalar::<String>().await.unwrap(), None);
        assert!(matches!(r.query(NAME).bind(99).scalar::<String>().await, Err(DbError::NotFound)));
        let page: Vec<User> = r.query(PAGE).bind(i64::MAX).bind(0).bind(4).all().await.unwrap();
        let last = page.last().unwrap();
        let next: Vec<User> = r.query(PAGE).bind(last.created_at).bind(last.id).bind(4).all().await.unwrap();
        assert_eq!(page.iter().chain(&next).map(|u| u.id.0).collect::<Vec<_>>(), [9, 8, 7, 6, 5, 4, 3, 2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_matches_its_members() {
    each_engine(async |db| {
        nine_users(&db).await;
        let mut r = db.read().await.unwrap();
        for length in 0..=9_i64 {
            let ids: Vec<_> = (1..=length).map(UserId).collect();
            let odd: Vec<i64> = r.query(USERS_IN).bind(true).bind_list(&ids).scalars().await.unwrap();
            assert_eq!(odd, (1..=length).filter(|id| id % 2 == 1).collect::<Vec<_>>());
        }
        let many: Vec<_> = (0..20_000_i64).collect();
        assert_eq!(r.query(USERS_IN).bind(false).bind_list(&many).scalars::<i64>().await.unwrap(), [2, 4, 6, 8]);
        let texts = ["u1@x".to_owned(), "u5@x".to_owned()];
        let texts: Vec<&String> = texts.iter().collect();
        let found = r.query("SELECT id FROM users WHERE email IN ($1..) ORDER BY id").bind_list(&texts);
        assert_eq!(found.scalars::<UserId>().await.unwrap(), [UserId(1), UserId(5)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writing_means_the_same() {
    each_engine(async |db| {
        nine_users(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        assert_eq!(tx.query(RENAME).bind(UserId(1)).bind("Other").execute().await.unwrap(), 1);
        assert_eq!(tx.query(RENAME).bind(UserId(99)).bind("Other two").execute().await.unwrap(), 0);
        for n in 0..2 {
            let put = tx.query(PUT_MEMBER).bind(1).bind(UserId(1)).bind("a");
            assert_eq!(put.scalar::<i64>().await.unwrap(), n);
        }
        assert_eq!(tx.query(INVITE).bind(1).bind(7).bind("e").execute().await.unwrap(), 1);
        assert_eq!(tx.query(INVITE_ONCE).bind(2).bind(7).bind("e").execute().await.unwrap(), 0);
        assert_eq!(tx.query(USE_INVITE).bind(1).bind(1_700_000_000_000_i64).execute().await.unwrap(), 1);
        assert_eq!(tx.query(INVITE).bind(2).bind(7).bind("e").execute().await.unwrap(), 1);
        tx.commit().await.unwrap();

        let mut tx = db.begin_write().await.unwrap();
        tx.query("DELETE FROM invites").execute().await.unwrap();
        drop(tx);
        assert_eq!(count(&db, "SELECT count(*) FROM invites").await, 2);
    })
    .await;
}

/// The first statement that fails, and what the transaction says afterwards.
async fn fails(db: &Db, sql: &'static str, args: (i64, i64, &str)) -> DbError {
    let mut tx = db.begin_write().await.unwrap();
    let error = tx.query(sql).bind(args.0).bind(args.1).bind(args.2).execute().await.unwrap_err();
    assert!(matches!(tx.query(COUNT).scalar::<i64>().await, Err(DbError::Aborted)));
    assert!(matches!(tx.commit().await, Err(DbError::Aborted)));
    error
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn violations_have_one_name() {
    each_engine(async |db| {
        nine_users(&db).await;
        let mut tx = db.begin_write().await.unwrap();
        tx.query(INVITE).bind(1).bind(7).bind("e").execute_one().await.unwrap();
        tx.query(ADD_MEMBER).bind(1).bind(1).bind("a").execute_one().await.unwrap();
        tx.commit().await.unwrap();
        let set_email = "UPDATE users SET email = $3 WHERE id = $1 AND id <> $2";
        let set_name = "UPDATE users SET name = $3 WHERE id = $1 AND id <> $2";
        let cases = [
            (INVITE, (2, 7, "e"), "invites_org_email_key"),
            (INVITE, (1, 8, "e"), "invites_pkey"),
            (ADD_MEMBER, (1, 1, "e"), "members_pkey"),
            (set_email, (1, 0, "u2@x"), "users_email_key"),
            (set_name, (1, 0, "nAME 2"), "users_lower_name_key"),
        ];
        for (sql, args, name) in cases {
            let error = fails(&db, sql, args).await;
            assert!(error.is_unique(name), "{name}: {error:?}");
        }
        assert!(matches!(fails(&db, ADD_MEMBER, (1, 999, "e")).await, DbError::ForeignKey));
        let error = fails(&db, "UPDATE users SET score = $2, name = $3 WHERE id = $1", (1, -1, "z")).await;
        assert!(matches!(&error, DbError::Invalid(text) if text.contains("score_positive")), "{error:?}");
        let error = fails(&db, "UPDATE users SET email = NULL, score = $2, name = $3 WHERE id = $1", (1, 1, "z")).await;
        assert!(matches!(error, DbError::Invalid(_)), "{error:?}");
    })
    .await;
}

#[derive(Debug, PartialEq)]
enum InviteError {
    Twice,
    Db,
}

impl From<DbError> for InviteError {
    fn from(_: DbError) -> Self {
        Self::Db
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_violation_gets_the_callers_words() {
    each_engine(async |db| {
        nine_users(&db).await;
        let invite = async |id: i64, org: i64| {
            db.write(async |tx| {
                let done = tx.query(INVITE).bind(id).bind(org).bind("e").execute_one().await;
                done.on_unique("invites_org_email_key", InviteError::Twice)
            })
            .await
        };
        assert_eq!(invite(1, 7).await, Ok(()));
        assert_eq!(invite(2, 7).await, Err(InviteError::Twice));
        assert_eq!(invite(1, 8).await, Err(InviteError::Db));
        assert_eq!(count(&db, "SELECT count(*) FROM invites").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_cannot_write() {
    each_engine(async |db| {
        nine_users(&db).await;
        let rename = async |mut r: ReadTx| r.query(RENAME).bind(1).bind("x").execute().await;
        assert!(rename(db.read().await.unwrap()).await.is_err());
        assert!(rename(db.begin_read().await.unwrap()).await.is_err());
        assert_eq!(count(&db, "SELECT count(*) FROM users WHERE name = 'x'").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_does_not_see_later_commits() {
    each_engine(async |db| {
        nine_users(&db).await;
        let mut snapshot = db.begin_read().await.unwrap();
        let mut reader = db.read().await.unwrap();
        assert_eq!(snapshot.query(COUNT).scalar::<i64>().await.unwrap(), 9);
        let mut tx = db.begin_write().await.unwrap();
        add_user(&mut tx, 10, None, false).await.unwrap();
        assert_eq!(reader.query(COUNT).scalar::<i64>().await.unwrap(), 9);
        tx.commit().await.unwrap();
        assert_eq!(snapshot.query(COUNT).scalar::<i64>().await.unwrap(), 9);
        assert_eq!(reader.query(COUNT).scalar::<i64>().await.unwrap(), 10);
        drop(snapshot);
        assert_eq!(db.begin_read().await.unwrap().query(COUNT).scalar::<i64>().await.unwrap(), 10);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_every_type_come_back() {
    each_engine(async |db| {
        db.script("CREATE TABLE v (n BIGINT, t TEXT, b BOOLEAN)").await.unwrap();
        type Row = (Option<i64>, Option<String>, Option<bool>);
        const PUT: &str = "INSERT INTO v (n, t, b) VALUES ($1, $2, $3) RETURNING n, t, b";
        let mut tx = db.begin_write().await.unwrap();
        let text = String::from("é\u{1f980}");
        let all: Row = tx.query(PUT).bind(i64::MIN).bind(&text).bind(true).one().await.unwrap();
        assert_eq!(all, (Some(i64::MIN), Some(text.clone()), Some(true)));
        // the same statement with other Rust types of the same meaning
        let all: Row = tx.query(PUT).bind(7_u16).bind(text.as_str()).bind(false).one().await.unwrap();
        assert_eq!((all.0, all.2), (Some(7), Some(false)));
        let all: Row = tx.query(PUT).bind(Some(7_u32)).bind(text.clone()).bind(None::<bool>).one().await.unwrap();
        assert_eq!(all, (Some(7), Some(text), None));
        let all: Row = tx.query(PUT).bind(-7_i32).bind(None::<&str>).bind(Some(true)).one().await.unwrap();
        assert_eq!(all, (Some(-7), None, Some(true)));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_bind_is_found_on_both() {
    each_engine(async |db| {
        nine_users(&db).await;
        let missing = super::spawn(async move { db.read().await.unwrap().query(NAME).optional_scalar::<String>().await });
        assert!(missing.await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_counted() {
    each_place(async |place| {
        let db = place.connect(Limits { readers: 2, acquire: std::time::Duration::from_millis(200), ..Limits::default() }).await;
        let (one, two) = (db.read().await.unwrap(), db.begin_read().await.unwrap());
        let tx = db.begin_write().await.unwrap();
        let stats = db.pool_stats();
        assert_eq!((stats.readers_in_use, stats.readers_idle, stats.writers_in_use), (2, 0, 1));
        assert!(matches!(db.read().await, Err(DbError::Unavailable(_))));
        drop((one, two, tx));
        db.ping().await.unwrap();
        db.close().await.unwrap();
        assert!(matches!(db.ping().await, Err(DbError::Unavailable(_))));
        assert!(matches!(db.begin_write().await, Err(DbError::Unavailable(_))));
    })
    .await;
}
