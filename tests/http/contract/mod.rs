//! What the systems that Régie replaces promised to programs: paths, statuses, names and texts, under `/api/v1` and at the root, where
//! their clients look. What differs on purpose is in `docs/http-and-errors.md`.

mod accounts;
mod audit;
mod client;
mod health;
mod kiosks;
mod phones;
mod punches;
mod users;
