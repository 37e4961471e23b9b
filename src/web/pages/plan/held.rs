//! What rules keep back from a publication.

use super::super::conflicts::{finding_view, overrule_form};
use super::super::missions::when;
use super::super::*;
use crate::planning::rules::Severity;
use crate::planning::service::{HeldBack, Preview};

/// Each assignment with the rules that hold it, and a field for the reason where one is enough. `back` is the page it stands on.
pub fn section(member: &Member, preview: &Preview, back: &str) -> AnyView {
    let t = member.words();
    if preview.held.is_empty() {
        return ().into_any();
    }
    let lines = preview.held.iter().map(|held| line(member, preview, held, back)).collect_view();
    view! {
        <section class="stack tight" aria-labelledby="held-title"><h2 id="held-title">{t.publish_held_title()}</h2><p class="muted">{t.publish_held_lead()}</p><ul class="list">{lines}</ul></section>
    }
    .into_any()
}

fn line(member: &Member, preview: &Preview, held: &HeldBack, back: &str) -> AnyView {
    let (lang, t) = (member.visitor.lang, member.words());
    let may = member.support.is_none();
    let findings = held.findings.iter().map(|finding| {
        let soft = may && finding.severity == Severity::Soft;
        let form = soft.then(|| overrule_form(member, held.assignment, finding, back));
        view! { <div class="row">{finding_view(finding, &preview.conflicts, lang)}{form}</div> }.into_any()
    });
    let findings = findings.collect_view();
    let mission = member.url(&format!("/missions/{}", held.mission.id));
    let when = when(&held.mission, member.visitor.app.clock.now(), lang);
    view! {
        <li><span class="grow"><span class="strong">{held.name.clone()}</span>" "{held.mission.title.clone()}" "<small>{when}</small>{findings}</span>
            <a class="btn secondary" href=mission>{t.conflict_open()}</a></li>
    }
    .into_any()
}
