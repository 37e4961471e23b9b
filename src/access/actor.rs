//! Who asks, and from where.

use super::Scopes;
use crate::kernel::{AccountId, ApiTokenId, INSTALLATION, KioskId, MembershipId, OrgId, Role, SessionId, SupportEntryId};
use http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// Somebody or something that asks. Made by the doors' extractors and by jobs, nowhere else.
#[derive(Clone, Debug)]
pub struct Actor {
    pub who: Who,
    pub origin: Origin,
}

/// Who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Nobody,
    /// Signed in, acting for itself and not in an organisation.
    Account {
        account: AccountId,
        session: SessionId,
    },
    /// Signed in and an active member of the organisation.
    Member {
        account: AccountId,
        session: SessionId,
        org: OrgId,
        membership: MembershipId,
        role: Role,
    },
    /// A program with a token that its owner made: may do a part of what the owner may.
    Token {
        account: AccountId,
        token: ApiTokenId,
        org: OrgId,
        membership: MembershipId,
        role: Role,
        scopes: Scopes,
    },
    /// Somebody who runs the installation, in the installation's own pages.
    Platform {
        account: AccountId,
        session: SessionId,
    },
    /// Somebody who runs the installation and looks into an organisation, for a reason it can read. Only reads.
    Support {
        account: AccountId,
        session: SessionId,
        org: OrgId,
        entry: SupportEntryId,
    },
    /// A paired tablet, or a program with a kiosk's key.
    Kiosk {
        kiosk: KioskId,
        org: OrgId,
    },
    /// The program itself, for a reason that is written to the audit.
    System {
        org: OrgId,
        reason: &'static str,
    },
}

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address as the trusted proxies give it.
    pub address: String,
    pub request_id: String,
}

impl Origin {
    /// Where a request came from: the socket's address, or, when that is a trusted proxy, the right-most hop of
    /// `X-Forwarded-For` that is not one itself. Anything else that a client claims is not believed.
    pub fn of(trusted: &[IpAddr], socket: Option<IpAddr>, headers: &HeaderMap) -> Self {
        // Who listens on `[::]` sees `10.0.0.1` as `::ffff:10.0.0.1`.
        let socket = socket.map(|ip| ip.to_canonical());
        let address = match socket {
            Some(ip) if trusted.contains(&ip) => forwarded_for(trusted, headers).or(socket),
            other => other,
        };
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        Self { address: address.map(|ip| ip.to_string()).unwrap_or_default(), request_id }
    }
}

/// The right-most hop that is no trusted proxy. `None` when there is none, and when a hop on the way to it is no address: what
/// stands left of that one may be the client's own words.
fn forwarded_for(trusted: &[IpAddr], headers: &HeaderMap) -> Option<IpAddr> {
    let values = headers.get_all("x-forwarded-for").iter();
    for hop in values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).rev() {
        let ip = ip_of(hop)?;
        if !trusted.contains(&ip) {
            return Some(ip);
        }
    }
    None
}

/// The address of `ip`, `ip:port` or `[ip]:port`: some proxies tell the port, too.
fn ip_of(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    let ip = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip()));
    ip.ok().map(|ip| ip.to_canonical())
}

impl Actor {
    pub const fn nobody(origin: Origin) -> Self {
        Self { who: Who::Nobody, origin }
    }

    /// The program itself.
    pub fn system(org: OrgId, reason: &'static str) -> Self {
        Self { who: Who::System { org, reason }, origin: Origin::default() }
    }

    /// The organisation acted in; [`INSTALLATION`] when there is none.
    pub const fn org(&self) -> OrgId {
        match self.who {
            Who::Member { org, .. }
            | Who::Token { org, .. }
            | Who::Support { org, .. }
            | Who::Kiosk { org, .. }
            | Who::System { org, .. } => org,
            Who::Nobody | Who::Account { .. } | Who::Platform { .. } => INSTALLATION,
        }
    }

    /// The signed-in account, if there is one.
    pub const fn account(&self) -> Option<AccountId> {
        match self.who {
            Who::Account { account, .. }
            | Who::Member { account, .. }
            | Who::Token { account, .. }
            | Who::Platform { account, .. }
            | Who::Support { account, .. } => Some(account),
            Who::Nobody | Who::Kiosk { .. } | Who::System { .. } => None,
        }
    }

    /// The session of the signed-in account.
    pub const fn session(&self) -> Option<SessionId> {
        match self.who {
            Who::Account { session, .. }
            | Who::Member { session, .. }
            | Who::Platform { session, .. }
            | Who::Support { session, .. } => Some(session),
            _ => None,
        }
    }

    /// The role in the organisation, if there is one.
    pub const fn role(&self) -> Option<Role> {
        match self.who {
            Who::Member { role, .. } | Who::Token { role, .. } => Some(role),
            _ => None,
        }
    }

    /// How the audit names the actor: a kind and a number.
    pub const fn audit_name(&self) -> (&'static str, Option<i64>) {
        match self.who {
            Who::Nobody => ("nobody", None),
            Who::Account { account, .. } | Who::Member { account, .. } => ("account", Some(account.0)),
            Who::Token { token, .. } => ("token", Some(token.0)),
            Who::Platform { account, .. } => ("platform", Some(account.0)),
            Who::Support { account, .. } => ("support", Some(account.0)),
            Who::Kiosk { kiosk, .. } => ("kiosk", Some(kiosk.0)),
            Who::System { reason, .. } => (reason, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxy = [ip("10.0.0.1"), ip("10.0.0.2"), ip("2001:db8::1")];
        for (socket, forwarded, expected) in [
            ("203.0.113.9", "", "203.0.113.9"),
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "10.0.0.2", "10.0.0.1"),
            ("10.0.0.1", "nonsense, <script>", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
            // What a client claims stays on the left of what the proxy saw, however the proxy writes it.
            ("10.0.0.1", "1.2.3.4, 198.51.100.1:51234", "198.51.100.1"),
            ("10.0.0.1", "1.2.3.4, [2001:db8::9]:51234", "2001:db8::9"),
            ("10.0.0.1", "1.2.3.4, 2001:db8::9", "2001:db8::9"),
            ("10.0.0.1", "1.2.3.4,198.51.100.1:51234 , 10.0.0.2:443", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, [2001:db8::1]:443", "198.51.100.1"),
            ("2001:db8::1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            // Left of what is no address nothing is believed.
            ("10.0.0.1", "1.2.3.4, unknown", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, _hidden, 10.0.0.2", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, ", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1:http", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, 198.51.100.1:", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, [2001:db8::9", "10.0.0.1"),
            ("10.0.0.1", "1.2.3.4, è", "10.0.0.1"),
            // Who listens on [::] sees IPv4 like this.
            ("::ffff:203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("::ffff:10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("::ffff:10.0.0.1", "198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "[::ffff:198.51.100.1]:51234", "198.51.100.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", HeaderValue::from_bytes(forwarded.as_bytes()).unwrap());
            headers.insert("x-real-ip", "6.6.6.6".parse().unwrap());
            headers.insert("forwarded", "for=6.6.6.6".parse().unwrap());
            assert_eq!(Origin::of(&proxy, Some(ip(socket)), &headers).address, expected, "{socket} {forwarded}");
        }
    }

    #[test]
    fn each_proxy_may_write_a_header_of_its_own() {
        let proxy: [IpAddr; 1] = ["10.0.0.1".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for forwarded in ["1.2.3.4, 6.6.6.6", "198.51.100.1:51234", "10.0.0.1"] {
            headers.append("x-forwarded-for", forwarded.parse().unwrap());
        }
        assert_eq!(Origin::of(&proxy, Some(proxy[0]), &headers).address, "198.51.100.1");
    }
}
