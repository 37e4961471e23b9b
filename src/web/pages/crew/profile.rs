//! What a person can do and how they are employed: on their page, and the form that changes it.

use super::*;
use crate::planning::profiles::{Employment, NewProfile, NewSkill, Profile, Skill, Validity, check_skill};
use crate::planning::rules::Standing;
use crate::planning::service as planning;
use crate::platform::markup::typed_text;
use crate::web::extract::ListForm as Form;
use jiff::civil::Date;

/// Rows for skills that are not there yet.
const BLANK: usize = 3;

fn employment_word(employment: Employment, t: &Words) -> String {
    match employment {
        Employment::Cdi => t.employment_cdi(),
        Employment::Cdd => t.employment_cdd(),
        Employment::Freelance => t.employment_freelance(),
        Employment::Intermittent => t.employment_intermittent(),
        Employment::Other => t.employment_other(),
    }
}

fn standing_word(standing: Standing, t: &Words) -> String {
    match standing {
        Standing::NightWorker => t.standing_night_worker(),
        Standing::Uninterruptible => t.standing_uninterruptible(),
        Standing::ShortCall => t.standing_short_call(),
    }
}

/// How long a permit is still good, in a word: nothing for what does not end soon. `named` when its name is not beside.
pub(super) fn permit_pill(skill: &Skill, today: Date, lang: Lang, named: bool) -> AnyView {
    let t = words(lang);
    let Some(last) = skill.expires_on else { return ().into_any() };
    let date = format::long_day(last, lang);
    let name = |word: String| if named { format!("{} · {word}", skill.name) } else { word };
    match skill.validity(today) {
        Validity::Good => ().into_any(),
        Validity::EndsSoon => view! { <Pill tone="warning" icon="warn" text=name(t.permit_soon(date)) /> }.into_any(),
        Validity::Over => view! { <Pill tone="danger" icon="stop" text=name(t.permit_over(date)) /> }.into_any(),
    }
}

/// The profile on a person's page.
pub(super) fn summary(member: &Member, profile: &Profile) -> AnyView {
    let (t, lang) = (member.words(), member.visitor.lang);
    let today = member.org.zone().local(member.visitor.app.clock.now()).date;
    let base = member.url(&format!("/crew/{}", profile.person));
    let skills = profile.skills.iter().map(|skill| {
        let until = skill.expires_on.filter(|_| skill.validity(today) == Validity::Good);
        let until = until.map(|last| format!(" · {}", t.permit_until(format::long_day(last, lang))));
        let level = t.skill_level_of(skill.level);
        view! { <li><span class="grow"><span class="strong">{skill.name.clone()}</span><small>{level}{until}</small></span>{permit_pill(skill, today, lang, false)}</li> }
    });
    let skills = skills.collect_view();
    let none = profile.skills.is_empty().then(|| view! { <p class="muted">{t.profile_no_skills()}</p> });
    let list = (!profile.skills.is_empty()).then(|| view! { <ul class="list">{skills}</ul> });
    let tags = profile.terms.tags.iter().map(|tag| view! { <span class="pill outline">{tag.clone()}</span>" " }).collect_view();
    let standings = profile.terms.standings.iter().map(|standing| standing_word(*standing, t)).collect::<Vec<_>>().join(" · ");
    let standings = (!standings.is_empty()).then(|| view! { <p class="muted">{standings}</p> });
    let born = profile.terms.born_on.map(|date| view! { <p class="muted">{t.profile_born_on(format::long_day(date, lang))}</p> });
    let bio = (!profile.terms.bio.is_empty()).then(|| view! { <p>{profile.terms.bio.clone()}</p> });
    view! {
        <section class="stack tight" aria-labelledby="profile">
            <div class="section-head"><h2 id="profile">{t.profile_title()}</h2><p class="muted">{employment_word(profile.terms.employment, t)}</p></div>
            {born}{standings}{none}{list}<p>{tags}</p>{bio}
            <div class="row"><a class="btn secondary" href=format!("{base}/profile")><Icon name="pencil" />{t.profile_edit()}</a>
                <a class="btn secondary" href=format!("{base}/rates")>{t.rates_title()}</a></div>
        </section>
    }
    .into_any()
}

#[derive(Deserialize, Clone, Default)]
pub(super) struct ProfileForm {
    #[serde(default)]
    employment_type: String,
    #[serde(default)]
    born_on: String,
    #[serde(default)]
    standings: Vec<String>,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    bio: String,
    /// A name, a level and an expiry for each row; rows without a name are none.
    #[serde(default)]
    skill: Vec<String>,
    #[serde(default)]
    level: Vec<String>,
    #[serde(default)]
    expires_on: Vec<String>,
    #[serde(default)]
    version: i64,
}

impl ProfileForm {
    fn of(profile: &Profile) -> Self {
        let date = |skill: &Skill| skill.expires_on.map(|date| date.to_string()).unwrap_or_default();
        Self {
            employment_type: profile.terms.employment.code().to_owned(),
            born_on: profile.terms.born_on.map(|date| date.to_string()).unwrap_or_default(),
            standings: profile.terms.standings.iter().map(|standing| standing.code().to_owned()).collect(),
            tags: profile.terms.tags.join(", "),
            bio: profile.terms.bio.clone(),
            skill: profile.skills.iter().map(|skill| skill.name.clone()).collect(),
            level: profile.skills.iter().map(|skill| skill.level.to_string()).collect(),
            expires_on: profile.skills.iter().map(date).collect(),
            version: profile.terms.version,
        }
    }

    /// The rows that say something.
    fn rows(&self) -> Vec<(String, String, String)> {
        let rows = self.skill.iter().enumerate().map(|(n, name)| {
            let other = |list: &[String]| list.get(n).cloned().unwrap_or_default();
            (name.clone(), other(&self.level), other(&self.expires_on))
        });
        rows.filter(|(name, ..)| !name.trim().is_empty()).collect()
    }

    /// The rows as one text, to compare them by.
    fn skills(&self) -> String {
        let rows = self.rows().into_iter();
        rows.map(|(name, level, expires_on)| format!("{} {level} {expires_on}", name.trim())).collect::<Vec<_>>().join(";") + ";"
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("employment_type", self.employment_type.clone()),
            ("born_on", self.born_on.clone()),
            ("standings", self.standings.join(" ")),
            ("skills", self.skills()),
            ("tags", self.tags.clone()),
            ("bio", self.bio.clone()),
            ("version", self.version.to_string()),
        ]
    }

    fn typed(&self) -> NewProfile {
        let tags = self.tags.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        let (employment, bio) = (self.employment_type.clone(), self.bio.clone());
        let (born_on, standings) = (Some(self.born_on.clone()), Some(self.standings.clone()));
        NewProfile { employment, born_on, standings, tags, bio, skills: self.rows().into_iter().map(typed_skill).collect() }
    }
}

fn typed_skill((name, level, expires_on): (String, String, String)) -> NewSkill {
    NewSkill { name, level: level.trim().parse().unwrap_or(0), expires_on }
}

/// The profile as it is stored, in words.
fn stored(profile: &Profile, lang: Lang) -> Vec<Stored> {
    let (t, form) = (words(lang), ProfileForm::of(profile));
    let skill = |skill: &Skill| {
        let until = skill.expires_on.map(|last| format!(", {}", t.permit_until(format::long_day(last, lang))));
        format!("{} ({}{})", skill.name, t.skill_level_of(skill.level), until.unwrap_or_default())
    };
    let skills = profile.skills.iter().map(skill).collect::<Vec<_>>().join(", ");
    let standings = profile.terms.standings.iter().map(|standing| standing_word(*standing, t)).collect::<Vec<_>>().join(", ");
    let born = profile.terms.born_on.map(|date| format::long_day(date, lang)).unwrap_or_default();
    vec![
        Stored::new("employment_type", t.profile_employment(), &form.employment_type)
            .in_words(employment_word(profile.terms.employment, t)),
        Stored::new("born_on", t.profile_born(), &form.born_on).in_words(born),
        Stored::new("standings", t.profile_standings(), &form.standings.join(" ")).in_words(standings),
        Stored::new("skills", t.field_skills(), &form.skills()).in_words(skills),
        Stored::new("tags", t.crew_tags(), &form.tags),
        Stored::new("bio", t.profile_bio(), &form.bio),
    ]
}

pub(super) async fn edit_page(member: Member, Path((_, id)): Path<(String, CrewMemberId)>) -> Answer {
    let _: Permit<crate::planning::ManageProfiles> = member.permit()?;
    show(member, id, None).await
}

async fn show(member: Member, id: CrewMemberId, failed: Option<(Failure, ProfileForm)>) -> Answer {
    let profile = planning::get_profile(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let (t, lang) = (member.words(), member.visitor.lang);
    let (failure, form) = failed.map_or_else(|| (None, ProfileForm::of(&profile)), |(failure, form)| (Some(failure), form));
    let typed = Typed { failure, values: form.values() };
    let now = stored(&profile, lang);
    Ok(render::page(form_status(&typed), move || {
        let back = member.url(&format!("/crew/{id}"));
        let action = format!("{back}/profile");
        let kinds = Employment::ALL.iter().map(|kind| {
            let selected = kind.code() == form.employment_type;
            view! { <option value=kind.code() selected=selected>{employment_word(*kind, t)}</option> }
        });
        let kinds = kinds.collect_view();
        let blank = std::iter::repeat_n((String::new(), "1".to_owned(), String::new()), BLANK);
        let rows = form.rows().into_iter().chain(blank).enumerate();
        let rows = rows.map(|(n, row)| {
            let is_wrong = !row.0.is_empty() && check_skill(&typed_skill(row.clone())).is_none();
            skill_row(n, row, is_wrong.then(|| typed.described("skills", "skills", false)).flatten(), t)
        });
        let rows = rows.collect_view();
        let described = |name: &str, id: &str, has_help| typed.described(name, id, has_help);
        let boxes = Standing::ALL.iter().map(|standing| {
            let checked = form.standings.iter().any(|code| code == standing.code());
            view! { <label class="check"><input type="checkbox" name="standings" value=standing.code() checked=checked /><span>{standing_word(*standing, t)}</span></label> }
        });
        let boxes = boxes.collect_view();
        let (of_kind, of_standings, of_skills, of_bio) = (
            described("employment_type", "employment", false),
            described("standings", "standings", true),
            described("skills", "skills", true),
            described("bio", "bio", false),
        );
        view! {
            <InOrg member=member.clone() title=profile.name.clone() here="crew">
                <div class="stack wide narrow">
                    <header class="page-head"><div><nav class="crumbs"><ol><li><a href=back.clone()>{profile.name.clone()}</a></li></ol></nav><h1>{t.profile_title()}</h1></div></header>
                    <form class="stack" method="post" action=action><FormError typed=typed.clone() lang /><Meanwhile typed=typed.clone() lang known=now /><input type="hidden" name="version" value=typed.version(profile.terms.version) />
                        <div class="field"><label for="employment">{t.profile_employment()}</label><select class="input" id="employment" name="employment_type" aria-invalid=typed.invalid("employment_type") aria-describedby=of_kind>{kinds}</select><FieldError typed=typed.clone() lang name="employment_type" id="employment" /></div>
                        <Field typed=typed.clone() lang name="born_on" label=t.profile_born() kind="date" help=t.profile_born_help() />
                        <fieldset class="field" aria-describedby=of_standings><legend class="label">{t.profile_standings()}</legend><p class="help" id="standings-help">{t.profile_standings_help()}</p><FieldError typed=typed.clone() lang name="standings" />{boxes}</fieldset>
                        <fieldset class="field" aria-describedby=of_skills><legend class="label">{t.field_skills()}</legend><p class="help" id="skills-help">{t.profile_skills_help()}</p><FieldError typed=typed.clone() lang name="skills" /><div class="stack tight">{rows}</div></fieldset>
                        <Field typed=typed.clone() lang name="tags" label=t.crew_tags() help=t.profile_tags_help() />
                        <div class="field"><label for="bio">{t.profile_bio()}</label><textarea class="input" id="bio" name="bio" rows="4" maxlength="4000" aria-invalid=typed.invalid("bio") aria-describedby=of_bio>{typed_text(&typed.value("bio"))}</textarea><FieldError typed=typed.clone() lang name="bio" /></div>
                        <div class="row"><button class="btn primary">{t.save()}</button><a class="btn" href=back>{t.cancel()}</a></div>
                    </form>
                </div>
            </InOrg>
        }
    }))
}

/// A skill to be typed; `wrong` is where it is said what is wrong with it.
fn skill_row(n: usize, (name, level, expires_on): (String, String, String), wrong: Option<String>, t: &Words) -> AnyView {
    let levels = (1..=5).map(|known: i64| {
        let selected = level.parse() == Ok(known);
        view! { <option selected=selected>{known}</option> }
    });
    let levels = levels.collect_view();
    let id = |field: &str| format!("{field}-{n}");
    let invalid = wrong.is_some().then_some("true");
    view! {
        <div class="row skill">
            <div class="field"><label for=id("skill")>{t.profile_skill()}</label><input class="input" id=id("skill") name="skill" value=name maxlength="60" aria-invalid=invalid aria-describedby=wrong /></div>
            <div class="field"><label for=id("level")>{t.profile_level()}</label><select class="input" id=id("level") name="level">{levels}</select></div>
            <div class="field"><label for=id("expires")>{t.profile_expires()}</label><input class="input" id=id("expires") name="expires_on" type="date" value=expires_on /></div>
        </div>
    }
    .into_any()
}

pub(super) async fn change(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, CrewMemberId)>,
    Form(form): Form<ProfileForm>,
) -> Answer {
    let (app, permit, paying) = (&member.visitor.app, member.permit()?, member.permit()?);
    match planning::change_profile(app, permit, paying, id, Some(form.version), &form.typed(), &[]).await {
        Ok(_) => Ok(go_with(&session, "saved", &member.url(&format!("/crew/{id}"))).await),
        Err(crate::planning::PlanError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => show(member, id, Some((error.into(), form))).await,
    }
}
