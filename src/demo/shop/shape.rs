//! Orders and refunds in the words of REST v3, field by field as the real store orders them.
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    VERSION,
    json::{Json, list, object},
    state::{Address, Line, Meta, Order, OrderStatus, Refund, State},
};

/// Turns records into JSON: knows the shop's address, zone and currency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Face<'a> {
    pub state: &'a State,
    pub zone: Tz,
    pub currency: &'a str,
}

/// Money with two decimals, halves away from zero.
pub(super) fn money(amount: Decimal) -> String {
    let rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.2}")
}

pub(super) fn symbol(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" | "ARS" | "MXN" | "CLP" | "COP" => "$",
        other => other,
    }
}

const STAMP: &str = "%Y-%m-%dT%H:%M:%S";

/// A UTC date as the store writes it: no offset.
pub(super) fn gmt(at: DateTime<Utc>) -> String {
    at.format(STAMP).to_string()
}

pub(super) fn metas(meta: &[Meta]) -> Json {
    Json::List(
        meta.iter().map(|m| object! { "id" => m.id, "key" => &m.key, "value" => m.value.clone() }).collect(),
    )
}

/// An order's address. Customers list the same fields in another order.
fn address(address: &Address, with_email: bool) -> Json {
    let json = object! {
        "first_name" => &address.first_name, "last_name" => &address.last_name, "company" => &address.company,
        "address_1" => &address.address_1, "address_2" => &address.address_2, "city" => &address.city,
        "state" => &address.state, "postcode" => &address.postcode, "country" => &address.country,
    };
    let json = if with_email { json.with("email", &address.email) } else { json };
    json.with("phone", &address.phone)
}

impl Face<'_> {
    /// A date in the shop's own time: no offset.
    pub(super) fn local(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format(STAMP).to_string()
    }

    /// `_links` of a resource at `path` (below `wc/v3/`) in `collection`.
    pub(super) fn links(&self, path: &str, collection: &str, verbs: &[&str]) -> Json {
        object! {
            "self" => list![object! {
                "href" => self.href(path),
                "targetHints" => object! { "allow" => Json::List(verbs.iter().map(|verb| Json::from(*verb)).collect()) },
            }],
            "collection" => list![object! { "href" => self.href(collection) }],
        }
    }

    pub(super) fn href(&self, path: &str) -> String {
        format!("{}/wp-json/wc/v3/{path}", self.state.url)
    }

    pub(super) const ALL_VERBS: [&'static str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    pub(super) fn order(&self, order: &Order) -> Json {
        let total = order.total();
        let status = order.status;
        let opt_local = |at: Option<DateTime<Utc>>| at.map(|at| self.local(at));
        let editable = matches!(status, OrderStatus::Pending | OrderStatus::OnHold);
        let owes = matches!(status, OrderStatus::Pending | OrderStatus::Failed) && total > Decimal::ZERO;
        let mut meta = order.meta.clone();
        if let Some(trashed) = order.trashed {
            let text = |value: String| Json::Text(value);
            meta.push(Meta {
                id: trashed.status_meta,
                key: "_wp_trash_meta_status".to_owned(),
                value: text(format!("wc-{}", trashed.from.as_str())),
            });
            meta.push(Meta {
                id: trashed.time_meta,
                key: "_wp_trash_meta_time".to_owned(),
                value: text(trashed.at.timestamp().to_string()),
            });
        }
        object! {
            "id" => order.id, "parent_id" => 0, "status" => status.as_str(), "currency" => &order.currency,
            "version" => VERSION, "prices_include_tax" => false,
            "date_created" => self.local(order.created), "date_modified" => self.local(order.modified),
            "discount_total" => money(order.subtotal() - total), "discount_tax" => "0.00",
            "shipping_total" => "0.00", "shipping_tax" => "0.00", "cart_tax" => "0.00",
            "total" => money(total), "total_tax" => "0.00",
            "customer_id" => order.customer_id, "order_key" => &order.key,
            "billing" => address(&order.billing, true), "shipping" => address(&order.shipping, false),
            "payment_method" => &order.payment_method, "payment_method_title" => &order.payment_title,
            "transaction_id" => &order.transaction, "customer_ip_address" => "", "customer_user_agent" => "",
            "created_via" => order.created_via, "customer_note" => &order.note,
            "date_completed" => opt_local(order.completed), "date_paid" => opt_local(order.paid),
            "cart_hash" => "", "number" => order.id.to_string(), "meta_data" => metas(&meta),
            "line_items" => Json::List(order.lines.iter().map(line).collect()),
            "tax_lines" => list![], "shipping_lines" => list![], "fee_lines" => list![],
            "coupon_lines" => Json::List(order.coupons.iter().map(coupon_line).collect()),
            "refunds" => self.refunds_of(order.id),
            "payment_url" => format!(
                "{}/checkout/order-pay/{}/?pay_for_order=true&key={}", self.state.url, order.id, order.key),
            "is_editable" => editable, "needs_payment" => owes,
            "needs_processing" => order.lines.iter().any(|line| line.product_id != 0),
            "date_created_gmt" => gmt(order.created), "date_modified_gmt" => gmt(order.modified),
            "date_completed_gmt" => order.completed.map(gmt), "date_paid_gmt" => order.paid.map(gmt),
            "currency_symbol" => symbol(&order.currency), "_links" => self.order_links(order),
        }
    }

    fn order_links(&self, order: &Order) -> Json {
        let path = format!("orders/{}", order.id);
        let links = self.links(&path, "orders", &Self::ALL_VERBS).with(
            "email_templates",
            list![object! { "embeddable" => true, "href" => self.href(&format!("{path}/actions/email_templates")) }],
        );
        if order.customer_id == 0 {
            return links;
        }
        let customer = self.href(&format!("customers/{}", order.customer_id));
        links.with("customer", list![object! { "href" => customer }])
    }

    /// The short list inside an order, newest first. A refund of nothing is a lone minus, as in the real store.
    fn refunds_of(&self, order_id: u64) -> Json {
        let refunds = self.state.refunds.values().rev();
        Json::List(
            refunds
                .filter(|refund| refund.order_id == order_id)
                .map(|refund| {
                    object! {
                        "id" => refund.id, "reason" => &refund.reason,
                        "total" => format!("-{}", refund_amount(refund)), "total_tax" => "0.00",
                    }
                })
                .collect(),
        )
    }

    /// A refund; `with_parent` as `GET /refunds` shows it.
    pub(super) fn refund(&self, refund: &Refund, with_parent: bool) -> Json {
        let parent = format!("orders/{}", refund.order_id);
        let collection = format!("{parent}/refunds");
        let links = self
            .links(&format!("{collection}/{}", refund.id), &collection, &["GET", "DELETE"])
            .with("up", list![object! { "href" => self.href(&parent) }]);
        let json = object! {
            "id" => refund.id,
            "date_created" => self.local(refund.created), "date_created_gmt" => gmt(refund.created),
            "amount" => refund_amount(refund), "reason" => &refund.reason,
            "refunded_by" => 1, "refunded_payment" => false,
            "meta_data" => list![object! {
                "id" => refund.meta_id, "key" => "_refund_type", "value" => if refund.is_full { "full" } else { "partial" },
            }],
            "line_items" => Json::List(refund.lines.iter().map(|back| {
                let taken = Line {
                    id: back.id,
                    quantity: back.quantity,
                    subtotal: -back.total,
                    total: -back.total,
                    ..back.line.clone()
                };
                refund_line(&taken, back.meta_id, back.line.id)
            }).collect()),
            "shipping_lines" => list![], "tax_lines" => list![], "fee_lines" => list![],
            "_links" => links,
        };
        if with_parent { json.with_second("parent_id", refund.order_id) } else { json }
    }
}

fn refund_amount(refund: &Refund) -> String {
    if refund.amount.is_zero() { String::new() } else { money(refund.amount) }
}

fn line(line: &Line) -> Json {
    let meta = line.option.as_ref().map_or_else(
        || list![],
        |(id, option)| {
            list![object! {
                "id" => *id, "key" => "modalidad", "value" => option, "display_key" => "Modalidad", "display_value" => option,
            }]
        },
    );
    line_with(line, i64::from(line.quantity), line.price(), meta)
}

fn refund_line(line: &Line, meta_id: u64, refunded: u64) -> Json {
    let of = refunded.to_string();
    let meta = list![object! {
        "id" => meta_id, "key" => "_refunded_item_id", "value" => &of, "display_key" => "_refunded_item_id", "display_value" => &of,
    }];
    line_with(line, -i64::from(line.quantity), -line.price(), meta)
}

fn line_with(line: &Line, quantity: i64, price: Decimal, meta: Json) -> Json {
    let known = line.product_id != 0;
    let no_image = if known && line.variation_id == 0 { Json::from("") } else { Json::Int(0) };
    object! {
        "id" => line.id, "name" => &line.name, "product_id" => line.product_id, "variation_id" => line.variation_id,
        "quantity" => quantity, "tax_class" => "",
        "subtotal" => money(line.subtotal), "subtotal_tax" => "0.00", "total" => money(line.total), "total_tax" => "0.00",
        "taxes" => list![], "meta_data" => meta, "sku" => known.then_some(&line.sku),
        "global_unique_id" => known.then_some(""), "price" => price,
        "image" => object! { "id" => no_image, "src" => "" }, "parent_name" => line.parent_name.as_ref(),
    }
}

fn coupon_line(line: &super::state::CouponLine) -> Json {
    // The default kind is not written down, so it shows as null there and only there.
    let kind = (line.kind != "fixed_cart").then_some(&line.kind);
    let info = list![line.coupon_id, &line.code, kind, line.amount].encode();
    object! {
        "id" => line.id, "code" => &line.code, "discount" => Json::from(line.discount).encode(), "discount_tax" => "0",
        "meta_data" => list![object! {
            "id" => line.meta_id, "key" => "coupon_info", "value" => &info, "display_key" => "coupon_info", "display_value" => &info,
        }],
        "discount_type" => &line.kind, "nominal_amount" => line.amount, "free_shipping" => false,
    }
}
