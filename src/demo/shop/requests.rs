//! What clients asked, kept so that a test can tell one sweep from a request per customer.
use super::DemoShop;

/// How many requests are remembered.
const KEPT: usize = 10_000;

/// How a request said who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthKind {
    None,
    /// HTTP Basic.
    Basic,
    /// `consumer_key` and `consumer_secret` in the query.
    Query,
    /// One-legged `OAuth` 1.0a, in the query or the header.
    OAuth,
}

/// One request to `/wp-json/…`, whether it was allowed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    pub method: String,
    /// As it came, still percent-encoded.
    pub path_and_query: String,
    pub auth: AuthKind,
}

impl DemoShop {
    /// The REST requests so far, oldest first, at most the last 10,000.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.iter().cloned().collect()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.lock().requests.clear();
    }

    pub(super) fn record(&self, request: RecordedRequest) {
        let requests = &mut self.lock().requests;
        if requests.len() == KEPT {
            requests.pop_front();
        }
        requests.push_back(request);
    }
}
