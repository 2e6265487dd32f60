//! Everything a request or a job may use.
use std::sync::Arc;

use crate::{
    auth::key::Looked,
    combine::Combiner,
    config::Config,
    core::clock::Clock,
    crypto::Keys,
    db::Db,
    entitlements::api::together::{Given, Wanted},
    shop::client::Http,
};

/// Cheap to clone; clones share everything. No state of the business lives here, only ways to reach it.
#[derive(Debug, Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub keys: Keys,
    pub config: Arc<Config>,
    /// The one HTTP client that talks to shops.
    pub http: Http,
    pub desk: Desk,
}

/// Where requests of one moment wait to be served together.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Keys of machines that are being looked up, by their hash.
    pub keys: Combiner<[u8; 32], Looked>,
    /// Uses that are being paid for.
    pub uses: Combiner<Wanted, Given>,
}

impl Default for Desk {
    fn default() -> Self {
        // While one batch waits for the disk, the next may use the processor; more than a few would only wait for each other, and
        // batches of one or two cost the database nearly what twenty cost.
        Self { keys: Combiner::new(1, 1, 256), uses: Combiner::new(2, 16, 64) }
    }
}
