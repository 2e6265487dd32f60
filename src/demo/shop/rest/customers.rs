//! `/customers`: role `customer` unless asked otherwise, and meta that begins with `_` dropped without a word.
use super::{
    Call, Reply,
    body::Fields,
    orders::{Picked, sort},
};
use crate::{
    core::email::Email,
    demo::shop::{
        json::{Json, list, object},
        query::{Refused, Window},
        state::{Customer, State},
    },
};

const ROLES: [&str; 8] =
    ["all", "administrator", "editor", "author", "contributor", "subscriber", "customer", "shop_manager"];
const ORDERBY: [&str; 4] = ["id", "include", "name", "registered_date"];
/// Objects in one batch, at most.
const BATCH: usize = 100;

impl Call<'_> {
    pub(super) fn customers(&self) -> Result<Reply, Refused> {
        let query = &self.query;
        let window = Window::of(query, false)?;
        let by = query.one_of("orderby", &ORDERBY)?.unwrap_or("name");
        let role = query.one_of("role", &ROLES)?.unwrap_or("customer");
        let email = query.get("email").filter(|text| !text.is_empty());
        if email.is_some_and(|text| Email::parse(text).is_err()) {
            return Err(bad_email());
        }
        let picked = Picked::of(query);
        let search = query.get("search").unwrap_or_default().to_lowercase();
        self.read(|face| {
            let mut rows: Vec<&Customer> = face
                .state
                .customers
                .values()
                .filter(|customer| role == "all" || customer.role == role)
                .filter(|customer| email.is_none_or(|wanted| customer.email.eq_ignore_ascii_case(wanted)))
                .filter(|customer| {
                    customer.email.to_lowercase().contains(&search) || customer.username.contains(&search)
                })
                .filter(|customer| picked.hold(customer.id))
                .collect();
            let by = if by == "registered_date" { "date" } else { by };
            sort(&mut rows, by, window, false, &picked, |customer| {
                (customer.id, customer.created, customer.created)
            });
            if by == "name" {
                rows.sort_by(|a, b| a.username.cmp(&b.username));
                if window.descending {
                    rows.reverse();
                }
            }
            self.slice_in(&face, &rows, "customers", |customer| face.customer(customer))
        })
    }

    pub(super) fn customer(&self, id: u64) -> Result<Reply, Refused> {
        self.read(|face| {
            let customer = face.state.customers.get(&id).ok_or_else(unknown)?;
            Ok(Reply::one(face.customer(customer)))
        })
    }

    pub(super) fn update_customer(&self, id: u64) -> Result<Reply, Refused> {
        self.change_customer(id, &self.fields).map(Reply::one)
    }

    /// `{"update": […]}`: each row answers for itself, and the whole is a 200 even when rows failed.
    pub(super) fn batch_customers(&self) -> Result<Reply, Refused> {
        let updates = self.fields.items("update");
        if updates.len() > BATCH {
            return Err(Refused::new(
                413,
                "woocommerce_rest_request_entity_too_large",
                "Unable to accept more than 100 items for this request.",
            ));
        }
        let answers = updates.iter().map(|fields| {
            let id = fields.number("id").unwrap_or(0);
            self.change_customer(id, fields)
                .unwrap_or_else(|refused| object! { "id" => id, "error" => refused.body })
        });
        let answers: Vec<Json> = answers.collect();
        let body = if answers.is_empty() {
            list![]
        } else {
            object! { "update" => answers }
        };
        Ok(Reply::one(body).allow("POST, PUT, PATCH"))
    }

    fn change_customer(&self, id: u64, fields: &Fields) -> Result<Json, Refused> {
        let now = self.shop.now();
        let mut guard = self.shop.lock();
        let state: &mut State = &mut guard;
        let email = fields.text("email");
        if let Some(email) = &email {
            if Email::parse(email).is_err() {
                return Err(bad_email());
            }
            let taken = state.customers.values().any(|c| c.id != id && c.email.eq_ignore_ascii_case(email));
            if taken {
                return Err(Refused::new(
                    400,
                    "woocommerce_rest_customer_invalid_email",
                    "Email address is invalid.",
                ));
            }
        }
        if let Some(code) = state.refused_customers.get(&id) {
            return Err(Refused::new(403, code, "Sorry, you are not allowed to edit this resource."));
        }
        let customer = state.customers.get_mut(&id).ok_or_else(unknown)?;
        fields.write_address("billing", &mut customer.billing)?;
        fields.write_address("shipping", &mut customer.shipping)?;
        if let Some(email) = email {
            customer.email = email;
        }
        if let Some(name) = fields.text("first_name") {
            customer.first_name = name;
        }
        if let Some(name) = fields.text("last_name") {
            customer.last_name = name;
        }
        fields.write_meta(&mut state.ids.meta, &mut customer.meta, false);
        customer.meta.retain(|meta| !state.dropped_meta.contains(&meta.key));
        for (key, _) in fields.meta() {
            if let Some(value) = state.overwritten_meta.get(&key) {
                State::write_meta(&mut state.ids.meta, &mut customer.meta, &key, Json::from(value), true);
            }
        }
        customer.modified = Some(now);
        state.fire("customer.updated", id);
        let customer = state.customers.get(&id).ok_or_else(unknown)?;
        Ok(self.shop.face(state).customer(customer))
    }
}

fn bad_email() -> Refused {
    Refused::invalid("email", "rest_invalid_email", "Invalid email address.")
}

fn unknown() -> Refused {
    Refused::new(404, "wc_user_invalid_id", "Invalid user ID.")
}
