//! The questions we ask a shop, one function each.
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    answer::Answer,
    client::{Call, ShopClient},
    dto,
    error::{Malformed, ShopError},
    order::Order,
    sync::Pager,
    words::{Coupon, Customer, Product},
};
use crate::core::{email::Email, ids::WcId, secret::Secret};

/// Most users of one batch, and of one page.
pub const BATCH: u32 = 100;

/// A person as orders know them: an account of the shop, addresses they are known to own, or both.
#[derive(Debug, Clone, Default)]
pub struct PersonQuery {
    pub customer_id: Option<WcId>,
    pub emails: Vec<Email>,
}

/// What to register as a webhook, or to change it to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    pub name: String,
    pub topic: String,
    pub delivery_url: String,
    pub secret: Secret,
}

/// A time as REST wants it with `dates_are_gmt=true`.
pub(super) fn gmt(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

impl ShopClient {
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&Value>,
    ) -> Result<Answer<Value>, ShopError> {
        let path = format!("wp-json/wc/v3/{path}");
        let call = Call { method, path: &path, query, body, keyed: true };
        self.send(call).await
    }

    /// `GET` below `wc/v3`.
    pub(super) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Answer<Value>, ShopError> {
        self.ask(Method::GET, path, query, None).await
    }

    /// A list as it comes, unread rows and all.
    pub(super) async fn rows(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Answer<Vec<Value>>, ShopError> {
        let answer = self.get(path, query).await?;
        let Value::Array(body) = answer.body else {
            return Err(Malformed { resource: "list", id: 0, field: "body" }.into());
        };
        Ok(Answer { body, total: answer.total, pages: answer.pages, date: answer.date })
    }

    /// Who the site is, as it tells anyone.
    pub async fn index(&self) -> Result<dto::Index, ShopError> {
        let fields = [("_fields", "name,url,timezone_string,gmt_offset,namespaces".to_owned())];
        let call = Call { method: Method::GET, path: "wp-json/", query: &fields, body: None, keyed: false };
        Ok(dto::read("index", self.send(call).await?.body)?)
    }

    /// An order with what its refunds took back, trashed or not.
    ///
    /// # Errors
    /// [`ShopError::NotFound`] where it was deleted for good or never was.
    pub async fn order(&self, id: WcId) -> Result<Order, ShopError> {
        let answer = self.get(&format!("orders/{id}"), &[]).await?;
        self.whole_order(answer.body).await
    }

    /// Reads an order, asking for its refunds' details where it has any.
    pub(super) async fn whole_order(&self, body: Value) -> Result<Order, ShopError> {
        let order: dto::Order = dto::read("order", body)?;
        let refunds =
            if order.refunds.is_empty() { Vec::new() } else { self.order_refunds(order.id).await? };
        Ok(Order::read(order, refunds)?)
    }

    /// The refunds of an order, with the lines they took back.
    pub async fn order_refunds(&self, id: WcId) -> Result<Vec<dto::Refund>, ShopError> {
        let mut pager = Pager::new(format!("orders/{id}/refunds"), Vec::new());
        let mut refunds = Vec::new();
        while let Some(rows) = pager.next(self).await? {
            for row in rows {
                refunds.push(dto::read("refund", row)?);
            }
        }
        Ok(refunds)
    }

    /// Every order of a person created at `since` or later, once each, oldest id first.
    ///
    /// The brief's "orders of this customer e-mail" (4) does not exist as a filter: shops ignore it and return everyone's. Asked is
    /// for the account's orders and for each address' (a search, of which exact matches are kept: guests' orders carry no account).
    ///
    /// # Errors
    /// [`ShopError::FilterIgnored`] if the shop returns another account's order: then nothing it returned can be trusted.
    pub async fn orders_of(
        &self,
        person: &PersonQuery,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Order>, ShopError> {
        let mut rows: BTreeMap<WcId, Value> = BTreeMap::new();
        let window = since.map(|since| {
            let after = gmt(since - TimeDelta::seconds(1));
            vec![("after", after), ("dates_are_gmt", "true".to_owned())]
        });
        let window = window.unwrap_or_default();
        if let Some(customer) = person.customer_id {
            let mut pager =
                Pager::new("orders", [vec![("customer", customer.to_string())], window.clone()].concat());
            while let Some(page) = pager.next(self).await? {
                for row in page {
                    if row.get("customer_id").and_then(dto::id_of) != Some(customer.0) {
                        return Err(ShopError::FilterIgnored { filter: "customer" });
                    }
                    rows.extend(dto::id_of(&row["id"]).map(|id| (WcId(id), row)));
                }
            }
        }
        for email in &person.emails {
            let mut pager =
                Pager::new("orders", [vec![("search", email.to_string())], window.clone()].concat());
            while let Some(page) = pager.next(self).await? {
                for row in page {
                    let billed = row["billing"]["email"].as_str().and_then(|text| Email::parse(text).ok());
                    if billed.as_ref() == Some(email) {
                        rows.extend(dto::id_of(&row["id"]).map(|id| (WcId(id), row)));
                    }
                }
            }
        }
        let mut orders = Vec::with_capacity(rows.len());
        for row in rows.into_values() {
            let order = self.whole_order(row).await?;
            match since {
                Some(since) if order.created_at < since - TimeDelta::seconds(1) => {
                    return Err(ShopError::FilterIgnored { filter: "after" });
                }
                Some(since) if order.created_at < since => {}
                _ => orders.push(order),
            }
        }
        Ok(orders)
    }

    /// A product, or a variation by its own id.
    pub async fn product(&self, id: WcId) -> Result<Product, ShopError> {
        let answer = self.get(&format!("products/{id}"), &[]).await?;
        Ok(dto::read::<dto::Product>("product", answer.body)?.try_into()?)
    }

    /// The variations of a product. Their `parent` is set whatever the shop's version tells.
    pub async fn product_variations(&self, id: WcId) -> Result<Vec<Product>, ShopError> {
        let mut pager = Pager::new(format!("products/{id}/variations"), Vec::new());
        let mut variations = Vec::new();
        while let Some(rows) = pager.next(self).await? {
            for mut row in rows {
                // Shops before 8.x leave these two out here.
                if let Value::Object(map) = &mut row {
                    map.entry("type").or_insert_with(|| "variation".into());
                    map.insert("parent_id".to_owned(), id.0.into());
                }
                variations.push(dto::read::<dto::Product>("product", row)?.try_into()?);
            }
        }
        Ok(variations)
    }

    pub async fn customer(&self, id: WcId) -> Result<Customer, ShopError> {
        let answer = self.get(&format!("customers/{id}"), &[]).await?;
        Ok(dto::read::<dto::Customer>("customer", answer.body)?.try_into()?)
    }

    /// The user of this address, whatever the role. `None` for a guest or a stranger.
    ///
    /// # Errors
    /// [`ShopError::FilterIgnored`] if the shop returns somebody else.
    pub async fn customer_by_email(&self, email: &Email) -> Result<Option<Customer>, ShopError> {
        let query = [("email", email.to_string()), ("role", "all".to_owned()), ("per_page", "1".to_owned())];
        let Some(row) = self.rows("customers", &query).await?.body.into_iter().next() else {
            return Ok(None);
        };
        let customer: Customer = dto::read::<dto::Customer>("customer", row)?.try_into()?;
        if customer.email.as_ref() == Some(email) {
            Ok(Some(customer))
        } else {
            Err(ShopError::FilterIgnored { filter: "email" })
        }
    }

    /// Writes a number into field `key` of these users, at most [`BATCH`] of them. Answers whom the shop refused, and by which code.
    ///
    /// Doing it twice is no harm, but it is a POST: it is not tried again here.
    pub async fn write_member_meta(
        &self,
        key: &str,
        values: &[(WcId, u32)],
    ) -> Result<BTreeMap<WcId, String>, ShopError> {
        let rows: Vec<Value> = values
            .iter()
            .map(|(id, value)| json!({"id": id, "meta_data": [{"key": key, "value": value}]}))
            .collect();
        let body = json!({"update": rows});
        let mut answer = self.ask(Method::POST, "customers/batch", &[], Some(&body)).await?;
        let bad = |id, field| Malformed { resource: "customers/batch", id, field };
        let Some(Value::Array(rows)) = answer.body.get_mut("update").map(Value::take) else {
            return Err(bad(0, "update").into());
        };
        let (mut refused, mut answered) = (BTreeMap::new(), BTreeSet::new());
        for row in rows {
            let id = row.get("id").and_then(dto::id_of).map(WcId).ok_or_else(|| bad(0, "id"))?;
            answered.insert(id);
            if let Some(error) = row.get("error") {
                refused.insert(id, error["code"].as_str().unwrap_or("unknown").to_owned());
            }
        }
        // A row for each that was asked for, and for nobody else.
        if answered != values.iter().map(|(id, _)| *id).collect() {
            return Err(bad(0, "rows").into());
        }
        Ok(refused)
    }

    /// What field `key` of these users (at most [`BATCH`]) holds: `None` where they have no such field. A user who is not in the
    /// answer was not shown.
    ///
    /// # Errors
    /// [`ShopError::FilterIgnored`] if the shop shows anybody else.
    pub async fn read_member_meta(
        &self,
        key: &str,
        ids: &[WcId],
    ) -> Result<BTreeMap<WcId, Option<String>>, ShopError> {
        let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let query = [
            ("include", list.join(",")),
            ("role", "all".to_owned()),
            ("per_page", BATCH.to_string()),
            ("_fields", "id,meta_data".to_owned()),
        ];
        let mut found = BTreeMap::new();
        for row in self.rows("customers", &query).await?.body {
            let user: dto::MemberFields = dto::read("customer", row)?;
            if !ids.contains(&user.id) {
                return Err(ShopError::FilterIgnored { filter: "include" });
            }
            let value = user.meta_data.iter().find(|meta| meta.key == key).and_then(dto::Meta::text);
            found.insert(user.id, value);
        }
        Ok(found)
    }

    pub async fn coupon(&self, id: WcId) -> Result<Coupon, ShopError> {
        let answer = self.get(&format!("coupons/{id}"), &[]).await?;
        Ok(dto::read::<dto::Coupon>("coupon", answer.body)?.try_into()?)
    }

    /// Every webhook of the shop, ours or not.
    pub async fn webhooks(&self) -> Result<Vec<dto::Webhook>, ShopError> {
        let mut pager = Pager::new("webhooks", vec![("status", "all".to_owned())]);
        let mut webhooks = Vec::new();
        while let Some(rows) = pager.next(self).await? {
            for row in rows {
                webhooks.push(dto::read("webhook", row)?);
            }
        }
        Ok(webhooks)
    }

    /// Registers a webhook. The shop sends its unsigned ping before this returns.
    pub async fn create_webhook(&self, new: &NewWebhook) -> Result<dto::Webhook, ShopError> {
        let body = json!({
            "name": new.name, "topic": new.topic, "delivery_url": new.delivery_url,
            "secret": new.secret.reveal(), "status": "active",
        });
        let answer = self.ask(Method::POST, "webhooks", &[], Some(&body)).await?;
        Ok(dto::read("webhook", answer.body)?)
    }

    /// Sets address and secret again, and wakes it up.
    pub async fn update_webhook(&self, id: WcId, new: &NewWebhook) -> Result<dto::Webhook, ShopError> {
        let body = json!({
            "name": new.name, "delivery_url": new.delivery_url, "secret": new.secret.reveal(), "status": "active",
        });
        let answer = self.ask(Method::PUT, &format!("webhooks/{id}"), &[], Some(&body)).await?;
        Ok(dto::read("webhook", answer.body)?)
    }

    /// Removes a webhook. One that is gone already is a success.
    pub async fn delete_webhook(&self, id: WcId) -> Result<(), ShopError> {
        let force = [("force", "true".to_owned())];
        match self.ask(Method::DELETE, &format!("webhooks/{id}"), &force, None).await {
            Ok(_) | Err(ShopError::NotFound) => Ok(()),
            Err(e) => Err(e),
        }
    }
}
