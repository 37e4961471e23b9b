//! Key files: made on the first start in `data/keys`, readable by their owner alone.
//!
//! - `token-<kid>.<algorithm>`: a key that signs access tokens (`p8` is Ed25519, the default; `es256`, `rs256`, `hs256`).
//!   All verify; the newest of the configured algorithm signs.
//! - `seal.key`: 32 bytes that seal second factors in the database.

use super::random;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A key that has had no name for longer will get none.
const LEFT_AFTER: Duration = Duration::from_secs(60);

/// Why keys could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    /// Somebody else on the machine could read the key.
    #[error("{path} is readable by others (mode {mode:o}); run: chmod 600 {path}", path = .path.display())]
    Readable { path: PathBuf, mode: u32 },
    #[error("{0} is not a key of the kind its name says")]
    Malformed(PathBuf),
}

/// An algorithm of access tokens. RS256 and HS256 are for clients that know nothing else: ASVS 5.0 (appendix C) disallows
/// PKCS#1 v1.5 signatures, and with HS256 nobody else can verify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyKind {
    #[default]
    EdDsa,
    Es256,
    /// 3072 bits.
    Rs256,
    Hs256,
}

impl KeyKind {
    pub const ALL: [Self; 4] = [Self::EdDsa, Self::Es256, Self::Rs256, Self::Hs256];

    /// As `alg` in a token's header and in the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Hs256 => "HS256",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::EdDsa => "p8",
            Self::Es256 => "es256",
            Self::Rs256 => "rs256",
            Self::Hs256 => "hs256",
        }
    }

    /// A new private key: PKCS#8 (RFC 5958), or 32 random bytes for HS256.
    fn generate(self) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
        Ok(match self {
            Self::EdDsa => Ed25519KeyPair::generate()?.to_pkcs8()?.as_ref().to_vec(),
            Self::Es256 => {
                let rng = aws_lc_rs::rand::SystemRandom::new();
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng)?.as_ref().to_vec()
            }
            Self::Rs256 => {
                let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa3072)?;
                AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair)?.as_ref().to_vec()
            }
            Self::Hs256 => random::bytes::<32>().to_vec(),
        })
    }

    fn reads(self, private: &[u8]) -> bool {
        match self {
            Self::EdDsa => Ed25519KeyPair::from_pkcs8(private).is_ok(),
            Self::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private).is_ok(),
            Self::Rs256 => aws_lc_rs::rsa::KeyPair::from_pkcs8(private).is_ok(),
            Self::Hs256 => private.len() >= 32,
        }
    }
}

/// One signing key.
pub struct TokenKey {
    /// The key's name in token headers.
    pub kid: String,
    pub kind: KeyKind,
    /// PKCS#8, or the secret itself for HS256.
    pub private: Vec<u8>,
}

/// The directory of the keys below a data directory.
pub fn directory(data: &Path) -> PathBuf {
    data.join("keys")
}

/// Reads all token keys, newest first; makes one of `kind` when there is none of it.
///
/// # Errors
/// When a file cannot be read or written, is readable by others, or is not a key.
pub fn token_keys(data: &Path, kind: KeyKind) -> Result<Vec<TokenKey>, KeyError> {
    let directory = directory(data);
    if !list(&directory)?.iter().any(|path| kid_of(path).is_some_and(|(_, found)| found == kind)) {
        generate_token_key(data, kind)?;
    }
    list(&directory)?.into_iter().rev().map(|path| read(&path)).collect()
}

/// Makes a new token key. Servers that run find it within seconds; older keys go on verifying, so nobody is signed out.
///
/// # Errors
/// When the file cannot be written.
pub fn generate_token_key(data: &Path, kind: KeyKind) -> Result<String, KeyError> {
    let directory = make_directory(data)?;
    // The number orders the files; the random part makes the name unique among servers.
    let number = list(&directory)?.iter().filter_map(|path| kid_of(path)?.0.get(..4)?.parse::<u32>().ok()).max().unwrap_or(0) + 1;
    let kid = format!("{number:04}{}", super::secret::hex(&random::bytes::<4>()));
    let path = directory.join(format!("token-{kid}.{}", kind.extension()));
    let private = kind.generate().map_err(|_| KeyError::Malformed(path.clone()))?;
    write(&path, &private)?;
    Ok(kid)
}

/// The key that seals; made on the first start. Servers that start at the same time all have the one of the fastest.
///
/// # Errors
/// As [`token_keys`].
pub fn seal_key(data: &Path) -> Result<Vec<u8>, KeyError> {
    let path = make_directory(data)?.join("seal.key");
    if !path.exists() {
        write(&path, &random::bytes::<32>())?;
    }
    read_private(&path)
}

/// Removes what an interrupted start has left aside: nobody else finds it, and it may be half a key. What another server is about
/// to give its name is younger. Where it cannot be removed, it is in nobody's way.
pub fn clear_up(data: &Path) {
    let entries = fs::read_dir(directory(data)).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|extension| extension == "new")) {
        let age = fs::metadata(&path).and_then(|file| file.modified()).ok().and_then(|made| made.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_AFTER) {
            fs::remove_file(&path).ok();
        }
    }
}

fn make_directory(data: &Path) -> Result<PathBuf, KeyError> {
    let directory = directory(data);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory);
    made.map_err(|error| KeyError::File { path: directory.clone(), error })?;
    Ok(directory)
}

/// Writes a key, or leaves the one that somebody else has just written there.
fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    // Written aside, under a name that nobody else takes, and then given its own: who looks at this moment never reads half a key, and
    // what an interrupted start has left is in nobody's way.
    let aside = path.with_extension(format!("{}.new", super::secret::hex(&random::bytes::<8>())));
    let written = write_aside(&aside, bytes).and_then(|()| match fs::hard_link(&aside, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = fs::remove_file(&aside);
    // What is sealed with a key must not outlive it: the disk has its name, too, and that of its directory.
    let mut places = path.ancestors().skip(1).take(2).filter(|place| !place.as_os_str().is_empty());
    let synced = places.try_for_each(|place| fs::File::open(place)?.sync_all());
    written.and(removed).and(synced).map_err(|error| KeyError::File { path: path.to_owned(), error })
}

fn write_aside(aside: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(aside)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn list(directory: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(KeyError::File { path: directory.to_owned(), error }),
    };
    let mut paths: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| kid_of(p).is_some()).collect();
    paths.sort();
    Ok(paths)
}

fn kid_of(path: &Path) -> Option<(&str, KeyKind)> {
    let (kid, extension) = path.file_name()?.to_str()?.strip_prefix("token-")?.split_once('.')?;
    Some((kid, KeyKind::ALL.into_iter().find(|kind| kind.extension() == extension)?))
}

fn read_private(path: &Path) -> Result<Vec<u8>, KeyError> {
    let failed = |error| KeyError::File { path: path.to_owned(), error };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Readable { path: path.to_owned(), mode });
    }
    fs::read(path).map_err(failed)
}

fn read(path: &Path) -> Result<TokenKey, KeyError> {
    let (kid, kind) = kid_of(path).ok_or_else(|| KeyError::Malformed(path.to_owned()))?;
    let private = read_private(path)?;
    if !kind.reads(&private) {
        return Err(KeyError::Malformed(path.to_owned()));
    }
    Ok(TokenKey { kid: kid.to_owned(), kind, private })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::Barrier;

    fn files(data: &Path) -> Vec<String> {
        fs::read_dir(directory(data)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_first_start_that_was_interrupted_can_be_made_again() {
        let data = tempfile::tempdir().unwrap();
        make_directory(data.path()).unwrap();
        // What a start leaves that ends between writing a key and giving it its name.
        for left in ["seal.new", "seal.0011223344556677.new", "token-00010a0b0c0d.0011223344556677.new"] {
            fs::write(directory(data.path()).join(left), [0; 7]).unwrap();
        }
        let sealed = seal_key(data.path()).unwrap();
        assert_eq!(sealed.len(), 32);
        assert_eq!(seal_key(data.path()).unwrap(), sealed);
        assert_eq!(token_keys(data.path(), KeyKind::EdDsa).unwrap().len(), 1);
    }

    #[test]
    fn what_an_interrupted_start_left_is_removed_and_what_is_being_made_is_not() {
        let data = tempfile::tempdir().unwrap();
        clear_up(data.path());
        seal_key(data.path()).unwrap();
        for (name, seconds) in [("seal.0011223344556677.new", 61), ("token-00010a0b0c0d.0011223344556677.new", 0), ("new", 61)] {
            let file = fs::File::create(directory(data.path()).join(name)).unwrap();
            let made = file.metadata().unwrap().modified().unwrap();
            file.set_modified(made - Duration::from_secs(seconds)).unwrap();
        }
        clear_up(data.path());
        let mut left = files(data.path());
        left.sort();
        assert_eq!(left, ["new", "seal.key", "token-00010a0b0c0d.0011223344556677.new"]);
    }

    #[test]
    fn who_starts_at_the_same_time_seals_with_the_same_key() {
        for _ in 0..20 {
            let data = tempfile::tempdir().unwrap();
            let start = Barrier::new(8);
            let make = || {
                start.wait();
                seal_key(data.path()).unwrap()
            };
            let keys: HashSet<Vec<u8>> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(keys.len(), 1, "what one sealed no other could open");
            assert!(keys.contains(&seal_key(data.path()).unwrap()));
            assert_eq!(files(data.path()), ["seal.key"], "nothing is left aside");
        }
    }

    #[test]
    fn keys_are_made_once_and_kept_from_others() {
        let data = tempfile::tempdir().unwrap();
        let first = token_keys(data.path(), KeyKind::EdDsa).unwrap();
        assert_eq!(first.len(), 1);
        generate_token_key(data.path(), KeyKind::Hs256).unwrap();
        let both = token_keys(data.path(), KeyKind::EdDsa).unwrap();
        assert_eq!(both.len(), 2);
        assert_eq!(both[1].kid, first[0].kid, "the newest comes first");
        assert_eq!(seal_key(data.path()).unwrap(), seal_key(data.path()).unwrap());
        let path = directory(data.path()).join(format!("token-{}.p8", first[0].kid));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(token_keys(data.path(), KeyKind::EdDsa), Err(KeyError::Readable { mode: 0o644, .. })));
    }
}
