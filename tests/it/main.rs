//! Everything that needs a database or the whole service: one binary, a database per test.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]
mod accounts;
mod architecture;
mod bulk;
mod entitlements;
mod grants;
mod inbox;
mod ledger;
mod licence_api;
mod licence_import;
mod licence_import_cli;
mod licence_keys;
mod licence_notices;
mod licence_orders;
mod licence_pages;
mod licence_trail;
mod member_meta;
mod noes;
mod processes;
mod products;
mod report;
mod report_files;
mod routes;
mod sessions;
mod shop;
#[expect(dead_code, reason = "the tests with a browser use the rest")]
mod support;
