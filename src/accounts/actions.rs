//! What can be asked of this room.

use crate::access::For;

crate::actions! {
    /// Create an account.
    Register: "account.register", For::Everyone, Write;
    /// Prove to be the owner of an account.
    SignIn: "account.sign_in", For::Everyone, Write;
    /// Trade a refresh token for new tokens.
    RefreshTokens: "session.refresh", For::Everyone, Write;
    /// Ask for a link that sets a new password.
    RequestReset: "account.request_reset", For::Everyone, Write;
    /// Look at a mailed link before answering it.
    ReadAccountLink: "account.read_link", For::Everyone, Read;
    /// Answer a mailed link: verify an address, set a password, agree to a new address, say "this was not me".
    AnswerAccountLink: "account.answer_link", For::Everyone, Write;
    /// End one's own session.
    SignOut: "session.end", For::Account, Write;
    /// Read one's own account.
    ReadMe: "account.read", For::Account, Read;
    /// Change one's own name, language, time zone, password, address or second factor.
    ChangeMe: "account.change", For::Account, Write;
    /// List one's own sessions.
    ListMySessions: "session.list_mine", For::Account, Read;
    /// Name or end one's own sessions.
    ManageMySessions: "session.manage_mine", For::Account, Write;
    /// List one's own tokens for programs.
    ListMyTokens: "token.list_mine", For::Account, Read;
    /// Make or revoke one's own tokens for programs.
    ManageMyTokens: "token.manage_mine", For::Account, Write;
    /// List the accounts of the installation.
    ListAccounts: "platform.list_accounts", For::Platform, Read;
    /// Close or open anybody's account, or let them run the installation.
    ManageAccounts: "platform.manage_accounts", For::Platform, Write;
}
