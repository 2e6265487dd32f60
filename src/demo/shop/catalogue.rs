//! Products and customers: what tests and sample data put into the store and change there.
use chrono::{DateTime, SubsecRound, Utc};

use super::{
    DemoError, DemoShop,
    json::Json,
    shape::Face,
    shapes_catalogue::slug,
    state::{Address, Customer, Meta, Product, State, Variation, next},
};
use crate::{core::money, shop::words::SESSIONS_META};

/// A product to sell.
#[derive(Debug, Clone, Default)]
pub struct ProductSpec {
    /// `None`: the next free number.
    pub id: Option<u64>,
    pub name: String,
    /// As the shop owner types it: `"40"`, `"12.5"`.
    pub price: String,
    /// Sessions that one piece grants, as product meta.
    pub sessions_meta: Option<u32>,
    /// Nothing to ship.
    pub is_virtual: bool,
    /// Not empty: a variable product that is bought by variation.
    pub variations: Vec<VariationSpec>,
}

impl ProductSpec {
    /// A virtual product.
    pub fn new(id: u64, name: &str, price: &str) -> Self {
        Self {
            id: Some(id),
            name: name.to_owned(),
            price: price.to_owned(),
            is_virtual: true,
            ..Self::default()
        }
    }
}

/// One way to buy a variable product.
#[derive(Debug, Clone, Default)]
pub struct VariationSpec {
    pub option: String,
    pub price: String,
    pub sessions_meta: Option<u32>,
}

/// A user of the shop.
#[derive(Debug, Clone)]
pub struct CustomerSpec {
    /// `None`: the next free number.
    pub id: Option<u64>,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// `customer`, `administrator`, `subscriber`…
    pub role: String,
    /// When they signed up; `None`: now.
    pub created: Option<DateTime<Utc>>,
}

impl CustomerSpec {
    /// Someone with the role `customer`.
    pub fn new(email: &str, first_name: &str, last_name: &str) -> Self {
        Self {
            id: None,
            email: email.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            role: "customer".to_owned(),
            created: None,
        }
    }
}

impl DemoShop {
    pub(super) fn face<'a>(&'a self, state: &'a State) -> Face<'a> {
        Face { state, zone: self.config.timezone, currency: &self.config.currency }
    }

    /// Puts a product on sale and answers its id; variations get the ids after it.
    pub fn add_product(&self, spec: ProductSpec) -> Result<u64, DemoError> {
        let now = self.now();
        let mut state = self.lock();
        let id = state.take_post_id(spec.id)?;
        state.put_product(id, spec, now);
        Ok(id)
    }

    /// Puts a product on sale under a number that something else may have: shops that were put together from others have such.
    pub fn add_product_beside(&self, id: u64, spec: ProductSpec) -> Result<(), DemoError> {
        let now = self.now();
        let mut state = self.lock();
        if state.products.contains_key(&id) {
            return Err(DemoError::IdTaken(id));
        }
        state.put_product(id, spec, now);
        Ok(())
    }

    /// Changes name and price; fires `product.updated`. Orders already placed keep theirs.
    pub fn edit_product(&self, id: u64, name: &str, price: &str) -> Result<(), DemoError> {
        let now = self.now();
        let mut state = self.lock();
        let product = state.products.get_mut(&id).ok_or(DemoError::NoSuchProduct(id))?;
        name.clone_into(&mut product.name);
        price.clone_into(&mut product.price);
        product.modified = now;
        state.fire("product.updated", id);
        Ok(())
    }

    /// The ids of a variable product's variations.
    pub fn variations(&self, product_id: u64) -> Vec<u64> {
        let state = self.lock();
        let product = state.products.get(&product_id);
        product.map_or_else(Vec::new, |product| product.variations.iter().map(|v| v.id).collect())
    }

    /// Puts a product into the trash, its variations with it. Being a post, it fires `coupon.deleted` too.
    pub fn trash_product(&self, id: u64) -> Result<(), DemoError> {
        self.set_trashed(id, true)?;
        let mut state = self.lock();
        state.fire("coupon.deleted", id);
        state.fire("product.deleted", id);
        Ok(())
    }

    /// Takes a product out of the trash.
    pub fn restore_product(&self, id: u64) -> Result<(), DemoError> {
        self.set_trashed(id, false)?;
        self.lock().fire("product.restored", id);
        Ok(())
    }

    fn set_trashed(&self, id: u64, trashed: bool) -> Result<(), DemoError> {
        let now = self.now();
        let mut state = self.lock();
        let product = state.products.get_mut(&id).ok_or(DemoError::NoSuchProduct(id))?;
        product.trashed = trashed;
        product.modified = now;
        Ok(())
    }

    /// Deletes a product for good. Being a post, it fires `coupon.deleted` too.
    pub fn delete_product(&self, id: u64) -> Result<(), DemoError> {
        let mut state = self.lock();
        state.products.remove(&id).ok_or(DemoError::NoSuchProduct(id))?;
        state.fire("coupon.deleted", id);
        state.fire("product.deleted", id);
        Ok(())
    }

    /// Registers a user and answers the id.
    pub fn add_customer(&self, spec: CustomerSpec) -> Result<u64, DemoError> {
        let created = spec.created.map_or_else(|| self.now(), |at| at.trunc_subsecs(0));
        let mut state = self.lock();
        let id = match spec.id {
            Some(id) if id == 0 || state.customers.contains_key(&id) => return Err(DemoError::IdTaken(id)),
            Some(id) => {
                state.ids.customer = state.ids.customer.max(id);
                id
            }
            None => next(&mut state.ids.customer),
        };
        let username = match slug(spec.email.split('@').next().unwrap_or_default()) {
            name if name.is_empty() => format!("user{id}"),
            name => name,
        };
        let customer = Customer {
            id,
            email: spec.email,
            first_name: spec.first_name,
            last_name: spec.last_name,
            role: spec.role,
            username,
            billing: Address::default(),
            shipping: Address::default(),
            paying: false,
            meta: Vec::new(),
            created,
            modified: Some(created),
        };
        state.customers.insert(id, customer);
        state.fire("customer.created", id);
        state.fire("customer.updated", id);
        Ok(id)
    }

    /// The registered customer with this address.
    pub fn customer_of(&self, email: &str) -> Option<u64> {
        self.lock().customers.values().find(|customer| customer.email == email).map(|customer| customer.id)
    }

    /// Gives a customer another e-mail; their old orders keep the old one in `billing`.
    pub fn update_customer_email(&self, id: u64, email: &str) -> Result<(), DemoError> {
        let now = self.now();
        let mut state = self.lock();
        let customer = state.customers.get_mut(&id).ok_or(DemoError::NoSuchCustomer(id))?;
        email.clone_into(&mut customer.email);
        customer.modified = Some(now);
        state.fire("customer.updated", id);
        Ok(())
    }

    /// Deletes a user. Their orders stay, as a guest's.
    pub fn delete_customer(&self, id: u64) -> Result<(), DemoError> {
        let mut state = self.lock();
        state.customers.remove(&id).ok_or(DemoError::NoSuchCustomer(id))?;
        for order in state.orders.values_mut() {
            if order.customer_id == id {
                order.customer_id = 0;
            }
        }
        state.fire("customer.deleted", id);
        Ok(())
    }
}

impl State {
    fn put_product(&mut self, id: u64, spec: ProductSpec, now: DateTime<Utc>) {
        let variations = spec.variations.into_iter().map(|variation| Variation {
            id: next(&mut self.ids.post),
            option: variation.option,
            price: variation.price,
            meta: sessions_meta(variation.sessions_meta, &mut self.ids.meta),
            created: now,
        });
        let variations = variations.collect();
        let product = Product {
            id,
            sku: format!("SES-{id}"),
            name: spec.name,
            price: spec.price,
            is_virtual: spec.is_virtual,
            variations,
            meta: sessions_meta(spec.sessions_meta, &mut self.ids.meta),
            sold: 0,
            trashed: false,
            created: now,
            modified: now,
        };
        self.products.insert(id, product);
        self.fire("product.created", id);
    }

    /// A number for a new product, order, refund or coupon.
    pub(super) fn take_post_id(&mut self, wanted: Option<u64>) -> Result<u64, DemoError> {
        let Some(id) = wanted else {
            return Ok(next(&mut self.ids.post));
        };
        let variation = |product: &Product| product.variations.iter().any(|v| v.id == id);
        let taken = self.products.contains_key(&id)
            || self.orders.contains_key(&id)
            || self.refunds.contains_key(&id)
            || self.coupons.contains_key(&id)
            || self.products.values().any(variation);
        if id == 0 || taken {
            return Err(DemoError::IdTaken(id));
        }
        self.ids.post = self.ids.post.max(id);
        Ok(id)
    }

    /// Notes that a customer paid: the first time it shows, and is told.
    pub(super) fn mark_paying(&mut self, customer_id: u64, now: DateTime<Utc>) {
        if let Some(customer) = self.customers.get_mut(&customer_id)
            && !customer.paying
        {
            customer.paying = true;
            customer.modified = Some(now);
            self.fire("customer.updated", customer_id);
        }
    }
}

fn sessions_meta(sessions: Option<u32>, ids: &mut u64) -> Vec<Meta> {
    let meta = |count: u32| Meta {
        id: next(ids),
        key: SESSIONS_META.to_owned(),
        value: Json::Text(count.to_string()),
    };
    sessions.map(meta).into_iter().collect()
}

/// An amount as typed; what is none counts as nothing, as in the store.
pub(super) fn amount(text: &str) -> rust_decimal::Decimal {
    money::parse(text).unwrap_or_default()
}
