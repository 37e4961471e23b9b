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
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Why keys could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{path}: {error}")]
    File { path: PathBuf, error: std::io::Error },
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

/// The key that seals; made on the first start.
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

fn make_directory(data: &Path) -> Result<PathBuf, KeyError> {
    let directory = directory(data);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory);
    made.map_err(|error| KeyError::File { path: directory.clone(), error })?;
    Ok(directory)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let failed = |error| KeyError::File { path: path.to_owned(), error };
    // Written aside and renamed: a server that looks at this moment never reads half a key.
    let aside = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&aside, path).map_err(failed)
}

fn list(directory: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
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
