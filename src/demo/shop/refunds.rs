//! Refunds: in full, of lines, or of an amount. None of them lowers an order's `total`.
use chrono::{DateTime, SubsecRound, Utc};
use rust_decimal::Decimal;

use super::{
    DemoError, DemoShop,
    state::{Order, OrderStatus, Refund, RefundLine, State, next},
};
use crate::core::money;

/// What to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundSpec {
    /// All that is left, with no lines: the order becomes `refunded`.
    Full,
    /// Line id and how many pieces of it.
    Lines(Vec<(u64, u32)>),
    /// Money without lines, as text. `"0"` makes the store's odd empty refund.
    Amount(String),
}

impl RefundSpec {
    pub fn amount(text: &str) -> Self {
        Self::Amount(text.to_owned())
    }
}

impl DemoShop {
    /// Gives money back and answers the refund's id; fires `order.updated`. The status changes only when nothing is left.
    pub fn refund(&self, order_id: u64, spec: &RefundSpec) -> Result<u64, DemoError> {
        self.refund_at(order_id, spec, self.now())
    }

    /// The same, at another time than now.
    pub fn refund_at(&self, order_id: u64, spec: &RefundSpec, at: DateTime<Utc>) -> Result<u64, DemoError> {
        let at = at.trunc_subsecs(0);
        let mut state = self.lock();
        let order = state.orders.get(&order_id).ok_or(DemoError::NoSuchOrder(order_id))?;
        let (amount, lines, reason) = match spec {
            RefundSpec::Full => {
                (order.total() - state.refunded(order_id), Vec::new(), "Order fully refunded.")
            }
            RefundSpec::Amount(text) => {
                (money::parse(text).map_err(|_| DemoError::BadAmount(text.clone()))?, Vec::new(), "")
            }
            RefundSpec::Lines(wanted) => {
                let mut lines = Vec::new();
                for &(line_id, quantity) in wanted {
                    let line = order.lines.iter().find(|line| line.id == line_id);
                    let line = line
                        .filter(|line| quantity <= line.quantity)
                        .ok_or(DemoError::NoSuchLine(line_id))?;
                    lines.push((line_id, quantity, line.price() * Decimal::from(quantity)));
                }
                (lines.iter().map(|line| line.2).sum(), lines, "")
            }
        };
        state.give_back(order_id, amount, reason, &lines, at)
    }

    /// Takes a refund back. The store tells nobody.
    pub fn delete_refund(&self, refund_id: u64) -> bool {
        self.lock().refunds.remove(&refund_id).is_some()
    }
}

impl State {
    /// What `refunded` set by hand does: a refund of the rest.
    pub(super) fn refund_rest(&mut self, order_id: u64, now: DateTime<Utc>) -> Result<(), DemoError> {
        let total = self.orders.get(&order_id).map_or(Decimal::ZERO, Order::total);
        let rest = total - self.refunded(order_id);
        if rest > Decimal::ZERO {
            self.give_back(order_id, rest, "Order fully refunded.", &[], now)?;
        }
        Ok(())
    }

    /// Writes a refund down. `lines` are line id, pieces and money of each.
    pub(super) fn give_back(
        &mut self,
        order_id: u64,
        amount: Decimal,
        reason: &str,
        lines: &[(u64, u32, Decimal)],
        now: DateTime<Utc>,
    ) -> Result<u64, DemoError> {
        let already = self.refunded(order_id);
        let order = self.orders.get_mut(&order_id).ok_or(DemoError::NoSuchOrder(order_id))?;
        let left = order.total() - already;
        if amount < Decimal::ZERO || amount > left {
            return Err(DemoError::BadAmount(amount.to_string()));
        }
        let mut back = Vec::new();
        for &(line_id, quantity, total) in lines {
            let line = order.lines.iter().find(|line| line.id == line_id);
            let line = line.ok_or(DemoError::NoSuchLine(line_id))?.clone();
            back.push(RefundLine {
                id: next(&mut self.ids.line),
                meta_id: next(&mut self.ids.meta),
                line,
                quantity,
                total,
            });
        }
        let is_full = amount == left;
        let id = next(&mut self.ids.post);
        order.modified = now;
        if is_full {
            order.status = OrderStatus::Refunded;
        }
        let refund = Refund {
            id,
            order_id,
            meta_id: next(&mut self.ids.meta),
            amount,
            reason: reason.to_owned(),
            is_full,
            lines: back,
            created: now,
        };
        self.refunds.insert(id, refund);
        self.fire("order.updated", order_id);
        Ok(id)
    }
}
