//! `/webhooks`: a new one is greeted at once, and so is a new address of an old one.
use super::{
    Call, LIST, Reply,
    orders::{Dates, Picked, sort},
};
use crate::{
    core::secret::Secret,
    demo::shop::{
        hooks::{Webhook, WebhookStatus},
        json::list,
        query::{Refused, Window},
        shapes_catalogue::is_topic,
        state::next,
    },
};

const STATUSES: [&str; 4] = ["all", "active", "paused", "disabled"];
const ORDERBY: [&str; 3] = ["date", "id", "title"];

impl Call<'_> {
    pub(super) fn webhooks(&self) -> Result<Reply, Refused> {
        let query = &self.query;
        let window = Window::of(query, true)?;
        let by = query.one_of("orderby", &ORDERBY)?.unwrap_or("date");
        let status = query.one_of("status", &STATUSES)?.unwrap_or("all");
        let (dates, picked) = (Dates::of(self)?, Picked::of(query));
        let search = query.get("search").unwrap_or_default().to_lowercase();
        self.read(|face| {
            let mut rows: Vec<&Webhook> = face
                .state
                .webhooks
                .values()
                .filter(|hook| status == "all" || hook.status.as_str() == status)
                .filter(|hook| hook.name.to_lowercase().contains(&search))
                .filter(|hook| {
                    picked.hold(hook.id) && dates.hold(hook.created, hook.modified.unwrap_or(hook.created))
                })
                .collect();
            sort(&mut rows, by, window, false, &picked, |hook| (hook.id, hook.created, hook.created));
            let mut reply = self.slice_in(&face, &rows, "webhooks", |hook| face.webhook(hook))?;
            // One a page is counted as one page, however many there are.
            if window.per_page == 1
                && let Some(paging) = &mut reply.paging
            {
                paging.pages = 1;
                paging.link = None;
            }
            Ok(reply)
        })
    }

    /// An empty batch is how a client finds out whether its key may write. Nothing is done in batches here.
    pub(super) fn batch_webhooks(&self) -> Result<Reply, Refused> {
        if ["create", "update", "delete"].iter().any(|list| !self.fields.items(list).is_empty()) {
            return Err(Refused::new(
                501,
                "demo_no_batch",
                "This pretend shop registers webhooks one by one.",
            ));
        }
        Ok(Reply::one(list![]).allow("POST, PUT, PATCH"))
    }

    pub(super) fn webhook(&self, id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let hook = face.state.webhooks.get(&id).ok_or_else(|| unknown(404, "ID is invalid."))?;
            Ok(Reply::one(face.webhook(hook)))
        })
    }

    pub(super) fn create_webhook(&self) -> Result<Reply, Refused> {
        let fields = &self.fields;
        let missing: Vec<&str> =
            ["topic", "delivery_url"].into_iter().filter(|name| !fields.has(name)).collect();
        if !missing.is_empty() {
            return Err(Refused::missing(&missing));
        }
        let topic = self.topic()?.unwrap_or_default();
        let delivery_url = self.delivery_url()?.unwrap_or_default();
        let status = self.status()?.unwrap_or(WebhookStatus::Active);
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state = &mut *guard;
        let id = next(&mut state.ids.webhook);
        let name = fields
            .text("name")
            .unwrap_or_else(|| format!("Webhook created on {}", now.format("%b %d, %Y @ %I:%M %p")));
        let secret = fields.text("secret").filter(|secret| !secret.is_empty());
        let secret = secret.unwrap_or_else(|| self.shop.token(&format!("webhook secret {id}"), 50));
        let hook = Webhook {
            id,
            name,
            status,
            topic,
            delivery_url,
            secret: Secret::new(secret),
            failures: 0,
            owner_gone: false,
            created: now,
            modified: None,
        };
        let face = self.shop.face(state);
        let location = face.href(&format!("webhooks/{id}"));
        let body = face.webhook(&hook);
        state.webhooks.insert(id, hook);
        Ok(Reply { ping: Some(id), allow: LIST, ..Reply::created(body, location) })
    }

    pub(super) fn update_webhook(&self, id: u64) -> Result<Reply, Refused> {
        let (topic, url, status) = (self.topic()?, self.delivery_url()?, self.status()?);
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state = &mut *guard;
        let hook = state.webhooks.get_mut(&id).ok_or_else(|| unknown(400, "ID is invalid."))?;
        let moved = url.as_ref().is_some_and(|url| *url != hook.delivery_url);
        if let Some(name) = self.fields.text("name") {
            hook.name = name;
        }
        if let Some(topic) = topic {
            hook.topic = topic;
        }
        if let Some(url) = url {
            hook.delivery_url = url;
        }
        if let Some(secret) = self.fields.text("secret") {
            hook.secret = Secret::new(secret);
        }
        if let Some(status) = status {
            hook.status = status;
        }
        hook.modified = Some(now);
        let hook = hook.clone();
        let body = self.shop.face(state).webhook(&hook);
        Ok(Reply { ping: moved.then_some(id), ..Reply::one(body) })
    }

    pub(super) fn delete_webhook(&self, id: u64) -> Result<Reply, Refused> {
        if !self.query.flag("force") {
            return Err(Refused::new(
                501,
                "woocommerce_rest_trash_not_supported",
                "Webhooks do not support trashing.",
            ));
        }
        let before = self.webhook(id).map_err(|_| unknown(404, "Invalid ID."))?;
        self.shop.delete_webhook(id).map_err(|_| unknown(404, "Invalid ID."))?;
        Ok(before)
    }

    fn topic(&self) -> Result<Option<String>, Refused> {
        let topic = self.fields.text("topic");
        if topic.as_ref().is_some_and(|topic| !is_topic(topic)) {
            return Err(Refused::new(
                400,
                "woocommerce_rest_shop_webhook_invalid_topic",
                "Webhook topic is required and must be valid.",
            ));
        }
        Ok(topic)
    }

    fn delivery_url(&self) -> Result<Option<String>, Refused> {
        let url = self.fields.text("delivery_url");
        let bad = |url: &String| !url.starts_with("http://") && !url.starts_with("https://");
        if url.as_ref().is_some_and(bad) {
            return Err(Refused::new(
                400,
                "woocommerce_rest_shop_webhook_invalid_delivery_url",
                "Webhook delivery URL must be a valid URL starting with http:// or https://.",
            ));
        }
        Ok(url)
    }

    fn status(&self) -> Result<Option<WebhookStatus>, Refused> {
        let Some(word) = self.fields.text("status") else {
            return Ok(None);
        };
        let found = WebhookStatus::ALL.into_iter().find(|status| status.as_str() == word);
        found.map(Some).ok_or_else(|| Refused::not_one_of("status", "status", &STATUSES[1..]))
    }
}

fn unknown(status: u16, message: &str) -> Refused {
    Refused::new(status, "woocommerce_rest_shop_webhook_invalid_id", message)
}
