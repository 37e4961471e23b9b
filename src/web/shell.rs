//! What is around every page.

use super::context::{Member, Own, PlatformAdmin, Visitor};
use super::render::island_scripts;
use super::ui::{Avatar, Icon, Mark};
use crate::kernel::{Lang, Role};
use crate::platform::words::{Words, words};
use leptos::prelude::*;

/// The document: head and body.
#[component]
pub fn Document(
    lang: Lang,
    #[prop(into)] title: String,
    #[prop(into)] body_class: String,
    #[prop(optional)] head: Option<AnyView>,
    styles: String,
    children: Children,
) -> impl IntoView {
    view! {
        <html lang=lang.code()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <title>{format!("{title} · Régie")}</title>
                <link rel="icon" href="/icons.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=styles />
                {head}
            </head>
            <body class=body_class>{children()}</body>
        </html>
    }
}

/// What stands around a page with a navigation: an organisation's, one's own, the installation's.
#[component]
fn Frame(
    visitor: Visitor,
    #[prop(into)] title: String,
    #[prop(into)] brand: String,
    /// Groups of places, the later ones with a heading.
    groups: Vec<(String, Vec<Place>)>,
    #[prop(into)] here: String,
    #[prop(into)] who: String,
    #[prop(optional)] islands: bool,
    /// The whole sheet is one table.
    #[prop(optional)]
    board: bool,
    children: Children,
) -> impl IntoView {
    let t = visitor.words();
    let name = visitor.account.as_ref().map(|a| a.name.clone()).unwrap_or_default();
    let head = islands.then(|| island_scripts(&visitor.app, &visitor.nonce).into_any());
    let flash = visitor.flash.as_deref().and_then(|code| flash_words(code, t));
    let link = |place: &Place| {
        let current = (place.id == here).then_some("page");
        view! { <a href=place.url.clone() aria-current=current title=board.then(|| place.label.clone())><Icon name=place.icon /><span class="t">{place.label.clone()}</span></a> }
    };
    let group = |(heading, places): &(String, Vec<Place>)| {
        let heading = (!heading.is_empty()).then(|| view! { <h2>{heading.clone()}</h2> });
        view! { {heading}<ul>{places.iter().filter(|place| place.shown != Shown::Tabs).map(|place| view! { <li>{link(place)}</li> }).collect_view()}</ul> }
    };
    let tabs = groups.iter().flat_map(|(_, places)| places).filter(|place| place.shown != Shown::Side).map(link).collect_view();
    let groups = groups.iter().filter(|(_, places)| !places.is_empty()).map(group).collect_view();
    view! {
        <Document lang=visitor.lang title=title body_class="app" head=head.unwrap_or_else(|| ().into_any()) styles=visitor.app.assets.url("regie.css")>
            <a class="skip" href="#main">{t.shell_skip()}</a>
            <nav class=if board { "side rail" } else { "side" } aria-label=t.shell_navigation()>
                <div class="brand"><Mark /><span class="t">{brand.clone()}<small>"Régie"</small></span></div>
                {groups}
                <a class="who" href="/me"><Avatar name=name.clone() /><span class="t">{name.clone()}<br /><small>{who}</small></span></a>
                <LanguageSwitch lang=visitor.lang path=visitor.path.clone() />
            </nav>
            <main class=if board { "sheet board" } else { "sheet" } id="main">
                <div class="topbar"><Mark /><span class="strong">{brand}</span><span class="push row"><a class="btn square" href="/me" aria-label=t.shell_account()><Avatar name=name.clone() /></a></span></div>
                {flash.map(|text| view! { <div class="note positive" role="status"><Icon name="check" /><p>{text}</p></div> })}
                {children()}
            </main>
            <nav class="tabbar" aria-label=t.shell_shortcuts()>{tabs}</nav>
        </Document>
    }
}

/// A page in an organisation, with its navigation.
#[component]
pub fn InOrg(
    member: Member,
    #[prop(into)] title: String,
    #[prop(optional)] islands: bool,
    #[prop(optional)] board: bool,
    here: &'static str,
    children: Children,
) -> impl IntoView {
    let t = member.words();
    let groups = member_places(&member);
    let Member { visitor, org, role, support } = member;
    let who = if support.is_some() { t.support_who() } else { role_word(role, t) };
    let banner = support.map(|until| {
        let leave = format!("/admin/orgs/{}/leave", org.id);
        view! {
            <div class="note warning"><Icon name="shield" /><p>{t.support_banner(org.zone().local(until).hour_minute())}</p>
                <form class="push" method="post" action=leave><button class="btn secondary">{t.support_leave()}</button></form></div>
        }
    });
    view! { <Frame visitor title brand=org.name groups here who islands board>{banner}{children()}</Frame> }
}

/// A page of one's own account.
#[component]
pub fn OfMine(own: Own, #[prop(into)] title: String, here: &'static str, children: Children) -> impl IntoView {
    let t = own.visitor.words();
    let place = |id: &'static str, icon, label, url: &str| Place {
        id: id.to_owned(),
        url: url.to_owned(),
        icon,
        label,
        shown: Shown::Both,
    };
    let mine = vec![
        place("me", "user", t.nav_profile(), "/me"),
        place("sessions", "laptop", t.nav_sessions(), "/me/devices"),
        place("security", "shield", t.nav_security(), "/me/security"),
        place("tokens", "key", t.nav_tokens(), "/me/tokens"),
    ];
    let orgs = own.places.iter().map(|place| Place {
        id: place.org.slug.clone(),
        url: format!("/o/{}", place.org.slug),
        icon: "home",
        label: place.org.name.clone(),
        shown: Shown::Side,
    });
    let platform =
        own.account.is_platform_admin.then(|| Place { shown: Shown::Side, ..place("admin", "gear", t.nav_platform(), "/admin") });
    let groups =
        vec![(String::new(), mine), (t.me_orgs(), orgs.collect()), (t.nav_installation(), platform.into_iter().collect())];
    view! { <Frame visitor=own.visitor title brand=t.me_title() groups here who=own.account.email>{children()}</Frame> }
}

/// A page of the installation, for those who run it.
#[component]
pub fn OfPlatform(admin: PlatformAdmin, #[prop(into)] title: String, here: &'static str, children: Children) -> impl IntoView {
    let t = admin.visitor.words();
    let place =
        |id: &'static str, icon, label| Place { id: id.to_owned(), url: format!("/admin/{id}"), icon, label, shown: Shown::Both };
    let places = vec![
        place("orgs", "home", t.admin_orgs()),
        place("accounts", "users", t.admin_accounts()),
        place("jobs", "clock", t.admin_jobs()),
        place("health", "gear", t.admin_health()),
        Place { shown: Shown::Side, ..place("audit", "shield", t.admin_audit()) },
    ];
    let groups = vec![(String::new(), places)];
    view! { <Frame visitor=admin.visitor title brand=t.nav_platform() groups here who=t.admin_who()>{children()}</Frame> }
}

/// Somewhere to go.
#[derive(Clone)]
pub struct Place {
    id: String,
    pub url: String,
    pub icon: &'static str,
    pub label: String,
    shown: Shown,
}

/// In which navigation a place is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// At the side of wide screens.
    Side,
    /// At the bottom of phones.
    Tabs,
    Both,
}

/// Where a member can go, in groups. Hiding a place is kindness, not security.
pub fn member_places(member: &Member) -> Vec<(String, Vec<Place>)> {
    let t = member.words();
    let is_crew = member.support.is_none();
    let manager = member.role >= Role::Manager;
    let admin = member.role >= Role::Admin;
    let place = |id: &str, icon, label, may: bool, shown| {
        may.then(|| Place { id: id.to_owned(), url: member.url(&format!("/{id}")), icon, label, shown })
    };
    let daily = [
        place("plan", "calendar", t.nav_plan(), manager, Shown::Both),
        place("missions", "home", t.nav_my_missions(), is_crew, if manager { Shown::Side } else { Shown::Both }),
        place("badge", "qr", t.nav_badge(), is_crew, Shown::Both),
        place("hours", "clock", t.nav_my_hours(), is_crew, if manager { Shown::Side } else { Shown::Both }),
        place("devices", "phone", t.nav_devices(), is_crew, if manager { Shown::Side } else { Shown::Both }),
        place("conflicts", "warn", t.nav_conflicts(), manager, Shown::Side),
        place("figures", "chart", t.nav_figures(), manager, Shown::Side),
        place("punches", "enter", t.nav_punches(), manager, Shown::Both),
        place("crew", "users", t.nav_crew(), manager, Shown::Both),
    ];
    let org = [
        place("projects", "file", t.nav_projects(), true, Shown::Side),
        place("members", "user", t.nav_members(), manager, Shown::Side),
        place("kiosks", "tablet", t.nav_kiosks(), admin, Shown::Side),
        place("audit", "shield", t.nav_audit(), admin, Shown::Side),
        place("settings", "gear", t.nav_settings(), admin, Shown::Side),
    ];
    // On phones, what has no room at the bottom is behind the last tab.
    let menu = place("menu", "plus", t.nav_menu(), manager, Shown::Tabs);
    vec![(String::new(), daily.into_iter().flatten().collect()), (t.nav_org(), org.into_iter().flatten().chain(menu).collect())]
}

/// A page without an organisation: signing in, links, errors.
#[component]
pub fn Plain(
    lang: Lang,
    #[prop(into)] title: String,
    #[prop(optional)] visitor: Option<Visitor>,
    children: Children,
) -> impl IntoView {
    let t = words(lang);
    // An error page does not know the hashed name; the server knows it under this one, too.
    let styles = visitor.as_ref().map_or_else(|| "/style.css".to_owned(), |v| v.app.assets.url("regie.css"));
    let flash = visitor.as_ref().and_then(|v| v.flash.clone()).and_then(|code| flash_words(&code, t));
    view! {
        <Document lang title=title body_class="gate plain" styles=styles>
            <a class="skip" href="#main">{t.shell_skip()}</a>
            <main id="main">
                <div class="brand"><Mark /><span>"Régie"</span></div>
                {flash.map(|text| view! { <div class="note positive" role="status"><Icon name="check" /><p>{text}</p></div> })}
                <div class="stack">{children()}</div>
                {visitor.map(|v| view! { <LanguageSwitch lang path=v.path /> })}
            </main>
        </Document>
    }
}

/// Changes the language and comes back; nothing where there is no way back.
#[component]
pub fn LanguageSwitch(lang: Lang, path: String) -> impl IntoView {
    let other = lang.other();
    (!path.is_empty()).then(|| {
        view! {
            <form method="post" action="/language">
                <input type="hidden" name="language" value=other.code() />
                <input type="hidden" name="next" value=path />
                <button class="btn" lang=other.code()>{if other == Lang::En { "English" } else { "Français" }}</button>
            </form>
        }
    })
}

/// The name of a role.
pub fn role_word(role: Role, t: &Words) -> String {
    match role {
        Role::Tech => t.role_tech(),
        Role::Manager => t.role_manager(),
        Role::Admin => t.role_admin(),
        Role::Owner => t.role_owner(),
    }
}

/// What the page before wants said.
fn flash_words(code: &str, t: &Words) -> Option<String> {
    Some(match code {
        "saved" => t.flash_saved(),
        "crew.added" => t.flash_crew_added(),
        "crew.archived" => t.flash_crew_archived(),
        "crew.restored" => t.flash_crew_restored(),
        "crew.link_sent" => t.flash_link_sent(),
        "device.registered" => t.flash_device_registered(),
        "device.revoked" => t.flash_device_revoked(),
        "kiosk.removed" => t.flash_kiosk_removed(),
        "welcome" => t.flash_welcome(),
        "password.changed" => t.flash_password_changed(),
        "password.reset" => t.flash_password_reset(),
        "email.requested" => t.flash_email_requested(),
        "email.half" => t.flash_email_half(),
        "email.changed" => t.flash_email_changed(),
        "email.verified" => t.flash_email_verified(),
        "email.sign_in" => t.verify_sign_in(),
        "email.sent" => t.flash_email_sent(),
        "factor.removed" => t.flash_factor_removed(),
        "passkey.added" => t.flash_passkey_added(),
        "passkey.removed" => t.flash_passkey_removed(),
        "session.ended" => t.flash_session_ended(),
        "sessions.ended" => t.flash_sessions_ended(),
        "token.revoked" => t.flash_token_revoked(),
        "denied" => t.flash_denied(),
        "account.closed" => t.flash_account_closed(),
        "account.deleted" => t.flash_account_deleted(),
        "account.opened" => t.flash_account_opened(),
        "member.invited" => t.flash_member_invited(),
        "member.changed" => t.flash_member_changed(),
        "member.removed" => t.flash_member_removed(),
        "member.reset" => t.flash_member_reset(),
        "invitation.revoked" => t.flash_invitation_revoked(),
        "plan.published" => t.flash_plan_published(),
        "plan.held" => t.flash_plan_held(),
        "rule.overruled" => t.flash_rule_overruled(),
        "rule.restored" => t.flash_rule_restored(),
        "plan.edited" => t.flash_plan_edited(),
        "plan.undone" => t.flash_plan_undone(),
        "plan.redone" => t.flash_plan_redone(),
        "template.pasted" => t.flash_template_pasted(),
        "template.deleted" => t.flash_template_deleted(),
        "mission.copied" => t.flash_mission_copied(),
        "mission.deleted" => t.flash_mission_deleted(),
        "assignment.reminded" => t.flash_reminded(),
        "answer.accepted" => t.flash_answer_accepted(),
        "answer.declined" => t.flash_answer_declined(),
        "calendar.revoked" => t.flash_calendar_revoked(),
        "org.left" => t.flash_org_left(),
        "job.changed" => t.flash_job_changed(),
        "support.left" => t.flash_support_left(),
        _ => return None,
    })
}
