//! What every request passes, whatever it asks for: its name and time, what is counted, limits, and the headers that protect.

mod body_limits;
mod cors;
mod health;
mod ids_and_times;
mod metrics;
mod refusals;
mod security_headers;
mod site_files;
