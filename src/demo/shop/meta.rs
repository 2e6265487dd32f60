//! What a shop's plugins do to the extra fields of its users, on demand.
use super::{DemoError, DemoShop, json::Json, state::State};

impl DemoShop {
    /// A customer's meta as text: JSON for lists, the bare text otherwise.
    pub fn customer_meta(&self, id: u64, key: &str) -> Option<String> {
        let state = self.lock();
        let found = state.customers.get(&id)?.meta.iter().find(|m| m.key == key)?;
        Some(match &found.value {
            Json::Text(text) => text.clone(),
            other => other.encode(),
        })
    }

    /// Some plugin writes a customer's meta by itself; fires `customer.updated`.
    pub fn set_customer_meta(&self, id: u64, key: &str, value: &str) -> Result<(), DemoError> {
        let now = self.now();
        let mut guard = self.lock();
        let state = &mut *guard;
        let customer = state.customers.get_mut(&id).ok_or(DemoError::NoSuchCustomer(id))?;
        State::write_meta(&mut state.ids.meta, &mut customer.meta, key, Json::from(value), true);
        customer.modified = Some(now);
        state.fire("customer.updated", id);
        Ok(())
    }

    /// From now on users lose this field whenever it is written, and those who have it lose it now: a list of allowed fields.
    pub fn drop_customer_meta(&self, key: &str) {
        let mut state = self.lock();
        state.dropped_meta.insert(key.to_owned());
        for customer in state.customers.values_mut() {
            customer.meta.retain(|meta| meta.key != key);
        }
    }

    /// Users may have this field again.
    pub fn keep_customer_meta(&self, key: &str) {
        self.lock().dropped_meta.remove(key);
    }

    /// From now on some plugin puts `value` into this field whenever somebody else writes it. `None`: it stops.
    pub fn overwrite_customer_meta(&self, key: &str, value: Option<&str>) {
        let mut state = self.lock();
        match value {
            Some(value) => state.overwritten_meta.insert(key.to_owned(), value.to_owned()),
            None => state.overwritten_meta.remove(key),
        };
    }

    /// From now on changes of this customer are refused with this code. `None`: no more.
    pub fn refuse_customer(&self, id: u64, code: Option<&'static str>) {
        let mut state = self.lock();
        match code {
            Some(code) => state.refused_customers.insert(id, code),
            None => state.refused_customers.remove(&id),
        };
    }
}
