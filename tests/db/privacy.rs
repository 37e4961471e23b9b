//! Who on the machine can read SQLite's files: their owner, unless somebody lets others.
use super::on_sqlite;
use regie::platform::db::Limits;
use std::fs::{Permissions, metadata, set_permissions};
use std::os::unix::fs::PermissionsExt;

#[tokio::test]
async fn a_new_database_is_its_owners_alone_and_an_old_one_keeps_its_mode() {
    on_sqlite(async |place| {
        let path = place.url.strip_prefix("sqlite://").unwrap();
        let mode = |end: &str| metadata(format!("{path}{end}")).unwrap().permissions().mode() & 0o777;
        let db = place.connect(Limits::default()).await;
        db.script("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY)").await.unwrap();
        assert_eq!(["", "-wal", "-shm"].map(mode), [0o600; 3]);
        db.close().await.unwrap();

        set_permissions(path, Permissions::from_mode(0o640)).unwrap();
        let db = place.connect(Limits::default()).await;
        assert_eq!(mode(""), 0o640);
        db.close().await.unwrap();
    })
    .await;
}
