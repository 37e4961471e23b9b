//! What this room does, one file per use case.

mod answer_link;
mod api_tokens;
mod change_email;
mod change_me;
mod change_password;
mod close_account;
mod find_me;
mod manage_sessions;
mod open_api_session;
mod passkeys;
mod platform;
mod purge_sessions;
mod refresh_tokens;
mod register;
mod reset_password;
mod second_factor;
mod sign_in;
mod sign_out;
mod totp;

pub use answer_link::{AddressChange, confirm_email, deny_notice, find_link, verify_email};
pub use api_tokens::{MadeToken, find_api_token, list_my_tokens, make_token, revoke_token};
pub use change_email::{find_email_change, request_email_change, request_verification};
pub use change_me::change_me;
pub use change_password::{change_password, check_present_password};
pub use close_account::{close_account, erase_account};
pub use find_me::{find_account, find_bearer, find_me, has_accounts};
pub use manage_sessions::{
    end_my_other_sessions, end_my_session, end_sessions_of, find_browser_session_id, label_my_session, list_my_sessions,
    list_sessions_of,
};
pub use open_api_session::{Place, open_api_session};
pub use passkeys::{add_passkey, allow_challenge, list_my_passkeys, remove_passkey, sign_in_with_passkey, start_passkey};
pub use platform::{list_accounts, set_account_active, set_platform_admin, set_platform_admin_of};
pub use purge_sessions::{PURGE, purge_sessions};
pub use refresh_tokens::{end_family, refresh_tokens};
pub use register::{ReadyAccount, insert_account, insert_account_for, prepare_unproved, register};
pub use reset_password::{RESET, mail_reset, request_reset, reset_password, start_reset};
pub use second_factor::check_second_factor;
pub use sign_in::{Attempt, SignedIn, complete_sign_in, sign_in};
pub use sign_out::sign_out;
pub use totp::{TotpState, confirm_totp, find_totp_state, remove_totp, renew_recovery_codes, start_totp};
