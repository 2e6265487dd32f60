//! What a webhook delivery is. No I/O.

/// The things of a shop that we mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    Customer,
    Product,
    Coupon,
    Order,
}

impl Resource {
    pub const ALL: [Self; 4] = [Self::Customer, Self::Product, Self::Coupon, Self::Order];

    /// The word in topics and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Product => "product",
            Self::Coupon => "coupon",
            Self::Order => "order",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.as_str() == text)
    }
}

/// Where a stored delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Acknowledged; its job has not run.
    Pending,
    Processed,
    /// Signed, and makes no sense.
    Quarantined,
    /// Its job gave up. Can be replayed.
    Failed,
    /// Signed, of a kind we have no use for.
    Discarded,
}

impl State {
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Processed, Self::Quarantined, Self::Failed, Self::Discarded];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processed => "processed",
            Self::Quarantined => "quarantined",
            Self::Failed => "failed",
            Self::Discarded => "discarded",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The `X-WC-Webhook-*` headers of a delivery; empty where absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    pub topic: String,
    pub delivery_id: String,
    pub webhook_id: String,
    pub signature: String,
}

impl Headers {
    fn is_bare(&self) -> bool {
        *self == Self::default()
    }
}

/// What to do with a delivery whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The ping of a new webhook: 200, and nothing else.
    Ping,
    /// Not signed by the shop: 401, and nothing else.
    Unsigned,
    /// Something of ours changed.
    Hint { resource: Resource, id: u64 },
    /// Signed nonsense.
    Quarantine(&'static str),
    /// Signed, but of no use to us.
    Discard(&'static str),
}

/// Reads a delivery. `is_signed`: the signature verified over `body` with one of the shop's secrets.
pub fn read(headers: &Headers, body: &[u8], is_signed: bool) -> Verdict {
    if !is_signed {
        return if headers.is_bare() && is_ping(body) { Verdict::Ping } else { Verdict::Unsigned };
    }
    let Some((resource, _event)) = headers.topic.split_once('.') else {
        return Verdict::Quarantine("no_topic");
    };
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(body) else {
        return Verdict::Quarantine("not_json");
    };
    let Some(resource) = Resource::parse(resource) else {
        return Verdict::Discard("unknown_topic");
    };
    if json.get("code").is_some_and(serde_json::Value::is_string) && json.get("id").is_none() {
        // The webhook's owner was deleted or may not read: the shop signs its own error.
        return Verdict::Quarantine("shop_error");
    }
    match json.get("id").and_then(serde_json::Value::as_u64) {
        Some(id) if id > 0 => Verdict::Hint { resource, id },
        _ => Verdict::Quarantine("no_id"),
    }
}

/// `webhook_id=5`, to the byte.
fn is_ping(body: &[u8]) -> bool {
    body.strip_prefix(b"webhook_id=")
        .is_some_and(|id| !id.is_empty() && id.len() <= 20 && id.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(topic: &str) -> Headers {
        Headers {
            topic: topic.to_owned(),
            delivery_id: "d".to_owned(),
            webhook_id: "9".to_owned(),
            signature: "s".to_owned(),
        }
    }

    #[test]
    fn only_the_exact_ping_passes_unsigned() {
        let bare = Headers::default();
        assert_eq!(read(&bare, b"webhook_id=5", false), Verdict::Ping);
        for body in ["webhook_id=", "webhook_id=5&x=1", "webhook_id=-5", "{\"id\":5}", "", "Webhook_id=5"] {
            assert_eq!(read(&bare, body.as_bytes(), false), Verdict::Unsigned, "{body}");
        }
        assert_eq!(read(&headers("order.created"), b"webhook_id=5", false), Verdict::Unsigned);
    }

    #[test]
    fn a_signed_error_of_the_shop_is_quarantined() {
        let body = br#"{"code":"woocommerce_rest_cannot_view","message":"x","data":{"status":401}}"#;
        assert_eq!(read(&headers("order.updated"), body, true), Verdict::Quarantine("shop_error"));
        assert_eq!(read(&headers("order.updated"), b"[]", true), Verdict::Quarantine("no_id"));
        assert_eq!(read(&headers("order.updated"), b"<html>", true), Verdict::Quarantine("not_json"));
        assert_eq!(read(&headers(""), b"{\"id\":1}", true), Verdict::Quarantine("no_topic"));
    }

    #[test]
    fn a_topic_we_do_not_mirror_is_set_aside() {
        assert_eq!(read(&headers("action.wc_x"), b"{\"id\":1}", true), Verdict::Discard("unknown_topic"));
    }

    #[test]
    fn a_hint_names_what_changed() {
        assert_eq!(
            read(&headers("order.deleted"), b"{\"id\":21}", true),
            Verdict::Hint { resource: Resource::Order, id: 21 }
        );
    }
}
