//! Use cases through HTTP.

mod access;
mod accounts;
mod audit;
mod pages;
mod punches;
