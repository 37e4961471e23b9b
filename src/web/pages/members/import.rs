//! Inviting a pasted list: what is wrong with it is shown before anybody is invited.

use super::*;
use crate::orgs::InvitationPreview;
use crate::platform::markup::typed_text;
use crate::web::refusal::{with_retry, words_of};

pub(super) async fn page(member: Member) -> Answer {
    let _: Permit<crate::orgs::InviteMembers> = member.permit()?;
    Ok(show(member, Typed::default(), String::new(), None))
}

fn show(member: Member, typed: Typed, text: String, preview: Option<InvitationPreview>) -> Response {
    let (t, lang) = (member.words(), member.visitor.lang);
    let good = preview.as_ref().map_or(0, |preview| preview.good().count());
    render::page(form_status(&typed), move || {
        let preview = preview.map(|preview| table(preview, t, lang));
        view! {
            <InOrg member=member.clone() title=t.members_import() here="members">
                <header class="page-head"><div><h1>{t.members_import()}</h1><p class="lead">{t.members_import_lead()}</p></div></header>
                <form class="stack" method="post" action=member.url("/members/import")>
                    <FormError typed=typed.clone() lang />
                    <div class="field"><label for="text">{t.import_label()}</label><textarea class="input" id="text" name="text" rows="8" required>{typed_text(&text)}</textarea></div>
                    {preview}
                    <div class="row">
                        {(good > 0).then(|| view! { <button class="btn primary" name="step" value="send">{t.members_import_send(i64::try_from(good).unwrap_or(0))}</button> })}
                        <button class="btn secondary" name="step" value="preview">{t.import_preview()}</button>
                        <a class="btn" href=member.url("/members")>{t.cancel()}</a>
                    </div>
                </form>
            </InOrg>
        }
    })
}

fn table(preview: InvitationPreview, t: &'static crate::platform::words::Words, lang: Lang) -> impl IntoView + use<> {
    let bad = i64::try_from(preview.bad_count()).unwrap_or(i64::MAX);
    let beyond = i64::try_from(preview.beyond).unwrap_or(i64::MAX);
    let said = [(bad, t.members_import_bad(bad)), (beyond, t.members_import_beyond(beyond))];
    let said = said.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| {
        view! { <div class="note warning" role="status"><Icon name="warn" /><p>{text}</p></div> }
    });
    let said = said.collect_view();
    let rows = preview.lines.into_iter().map(move |line| {
        let role = line.role.map(|role| role_word(role, t)).unwrap_or_default();
        let state = match line.problem {
            None => view! { <Pill tone="positive" icon="check" text=t.import_good() /> }.into_any(),
            Some(code) => view! { <Pill tone="warning" icon="warn" text=words_of(code, lang) /> }.into_any(),
        };
        view! {
            <tr role="row"><th scope="row" role="rowheader">{line.number}</th><td role="cell" data-label=t.field_email()>{line.email}</td>
            <td role="cell" data-label=t.members_role()>{role}</td><td role="cell" data-label=t.import_state()>{state}</td></tr>
        }
    });
    view! {
        {said}
        <div class="table-wrap"><table class="table" role="table">
            <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.import_line()}</th><th role="columnheader">{t.field_email()}</th><th role="columnheader">{t.members_role()}</th><th role="columnheader">{t.import_state()}</th></tr></thead>
            <tbody role="rowgroup">{rows.collect_view()}</tbody>
        </table></div>
    }
}

#[derive(Deserialize)]
pub(super) struct ImportForm {
    text: String,
    step: Option<String>,
}

pub(super) async fn submit(member: Member, session: Session, Form(form): Form<ImportForm>) -> Answer {
    let app = &member.visitor.app;
    if form.step.as_deref() == Some("send") {
        let Err(error) = orgs::import_invitations(app, member.permit()?, &form.text).await else {
            return Ok(go_with(&session, "member.invited", &member.url("/members")).await);
        };
        let preview = orgs::preview_invitations(app, member.permit()?, &form.text).await.map_err(|e| member.refuse(e))?;
        let typed = Typed { failure: Some(error.into()), values: Vec::new() };
        let retry = typed.failure.as_ref().and_then(|failure| failure.retry_seconds);
        return Ok(with_retry(show(member, typed, form.text, Some(preview)), retry));
    }
    let preview = orgs::preview_invitations(app, member.permit()?, &form.text).await.map_err(|e| member.refuse(e))?;
    Ok(show(member, Typed::default(), form.text, Some(preview)))
}
