//! `/refunds` and `/orders/{id}/refunds`.
use rust_decimal::Decimal;

use super::{
    Call, Reply,
    orders::{Dates, ORDERBY, Picked, sort},
};
use crate::demo::shop::{
    catalogue::amount,
    json::{Json, object},
    query::{Refused, Window},
    state::Refund,
};

const VERBS: &str = "GET, DELETE";

impl Call<'_> {
    /// All refunds with their `parent_id`, or those of one order without. An unknown order has none.
    pub(super) fn refunds(&self, order_id: Option<u64>) -> Result<Reply, Refused> {
        let window = Window::of(&self.query, true)?;
        let by = self.query.one_of("orderby", &ORDERBY)?.unwrap_or("date");
        let (dates, picked) = (Dates::of(self)?, Picked::of(&self.query));
        self.read(|face| {
            let mut rows: Vec<&Refund> = face
                .state
                .refunds
                .values()
                .filter(|refund| order_id.is_none_or(|id| refund.order_id == id))
                .filter(|refund| picked.hold(refund.id) && dates.hold(refund.created, refund.created))
                .collect();
            sort(&mut rows, by, window, false, &picked, |refund| (refund.id, refund.created, refund.created));
            let path = order_id.map_or_else(|| "refunds".to_owned(), |id| format!("orders/{id}/refunds"));
            let reply =
                self.slice_in(&face, &rows, &path, |refund| face.refund(refund, order_id.is_none()))?;
            Ok(if order_id.is_none() { reply.allow("GET") } else { reply })
        })
    }

    pub(super) fn one_refund(&self, order_id: u64, id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let refund = face.state.refunds.get(&id);
            let refund = refund.filter(|refund| refund.order_id == order_id).ok_or_else(unknown)?;
            Ok(Reply::one(face.refund(refund, false)).allow(VERBS))
        })
    }

    pub(super) fn create_refund(&self, order_id: u64) -> Result<Reply, Refused> {
        let lines: Vec<(u64, u32, Decimal)> = self
            .fields
            .items("line_items")
            .iter()
            .map(|line| {
                let total = line.text("refund_total").map_or(Decimal::ZERO, |text| amount(&text));
                let quantity = u32::try_from(line.number("quantity").unwrap_or(0)).unwrap_or(0);
                (line.number("id").unwrap_or(0), quantity, total)
            })
            .collect();
        let wanted = self
            .fields
            .text("amount")
            .map_or_else(|| lines.iter().map(|line| line.2).sum(), |text| amount(&text));
        // The store hands these three out as a 500: its error data is a bare number where the server looks for `status`.
        let broken = |code: &str, message: &str, number: u16| {
            Refused::with_data(500, code, message, Json::from(number))
        };
        if wanted < Decimal::ZERO {
            return Err(broken(
                "woocommerce_rest_invalid_order_refund",
                "Refund amount must be greater than zero.",
                400,
            ));
        }
        let reason = self.fields.text("reason").unwrap_or_default();
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state = &mut *guard;
        if !state.orders.contains_key(&order_id) {
            return Err(broken("woocommerce_rest_invalid_order_id", "Invalid order ID.", 404));
        }
        let id = state.give_back(order_id, wanted, &reason, &lines, now).map_err(|_| {
            broken("woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.", 500)
        })?;
        let face = self.shop.face(state);
        let refund = state.refunds.get(&id).ok_or_else(unknown)?;
        // The real store forgets to fill in the order's number here.
        let location = face.href(&format!("orders/(?P<order_id>[\\d]+)/refunds/{id}"));
        Ok(Reply::created(face.refund(refund, false), location))
    }

    pub(super) fn delete_refund(&self, order_id: u64, id: u64) -> Result<Reply, Refused> {
        let before = self.one_refund(order_id, id)?;
        self.shop.delete_refund(id);
        Ok(before)
    }
}

fn unknown() -> Refused {
    Refused::with_data(
        404,
        "woocommerce_rest_shop_order_refund_invalid_id",
        "Invalid ID.",
        object! { "status" => 404 },
    )
}
