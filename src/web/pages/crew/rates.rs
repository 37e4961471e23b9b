//! What a person costs, from a day on.

use super::*;
use crate::planning::rates::{NewRate, Rate, RateUnit, rates_on, read_cents};
use crate::planning::service as planning;

fn unit_word(unit: RateUnit, t: &Words) -> String {
    match unit {
        RateUnit::Hour => t.rate_hour(),
        RateUnit::Day => t.rate_day(),
        RateUnit::Cachet => t.rate_cachet(),
    }
}

#[derive(Deserialize, Clone, Default)]
pub(super) struct RateForm {
    #[serde(default)]
    from_date: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    night_percent: String,
    #[serde(default)]
    sunday_percent: String,
    #[serde(default)]
    holiday_percent: String,
}

impl RateForm {
    fn typed(&self) -> NewRate {
        // What is no number is as wrong as one that is out of bounds.
        let percent = |text: &str| if text.trim().is_empty() { 0 } else { text.trim().parse().unwrap_or(-1) };
        NewRate {
            from_date: self.from_date.clone(),
            unit: self.unit.clone(),
            amount_cents: read_cents(&self.amount),
            night_percent: percent(&self.night_percent),
            sunday_percent: percent(&self.sunday_percent),
            holiday_percent: percent(&self.holiday_percent),
        }
    }

    fn values(self) -> Vec<(&'static str, String)> {
        vec![
            ("from_date", self.from_date),
            ("unit", self.unit),
            ("amount", self.amount),
            ("night_percent", self.night_percent),
            ("sunday_percent", self.sunday_percent),
            ("holiday_percent", self.holiday_percent),
        ]
    }
}

pub(super) async fn page(member: Member, Path((_, id)): Path<(String, CrewMemberId)>) -> Answer {
    let today = member.org.zone().local(member.visitor.app.clock.now()).date;
    show(member, id, Typed { failure: None, values: vec![("from_date", today.to_string()), ("unit", "hour".to_owned())] }).await
}

async fn show(member: Member, id: CrewMemberId, typed: Typed) -> Answer {
    let app = &member.visitor.app;
    let person = orgs::get_crew_sheet(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?.person;
    let mut rates = planning::list_rates(app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    let (t, lang) = (member.words(), member.visitor.lang);
    let today = member.org.zone().local(app.clock.now()).date;
    let present: Vec<_> = rates_on(&rates, today).into_iter().map(|rate| rate.id).collect();
    rates.reverse();
    Ok(render::page(form_status(&typed), move || {
        let back = member.url(&format!("/crew/{id}"));
        let action = format!("{back}/rates");
        let units = RateUnit::ALL.iter().map(|unit| {
            let selected = unit.code() == typed.value("unit");
            view! { <option value=unit.code() selected=selected>{unit_word(*unit, t)}</option> }
        });
        let units = units.collect_view();
        let known = match rates.is_empty() {
            true => view! { <Empty title=t.rates_empty_title() text=t.rates_empty_text() /> }.into_any(),
            false => table(&rates, &present, lang).into_any(),
        };
        let of_unit = typed.described("unit", "unit", false);
        view! {
            <InOrg member=member.clone() title=person.name.clone() here="crew">
                <div class="stack wide narrow">
                    <header class="page-head"><div><nav class="crumbs"><ol><li><a href=back>{person.name.clone()}</a></li></ol></nav><h1>{t.rates_title()}</h1><p class="lead">{t.rates_lead()}</p></div></header>
                    {known}
                    <form class="card stack" method="post" action=action><h2>{t.rates_new()}</h2><FormError typed=typed.clone() lang />
                        <div class="row"><Field typed=typed.clone() lang name="from_date" label=t.rates_from() kind="date" />
                            <div class="field"><label for="unit">{t.rates_unit()}</label><select class="input" id="unit" name="unit" aria-invalid=typed.invalid("unit") aria-describedby=of_unit>{units}</select><FieldError typed=typed.clone() lang name="unit" /></div>
                            <Field typed=typed.clone() lang name="amount" label=t.rates_amount() required=true /></div>
                        <div class="row"><Field typed=typed.clone() lang name="night_percent" label=t.rates_night() /><Field typed=typed.clone() lang name="sunday_percent" label=t.rates_sunday() /><Field typed=typed.clone() lang name="holiday_percent" label=t.rates_holiday() /></div>
                        <p class="help">{t.rates_help()}</p>
                        <div class="row"><button class="btn primary">{t.rates_set()}</button></div>
                    </form>
                </div>
            </InOrg>
        }
    }))
}

fn table(rates: &[Rate], present: &[crate::kernel::RateId], lang: Lang) -> AnyView {
    let t = words(lang);
    let space = if lang == Lang::Fr { "\u{a0}" } else { "" };
    let percent = |percent: i64| if percent == 0 { "–".to_owned() } else { format!("+{percent}{space}%") };
    let rows = rates.iter().map(|rate| {
        let terms = rate.terms;
        let now = present.contains(&rate.id).then(|| view! { " "<Pill tone="positive" icon="check" text=t.rates_now() /> });
        view! { <tr role="row"><th scope="row" role="rowheader">{format::long_day(terms.from_date, lang)}{now}</th>
            <td role="cell" data-label=t.rates_unit()>{unit_word(terms.unit, t)}</td><td role="cell" class="num" data-label=t.rates_amount()>{format::money(terms.amount_cents, lang)}</td>
            <td role="cell" class="num" data-label=t.rates_night()>{percent(terms.night_percent)}</td><td role="cell" class="num" data-label=t.rates_sunday()>{percent(terms.sunday_percent)}</td><td role="cell" class="num" data-label=t.rates_holiday()>{percent(terms.holiday_percent)}</td></tr> }
    });
    let rows = rows.collect_view();
    let head = [t.rates_from(), t.rates_unit(), t.rates_amount(), t.rates_night(), t.rates_sunday(), t.rates_holiday()];
    let head = head.map(|word| view! { <th role="columnheader">{word}</th> }).into_iter().collect_view();
    view! { <div class="table-wrap"><table class="table" role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{rows}</tbody></table></div> }
    .into_any()
}

pub(super) async fn set(
    member: Member,
    session: Session,
    Path((_, id)): Path<(String, CrewMemberId)>,
    Form(form): Form<RateForm>,
) -> Answer {
    match planning::set_rate(&member.visitor.app, member.permit()?, id, &form.typed()).await {
        Ok(_) => Ok(go_with(&session, "saved", &member.url(&format!("/crew/{id}/rates"))).await),
        Err(crate::planning::PlanError::NotFound) => Err(member.refuse(Failure::not_found())),
        Err(error) => show(member, id, Typed { failure: Some(error.into()), values: form.values() }).await,
    }
}
