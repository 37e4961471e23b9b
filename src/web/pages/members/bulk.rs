//! The same done to several members.

use super::*;
use crate::kernel::Kind;
use crate::orgs::OrgError;

#[derive(Deserialize)]
pub(super) struct BulkForm {
    #[serde(default)]
    ids: Vec<MembershipId>,
    #[serde(default)]
    what: String,
}

/// What was to be done to several members: to how many it was, to whom not, and why.
#[derive(Default)]
pub(super) struct Outcome {
    /// What the answer is of: that nobody was picked, or the first refusal.
    pub failed: Typed,
    done: i64,
    /// Names and what is said of each.
    refused: Vec<(String, String)>,
}

impl Outcome {
    fn of(failure: Failure) -> Self {
        Self { failed: Typed { failure: Some(failure), values: Vec::new() }, ..Self::default() }
    }

    /// What is said of it above the table.
    pub fn note(self, lang: Lang) -> AnyView {
        let t = words(lang);
        if self.refused.is_empty() {
            return view! { <FormError typed=self.failed lang /> }.into_any();
        }
        let done = (self.done > 0).then(|| view! { <p>{t.bulk_done(self.done)}</p> });
        let refused = self.refused.into_iter().map(|(name, why)| view! { <dt>{name}</dt><dd>{why}</dd> }).collect_view();
        view! { <div class="note danger" role="alert"><Icon name="stop" /><div>{done}<p class="strong">{t.bulk_refused()}</p><dl class="facts">{refused}</dl></div></div> }
            .into_any()
    }
}

async fn act(member: &Member, id: MembershipId, what: &str) -> Result<Result<(), OrgError>, Refusal> {
    let app = &member.visitor.app;
    Ok(match what {
        "suspend" | "restore" => orgs::suspend_member(app, member.permit()?, id, what == "suspend").await,
        "remove" => orgs::remove_member(app, member.permit()?, id).await,
        "end" => orgs::end_member_sessions(app, member.permit()?, id, None).await.map(drop),
        _ => return Err(member.refuse(Failure::new(Kind::Invalid, "form.invalid"))),
    })
}

/// Whoever may not be acted on is left out, and named.
pub(super) async fn submit(member: Member, session: Session, Form(form): Form<BulkForm>) -> Answer {
    let (app, lang) = (&member.visitor.app, member.visitor.lang);
    let _: Permit<crate::orgs::ManageMembers> = member.permit()?;
    if form.ids.is_empty() {
        let nothing = Outcome::of(Failure::new(Kind::Invalid, "edit.nothing"));
        return show(member, ListQuery::default(), Typed::default(), nothing).await;
    }
    let mut outcome = Outcome::default();
    for id in form.ids {
        match act(&member, id, &form.what).await? {
            // Suspended already, or gone already: what was asked for is so.
            Ok(()) | Err(OrgError::NotFound) => outcome.done += 1,
            Err(error) => {
                let failure = Failure::from(error);
                if matches!(failure.kind, Kind::Unavailable | Kind::Unexpected) {
                    return Err(member.refuse(failure));
                }
                let name = orgs::get_member(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?.name;
                outcome.refused.push((name, words_of(&failure.code, lang)));
                outcome.failed.failure.get_or_insert(failure);
            }
        }
    }
    if outcome.refused.is_empty() {
        return Ok(go_with(&session, "member.changed", &member.url("/members")).await);
    }
    show(member, ListQuery::default(), Typed::default(), outcome).await
}
