//! Use cases through HTTP.

mod access;
mod accounts;
mod pages;
mod punches;
