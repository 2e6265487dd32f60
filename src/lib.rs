//! Abono owns what a `WooCommerce` shop has no place for: who may use what, how much is left, until when, and why.
//!
//! # The map
//!
//! | | |
//! |---|---|
//! | [`core`] | pure building blocks: clock, ids, money, days of a time zone, addresses, seek paging |
//! | [`accounts`] | who: one account per person over every outside id; merging |
//! | [`sessions`] | session credits: grants, ledger, reservations, spending, refunds, bulk assignment; the API, the back office, «Mis Sesiones» |
//! | [`licences`] | licences by quantity or by date: plans, credits, last days, ledger |
//! | [`entitlements`] | the one question over everything that may pay: check, consume, reserve, and why not |
//! | [`shop`] | `WooCommerce`: client, meaning of its answers, signatures, mirror, watchdog |
//! | [`inbox`] | every webhook lands here; re-reading a shop and applying what it says |
//! | [`jobs`] | background work from rows, leases, the one list of schedules |
//! | [`combine`] | work that many ask for at once, done once for all of them |
//! | [`idempotency`] | a repeated request gets the same answer and has no second effect |
//! | [`auth`], [`mail`] | staff, customers, machines; letters |
//! | [`notices`] | telling people by letter, once, of what ends soon |
//! | [`audit`], [`settings`], [`reports`], [`help`] | the trail, what may be changed while it runs, what is read across slices, the handbook |
//! | [`web`], [`words`], [`site`] | the house that pages and API live in; how numbers and days read; everything put together |
//! | [`db`], [`crypto`], [`config`], [`app`], [`telemetry`], [`cli`] | pool and transactions, embedded server, seals and randomness, settings, the command line |
//! | [`demo`] | a pretend `WooCommerce` with the habits of the real one |
//!
//! A paid order's way: `inbox::hook` (verify, store, 200) → `jobs` → `inbox::intake` (re-read, mirror) → `accounts` (whose) →
//! `sessions::apply_order` and `licences::apply_order` (grant) – one transaction from the mirror to the ledger.
pub mod accounts;
pub mod app;
pub mod audit;
pub mod auth;
pub mod cli;
pub mod combine;
pub mod config;
pub mod core;
pub mod crypto;
pub mod db;
pub mod demo;
pub mod entitlements;
pub mod help;
pub mod idempotency;
pub mod inbox;
pub mod jobs;
pub mod licences;
pub mod mail;
pub mod notices;
pub mod reports;
pub mod runs;
pub mod sessions;
pub mod settings;
pub mod shop;
pub mod site;
pub mod telemetry;
pub mod web;
pub mod words;
