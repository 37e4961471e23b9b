//! Who wants an encrypted way to PostgreSQL gets one or none.
use super::{on_postgres, spawn};
use regie::platform::db::{Db, Limits};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The question whether the server encrypts: the length and a number that is no version.
const QUESTION: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// What is said to a server that answers this to the question: nothing, when it is not asked.
async fn said_after(answer: u8, sslmode: &str) -> Vec<u8> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; QUESTION.len()];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(asked, QUESTION);
        stream.write_all(&[answer]).await.unwrap();
        let mut said = vec![0; 3];
        let count = stream.read(&mut said).await.unwrap();
        said.truncate(count);
        said
    });
    let url = format!("postgres://regie@127.0.0.1:{port}/regie?sslmode={sslmode}");
    let limits = Limits { acquire: Duration::from_secs(5), ..Limits::default() };
    let (connected, heard) = tokio::join!(Db::connect(&url, limits), heard);
    assert!(connected.is_err(), "there is no database");
    heard.unwrap()
}

#[tokio::test]
async fn who_wants_encryption_says_nothing_in_the_clear() {
    // A record of a handshake, of any version of TLS.
    const HELLO: [u8; 2] = [22, 3];
    for sslmode in ["prefer", "require", "verify-ca", "verify-full"] {
        assert!(said_after(b'S', sslmode).await.starts_with(&HELLO), "{sslmode}");
    }
    for sslmode in ["require", "verify-ca", "verify-full"] {
        assert!(said_after(b'N', sslmode).await.is_empty(), "{sslmode}");
    }
}

/// The server for tests has a certificate that it made itself, where there is OpenSSL.
#[tokio::test]
async fn statements_are_encrypted_and_a_certificate_of_nobody_is_refused() {
    on_postgres(async |place| {
        let options: PgConnectOptions = place.url.parse().unwrap();
        let mut connection = PgConnection::connect_with(&options).await.unwrap();
        let can: String = sqlx::query_scalar("SHOW ssl").fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        if can != "on" {
            eprintln!("PostgreSQL has no certificate: encryption is skipped");
            return;
        }
        let mut connection = PgConnection::connect_with(&options.clone().ssl_mode(PgSslMode::Require)).await.unwrap();
        let query = sqlx::query_scalar("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        let is_encrypted: bool = query.fetch_one(&mut connection).await.unwrap();
        assert!(is_encrypted);
        connection.close().await.unwrap();
        for mode in [PgSslMode::VerifyCa, PgSslMode::VerifyFull] {
            let refused = PgConnection::connect_with(&options.clone().ssl_mode(mode)).await.map(drop).unwrap_err();
            assert!(matches!(refused, sqlx::Error::Io(_) | sqlx::Error::Tls(_)), "{mode:?}: {refused}");
        }
    })
    .await;
}
