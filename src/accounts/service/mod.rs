//! What this room does, one file per use case.

mod change_me;
mod find_me;
mod open_api_session;
mod purge_sessions;
mod refresh_tokens;
mod register;
mod sign_in;
mod sign_out;

pub use change_me::change_me;
pub use find_me::{find_account, find_bearer, find_me, has_accounts};
pub use open_api_session::open_api_session;
pub use purge_sessions::{PURGE, purge_sessions};
pub use refresh_tokens::refresh_tokens;
pub use register::{ReadyAccount, insert_account, register};
pub use sign_in::{record_sign_in, sign_in};
pub use sign_out::sign_out;
