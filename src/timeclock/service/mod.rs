//! What this room does, one file per use case.

mod devices;
mod hours;
mod issue_badge;
mod kiosks;
mod record_punch;
mod scan_set;
mod seed_punches;

pub use devices::{find_my_device, list_devices, list_my_devices, register_device, revoke_device, revoke_my_device};
pub use hours::{count_punches, get_hours, get_my_today, list_hours, list_present, list_punches, my_hours, my_punches};
pub use issue_badge::{PURGE, issue_badge, purge_badges};
pub use kiosks::{
    change_kiosk, create_kiosk, find_kiosk_by_key, find_kiosk_by_tablet, get_kiosk, issue_kiosk_key, list_kiosk_names,
    list_kiosks, pair_kiosk, remove_kiosk, renew_pairing_code, report_kiosk,
};
pub use record_punch::record_punch;
pub use seed_punches::{SeedPunch, seed_punches};
