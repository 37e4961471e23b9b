//! Key files: made on the first start in `data/keys`, readable by their owner alone.
//!
//! - `token-<kid>.p8`: an Ed25519 key that signs access tokens. The newest signs, all verify.

use super::random;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
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
    #[error("{0} is not an Ed25519 key in PKCS#8")]
    Malformed(PathBuf),
}

/// One signing key.
pub struct TokenKey {
    /// The key's name in token headers.
    pub kid: String,
    /// PKCS#8.
    pub private: Vec<u8>,
    /// The 32 bytes of RFC 8032.
    pub public: Vec<u8>,
}

/// The directory of the keys below a data directory.
pub fn directory(data: &Path) -> PathBuf {
    data.join("keys")
}

/// Reads all token keys, newest first; makes the first one when there is none.
///
/// # Errors
/// When a file cannot be read or written, is readable by others, or is not a key.
pub fn token_keys(data: &Path) -> Result<Vec<TokenKey>, KeyError> {
    let directory = directory(data);
    if list(&directory)?.is_empty() {
        generate_token_key(data)?;
    }
    list(&directory)?.into_iter().rev().map(|path| read(&path)).collect()
}

/// Makes a new token key, which signs from the next start on.
///
/// # Errors
/// When the file cannot be written.
pub fn generate_token_key(data: &Path) -> Result<String, KeyError> {
    let directory = directory(data);
    let failed = |error| KeyError::File { path: directory.clone(), error };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(failed)?;
    // The number orders the files; the random part makes the name unique among servers.
    let number = list(&directory)?.len() + 1;
    let kid = format!("{number:04}{}", super::secret::hex(&random::bytes::<4>()));
    let path = directory.join(format!("token-{kid}.p8"));
    let malformed = |_| KeyError::Malformed(path.clone());
    let pair = Ed25519KeyPair::generate().map_err(malformed)?;
    let document = pair.to_pkcs8().map_err(malformed)?;
    let failed = |error| KeyError::File { path: path.clone(), error };
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    file.write_all(document.as_ref()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(kid)
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

fn kid_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_prefix("token-")?.strip_suffix(".p8")
}

fn read(path: &Path) -> Result<TokenKey, KeyError> {
    let failed = |error| KeyError::File { path: path.to_owned(), error };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Readable { path: path.to_owned(), mode });
    }
    let private = fs::read(path).map_err(failed)?;
    let pair = Ed25519KeyPair::from_pkcs8(&private).map_err(|_| KeyError::Malformed(path.to_owned()))?;
    let public = pair.public_key().as_ref().to_vec();
    Ok(TokenKey { kid: kid_of(path).unwrap_or_default().to_owned(), private, public })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_kept_from_others() {
        let data = tempfile::tempdir().unwrap();
        let first = token_keys(data.path()).unwrap();
        assert_eq!(first.len(), 1);
        generate_token_key(data.path()).unwrap();
        let both = token_keys(data.path()).unwrap();
        assert_eq!(both.len(), 2);
        assert_eq!(both[1].kid, first[0].kid, "the newest comes first");
        let path = directory(data.path()).join(format!("token-{}.p8", both[0].kid));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(token_keys(data.path()), Err(KeyError::Readable { mode: 0o644, .. })));
    }
}
