//! Text keys for what the shop calls its things.
use super::order::OrderStatus;

/// The text key of an order's status.
pub fn status_key(status: &OrderStatus) -> &'static str {
    match status {
        OrderStatus::Pending => "order-status-pending",
        OrderStatus::Processing => "order-status-processing",
        OrderStatus::OnHold => "order-status-on-hold",
        OrderStatus::Completed => "order-status-completed",
        OrderStatus::Cancelled => "order-status-cancelled",
        OrderStatus::Refunded => "order-status-refunded",
        OrderStatus::Failed => "order-status-failed",
        OrderStatus::CheckoutDraft => "order-status-draft",
        OrderStatus::Trash => "order-status-trash",
        OrderStatus::Other(_) => "order-status-other",
    }
}

/// The mark of an order's status.
pub fn status_class(status: &OrderStatus) -> &'static str {
    match status {
        OrderStatus::Completed => "is-ok",
        OrderStatus::Pending | OrderStatus::Processing | OrderStatus::OnHold => "is-warn",
        OrderStatus::Failed => "is-bad",
        OrderStatus::Cancelled
        | OrderStatus::Refunded
        | OrderStatus::CheckoutDraft
        | OrderStatus::Trash
        | OrderStatus::Other(_) => "is-over",
    }
}
