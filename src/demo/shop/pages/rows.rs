//! What the pages' tables show, ready to print.
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::demo::shop::{
    CouponRefusal, Delivered, Delivery, DemoError, DemoShop, OrderStatus, OrderView, WebhookStatus,
    catalogue,
    shape::{money, symbol},
};

pub(super) struct ProductRow {
    /// Product and variation, `483-0`.
    pub value: String,
    pub name: String,
    pub price: String,
}

pub(super) struct CustomerRow {
    pub id: u64,
    pub name: String,
    pub email: String,
}

pub(super) struct OrderRow {
    pub id: u64,
    pub date: String,
    pub who: String,
    pub status: &'static str,
    pub total: String,
}

pub(super) struct LineRow {
    pub id: u64,
    pub name: String,
    pub quantity: u32,
}

pub(super) struct Action {
    pub path: &'static str,
    pub label: &'static str,
    /// The next step of an order's life; taking things back is not.
    pub is_main: bool,
}

pub(super) struct DeliveryRow {
    pub at: String,
    pub topic: String,
    pub resource: u64,
    pub answer: String,
    pub good: bool,
    pub headers: String,
    pub body: String,
}

impl DemoShop {
    pub(super) fn product_rows(&self) -> Vec<ProductRow> {
        let state = self.lock();
        let row = |id: u64, variation: u64, name: String, price: &str| ProductRow {
            value: format!("{id}-{variation}"),
            name,
            price: self.amount(catalogue::amount(price)),
        };
        let mut rows = Vec::new();
        for product in state.products.values().filter(|product| !product.trashed) {
            if product.variations.is_empty() {
                rows.push(row(product.id, 0, product.name.clone(), &product.price));
            }
            for variation in &product.variations {
                let name = format!("{}: {}", product.name, variation.option);
                rows.push(row(product.id, variation.id, name, &variation.price));
            }
        }
        rows
    }

    pub(super) fn customer_rows(&self) -> Vec<CustomerRow> {
        let state = self.lock();
        let rows = state.customers.values().map(|customer| CustomerRow {
            id: customer.id,
            name: format!("{} {}", customer.first_name, customer.last_name).trim().to_owned(),
            email: customer.email.clone(),
        });
        rows.collect()
    }

    pub(super) fn order_row(&self, order: &OrderView) -> OrderRow {
        let billing = &order.billing;
        let name = format!("{} {}", billing.first_name, billing.last_name);
        let who = match name.trim() {
            "" => billing.email.clone(),
            name => format!("{name} ({})", billing.email),
        };
        OrderRow {
            id: order.id,
            date: self.date(order.created, "%d/%m/%Y %H:%M"),
            who,
            status: spanish(order.status),
            total: self.amount(order.total),
        }
    }

    pub(super) fn delivery_row(&self, delivery: &Delivery) -> DeliveryRow {
        let headers = delivery.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        DeliveryRow {
            at: self.date(delivery.at, "%H:%M:%S"),
            topic: delivery.topic.clone().unwrap_or_else(|| "saludo".to_owned()),
            resource: delivery.resource_id,
            answer: match delivery.outcome {
                Delivered::Answered(status) => status.to_string(),
                Delivered::Unreachable => "sin respuesta".to_owned(),
            },
            good: delivery.outcome.is_success(),
            headers: headers.collect::<Vec<_>>().join("\n"),
            body: delivery.body.clone(),
        }
    }

    pub(super) fn date(&self, at: DateTime<Utc>, format: &str) -> String {
        at.with_timezone(&self.config.timezone).format(format).to_string()
    }

    /// `180,00 €`, kept on one line.
    pub(super) fn amount(&self, amount: Decimal) -> String {
        format!("{}\u{a0}{}", money(amount).replace('.', ","), symbol(&self.config.currency))
    }
}

impl WebhookStatus {
    pub(super) fn spanish(self) -> &'static str {
        match self {
            Self::Active => "activo",
            Self::Paused => "en pausa",
            Self::Disabled => "desactivado",
        }
    }
}

pub(super) fn spanish(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Pending => "Pendiente de pago",
        OrderStatus::Processing => "En proceso",
        OrderStatus::OnHold => "En espera",
        OrderStatus::Completed => "Completado",
        OrderStatus::Cancelled => "Cancelado",
        OrderStatus::Refunded => "Reembolsado",
        OrderStatus::Failed => "Fallido",
        OrderStatus::CheckoutDraft => "Borrador",
        OrderStatus::Trash => "En la papelera",
    }
}

pub(super) fn can_refund(order: &OrderView) -> bool {
    order.status.is_paid() && order.refunded < order.total
}

/// What can be done with an order now, most likely first.
pub(super) fn actions(order: &OrderView) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut offer = |wanted: bool, path, label| {
        if wanted {
            let is_main = matches!(path, "pagar" | "completar");
            actions.push(Action { path, label, is_main });
        }
    };
    let waits = matches!(order.status, OrderStatus::Pending | OrderStatus::OnHold | OrderStatus::Failed);
    offer(waits, "pagar", "Pagar");
    offer(order.status == OrderStatus::Processing, "completar", "Completar");
    offer(can_refund(order), "reembolsar", "Reembolsar todo");
    let in_trash = order.status == OrderStatus::Trash;
    offer(in_trash, "recuperar", "Recuperar de la papelera");
    offer(!in_trash, "papelera", "A la papelera");
    actions
}

/// Why an order was not placed.
pub(super) fn refusal(error: &DemoError) -> String {
    match error {
        DemoError::Coupon { code, why } => match why {
            CouponRefusal::Unknown => format!("No hay ningún cupón «{code}»."),
            CouponRefusal::Expired => format!("El cupón «{code}» ha caducado."),
            CouponRefusal::UsedUp => format!("El cupón «{code}» ya se ha usado."),
            CouponRefusal::NotYours => format!("El cupón «{code}» es para otro correo."),
            CouponRefusal::CodeTaken => format!("Ya hay un cupón «{code}»."),
        },
        DemoError::NoSuchProduct(_) => "Ese artículo ya no está a la venta.".to_owned(),
        _ => "No hemos podido hacer el pedido con esos datos.".to_owned(),
    }
}
