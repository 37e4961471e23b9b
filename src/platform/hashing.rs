//! Password hashing: argon2id in a bounded pool of workers that reuse their memory.
//!
//! Parameters are the OWASP minimum (m = 19 MiB, t = 2, p = 1). Memory is reused because faulting 19 MiB in anew costs
//! more than the hash itself (measured: 28.8 ms → 12.5 ms), and lies in huge pages where the kernel has them, because the hash
//! jumps through it (17.5 ms → 14.5 ms on a busy machine). The workers are threads of their own at low priority, so
//! that a storm of sign-ins leaves the machine to everybody else, and their queue is short: memory stays bounded.

use super::random;
use argon2::password_hash::{Output, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Bounds for parameters read from the database: a forged row must not buy a gigabyte or a minute.
const MAX_MEMORY_KIB: u32 = 128 * 1024;
const MAX_PASSES: u32 = 10;
/// Passwords that may wait for each worker: about a second's work. Who comes later hears at once to come back.
const QUEUE_PER_WORKER: usize = 48;
/// No password that we take is longer (256 characters of four bytes). One that is cannot be right, and must not cost more.
const MAX_BYTES: usize = 1024;
/// How much the workers stand back for requests (nice): a storm of sign-ins must not slow a punch.
const NICENESS: i32 = 10;
/// The lowest priority there is: that of a server that was itself told to stand back.
const LEAST: i32 = 19;

type Work = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// The pool. Clones share it; the workers end with the last one.
#[derive(Clone)]
pub struct Hasher {
    queue: SyncSender<Work>,
    params: Params,
    /// A hash of nothing anybody knows: checked for addresses that have no account, so that both answers take as long.
    decoy: Arc<str>,
}

/// Why no answer was given.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// All workers are busy and the queue is full; nothing was computed.
    #[error("too many passwords are being checked")]
    Busy,
    #[error("password hashing failed: {0}")]
    Failed(String),
}

impl Hasher {
    /// A pool of `workers` threads with the given cost.
    ///
    /// # Errors
    /// When argon2 refuses the parameters or a thread cannot be started.
    pub fn new(workers: usize, memory_kib: u32, passes: u32) -> Result<Self, HashingError> {
        let params = Params::new(memory_kib, passes, 1, None).map_err(failed)?;
        let decoy = compute(&params, random::token::<16>().as_bytes(), &mut Vec::new())?.into();
        let (queue, waiting) = sync_channel::<Work>(workers * QUEUE_PER_WORKER);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..workers {
            let waiting = waiting.clone();
            let thread = std::thread::Builder::new().name(format!("hash-{number}"));
            thread.spawn(move || work_through(&waiting)).map_err(failed)?;
        }
        Ok(Self { queue, params, decoy })
    }

    /// The PHC string of a new password.
    ///
    /// # Errors
    /// [`HashingError::Busy`] when too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, HashingError> {
        let (password, params) = (password.to_owned(), self.params.clone());
        self.run(move |memory| compute(&params, password.as_bytes(), memory)).await
    }

    /// Whether `password` is the one behind `phc`. Without a `phc` the same work is done and the answer is no.
    ///
    /// # Errors
    /// [`HashingError::Busy`] when too many wait.
    pub async fn verify(&self, password: &str, phc: Option<&str>) -> Result<bool, HashingError> {
        let is_possible = password.len() <= MAX_BYTES;
        let password = if is_possible { password } else { "" };
        let (password, phc, decoy) = (password.to_owned(), phc.map(str::to_owned), self.decoy.clone());
        self.run(move |memory| {
            let known = check(password.as_bytes(), phc.as_deref().unwrap_or(&decoy), memory)?;
            Ok(known && is_possible && phc.is_some())
        })
        .await
    }

    /// Whether a stored hash was made at another cost than today's.
    pub fn is_outdated(&self, phc: &str) -> bool {
        // Algorithm, version and cost come before the salt.
        let cost = |phc: &str| phc.splitn(5, '$').take(4).map(str::to_owned).collect::<Vec<_>>();
        cost(phc) != cost(&self.decoy)
    }

    /// Does `work` on a worker. Who hangs up meanwhile frees nothing that still computes: the place is the worker itself.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let (answer, heard) = oneshot::channel();
        let work: Work = Box::new(move |memory| {
            // Nobody waits any more: the work is not done.
            if !answer.is_closed() {
                drop(answer.send(work(memory)));
            }
        });
        match self.queue.try_send(work) {
            Ok(()) => heard.await.unwrap_or_else(|gone| Err(failed(gone))),
            Err(TrySendError::Full(_)) => Err(HashingError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(failed("the workers are gone")),
        }
    }
}

/// A worker: keeps its memory from one password to the next.
fn work_through(waiting: &Mutex<Receiver<Work>>) {
    // On Linux this is the thread's own priority. Where it cannot be lowered, the work is done all the same.
    let given = rustix::process::getpriority_process(None).unwrap_or(0);
    if let Err(error) = rustix::process::setpriority_process(None, (given + NICENESS).min(LEAST)) {
        tracing::debug!(%error, "Passwords are checked at normal priority");
    }
    let mut memory = Vec::new();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // A panic in the cipher must not cost a worker; its answer says that something failed.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&mut memory)));
        if done.is_err() {
            memory = Vec::new();
        }
    }
}

fn failed(error: impl ToString) -> HashingError {
    HashingError::Failed(error.to_string())
}

fn compute(params: &Params, password: &[u8], memory: &mut Vec<Block>) -> Result<String, HashingError> {
    let salt = SaltString::encode_b64(&random::bytes::<16>()).map_err(failed)?;
    let output = raw(params.clone(), password, salt.as_salt(), memory)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: params.try_into().map_err(failed)?,
        salt: Some(salt.as_salt()),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

fn check(password: &[u8], phc: &str, memory: &mut Vec<Block>) -> Result<bool, HashingError> {
    let hash = PasswordHash::new(phc).map_err(failed)?;
    let params = Params::try_from(&hash).map_err(failed)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else { return Ok(false) };
    let bounded = params.m_cost() <= MAX_MEMORY_KIB && params.t_cost() <= MAX_PASSES;
    if hash.algorithm != Algorithm::Argon2id.ident() || !bounded {
        return Err(failed("stored hash has foreign parameters"));
    }
    // `Output` compares in constant time.
    Ok(raw(params, password, salt, memory)? == expected)
}

fn raw(params: Params, password: &[u8], salt: Salt<'_>, memory: &mut Vec<Block>) -> Result<Output, HashingError> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        // What was there is not needed any more, and not copied.
        *memory = Vec::with_capacity(blocks);
        ask_for_huge_pages(memory);
        memory.resize(blocks, Block::default());
    }
    let mut buffer = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut buffer).map_err(failed)?;
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(password, salt, &mut out, &mut memory[..blocks]).map_err(failed)?;
    Output::new(&out).map_err(failed)
}

/// Asks for pages of 2 MiB instead of 4 KiB, before the memory is used for the first time. Those at its two ends stay small.
#[expect(unsafe_code, reason = "advice about memory that nobody else has and nothing is in yet; it changes no byte")]
fn ask_for_huge_pages(memory: &mut Vec<Block>) {
    const HUGE: usize = 2 * 1024 * 1024;
    let spare = memory.spare_capacity_mut();
    let (length, start) = (size_of_val(spare), spare.as_mut_ptr().cast::<u8>());
    let skipped = start.align_offset(HUGE);
    let whole = length.saturating_sub(skipped) / HUGE * HUGE;
    if whole > 0 {
        // SAFETY: the range lies in the vector's own spare capacity.
        let asked = unsafe { rustix::mm::madvise(start.add(skipped).cast(), whole, rustix::mm::Advice::LinuxHugepage) };
        if let Err(error) = asked {
            tracing::debug!(%error, "Passwords are checked in small pages");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_and_another_does_not() {
        let hasher = Hasher::new(2, 64, 1).unwrap();
        let phc = hasher.hash("le silence des coulisses").await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{phc}");
        assert!(hasher.verify("le silence des coulisses", Some(&phc)).await.unwrap());
        assert!(!hasher.verify("autre chose", Some(&phc)).await.unwrap());
        assert!(!hasher.verify("le silence des coulisses", None).await.unwrap());
        let endless = "la ".repeat(400);
        let phc_of_endless = hasher.hash(&endless).await.unwrap();
        assert!(!hasher.verify(&endless, Some(&phc_of_endless)).await.unwrap(), "too long to be looked at");
        let phc_of_nothing = hasher.hash("").await.unwrap();
        assert!(!hasher.verify(&endless, Some(&phc_of_nothing)).await.unwrap(), "nor is it nothing");
        assert!(!hasher.is_outdated(&phc));
        assert!(Hasher::new(1, 128, 1).unwrap().is_outdated(&phc));
    }

    #[test]
    fn memory_of_any_size_can_be_asked_for() {
        for blocks in [1, 64, 5000, 19_456] {
            let mut memory = Vec::with_capacity(blocks);
            ask_for_huge_pages(&mut memory);
            memory.resize(blocks, Block::default());
            assert_eq!(memory.len(), blocks);
        }
    }

    #[tokio::test]
    async fn a_forged_cost_is_refused() {
        let hasher = Hasher::new(1, 64, 1).unwrap();
        let forged = "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b4dWRWJTmaaJObG8YqWvPpJe4k";
        assert!(hasher.verify("x", Some(forged)).await.is_err());
    }
}
