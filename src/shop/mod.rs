//! A `WooCommerce` store, as seen from here: how to ask it, what its answers mean, and what we remember of it.
//!
//! This module returns values and knows no slice: it says *what the shop holds*, never what that entitles anyone to.
//!
//! 1. A webhook is a hint ([`signature`] says whose). The truth is re-read by REST ([`calls`]) or swept ([`sync`]).
//! 2. An answer that is not the JSON we asked for is a failure ([`error`]), never an empty list: an HTML challenge with
//!    status 200, a cut-off body and a filter that was ignored all stop the run.
//! 3. An address is checked where it is resolved ([`guard`]): https and public, unless a developer's installation says otherwise.
//! 4. What an answer *means* is decided in one place ([`order`], [`words`]); an order that makes no sense is an error, not a default.
//! 5. The mirror ([`mirror`]) never goes back in time: an older answer changes nothing.
pub mod admin;
pub mod answer;
pub mod calls;
pub mod client;
pub mod connect;
pub mod dto;
pub mod error;
pub mod facts;
pub mod guard;
pub mod labels;
pub mod member;
pub mod mirror;
pub mod oauth;
pub mod order;
pub mod service;
pub mod shelf;
pub mod signature;
pub mod store;
pub mod sync;
pub mod watchdog;
pub mod words;

#[cfg(test)]
mod tests;
