use crate::access::Permit;
use crate::audit::{self, Event};
use crate::kernel::{DeviceId, text};
use crate::orgs::CrewMember;
use crate::platform::App;
use crate::platform::db::OnUnique;
use crate::timeclock::store::{self, DeviceFilter};
use crate::timeclock::{Device, ListDevices, ListMyDevices, NewDevice, PunchError, RegisterDevice, RevokeDevice, RevokeMyDevice};

/// Registers a phone of the crew member who asks. A phone they had revoked comes back.
///
/// Permission: any member, for themselves (`me` is their own record). Audit: `device.registered`.
///
/// # Errors
/// What is wrong with the name or the fingerprint; [`PunchError::DeviceKnown`].
pub async fn register_device(
    app: &App,
    permit: Permit<RegisterDevice>,
    me: &CrewMember,
    new: NewDevice,
) -> Result<Device, PunchError> {
    let name = text::clean_line(&new.name, 100).ok_or(PunchError::Fields(vec![("device_name", "name.invalid")]))?;
    let fingerprint =
        text::clean_line(&new.fingerprint, 255).ok_or(PunchError::Fields(vec![("device_fingerprint", "text.too_long")]))?;
    let new = NewDevice { name, fingerprint, attestation: new.attestation };
    let mut tx = audit::begin(app, &permit).await?;
    let now = tx.now();
    let device = match store::find_device_by_fingerprint(&mut tx, me.id, &new.fingerprint).await? {
        Some(known) if known.revoked_at.is_none() => return Err(PunchError::DeviceKnown),
        Some(known) => store::restore_device(&mut tx, known.id, &new.name, now).await?,
        None => {
            let inserted = store::insert_device(&mut tx, me.id, &new, now).await;
            inserted.on_unique("devices_org_id_crew_member_id_fingerprint_key", PunchError::DeviceKnown)?
        }
    };
    tx.commit(Event::new("device.registered", device.id.into()).with("name", device.name.as_str())).await?;
    Ok(device)
}

/// The phone with this fingerprint, if the member who asks has registered it and not revoked it.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_my_device(
    app: &App,
    permit: Permit<ListMyDevices>,
    me: &CrewMember,
    fingerprint: &str,
) -> Result<Option<Device>, PunchError> {
    let found = store::find_device_by_fingerprint(&mut permit.read(&app.db).await?, me.id, fingerprint).await?;
    Ok(found.filter(|device| device.revoked_at.is_none()))
}

/// The phones of the member who asks, newest first.
///
/// Permission: any member, for themselves. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_my_devices(
    app: &App,
    permit: Permit<ListMyDevices>,
    me: &CrewMember,
    revoked: bool,
) -> Result<Vec<Device>, PunchError> {
    let filter = DeviceFilter { crew_member: Some(me.id), revoked: (!revoked).then_some(false), limit: 100, offset: 0 };
    Ok(store::list_devices(&mut permit.read(&app.db).await?, &filter).await?)
}

/// Everybody's phones, newest first.
///
/// Permission: admin. Audit: none, it only reads.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_devices(app: &App, permit: Permit<ListDevices>, filter: &DeviceFilter) -> Result<Vec<Device>, PunchError> {
    Ok(store::list_devices(&mut permit.read(&app.db).await?, filter).await?)
}

/// Revokes a phone of the member who asks: its codes are refused from then on.
///
/// Permission: any member, for themselves. Audit: `device.revoked`.
///
/// # Errors
/// [`PunchError::DeviceNotFound`] also for somebody else's; [`PunchError::DeviceAlreadyRevoked`].
pub async fn revoke_my_device(
    app: &App,
    permit: Permit<RevokeMyDevice>,
    me: &CrewMember,
    id: DeviceId,
) -> Result<Device, PunchError> {
    let tx = audit::begin(app, &permit).await?;
    revoke(tx, id, |device| device.crew_member_id == me.id).await
}

/// Revokes anybody's phone.
///
/// Permission: admin. Audit: `device.revoked`.
///
/// # Errors
/// As [`revoke_my_device`].
pub async fn revoke_device(app: &App, permit: Permit<RevokeDevice>, id: DeviceId) -> Result<Device, PunchError> {
    let tx = audit::begin(app, &permit).await?;
    revoke(tx, id, |_| true).await
}

async fn revoke(mut tx: audit::Tx, id: DeviceId, mine: impl Fn(&Device) -> bool) -> Result<Device, PunchError> {
    let now = tx.now();
    let device = store::find_device(&mut tx, id).await?.filter(|d| mine(d)).ok_or(PunchError::DeviceNotFound)?;
    if !store::revoke_device(&mut tx, id, now).await? {
        return Err(PunchError::DeviceAlreadyRevoked);
    }
    tx.commit(Event::new("device.revoked", id.into()).with("name", device.name.as_str())).await?;
    Ok(Device { revoked_at: Some(now), ..device })
}
