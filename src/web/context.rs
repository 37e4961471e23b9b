//! What every page knows about its reader.

use crate::access::Actor;
use crate::accounts::Account;
use crate::kernel::{Instant, Lang, Role};
use crate::orgs::{Org, OrgOfMine};
use crate::platform::App;
use crate::platform::words::{Words, words};

/// Somebody who looks at a page.
#[derive(Clone)]
pub struct Visitor {
    pub app: App,
    pub lang: Lang,
    pub actor: Actor,
    pub account: Option<Account>,
    /// What the page before wants said: a code.
    pub flash: Option<String>,
    /// Where to come back to, with its query: the page asked for, or the one whose form was sent. Empty on a page that is shown once.
    pub path: String,
    /// For the scripts of this answer (CSP).
    pub nonce: String,
    /// What the browser calls itself.
    pub agent: String,
    /// The mark that an account knows the browser by.
    pub browser: Option<String>,
}

/// Somebody who looks at a page of an organisation they belong to.
#[derive(Clone)]
pub struct Member {
    pub visitor: Visitor,
    pub org: Org,
    pub role: Role,
    /// Until when, for somebody who runs the installation and looks in.
    pub support: Option<Instant>,
}

/// Somebody who looks at a page of their own account.
#[derive(Clone)]
pub struct Own {
    pub visitor: Visitor,
    pub account: Account,
    /// The organisations they belong to.
    pub places: Vec<OrgOfMine>,
}

/// Somebody who runs the installation.
#[derive(Clone)]
pub struct PlatformAdmin {
    pub visitor: Visitor,
}

impl Visitor {
    pub fn words(&self) -> &'static Words {
        words(self.lang)
    }

    /// For a page that is to be come back to at another address than its own.
    pub fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// For a page that is shown once: there is no way back to it, not even in another language.
    pub fn once(self) -> Self {
        self.at("")
    }
}

impl Own {
    /// As [`Visitor::at`].
    pub fn at(self, path: &str) -> Self {
        Self { visitor: self.visitor.at(path), ..self }
    }

    /// As [`Visitor::once`].
    pub fn once(self) -> Self {
        self.at("")
    }
}

impl Member {
    pub fn words(&self) -> &'static Words {
        self.visitor.words()
    }

    /// As [`Visitor::once`].
    pub fn once(self) -> Self {
        Self { visitor: self.visitor.once(), ..self }
    }

    /// An address in this organisation.
    pub fn url(&self, rest: &str) -> String {
        format!("/o/{}{rest}", self.org.slug)
    }
}
