//! What can be asked of this room.

use crate::access::For;
use crate::kernel::Role;

crate::actions! {
    /// Register a phone of one's own.
    RegisterDevice: "device.register", For::Member(Role::Tech), Write;
    /// List one's own phones.
    ListMyDevices: "device.list_mine", For::Member(Role::Tech), Read;
    /// Revoke a phone of one's own.
    RevokeMyDevice: "device.revoke_mine", For::Member(Role::Tech), Write;
    /// List everybody's phones.
    ListDevices: "device.list", For::Member(Role::Admin), Read;
    /// Revoke anybody's phone.
    RevokeDevice: "device.revoke", For::Member(Role::Admin), Write;
    /// Have a badge code issued for a phone of one's own.
    IssueBadge: "badge.issue", For::Member(Role::Tech), Write;
    /// Record a scan at a kiosk.
    RecordPunch: "punch.record", For::Kiosk, Write;
    /// Read one's own punches and hours.
    ReadMyHours: "hours.read_mine", For::Member(Role::Tech), Read;
    /// Read everybody's punches and hours.
    ReadHours: "hours.read", For::Member(Role::Manager), Read;
    /// List the kiosks.
    ListKiosks: "kiosk.list", For::Member(Role::Admin), Read;
    /// Add, change, remove a kiosk; make its keys and pairing codes.
    ManageKiosks: "kiosk.manage", For::Member(Role::Admin), Write;
    /// Turn a tablet into a kiosk with a pairing code.
    PairKiosk: "kiosk.pair", For::Everyone, Write;
    /// Say that one is there.
    ReportKiosk: "kiosk.report", For::Kiosk, Write;
    /// Write past punches, for the demonstration.
    SeedPunches: "punch.seed", For::System, Write;
}
