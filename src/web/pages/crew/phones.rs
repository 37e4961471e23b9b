//! A person's phones, for those who may revoke them: one was lost, and its owner cannot reach the page of their own.

use super::*;
use crate::kernel::{DeviceId, Role};
use crate::timeclock::{Device, DeviceFilter, service as clock};

/// The phones of a person, revoked ones too, newest first; nothing for those who may not revoke them.
pub(super) async fn of_person(member: &Member, person: CrewMemberId) -> Result<Option<Vec<Device>>, Refusal> {
    if member.role < Role::Admin || member.support.is_some() {
        return Ok(None);
    }
    let filter = DeviceFilter { crew_member: Some(person), revoked: None, limit: 100, offset: 0 };
    let phones = clock::list_devices(&member.visitor.app, member.permit()?, &filter).await.map_err(|e| member.refuse(e))?;
    Ok(Some(phones))
}

/// The part of a person's page with their phones.
pub(super) fn section(member: &Member, phones: Vec<Device>) -> AnyView {
    let t = member.words();
    let none = phones.is_empty().then(|| view! { <p class="muted">{t.crew_phones_none()}</p> });
    let list = (!phones.is_empty()).then(|| {
        let lines = phones.into_iter().map(|phone| line(member, phone)).collect_view();
        view! { <ul class="list">{lines}</ul> }
    });
    view! { <section class="stack tight" aria-labelledby="phones"><h2 id="phones">{t.sessions_phones()}</h2>{none}{list}</section> }
        .into_any()
}

fn line(member: &Member, phone: Device) -> AnyView {
    let (t, lang, zone) = (member.words(), member.visitor.lang, member.org.zone());
    let since = t.device_since(format::long_day(zone.local(phone.registered_at).date, lang));
    let action = member.url(&format!("/devices/{}/lost", phone.id));
    let name = phone.name.clone();
    let state = match phone.revoked_at {
        Some(_) => view! { <Pill tone="" icon="ban" text=t.device_revoked() /> }.into_any(),
        None => view! {
            <details><summary>{t.device_revoke_button()}<span class="vh">" "{name}</span></summary><form class="stack tight" method="post" action=action>
                <p class="small muted">{t.crew_phone_lost_lead()}</p><div class="row"><button class="btn danger-quiet">{t.crew_phone_revoke()}</button></div></form></details>
        }
        .into_any(),
    };
    view! {
        <li><span class="tile-icon"><Icon name="phone" /></span>
            <span class="grow"><span class="strong">{phone.name}</span><small>{since}</small></span>{state}</li>
    }
    .into_any()
}

pub(super) async fn revoke(member: Member, session: Session, Path((_, id)): Path<(String, DeviceId)>) -> Answer {
    let phone = clock::revoke_device(&member.visitor.app, member.permit()?, id).await.map_err(|e| member.refuse(e))?;
    Ok(go_with(&session, "device.revoked", &member.url(&format!("/crew/{}", phone.crew_member_id))).await)
}
