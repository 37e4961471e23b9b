//! Forms with their errors, choices, and where a page is.

use super::*;

pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![fields(lang), choices(words(lang)), places(words(lang))]
}

fn fields(lang: Lang) -> Part {
    let shown = view! { <div class="split">{good_form(lang)}{wrong_form(lang)}</div> };
    let about = "A form comes back with what was typed: what is wrong is said on top and at its field.";
    Part::new("fields", "Fields", about, shown.into_any())
}

fn good_form(lang: Lang) -> AnyView {
    let t = words(lang);
    let typed = Typed { failure: None, values: vec![("name", "Karim Benali".to_owned())] };
    view! {
        <form class="stack" method="get">
            <div class="row"><Field typed=typed.clone() lang name="name" label=t.field_name() help="What helps to fill it in." required=true /><Field typed lang name="phone" label=t.field_phone_optional() kind="tel" /></div>
            <div class="field"><label for="sample-role">{t.members_role()}</label><select class="input" id="sample-role" name="role"><option>{t.role_tech()}</option><option>{t.role_manager()}</option></select></div>
            <div class="field"><label for="sample-notes">{t.mission_notes()}</label><textarea class="input" id="sample-notes" name="notes" rows="3"></textarea></div>
            <div class="field"><label for="sample-zone">{t.field_time_zone()}</label><input class="input" id="sample-zone" value="Europe/Paris" disabled /></div>
            {boxes(t)}
            <div class="row"><button class="btn primary">{t.save()}</button><a class="btn" href="#fields">{t.cancel()}</a></div>
        </form>
    }
    .into_any()
}

fn boxes(t: &Words) -> AnyView {
    view! {
        <fieldset class="field"><legend class="label">{t.availability_kind()}</legend>
            <label class="check"><input type="radio" name="kind" value="unavailable" checked /><span>{t.kind_unavailable()}</span></label>
            <label class="check"><input type="radio" name="kind" value="time_off" /><span>{t.kind_time_off()}</span><span class="help">{t.time_off_help()}</span></label></fieldset>
        <label class="check"><input type="checkbox" name="agreed" value="true" checked /><span>{t.kind_preferred()}</span></label>
    }
    .into_any()
}

fn wrong_form(lang: Lang) -> AnyView {
    let t = words(lang);
    let failure = Failure::fields([("email", "email.invalid"), ("present_password", "account.present_password")]);
    let typed = Typed { failure: Some(failure), values: vec![("email", "karim".to_owned())] };
    view! {
        <form class="card stack" method="get"><h3>{t.email_change()}</h3><FormError typed=typed.clone() lang />
            <Field typed=typed.clone() lang name="email" label=t.email_new() kind="email" help="What helps stays." required=true />
            <PresentPassword typed lang id="sample-password" />
            <button class="btn primary block">{t.email_change_button()}</button>
        </form>
    }
    .into_any()
}

fn choices(t: &Words) -> Part {
    let shown = view! {
        <nav class="tabs" aria-label=t.members_by_state()><a href="#choices" aria-current="true">{t.members_all()}</a><a href="#choices">{t.members_active()}</a><a href="#choices">{t.members_invited()}</a></nav>
        <nav class="segmented" aria-label=t.hours_scale()><a href="#choices" aria-current="page">{t.hours_week()}</a><a href="#choices">{t.hours_month()}</a></nav>
        <form class="filters row" method="get" role="search">
            <div class="affix"><Icon name="search" /><input class="input" type="search" name="q" aria-label=t.members_search() placeholder=t.members_search() /></div>
            <select class="input pick" name="of" aria-label=t.members_role()><option>{t.members_all_roles()}</option><option>{t.role_tech()}</option></select>
            <button class="btn secondary">{t.filter_button()}</button>
        </form>
    };
    let about = "Tabs are places, segments are ways to look at one place, filters make a list shorter.";
    Part::new("choices", "Tabs, segments, filters", about, shown.into_any())
}

fn places(t: &Words) -> Part {
    let shown = view! {
        <header class="page-head"><div><nav class="crumbs" aria-label="Crumbs"><ol><li><a href="#places">{t.nav_projects()}</a></li><li><a href="#places">"Le Soulier de satin"</a></li></ol></nav><h3>"Montage"</h3><p class="lead">"Grande salle"</p></div>
            <div class="actions"><a class="btn secondary" href="#places"><Icon name="copy" />{t.mission_duplicate()}</a><a class="btn primary" href="#places"><Icon name="plus" />{t.mission_new()}</a></div></header>
        <div class="section-head"><h3>"Son"</h3><p><span class="pill warning">"1/2"</span></p></div>
        <div class="pages"><span>{t.audit_count(120_i64)}</span><nav aria-label=t.audit_pages()><span class="btn secondary" aria-disabled="true">{t.audit_newer()}</span><a class="btn secondary" href="#places">{t.audit_older()}</a></nav></div>
    };
    Part::new("places", "Heads and pages", "Where one is, what can be done here, where it goes on.", shown.into_any())
}
