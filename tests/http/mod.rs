//! Use cases through HTTP.

mod access;
mod accounts;
mod audit;
mod audit_page;
mod factors;
mod jwts;
mod keys;
mod links;
mod mass;
mod offline;
mod openapi;
mod pages;
mod passkeys;
mod planner;
mod planning;
mod planning_answers;
mod planning_cache;
mod planning_feeds;
mod planning_people;
mod planning_rules;
mod platform;
mod punches;
mod refresh;
mod sessions;
mod throttle;
mod tokens;
