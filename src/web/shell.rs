//! What is around every page.

use super::context::{Member, Visitor};
use super::render::island_scripts;
use super::ui::{Icon, Mark};
use crate::kernel::text::initials;
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
                <link rel="icon" href="/mark.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=styles />
                {head}
            </head>
            <body class=body_class>{children()}</body>
        </html>
    }
}

/// A page in an organisation, with its navigation.
#[component]
pub fn InOrg(
    member: Member,
    #[prop(into)] title: String,
    #[prop(optional)] islands: bool,
    here: &'static str,
    children: Children,
) -> impl IntoView {
    let Member { visitor, org, role } = member.clone();
    let t = visitor.words();
    let name = visitor.account.as_ref().map(|a| a.name.clone()).unwrap_or_default();
    let places = places(&member, t);
    let tabs: Vec<_> = places.iter().filter(|place| place.tab).cloned().collect();
    let link = move |place: &Place| {
        let current = (place.id == here).then_some("page");
        view! { <a href=place.url.clone() aria-current=current><Icon name=place.icon /><span class="t">{place.label.clone()}</span></a> }
    };
    let head = islands.then(|| island_scripts(&visitor.app, &visitor.nonce).into_any());
    let flash = visitor.flash.as_deref().and_then(|code| flash_words(code, t));
    view! {
        <Document lang=visitor.lang title=title body_class="app" head=head.unwrap_or_else(|| ().into_any()) styles=visitor.app.assets.url("regie.css")>
            <a class="skip" href="#main">{t.shell_skip()}</a>
            <nav class="side" aria-label=t.shell_navigation()>
                <div class="brand"><Mark /><span class="t">{org.name.clone()}<small>"Régie"</small></span></div>
                <ul>{places.iter().map(|place| view! { <li>{link(place)}</li> }).collect_view()}</ul>
                <a class="who" href="/me"><span class="avatar gel-2" aria-hidden="true">{initials(&name)}</span><span class="t">{name.clone()}<br /><small>{role_word(role, t)}</small></span></a>
                <LanguageSwitch lang=visitor.lang path=visitor.path.clone() />
            </nav>
            <main class="sheet" id="main">
                <div class="topbar"><Mark /><span class="strong">{org.name}</span><span class="push row"><a class="btn square" href="/me" aria-label=t.shell_account()><span class="avatar gel-2" aria-hidden="true">{initials(&name)}</span></a></span></div>
                {flash.map(|text| view! { <div class="note positive" role="status"><Icon name="check" /><p>{text}</p></div> })}
                {children()}
            </main>
            <nav class="tabbar" aria-label=t.shell_shortcuts()>{tabs.iter().map(|place| view! { <a href=place.url.clone() aria-current=(place.id == here).then_some("page")><Icon name=place.icon />{place.label.clone()}</a> }).collect_view()}</nav>
        </Document>
    }
}

#[derive(Clone)]
struct Place {
    id: &'static str,
    url: String,
    icon: &'static str,
    label: String,
    tab: bool,
}

/// Where a role can go. Hiding a place is kindness, not security.
fn places(member: &Member, t: &Words) -> Vec<Place> {
    let manager = member.role >= Role::Manager;
    let place = |id, icon, label, least, tab| {
        (member.role >= least).then(|| Place { id, url: member.url(&format!("/{id}")), icon, label, tab })
    };
    [
        place("badge", "qr", t.nav_badge(), Role::Tech, true),
        place("hours", "clock", t.nav_my_hours(), Role::Tech, true),
        place("devices", "phone", t.nav_devices(), Role::Tech, !manager),
        place("punches", "calendar", t.nav_punches(), Role::Manager, true),
        place("crew", "users", t.nav_crew(), Role::Manager, true),
        place("kiosks", "tablet", t.nav_kiosks(), Role::Admin, false),
    ]
    .into_iter()
    .flatten()
    .collect()
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

/// Changes the language and comes back.
#[component]
fn LanguageSwitch(lang: Lang, path: String) -> impl IntoView {
    let other = lang.other();
    view! {
        <form method="post" action="/language">
            <input type="hidden" name="language" value=other.code() />
            <input type="hidden" name="next" value=path />
            <button class="btn" lang=other.code()>{if other == Lang::En { "English" } else { "Français" }}</button>
        </form>
    }
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
        "signed_out" => t.flash_signed_out(),
        "saved" => t.flash_saved(),
        "crew.added" => t.flash_crew_added(),
        "crew.archived" => t.flash_crew_archived(),
        "crew.restored" => t.flash_crew_restored(),
        "crew.link_sent" => t.flash_link_sent(),
        "device.registered" => t.flash_device_registered(),
        "device.revoked" => t.flash_device_revoked(),
        "kiosk.removed" => t.flash_kiosk_removed(),
        "welcome" => t.flash_welcome(),
        _ => return None,
    })
}
