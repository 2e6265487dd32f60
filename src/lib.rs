//! Abono owns what a WooCommerce shop has no place for: who may use what, how much is left, until when, and why.
pub mod app;
pub mod audit;
pub mod auth;
pub mod config;
pub mod core;
pub mod crypto;
pub mod db;
pub mod demo;
pub mod jobs;
pub mod settings;
pub mod shop;
pub mod telemetry;
