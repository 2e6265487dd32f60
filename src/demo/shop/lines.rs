//! What is bought: lines at today's price, and the moment the money comes in.
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::{
    catalogue::amount,
    orders::LineSpec,
    state::{Line, OrderStatus, State, next},
};

impl State {
    /// Money came in: dates, sales figures, and the customer's mark.
    pub(super) fn settle(&mut self, id: u64, now: DateTime<Utc>) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let first = order.paid.is_none();
        order.paid = order.paid.or(Some(now));
        if order.status == OrderStatus::Completed {
            order.completed = order.completed.or(Some(now));
        }
        let customer_id = order.customer_id;
        if first {
            for line in &order.lines {
                if let Some(product) = self.products.get_mut(&line.product_id) {
                    product.sold += line.quantity;
                }
            }
            self.mark_paying(customer_id, now);
        }
    }
}

/// A line at today's price. A product that does not exist gives an empty line that costs nothing.
pub(super) fn price_line(state: &mut State, spec: LineSpec, total: Option<Decimal>) -> Line {
    let id = next(&mut state.ids.line);
    // A variation's own id is enough: the store finds the product it belongs to.
    let product = state.products.get(&spec.product_id).or_else(|| {
        let wanted = if spec.variation_id == 0 { spec.product_id } else { spec.variation_id };
        state.products.values().find(|product| product.variations.iter().any(|v| v.id == wanted))
    });
    let Some(product) = product else {
        return Line {
            id,
            name: String::new(),
            product_id: 0,
            variation_id: 0,
            option: None,
            parent_name: None,
            sku: String::new(),
            quantity: spec.quantity,
            subtotal: Decimal::ZERO,
            total: Decimal::ZERO,
        };
    };
    let variation = product.variations.iter().find(|v| v.id == spec.variation_id || v.id == spec.product_id);
    let price = amount(variation.map_or(&product.price, |v| &v.price));
    let cost = total.unwrap_or(price * Decimal::from(spec.quantity));
    Line {
        id,
        name: variation.map_or_else(|| product.name.clone(), |v| format!("{} - {}", product.name, v.option)),
        product_id: product.id,
        variation_id: variation.map_or(0, |v| v.id),
        option: variation.map(|v| (next(&mut state.ids.meta), v.option.clone())),
        parent_name: variation.map(|_| product.name.clone()),
        sku: product.sku.clone(),
        quantity: spec.quantity,
        subtotal: cost,
        total: cost,
    }
}
