//! Refunds change the status only when nothing is left, and never the total.
use super::*;

fn paid(shop: &DemoShop) -> u64 {
    let spec = OrderSpec::by(2).line(486, 2).line(483, 1);
    shop.place_order(spec.status(OrderStatus::Completed)).unwrap()
}

#[tokio::test]
async fn a_partial_refund_lowers_neither_total_nor_status() {
    let (shop, _) = stocked();
    let id = paid(&shop);
    shop.refund(id, &RefundSpec::amount("30")).unwrap();
    let order = get(&shop, &format!("orders/{id}")).await.json();
    assert_eq!((&order["total"], &order["status"]), (&json!("400.00"), &json!("completed")));
    assert_eq!(order["refunds"][0]["total"], "-30.00");
}

#[tokio::test]
async fn the_last_cent_makes_it_refunded() {
    let (shop, _) = stocked();
    let id = paid(&shop);
    shop.refund(id, &RefundSpec::amount("30")).unwrap();
    let last = shop.refund(id, &RefundSpec::Full).unwrap();
    let order = get(&shop, &format!("orders/{id}")).await.json();
    assert_eq!((&order["total"], &order["status"]), (&json!("400.00"), &json!("refunded")));
    assert_eq!(order["refunds"][0]["id"], last, "newest first");
    let all = get(&shop, "refunds").await.json();
    assert_eq!((&all[0]["parent_id"], &all[0]["amount"]), (&json!(id), &json!("370.00")));
    assert_eq!(all[0]["meta_data"][0]["value"], "full");
    assert_eq!(all[0]["reason"], "Order fully refunded.");
}

#[tokio::test]
async fn a_refunded_line_counts_backwards_and_names_its_origin() {
    let (shop, _) = stocked();
    let id = paid(&shop);
    let line = shop.order(id).unwrap().lines[0].0;
    let body =
        json!({"api_refund": false, "line_items": [{"id": line, "quantity": 1, "refund_total": 180.00}]});
    let made = call(&shop, "POST", &format!("orders/{id}/refunds"), Some(body)).await;
    assert_eq!(made.status, 201);
    let refund = made.json();
    assert_eq!(refund["amount"], "180.00");
    let back = &refund["line_items"][0];
    assert_eq!(
        (&back["quantity"], &back["total"], &back["price"]),
        (&json!(-1), &json!("-180.00"), &json!(180))
    );
    assert_eq!(back["meta_data"][0]["value"], line.to_string());
    assert_eq!(get(&shop, "refunds").await.header("allow"), "GET");
}

#[tokio::test]
async fn a_refund_of_nothing_is_a_lone_minus() {
    let (shop, _) = stocked();
    let id = paid(&shop);
    shop.refund(id, &RefundSpec::amount("0")).unwrap();
    let order = get(&shop, &format!("orders/{id}")).await.json();
    assert_eq!(order["refunds"][0]["total"], "-");
    assert_eq!(get(&shop, "refunds").await.json()[0]["amount"], "");
}

#[tokio::test]
async fn more_than_was_paid_is_not_given_back() {
    let (shop, _) = stocked();
    let id = paid(&shop);
    let refused =
        call(&shop, "POST", &format!("orders/{id}/refunds"), Some(json!({"amount": "400.01"}))).await;
    assert_eq!(refused.status, 500);
    assert_eq!(refused.json()["data"], 500);
    assert_eq!(get(&shop, &format!("orders/{id}/refunds")).await.ids(), [0; 0]);
}

#[tokio::test]
async fn refunded_set_by_hand_makes_a_refund_of_the_rest() {
    let (shop, _) = stocked();
    let id = paid(&shop);
    call(&shop, "PUT", &format!("orders/{id}"), Some(json!({"status": "refunded"}))).await;
    let refunds = get(&shop, &format!("orders/{id}/refunds")).await.json();
    assert_eq!((&refunds[0]["amount"], &refunds[0]["line_items"]), (&json!("400.00"), &json!([])));
    assert!(refunds[0].get("parent_id").is_none());
}
