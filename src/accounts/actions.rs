//! What can be asked of this room.

use crate::access::For;

crate::actions! {
    /// Create an account.
    Register: "account.register", For::Everyone, Write;
    /// Prove to be the owner of an account.
    SignIn: "account.sign_in", For::Everyone, Write;
    /// Trade a refresh token for new tokens.
    RefreshTokens: "session.refresh", For::Everyone, Write;
    /// End one's own session.
    SignOut: "session.end", For::Account, Write;
    /// Read one's own account.
    ReadMe: "account.read", For::Account, Read;
    /// Change one's own name or language.
    ChangeMe: "account.change", For::Account, Write;
}
