//! Everything a request or a job may use.
use std::sync::Arc;

use crate::{config::Config, core::clock::Clock, crypto::Keys, db::Db, shop::client::Http};

/// Cheap to clone; clones share everything. No state of the business lives here, only ways to reach it.
#[derive(Debug, Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub keys: Keys,
    pub config: Arc<Config>,
    /// The one HTTP client that talks to shops.
    pub http: Http,
}
