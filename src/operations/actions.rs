//! What can be asked of this room.

use crate::access::For;

crate::actions! {
    /// See the queue.
    ListJobs: "platform.list_jobs", For::Platform, Read;
    /// Have a job tried again, or give it up.
    ManageJobs: "platform.manage_jobs", For::Platform, Write;
    /// See how the installation fares, and its settings.
    ReadHealth: "platform.read_health", For::Platform, Read;
}
